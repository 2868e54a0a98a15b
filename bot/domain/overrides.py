"""What an installation changes in a process without copying it: texts, dates, people.

A change keeps the place where it is written, so that a mistake is told there.
It must not judge; what is named and not there is passed over here and told by the checks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import Field

from bot.domain.documents import Document, Position
from bot.domain.problems import Path
from bot.domain.process import Due, LabelName, Line, Slug, Strict


class RoleOverride(Strict):
    """What an installation changes in a role."""

    title: Line | None = Field(default=None, description="What people call it here.")
    description: str | None = Field(default=None, description="What it answers for here.")


class InputOverride(Strict):
    """What an installation changes in an input."""

    title: Line | None = Field(default=None, description="The heading that a request gives it.")
    description: str | None = Field(default=None, description="What to write there.")
    example: Line | None = Field(default=None, description="A value to paste when it is missing.")
    default: Line | None = Field(default=None, description="Its value where none is given.")


class RootOverride(Strict):
    """What an installation changes in the root issue."""

    title: Line | None = Field(default=None, description="Its title.")
    role: Slug | None = Field(default=None, description="Who answers for the launch as a whole.")
    labels: tuple[LabelName, ...] | None = Field(default=None, description="More labels for it.")


class PhaseOverride(Strict):
    """What an installation changes in a phase."""

    title: Line | None = Field(default=None, description="What people call it.")
    role: Slug | None = Field(default=None, description="Its owner.")
    done_when: Line | None = Field(default=None, description="Its definition of done.")
    due: Due | None = Field(default=None, description="When it is due.")
    labels: tuple[LabelName, ...] | None = Field(default=None, description="More labels for it.")


class TaskOverride(Strict):
    """What an installation changes in a task."""

    title: Line | None = Field(default=None, description="What to do.")
    role: Slug | None = Field(default=None, description="Who does it.")
    done_when: Line | None = Field(default=None, description="Its definition of done.")
    optional: Line | None = Field(default=None, description="Makes it optional; when it is wanted.")
    due: Due | None = Field(default=None, description="When it is due.")
    hint: str | None = Field(default=None, description="Help for whoever does it.")


class Override(Strict):
    """What an installation changes in a process."""

    title: Line | None = Field(default=None, description="What people call the process.")
    description: str | None = Field(default=None, description="What it is for.")
    roles: Mapping[Slug, RoleOverride] = Field(default={}, description="Changes in roles.")
    inputs: Mapping[Slug, InputOverride] = Field(default={}, description="Changes in inputs.")
    root: RootOverride = Field(default=RootOverride(), description="Changes in the root issue.")
    phases: Mapping[Slug, PhaseOverride] = Field(default={}, description="Changes in phases.")
    tasks: Mapping[Slug, TaskOverride] = Field(default={}, description="Changes in tasks, by id.")
    texts: Line | None = Field(
        default=None,
        description="A folder, relative to this file, whose `*.md.j2` stand in for those of the "
        "same name.",
    )


_SECTIONS: Mapping[str, type[Strict]] = {
    "roles": RoleOverride,
    "inputs": InputOverride,
    "phases": PhaseOverride,
}


def override(document: Document, changes: Document, path: Path, file: str) -> Document:
    """The document with the changes that stand at a path of another one."""
    value: Any = document.value
    work = _Work(_copied(value), dict(document.values), dict(document.keys), changes, file)
    here = _at(changes.value, path)
    for target, key, source in _places(value, here):
        work.put((*target, key), (*path, *source))
    return replace(document, value=work.value, values=work.values, keys=work.keys)


def graft(document: Document, key: str, source: Document, file: str) -> Document:
    """The document with a key that another one has, as if it stood here."""
    value = _copied(document.value)
    work = _Work(value, dict(document.values), dict(document.keys), source, file)
    work.put((key,), (key,))
    return replace(document, value=value, values=work.values, keys=work.keys)


def tasks(value: object) -> Iterator[tuple[str, Path]]:
    """Every task of a definition by its id, with its path."""
    phases = _at(value, ("phases",))
    for name, phase in phases.items() if isinstance(phases, dict) else ():
        yield from _tasks(_at(phase, ("tasks",)), ("phases", name, "tasks"))


def _tasks(items: object, path: Path) -> Iterator[tuple[str, Path]]:
    for index, task in enumerate(items if isinstance(items, list) else ()):
        place = (*path, index)
        if isinstance(name := _at(task, ("id",)), str):
            yield name, place
        yield from _tasks(_at(task, ("tasks",)), (*place, "tasks"))


def _places(value: object, changes: object) -> Iterator[tuple[Path, str, Path]]:
    """For each change: what it belongs to in the definition, its key, and where it is written."""
    for key in _keys(changes) & {"title", "description"}:
        yield (), key, (key,)
    for key in _keys(_at(changes, ("root",))) & RootOverride.model_fields.keys():
        yield ("root",), key, ("root", key)
    for section, known in _SECTIONS.items():
        for name in _keys(_at(changes, (section,))) & _keys(_at(value, (section,))):
            for key in _keys(_at(changes, (section, name))) & known.model_fields.keys():
                yield (section, name), key, (section, name, key)
    for name, place in tasks(value):
        for key in _keys(_at(changes, ("tasks", name))) & TaskOverride.model_fields.keys():
            yield place, key, ("tasks", name, key)


class _Work:
    def __init__(
        self,
        value: Any,
        values: dict[Path, Position],
        keys: dict[Path, Position],
        changes: Document,
        file: str,
    ) -> None:
        self.value = value
        self.values = values
        self.keys = keys
        self._changes = changes
        self._file = file

    def put(self, target: Path, source: Path) -> None:
        """Replace what stands at a path by what is written at a path of the changes."""
        here = _at(self.value, target[:-1])
        if not isinstance(here, dict):
            return
        here[target[-1]] = _copied(_at(self._changes.value, source))
        for known in (self.values, self.keys):
            for path in [path for path in known if path[: len(target)] == target]:
                del known[path]
        self._place(self.values, self._changes.values, target, source)
        self._place(self.keys, self._changes.keys, target, source)

    def _place(
        self,
        known: dict[Path, Position],
        written: Mapping[Path, Position],
        target: Path,
        source: Path,
    ) -> None:
        for path, place in written.items():
            if path[: len(source)] == source:
                moved = (*target, *path[len(source) :])
                known[moved] = Position(place.line, place.column, self._file)


def _copied(value: Any) -> Any:
    match value:
        case dict():
            return {key: _copied(below) for key, below in value.items()}
        case list():
            return [_copied(below) for below in value]
    return value


def _at(value: object, path: Path) -> Any:
    """What stands at a path; None if nothing does."""
    here: Any = value
    for step in path:
        if isinstance(here, list) and isinstance(step, int):
            here = here[step]
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def _keys(value: object) -> set[str]:
    return set(value) if isinstance(value, dict) else set()
