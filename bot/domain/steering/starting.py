"""Commands on an issue from which no launch has begun: `start` and `set` make it a request.

Nothing is remembered of them but their answers: what a request says is read anew every time,
from its description and from the commands below it, which count more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.domain import messages
from bot.domain.actions import Plan
from bot.domain.commands import grammar, lines
from bot.domain.commands import help as guide
from bot.domain.commands.command import Command, Mistake, Scope, code
from bot.domain.commands.rights import allowed
from bot.domain.observed import Comment, Observed
from bot.domain.process import Process
from bot.domain.record import Answer
from bot.domain.steering.actors import actor, holders, standing_in
from bot.domain.steering.asking import described
from bot.domain.steering.inbox import letters, ran
from bot.domain.steering.order import Said, Undone
from bot.domain.steering.run import Outcome, answered, scope

REQUEST = "request"


@dataclass(frozen=True, slots=True)
class Asked:
    """What an issue asks for by its label and the commands on it, and what they are answered."""

    process: Process | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


Preview = Callable[[Asked], Plan]


def hear(
    observed: Observed, labelled: Process | None, preview: Preview = lambda _: Plan()
) -> Asked:
    """Read all commands of an issue, in order; those that are new are answered.

    `labelled` is the process whose request label it bears.
    """
    observed = standing_in(observed, None)
    asked = Asked(labelled)
    fresh = {letter.comment.id: letter for letter in letters(observed, None)}
    for comment in sorted(observed.comments.get(REQUEST, ()), key=_written):
        if observed.since and comment.updated_at <= observed.since:
            continue
        letter, outcomes = fresh.get(comment.id), list[Outcome]()
        new = {line.digest for line in letter.lines} if letter else set[str]()
        for line in lines.read(comment.body, observed.installation.command):
            then, said = _one(observed, asked, comment, line, preview)
            # A `start` that was answered has had its effect: since then the label decides.
            if line.digest in new or then.process is asked.process:
                asked = then
            outcomes += [Outcome(line, said)] if said and line.digest in new else []
        if letter and outcomes:
            answer = answered(letter, outcomes, observed)
            told = (*asked.answers, answer)
            asked = replace(asked, answers=told, lines=ran(asked.lines, letter))
    return asked


def _written(comment: Comment) -> tuple[object, int]:
    return comment.updated_at, comment.id


def _one(
    observed: Observed,
    asked: Asked,
    comment: Comment,
    line: lines.Line,
    preview: Preview,
) -> tuple[Asked, Said | Undone | None]:
    """What is asked after one line, and what to say of it; a bot is not answered."""
    read_as = scope(asked.process, observed, comment, running=False)
    giver = actor(observed, None, REQUEST, comment.author)
    command = grammar.parse(line, read_as)
    if giver.bot:
        return asked, None
    if isinstance(command, Mistake):
        return asked, Undone(command.text)
    judged = command.planned or command
    process = _named(observed, judged) or asked.process
    if refusal := allowed(judged, giver, process, holders(process, observed) if process else {}):
        return asked, Undone(refusal.text)
    if asked.process and process is not asked.process:
        text = f"This issue asks for **{asked.process.title}**; open another one for this."
        return asked, Undone(text)
    return _taken(asked, process, command, read_as, preview)


def _taken(
    asked: Asked, process: Process | None, command: Command, read_as: Scope, preview: Preview
) -> tuple[Asked, Said]:
    """What is asked after a command that may be given."""
    if command.verb == "help":
        target = command.target
        return asked, Said(guide.about(target.name, read_as) if target else guide.overview(read_as))
    given = dict((command.planned or command).values)
    then = replace(asked, process=process, values={**asked.values, **given})
    if command.planned:
        return asked, Said(described(preview(then)))
    return then, Said("\n\n".join(_understood(process, command)), acts=True)


def _named(observed: Observed, command: Command) -> Process | None:
    target = command.target
    is_process = command.verb == "start" and target is not None
    return observed.processes[target.name] if is_process and target else None


def _understood(process: Process | None, command: Command) -> Iterator[str]:
    if process and command.verb == "start":
        yield f"This issue asks for **{process.title}** ({code(process.name)})."
    if process and command.values:
        yield f"{messages.taken(process, dict(command.values))}."
