"""Definitions put together: `include` puts a task list with its parameters into a definition.

What comes out is one document, in which everything still has the file, line and column where it
was written. So all that is checked behind this knows nothing of files and parameters.
It must not read files, and must not know what tasks mean.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field

from bot.domain import conditions
from bot.domain.documents import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, Document, Position
from bot.domain.problems import Path, Problem
from bot.domain.process import Line, Slug, Strict, When
from bot.domain.shape import misshapen
from bot.domain.wording import GUESSES, nearest

MAX_INCLUDES = 10
"""How deep task lists may include each other."""

_PLACEHOLDER = re.compile(r"\{\{ *([A-Za-z0-9_-]+) *\}\}")
_TASKS = "tasks"


class Parameter(Strict):
    """What a task list wants to be told by whoever includes it; `{{ name }}` puts it in."""

    description: str = Field(description="What to give.")
    default: Any = Field(default=None, description="Its value where none is given; else needed.")


class TaskList(Strict):
    """Tasks for several processes: `templates/tasks/<name>.yml`."""

    title: Line = Field(description="What people call it.")
    description: str = Field(default="", description="What it is for.")
    parameters: Mapping[Slug, Parameter] = Field(
        default={}, description="What is different each time; any value, not only text."
    )
    tasks: tuple[Any, ...] = Field(
        min_length=1, description="As in a phase; it may include other lists."
    )


class Include(Strict):
    """Stands in a list of tasks where those of a task list are to stand."""

    include: Slug = Field(description="The name of the task list: its file without `.yml`.")
    arguments: Mapping[Slug, Any] = Field(
        default={}, alias="with", description="Its parameters, by name."
    )
    when: When | None = Field(
        default=None, description="A condition on inputs that holds for each of the tasks."
    )


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be included, and where it is."""

    file: str
    document: Document


@dataclass(frozen=True, slots=True)
class Composed:
    """One document out of several, what went wrong, and which lists are in it."""

    document: Document
    problems: tuple[tuple[Position, Problem], ...] = ()
    used: frozenset[str] = frozenset()


def compose(document: Document, lists: Mapping[str, Source]) -> Composed:
    """The document with what it includes."""
    work = _Composition(lists)
    try:
        value = work.copy(_Scope(document), document.value, (), ())
    except _TooMuchError as limit:
        problem = Problem("yaml-limit", (), limit.message)
        broken = Document(broken=True, flaws=document.flaws)
        return Composed(broken, ((limit.position, problem),), frozenset(work.used))
    whole = Document(value, work.keys, work.values, document.flaws, document.broken)
    return Composed(whole, tuple(work.problems), frozenset(work.used))


class _TooMuchError(Exception):
    def __init__(self, position: Position, message: str) -> None:
        super().__init__(message)
        self.position = position
        self.message = message


@dataclass(frozen=True, slots=True)
class _Scope:
    """A text that is copied from, and what its parameters stand for, if it has any."""

    document: Document
    file: str | None = None
    arguments: "Mapping[str, _Given] | None" = None
    way: tuple[str, ...] = ()

    def position(self, path: Path, *, on_key: bool = False) -> Position:
        place = self.document.position(path, on_key=on_key)
        return Position(place.line, place.column, self.file)


@dataclass(frozen=True, slots=True)
class _Given:
    """A value for a parameter, and where it is written."""

    scope: _Scope
    value: object
    path: Path


