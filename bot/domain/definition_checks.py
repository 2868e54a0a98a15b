"""Whether a definition means something: every name leads somewhere, and every task can be done.

Works on an outline, so that it finds what it can in a document that is wrong in other ways too.
It must not know any process, and must not look at texts or at the installation.
"""

import keyword
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from bot.domain.graphs import cycles, reachable
from bot.domain.outline import InputOutline, Outline, PhaseOutline, TaskOutline, Word
from bot.domain.problems import Problem
from bot.domain.process import ROOT
from bot.domain.wording import GUESSES, nearest

_JINJA_WORDS = {"true", "false", "none"}


def check_definition(outline: Outline, reserved: Iterable[str]) -> Iterator[Problem]:
    """Mistakes of meaning; no input may be named like one of the reserved words."""
    yield from _references(outline)
    yield from _names(outline)
    yield from _inputs(outline.inputs, frozenset(reserved))
    yield from _order(outline)
    yield from _launch_date(outline)
    yield from _identity(outline)
    yield from _counts(outline)
    yield from _warnings(outline)


def unknown(
    check: str, what: str, words: Iterable[Word], known: Sequence[str], where: str = "in this file"
) -> Iterator[Problem]:
    """A problem for every word that is not among the known ones, the first with a guess each."""
    names = set(known)
    for number, word in enumerate(word for word in words if word.text not in names):
        message = f'no {what} "{word.text}" is defined {where}'
        if number < GUESSES:
            yield Problem(check, word.path, message, tuple(known), nearest(word.text, known))
        else:
            yield Problem(check, word.path, message)


def _references(outline: Outline) -> Iterator[Problem]:
    roles = [role.text for role in outline.roles]
    phases = [phase.name.text for phase in outline.phases]
    tasks = [word.text for task in outline.tasks for word in task.ids]
    inputs = [wanted.name.text for wanted in outline.inputs]
    after = chain.from_iterable(phase.after for phase in outline.phases)
    needs = chain.from_iterable(task.needs for task in outline.tasks)
    yield from unknown("unknown-role", "role", outline.role_references(), roles)
    yield from unknown("unknown-phase", "phase", after, phases)
    yield from unknown("unknown-task", "task", needs, tasks)
    yield from unknown("unknown-input", "input", outline.document["identity"].words(), inputs)
    yield from unknown("unknown-input", "input", outline.document["root"]["due"].words(), inputs)


def _names(outline: Outline) -> Iterator[Problem]:
    phases = {phase.name.text for phase in outline.phases}
    seen: dict[str, str] = {}
    for task in outline.tasks:
        for word in task.ids:
            if word.text in seen:
                message = f'the id "{word.text}" is already that of a task of "{seen[word.text]}"'
                yield Problem("duplicate-task", word.path, message)
            if word.text in phases:
                message = f'"{word.text}" is also the name of a phase; call one of them otherwise'
                yield Problem("ambiguous-name", word.path, message)
            seen.setdefault(word.text, task.phase)
    names = [*(phase.name for phase in outline.phases), *_ids(outline)]
    for word in names:
        if word.text == ROOT:
            message = f'"{ROOT}" means the root issue; choose another name'
            yield Problem("reserved-name", word.path, message, on_key=True)


def _ids(outline: Outline) -> Iterator[Word]:
    for task in outline.tasks:
        yield from task.ids


