"""What a definition names and refers to, read from data of any shape.

The models refuse a document as a whole; mistakes of meaning are to be found all the same, in the
parts that can be read. So this reads what is there and passes over what is not.
It must not judge; `validation` does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the document and where it stands."""

    text: str
    path: Path


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the document, whether or not anything stands there."""

    value: object
    path: Path = ()

    def __getitem__(self, key: str) -> "Cursor":
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Cursor(value, (*self.path, key))

    def entries(self) -> Iterator[tuple[Word, "Cursor"]]:
        """Every key of a mapping with what it holds."""
        if isinstance(self.value, Mapping):
            for key in self.value:
                yield Word(key, (*self.path, key)), self[key]

    def elements(self) -> Iterator["Cursor"]:
        """Every element of a list."""
        if isinstance(self.value, list):
            for index, value in enumerate(self.value):
                yield Cursor(value, (*self.path, index))

    def words(self) -> tuple[Word, ...]:
        """The text that stands here: one word, those of a list, or none."""
        if isinstance(self.value, str):
            return (Word(self.value, self.path),)
        return tuple(chain.from_iterable(element.words() for element in self.elements()))


@dataclass(frozen=True, slots=True)
class TaskOutline:
    """A task, or a place where one should stand."""

    phase: str
    path: Path
    ids: tuple[Word, ...]
    roles: tuple[Word, ...]
    needs: tuple[Word, ...]
    optional: bool
    due: Cursor
    when: tuple[Word, ...]

    @classmethod
    def read(cls, phase: str, cursor: Cursor, *, optional: bool = False) -> Iterator[Self]:
        """The task here and all its sub-items; those of an optional task are optional too."""
        optional = optional or cursor["optional"].value is not None
        yield cls(
            phase,
            cursor.path,
            cursor["id"].words()[:1],
            cursor["role"].words(),
            cursor["needs"].words(),
            optional,
            cursor["due"],
            cursor["when"].words(),
        )
        for task in cursor["tasks"].elements():
            yield from cls.read(phase, task, optional=optional)


@dataclass(frozen=True, slots=True)
class PhaseOutline:
    """A phase as far as it can be read."""

    name: Word
    after: tuple[Word, ...]
    due: Cursor
    when: tuple[Word, ...]
    tasks: tuple[TaskOutline, ...]

    @classmethod
    def read(cls, name: Word, cursor: Cursor) -> Self:
        """The phase here."""
        tasks = chain.from_iterable(
            TaskOutline.read(name.text, task) for task in cursor["tasks"].elements()
        )
        when = cursor["when"].words()
        return cls(name, cursor["after"].words(), cursor["due"], when, tuple(tasks))


@dataclass(frozen=True, slots=True)
class InputOutline:
    """An input as far as it can be read."""

    name: Word
    title: str
    type: str
    required: bool
    """Whether every launch has it: it has to be given, or follows from something."""
    choices: tuple[str, ...] = ()
    follows: bool = False
    """Whether it is a date that may be known only when the launch starts."""
    counts: tuple[Cursor, ...] = ()
    needed: bool = True
    """Whether somebody has to give it."""


@dataclass(frozen=True, slots=True)
class Outline:
    """All names and references of a process."""

    document: Cursor
    roles: tuple[Word, ...]
    inputs: tuple[InputOutline, ...]
    phases: tuple[PhaseOutline, ...]

    @classmethod
    def read(cls, document: object) -> Self:
        """What can be read of a process."""
        cursor = Cursor(document)
        return cls(
            cursor,
            tuple(name for name, _ in cursor["roles"].entries()),
            tuple(_input(name, entry) for name, entry in cursor["inputs"].entries()),
            tuple(PhaseOutline.read(name, entry) for name, entry in cursor["phases"].entries()),
        )

    @property
    def tasks(self) -> tuple[TaskOutline, ...]:
        """All tasks and sub-items of all phases, in order."""
        return tuple(chain.from_iterable(phase.tasks for phase in self.phases))

    @property
    def parts(self) -> tuple[Cursor, ...]:
        """The root and the phases: whatever has an issue, a role, a project and a template."""
        return (
            self.document["root"],
            *(entry for _, entry in self.document["phases"].entries()),
        )

    def conditions(self) -> tuple[Word, ...]:
        """Every condition of a phase, a task or a date."""
        parts: tuple[PhaseOutline | TaskOutline, ...] = (*self.phases, *self.tasks)
        of_dates = (count["when"].words() for wanted in self.inputs for count in wanted.counts)
        return tuple(chain(*(part.when for part in parts), *of_dates))

    def role_references(self) -> Iterator[Word]:
        """Every place that names a role."""
        for part in self.parts:
            yield from part["role"].words()
        for task in self.tasks:
            yield from task.roles
        for _, right in self.document["rights"].entries():
            yield from right["roles"].words()
        yield from self.document["documentation"]["reviewers"].words()

    def projects(self) -> tuple[Word, ...]:
        """Every place that names a project."""
        places = (*self.parts, self.document["documentation"])
        return tuple(chain.from_iterable(place["project"].words() for place in places))

    def released(self) -> tuple[Word, ...]:
        """The project whose releases start launches; an installation need not have it."""
        return self.document["releases"]["project"].words()


def _input(name: Word, entry: Cursor) -> InputOutline:
    title = " ".join(word.text for word in entry["title"].words())
    kind = str(entry["type"].value or "text")
    counts = tuple(entry["counts"].elements())
    default = entry["default"].value is not None
    follows = bool(counts) or (default and kind == "date")
    given = entry["required"].value is not False or default or bool(counts)
    choices = tuple(word.text for word in entry["choices"].words())
    needed = entry["required"].value is not False and not default and not counts
    return InputOutline(name, title, kind, given, choices, follows, counts, needed)