class _Composition:
    """Copies values with their places, and puts in what is included; bounded in all it does."""

    def __init__(self, lists: Mapping[str, Source]) -> None:
        self.keys: dict[Path, Position] = {}
        self.values: dict[Path, Position] = {}
        self.problems: list[tuple[Position, Problem]] = []
        self.used: set[str] = set()
        self._lists = lists
        self._nodes = 0
        self._characters = 0

    def copy(self, scope: _Scope, value: object, path: Path, out: Path) -> object:
        """The value at a path of a scope, as it stands at a path of the result."""
        if isinstance(value, str) and (given := self._given(scope, value)):
            return self.copy(given.scope, given.value, given.path, out)
        self._bound(scope, path, out)
        self.values[out] = scope.position(path)
        match value:
            case dict():
                return {key: self._entry(scope, value, path, out, key) for key in value}
            case list() if out[-1:] == (_TASKS,):
                return self._tasks(scope, value, path, out)
            case list():
                copied = enumerate(value)
                return [self.copy(scope, item, (*path, i), (*out, i)) for i, item in copied]
            case str():
                return self._filled(scope, value, path)
        return value

    def _entry(
        self, scope: _Scope, value: Mapping[str, object], path: Path, out: Path, key: str
    ) -> object:
        self.keys[*out, key] = scope.position((*path, key), on_key=True)
        return self.copy(scope, value[key], (*path, key), (*out, key))

    def _bound(self, scope: _Scope, path: Path, out: Path) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            message = f"with all that is included, there are more than {MAX_NODES} keys and values"
            raise _TooMuchError(scope.position(path), message)
        if self._characters > MAX_CHARACTERS:
            message = f"with all that is put in, this has more than {MAX_CHARACTERS} characters"
            raise _TooMuchError(scope.position(path), message)
        if len(out) > MAX_DEPTH:
            message = f"with all that is included, this is more than {MAX_DEPTH} levels deep"
            raise _TooMuchError(scope.position(path), message)

    def _tasks(
        self, scope: _Scope, items: Iterable[object], path: Path, out: Path, start: int = 0
    ) -> list[object]:
        tasks: list[object] = []
        for index, item in enumerate(items):
            place, number = (*path, index), start + len(tasks)
            if isinstance(item, dict) and "include" in item:
                tasks += self._included(scope, item, place, out, number)
            else:
                tasks.append(self.copy(scope, item, place, (*out, number)))
        return tasks

    def _included(
        self, scope: _Scope, item: dict[str, Any], path: Path, out: Path, start: int
    ) -> list[object]:
        """The tasks of a list, each under the condition of the include."""
        source = self._source(scope, item, path)
        if source is None:
            return []
        inner = self._inside(scope, item, path, source)
        listed: Any = source.document.value
        tasks = self._tasks(inner, listed[_TASKS], (_TASKS,), out, start)
        if when := item.get("when"):
            for number, task in enumerate(tasks, start):
                self._limit(task, str(when), scope.position((*path, "when")), (*out, number))
        return tasks

    def _limit(self, task: object, when: str, place: Position, out: Path) -> None:
        """Put a task under a condition; its own is judged, if need be, where it is written."""
        if isinstance(task, dict) and conditions.is_valid(own := task.get("when", when)):
            task["when"] = conditions.both(when, own) if "when" in task else when
            self.values.setdefault((*out, "when"), place)

    def _source(self, scope: _Scope, item: dict[str, Any], path: Path) -> Source | None:
        """The list that an include names, unless something is wrong with either."""
        if wrong := misshapen(item, Include):
            self._tell_all(scope, path, wrong)
            return None
        name = item["include"]
        if name in scope.way or len(scope.way) == MAX_INCLUDES:
            check, message = _endless(scope.way, name)
            self._tell(scope, Problem(check, (*path, "include"), message))
            return None
        source = self._lists.get(name)
        if source is None:
            guess, known = self._nearest(name, self._lists), tuple(sorted(self._lists))
            message = f'there is no task list "{name}"'
            problem = Problem("unknown-include", (*path, "include"), message, known, guess)
            self._tell(scope, problem)
            return None
        self.used.add(name)
        return source if self._is_sound(source) else None

    def _is_sound(self, source: Source) -> bool:
        if not source.document.broken:
            wrong = misshapen(source.document.value, TaskList)
            self._tell_all(_Scope(source.document, source.file), (), wrong)
            return not wrong
        return False

    def _inside(self, scope: _Scope, item: dict[str, Any], path: Path, source: Source) -> _Scope:
        """The scope of a list: its parameters, each as given or by default."""
        value: Any = source.document.value
        declared: Mapping[str, Mapping[str, Any]] = value.get("parameters", {})
        given: Mapping[str, object] = item.get("with", {})
        name = item["include"]
        outside = _Scope(source.document, source.file, {})
        arguments: dict[str, _Given] = {}
        for key, parameter in declared.items():
            if key in given:
                arguments[key] = _Given(scope, given[key], (*path, "with", key))
            else:
                default = parameter.get("default")
                arguments[key] = _Given(outside, default, ("parameters", key, "default"))
            if key not in given and "default" not in parameter:
                message = f'the task list "{name}" needs its parameter "{key}"; give it in `with`'
                self._tell(scope, Problem("missing-parameter", path, message))
        for key in given:
            if key not in declared:
                message = f'the task list "{name}" has no parameter "{key}"'
                self._unknown(scope, (*path, "with", key), message, declared, key)
        return _Scope(source.document, source.file, arguments, (*scope.way, name))

    def _given(self, scope: _Scope, text: str) -> _Given | None:
        """What stands for a text that is a parameter and nothing else."""
        whole = _PLACEHOLDER.fullmatch(text) if scope.arguments is not None else None
        return scope.arguments.get(whole[1]) if whole and scope.arguments else None

    def _filled(self, scope: _Scope, text: str, path: Path) -> str:
        if scope.arguments is None:
            return text
        return _PLACEHOLDER.sub(lambda match: self._text(scope, match[1], path), text)

    def _text(self, scope: _Scope, name: str, path: Path) -> str:
        """What stands for a parameter inside a longer text."""
        self._nodes += 1
        self._bound(scope, path, ())
        given = (scope.arguments or {}).get(name)
        if given is None:
            message = f'this task list has no parameter "{name}"'
            self._unknown(scope, path, message, scope.arguments or {}, name)
            return name
        if isinstance(given.value, dict | list):
            message = f'"{name}" stands in a text here, so it has to be a text too'
            self._tell(given.scope, Problem("wrong-type", given.path, message))
            return name
        filled = str(given.value)
        if isinstance(given.value, str):
            filled = self._filled(given.scope, filled, given.path)
        self._characters += len(filled)
        self._bound(scope, path, ())
        return filled

    def _unknown(
        self, scope: _Scope, path: Path, message: str, known: Iterable[str], name: str
    ) -> None:
        allowed = tuple(known)
        guess = self._nearest(name, allowed)
        check = "unknown-parameter"
        self._tell(scope, Problem(check, path, message, allowed, guess, on_key=True))

    def _nearest(self, name: str, known: Iterable[str]) -> str | None:
        return nearest(name, known) if len(self.problems) < GUESSES else None

    def _tell_all(self, scope: _Scope, path: Path, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._tell(scope, replace(problem, path=(*path, *problem.path)))

    def _tell(self, scope: _Scope, problem: Problem) -> None:
        place = scope.position(problem.path, on_key=problem.on_key)
        self.problems.append((place, problem))


def _endless(way: tuple[str, ...], name: str) -> tuple[str, str]:
    if name in way:
        circle = " -> ".join((*way[way.index(name) :], name))
        return "include-cycle", f"these task lists include each other: {circle}"
    return "yaml-limit", f"task lists include each other more than {MAX_INCLUDES} deep"
