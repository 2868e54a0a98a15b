"""Whether what an installation changes in its processes is there to be changed.

It must not judge the changed process; the checks of processes do, at the place of the change.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.definition_checks import unknown
from bot.domain.outline import Cursor, Outline, Word
from bot.domain.problems import Problem


def check_overrides(overrides: Cursor, processes: Mapping[str, Outline]) -> Iterator[Problem]:
    """Names in the overrides that lead nowhere."""
    names = [name for name, _ in overrides.entries()]
    yield from unknown("unknown-process", "process", names, sorted(processes), "anywhere")
    for name, entry in overrides.entries():
        if outline := processes.get(name.text):
            for section, (what, known) in _known(outline).items():
                given = [word for word, _ in entry[section].entries()]
                where = f'in the process "{name.text}"'
                yield from unknown(f"unknown-{what}", what, given, known, where)


def _known(outline: Outline) -> Mapping[str, tuple[str, Sequence[str]]]:
    """What each section may name."""
    tasks: list[Word] = [word for task in outline.tasks for word in task.ids]
    return {
        "roles": ("role", [word.text for word in outline.roles]),
        "inputs": ("input", [wanted.name.text for wanted in outline.inputs]),
        "phases": ("phase", [phase.name.text for phase in outline.phases]),
        "tasks": ("task", [word.text for word in tasks]),
    }