def _inputs(inputs: Sequence[InputOutline], reserved: frozenset[str]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for wanted in inputs:
        word = wanted.name
        if word.text in reserved:
            message = f'"{word.text}" means something else in templates; choose another name'
            yield Problem("reserved-name", word.path, message, on_key=True)
        elif not _usable(word.text):
            message = f'"{word.text}" cannot be used in templates; write words joined by _'
            guess = word.text.replace("-", "_")
            yield Problem(
                "reserved-name",
                word.path,
                message,
                (),
                guess if _usable(guess) else None,
                on_key=True,
            )
        for heading in {_fold(word.text), _fold(wanted.title)} - {""}:
            if seen.setdefault(heading, word.text) != word.text:
                message = f'a request cannot tell "{word.text}" from "{seen[heading]}"'
                yield Problem("ambiguous-name", word.path, f"{message}; title them apart")
                break


def _usable(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and name not in _JINJA_WORDS


def _fold(title: str) -> str:
    return " ".join(title.replace("_", " ").replace("-", " ").split()).casefold()


def _order(outline: Outline) -> Iterator[Problem]:
    phases = {phase.name.text: phase for phase in outline.phases}
    waits = {name: [word.text for word in phase.after] for name, phase in phases.items()}
    tasks = {word.text: task for task in outline.tasks for word in task.ids}
    needs = {name: [word.text for word in task.needs] for name, task in tasks.items()}
    in_circle = list(cycles(waits))
    for cycle in in_circle:
        path = _leads_on(phases[cycle[0]].after, cycle[1])
        yield Problem("phase-cycle", path, f"these phases wait for each other: {_arrows(cycle)}")
    for cycle in cycles(needs):
        path = _leads_on(tasks[cycle[0]].needs, cycle[1])
        yield Problem("task-cycle", path, f"these tasks need each other: {_arrows(cycle)}")
    if not in_circle:
        yield from _unreachable(tasks, waits, needs)


def _leads_on(words: Sequence[Word], following: str) -> tuple[str | int, ...]:
    return next(word.path for word in words if word.text == following)


def _arrows(cycle: Sequence[str]) -> str:
    return " -> ".join(cycle)


def _unreachable(
    tasks: Mapping[str, TaskOutline],
    waits: Mapping[str, Sequence[str]],
    needs: Mapping[str, Sequence[str]],
) -> Iterator[Problem]:
    """Needs that open a circle through a gate: what is needed unlocks only after what needs it."""
    graph = _waiting(tasks, waits, needs)
    for name, task in tasks.items():
        for word in task.needs:
            other = tasks.get(word.text)
            if other is None or other.phase == task.phase:
                continue
            if ("task", name) in reachable(graph, ("task", word.text)):
                message = (
                    f'"{word.text}" of "{other.phase}" can only be done after "{name}" of '
                    f'"{task.phase}", so "{name}" can never have it first'
                )
                yield Problem("unreachable-need", word.path, message)


def _waiting(
    tasks: Mapping[str, TaskOutline],
    waits: Mapping[str, Sequence[str]],
    needs: Mapping[str, Sequence[str]],
) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """A task waits for its needs and its gate, a gate for phases, a phase for its tasks."""
    graph: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for phase, after in waits.items():
        graph["gate", phase] = [("phase", other) for other in after]
        graph["phase", phase] = [("gate", phase)]
    for name, task in tasks.items():
        graph["task", name] = [*(("task", need) for need in needs[name]), ("gate", task.phase)]
        graph["phase", task.phase].append(("task", name))
    return graph


def _launch_date(outline: Outline) -> Iterator[Problem]:
    due = outline.document["root"]["due"]
    inputs = {wanted.name.text: wanted for wanted in outline.inputs}
    dates = tuple(name for name, wanted in inputs.items() if wanted.type == "date")
    for word in due.words():
        wanted = inputs.get(word.text)
        if wanted and wanted.type != "date":
            message = f'the input "{word.text}" is no date; give it `type: date`'
            yield Problem("launch-date", word.path, message, dates)
        elif wanted and not wanted.required:
            message = f'the launch date "{word.text}" is optional; take out `required: false`'
            yield Problem("launch-date", word.path, message)
    if due.value is None:
        dues = [*(phase.due for phase in outline.phases), *(task.due for task in outline.tasks)]
        counted = [place["before"] for place in dues if place["before"].value == "launch"]
        message = "there is no launch date to count back from; name the input in `root.due`"
        for place in counted[:1]:
            yield Problem("launch-date", place.path, message, dates)


def _identity(outline: Outline) -> Iterator[Problem]:
    optional = {wanted.name.text for wanted in outline.inputs if not wanted.required}
    follow = {wanted.name.text for wanted in outline.inputs if wanted.follows}
    for word in outline.document["identity"].words():
        if word.text in follow:
            message = f'the date "{word.text}" may follow from others, so it tells nothing apart'
            yield Problem("identity", word.path, message)
        elif word.text in optional:
            message = f'the input "{word.text}" is optional, so it cannot tell launches apart'
            yield Problem("identity", word.path, message)


def _counts(outline: Outline) -> Iterator[Problem]:
    """A date is counted from one that stands before it and is always there."""
    before: list[str] = []
    for wanted in outline.inputs:
        for word in chain.from_iterable(count["after"].words() for count in wanted.counts):
            if word.text not in before:
                message = f'no date "{word.text}" is defined before this one and always there'
                guess = nearest(word.text, before)
                yield Problem("counted-date", word.path, message, tuple(before), guess)
        if wanted.type == "date" and wanted.required:
            before.append(wanted.name.text)


def _warnings(outline: Outline) -> Iterator[Problem]:
    used = {word.text for word in outline.role_references()}
    for role in outline.roles:
        if role.text not in used:
            message = f'the role "{role.text}" has no task and no phase'
            yield Problem("unused-role", role.path, message, severity="warning", on_key=True)
    for phase in outline.phases:
        yield from _undated(phase)
    optional = {word.text for task in outline.tasks if task.optional for word in task.ids}
    for task in outline.tasks:
        for word in () if task.optional else task.needs:
            if word.text in optional:
                message = f'this required task needs the optional task "{word.text}"'
                yield Problem("optional-need", word.path, message, severity="warning")


def _undated(phase: PhaseOutline) -> Iterator[Problem]:
    if phase.due.value is None:
        message = f'the phase "{phase.name.text}" has no due rule, so it is never late'
        yield Problem("undated-phase", phase.name.path, message, severity="warning", on_key=True)
