"""Carries out the commands of comments, in order: the record that comes of it, and the answers.

One answer for each comment: a reaction where something was done or refused, and words where
something needs saying. Bots are not answered, so that no two of them go on for ever.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from bot.domain.actions import Plan
from bot.domain.commands import grammar
from bot.domain.commands.command import Command, Mistake, Scope, code
from bot.domain.commands.lines import Line
from bot.domain.commands.rights import allowed
from bot.domain.observed import Comment, Observed
from bot.domain.process import Process
from bot.domain.record import Answer, Record
from bot.domain.steering import timely
from bot.domain.steering.actors import actor, holders, standing_in
from bot.domain.steering.effects import EFFECTS
from bot.domain.steering.inbox import Letter, letters, ran
from bot.domain.steering.order import Done, Order, Result, Said, Undone

_DONE, _REFUSED = "white_check_mark", "x"
_CONFIDENTIAL = "This launch is confidential: please ask on one of its own issues."


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of comments: the record, their answers, and which lines have run now."""

    record: Record
    answers: tuple[Answer, ...] = ()
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def kept(self) -> Record:
        """The record that remembers what was heard, and owes the answers."""
        known = {key: (*self.record.heard.get(key, ()), *new) for key, new in self.lines.items()}
        return self.record.model_copy(
            update={
                "heard": {**self.record.heard, **known},
                "answers": (*self.record.answers, *self.answers),
            }
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one line."""

    line: Line
    result: Result

    @property
    def acts(self) -> bool:
        """Whether something was carried out or refused, and not only asked."""
        return self.result.acts if isinstance(self.result, Said) else True


@dataclass(frozen=True, slots=True)
class _Hearing:
    """A launch whose people are heard; `judge` moves the gates after each command."""

    process: Process
    observed: Observed
    judge: Callable[[Record], Record]
    preview: Callable[[Record], Plan]

    def letter(self, heard: Heard, letter: Letter) -> Heard:
        """What came of the comments so far and this one."""
        record, outcomes = heard.record, list[Outcome]()
        for line in letter.lines:
            outcome = self.line(record, letter, line)
            if outcome is None:
                return heard
            outcomes.append(outcome)
            if isinstance(outcome.result, Done):
                record = self.judge(outcome.result.record)
        answer = answered(letter, outcomes, self.observed)
        return Heard(record, (*heard.answers, answer), ran(heard.lines, letter))

    def line(self, record: Record, letter: Letter, line: Line) -> Outcome | None:
        """What comes of one line; None if a bot wrote it."""
        observed = standing_in(self.observed, record)
        giver = actor(observed, record, letter.part, letter.comment.author)
        read_as = scope(self.process, observed, letter.comment, running=True)
        command = grammar.parse(line, read_as)
        if giver.bot:
            return None
        if isinstance(command, Mistake):
            return Outcome(line, Undone(command.text))
        if refusal := allowed(command, giver, self.process, holders(self.process, observed)):
            return Outcome(line, Undone(refusal.text))
        if objection := timely.objection(observed, record, command):
            return Outcome(line, Undone(objection))
        order = Order(
            command=command,
            giver=giver,
            scope=read_as,
            process=self.process,
            observed=observed,
            record=record,
            preview=self.preview,
            part=letter.part,
            at=letter.comment.updated_at,
            internal=letter.comment.internal,
        )
        return Outcome(line, EFFECTS[command.verb](order))


def run(
    process: Process,
    observed: Observed,
    record: Record,
    judge: Callable[[Record], Record],
    preview: Callable[[Record], Plan],
) -> Heard:
    """Carry out every command that has not run yet."""
    waiting = tuple(letters(observed, record))
    hearing = _Hearing(process, observed, judge, preview)
    # What people did by hand counts before what they say.
    heard = Heard(judge(record) if waiting else record)
    for letter in waiting:
        heard = hearing.letter(heard, letter)
    return heard


def commands(
    process: Process, observed: Observed, heard: Iterable[Letter]
) -> Iterator[tuple[str, Command]]:
    """The commands of comments, each with the part that it stands on, as far as they are any."""
    for letter in heard:
        read_as = scope(process, observed, letter.comment, running=True)
        for command in (grammar.parse(line, read_as) for line in letter.lines):
            if isinstance(command, Command):
                yield letter.part, command.planned or command


def scope(process: Process | None, observed: Observed, comment: Comment, *, running: bool) -> Scope:
    """What the words of a comment are read against: the day is that on which it was written."""
    installation = observed.installation
    return Scope(
        head=installation.command,
        today=installation.days.today(comment.updated_at),
        days=installation.days,
        processes=observed.processes,
        process=process,
        running=running,
    )


def answered(letter: Letter, outcomes: list[Outcome], observed: Observed) -> Answer:
    """The one answer to a comment."""
    acts = [outcome for outcome in outcomes if outcome.acts]
    refused = any(isinstance(outcome.result, Undone) for outcome in acts)
    emoji = (_REFUSED if refused else _DONE) if acts else ""
    words = list(_words(outcomes, observed.installation.command))
    text = "\n\n".join(words) if _may_tell(observed, letter.part) else _CONFIDENTIAL * bool(words)
    return Answer(key=letter.key, part=letter.part, note=letter.comment.id, emoji=emoji, text=text)


def _words(outcomes: list[Outcome], head: str) -> Iterator[str]:
    for number, outcome in zip(count(1), outcomes, strict=False):
        words = outcome.result.words
        if words and len(outcomes) > 1:
            yield f"{number}. {code(f'/{head} {outcome.line.text}')}\n\n{words}"
        elif words:
            yield words


def _may_tell(observed: Observed, part: str) -> bool:
    """Whether what is said on a part is read by those only who may know of the launch."""
    issue, root = observed.issue(part), observed.root
    return root is None or not root.confidential or (issue is not None and issue.confidential)
