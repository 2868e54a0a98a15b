"""What happens when things go well and when they do not, for the handbook page of a process.

Says how the program behaves, in the words of the definition: titles, owners, labels.
It has to change together with `gates` and `messages`.
"""

from collections.abc import Iterator

from bot.domain import terms
from bot.domain.markdown import bullets, code, inline
from bot.domain.process import Definition
from bot.domain.wording import counted


def sections(definition: Definition) -> Iterator[str]:
    """The part of the page about slips, closing, reopening and going live."""
    yield "## What happens when"
    for heading, lines in (
        ("A phase is finished", _finished(definition)),
        ("Something slips", _slips(definition)),
        ("An issue is closed too early", _closed(definition)),
        ("A phase is reopened", _reopened(definition)),
        ("All is done", _live(definition)),
        ("The documentation is written", _documentation(definition)),
    ):
        if told := list(lines):
            yield f"### {heading}"
            yield bullets(told)


def _finished(definition: Definition) -> Iterator[str]:
    gate = definition.labels.gate
    yield (
        f"The label {code(gate.locked)}, {code(gate.open)} or {code(gate.done)} on its issue tells "
        "whether a phase may be worked on. It only shows that: moving it by hand moves nothing, "
        "and it is put back once, with the reason."
    )
    yield (
        "The owner closes the issue when every required task is ticked. Optional tasks may stay "
        "open."
    )
    for name in definition.phases:
        following = [other for other, p in definition.phases.items() if name in p.after]
        if following:
            yield (
                f"{terms.phase(definition, name)} closed with its required tasks done: "
                f"{_unlocked(definition, name, following)}"
            )


def _unlocked(definition: Definition, name: str, following: list[str]) -> str:
    others = {other for f in following for other in definition.phases[f].after} - {name}
    titles = terms.phases(definition, following)
    verb = "unlocks" if len(following) == 1 else "unlock"
    also = (
        f", as soon as {terms.complete(definition, sorted(others))} too" if others else " at once"
    )
    return f"{titles} {verb}{also}, due dates are set, and the owners are told in one comment."


def _slips(definition: Definition) -> Iterator[str]:
    owner = terms.role(definition, definition.root.role)
    yield (
        "The status note on the root issue marks a phase that is past its due date as late, and "
        "names who has the ball."
    )
    yield (
        "The owner moves the due date of the issue and says why in a comment. The new date stays; "
        "it is not set back."
    )
    if definition.root.due:
        yield (
            f"If the {inline(definition.inputs[definition.root.due].title).lower()} itself moves, "
            f"{owner} change the due date of the root issue; dates that count back from it follow, "
            "unless somebody set them by hand."
        )
    yield f"What a team cannot solve alone goes to {owner}, who answer for the launch."


def _closed(definition: Definition) -> Iterator[str]:
    yield (
        "A phase closed while required tasks are open is reopened once, with the list of what is "
        "missing. Closed a second time, it stays closed, but does not count as done."
    )
    if any(phase.after for phase in definition.phases.values()):
        yield (
            "A locked phase that is closed is reopened once, and a comment says what it waits for. "
            "Closed a second time, it stays closed and locked."
        )
    yield (
        "The root issue closed before every phase is done is reopened once. Closed a second time, "
        "it stays closed, but the launch does not count as live."
    )


def _reopened(definition: Definition) -> Iterator[str]:
    for name in definition.phases:
        waiting = [other for other, p in definition.phases.items() if name in p.after]
        if waiting:
            verb = "locks" if len(waiting) == 1 else "lock"
            yield (
                f"{terms.phase(definition, name)} reopened: {terms.phases(definition, waiting)} "
                f"{verb} again until it is done, and the owners are told."
            )
    yield "What is finished stays finished, ticked tasks stay ticked, and dates stay as they are."


def _live(definition: Definition) -> Iterator[str]:
    owner = terms.role(definition, definition.root.role)
    yield f"When every phase is done, the root issue says so, and {owner} close it."
    yield "The launch is live then, and a comment sums up how long each phase took."


def _documentation(definition: Definition) -> Iterator[str]:
    rules = definition.documentation
    if rules is None:
        return
    phase, writers = terms.phase(definition, rules.phase), terms.role(definition, rules.reviewers)
    yield (
        "Its merge request names the root issue or that of "
        f"{phase} in the description. GitLab then holds the merge until {rules.at} on the launch "
        "date, also when that moves, and a comment there says what is missing."
    )
    yield (
        f"{writers} review it {counted(rules.review, 'business day')} before the launch date and "
        f"approve it {counted(rules.approval, 'business day')} before; {phase} is not done until "
        "it is approved."
    )
    yield (
        f"It is merged within {counted(rules.window, 'business day')} after the launch date, and "
        "the launch is not live before."
    )
