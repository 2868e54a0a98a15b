"""Whether the `documentation` of a definition means something: its names and its rules.

Works on an outline, as the other checks do; it must not look at the installation.
"""

from collections.abc import Iterator

from bot.domain.alignment.rules import RULES
from bot.domain.definition_checks import unknown
from bot.domain.graphs import reachable
from bot.domain.outline import Cursor, Outline
from bot.domain.problems import Problem


def check_documentation(outline: Outline) -> Iterator[Problem]:
    """Names that lead nowhere, rules that there are not, and needs that cannot be met."""
    place = outline.document["documentation"]
    if place.value is None:
        return
    yield from _names(outline, place)
    yield from unknown("unknown-rule", "rule", place["off"].words(), tuple(RULES), "anywhere")
    yield from _needs(outline, place)
    if outline.document["root"]["due"].value is None:
        message = "documentation goes out on the launch date; name its input in `root.due`"
        yield Problem("launch-date", place.path, message, on_key=True)


def _names(outline: Outline, place: Cursor) -> Iterator[Problem]:
    phases = [phase.name.text for phase in outline.phases]
    tasks = [word.text for task in outline.tasks for word in task.ids]
    inputs = [wanted.name.text for wanted in outline.inputs]
    yield from unknown("unknown-phase", "phase", place["phase"].words(), phases)
    yield from unknown("unknown-task", "task", place["needs"].words(), tasks)
    for key in ("section", "secrets"):
        yield from unknown("unknown-input", "input", place[key].words(), inputs)


def _needs(outline: Outline, place: Cursor) -> Iterator[Problem]:
    """A task of a phase that waits for the documentation can never be done before it."""
    graph = {phase.name.text: [word.text for word in phase.after] for phase in outline.phases}
    phases = {word.text: task.phase for task in outline.tasks for word in task.ids}
    waited = {word.text for word in place["phase"].words()}
    for word in place["needs"].words():
        phase = phases.get(word.text)
        if phase is not None and waited & set(reachable(graph, phase)) - {phase}:
            message = (
                f'"{word.text}" can only be done after the phase that waits for the documentation, '
                "so the documentation can never have it first"
            )
            yield Problem("unreachable-need", word.path, message)
