"""The folders of processes: where they are, and what stands in each.

Of one name an own folder stands in for the shipped one. It must not judge the definitions;
`bot.domain.validation` does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.domain.composition import Source, compose
from bot.domain.outline import Cursor
from bot.domain.overrides import override
from bot.domain.problems import Problem
from bot.domain.process import Process
from bot.domain.validation import check_process
from bot.loader.files import File, Mistake, own_text, told

DEFINITION = "process.yml"
TASK_LISTS = "tasks"
"""The folder with task lists: in that of a process, or beside it, or with what is shipped."""

_SHIPPED = "templates"

Origin = Literal["shipped", "configured", "asked"]
"""Whether a process comes with the program, from the configuration, or is named by somebody."""


def shipped_folder() -> Path:
    """The folder of the processes that come with the program."""
    package = Path(__file__).parents[1]
    in_wheel = package / _SHIPPED
    return in_wheel if in_wheel.is_dir() else package.parent / _SHIPPED


@dataclass(slots=True)
class Folder:
    """A process folder as it was read; `lists` are the task lists that it includes."""

    name: str
    file: File
    texts: Mapping[str, str]
    origin: Origin
    lists: Sequence[File] = ()

    @classmethod
    def read(cls, path: Path, origin: Origin, config: File | None = None) -> "Folder":
        """A folder with its texts and lists, changed as the configuration says, and judged."""
        file = File.read(path / DEFINITION, own=True)
        name = path.resolve().name
        lists = _task_lists(path)
        sources = {key: Source(str(own.path), own.document) for key, own in lists.items()}
        composed = compose(file.document, sources)
        file.mistakes += [file.at(place, problem) for place, problem in composed.problems]
        file.document = composed.document
        if config is not None:
            place = ("overrides", name)
            file.document = override(file.document, config.document, place, str(config.path))
        file.texts = {**_templates(path), **_own_texts(config, name)}
        texts = {key: own_text(place) for key, place in file.texts.items()}
        file.mistakes += [text for text in texts.values() if isinstance(text, Mistake)]
        known = {key: text if isinstance(text, str) else None for key, text in texts.items()}
        whole = not composed.problems
        file.judge(check_process(file.document.value, name, known, whole=whole))
        used = [own for key, own in lists.items() if key in composed.used]
        readable = {k: text for k, text in known.items() if text is not None}
        return cls(name, file, readable, origin, used)

    @property
    def place(self) -> Path:
        """Where it stands; the same folder may be named in several ways."""
        return self.file.path.parent.resolve()

    def process(self) -> Process | None:
        """The process, unless there is an error in it."""
        value: Any = self.file.document.value
        if not all(file.sound for file in (self.file, *self.lists)):
            return None
        parts = (value["root"], *value["phases"].values())
        used = {part["template"] for part in parts}
        texts = {name: text for name, text in self.texts.items() if name in used}
        return Process.model_validate({**value, "texts": texts})


def find(
    config: File | None, folders: Sequence[Path], *, shipped: bool
) -> tuple[list[Folder], list[Mistake]]:
    """The process folders; of one name an own folder stands in for the shipped one."""
    mistakes: list[Mistake] = []
    found: dict[str, Folder] = {}
    candidates: list[tuple[Path, Origin]] = [
        *((path, "shipped") for path in (_children(shipped_folder()) if shipped else ())),
        *((path, "configured") for path in _configured(config)),
        *((path, "asked") for place in folders for path in _below(place, mistakes)),
    ]
    for path, origin in candidates:
        folder = Folder.read(path, origin, config)
        first = found.get(folder.name)
        if first is None or first.origin == "shipped" or first.place == folder.place:
            found[folder.name] = folder
        else:
            message = f'the process "{folder.name}" is also in {first.file.path.parent}'
            mistakes.append(told(folder.file.path, "duplicate-process", message))
    return list(found.values()), mistakes


def _task_lists(folder: Path) -> Mapping[str, File]:
    """The task lists that a process may include, by name; the nearest of a name counts."""
    found: dict[str, Path] = {}
    for place in (folder, folder.resolve().parent, shipped_folder()):
        for path in sorted((place / TASK_LISTS).glob("*.yml")):
            found.setdefault(path.stem, path)
    return {name: File.read(path, own=True) for name, path in found.items()}


def _templates(folder: Path) -> Mapping[str, Path]:
    return {path.name: path for path in sorted(folder.glob("*.j2"))}


def _own_texts(config: File | None, process: str) -> Mapping[str, Path]:
    """The texts with which an installation replaces those of a process."""
    found: dict[str, Path] = {}
    if config is None:
        return found
    for word in Cursor(config.document.value)["overrides"][process]["texts"].words():
        below = _templates_or_none(config.path.parent / word.text)
        if not below:
            message = f'no text is in "{word.text}": no *.j2 there'
            config.judge([Problem("unreadable-file", word.path, message)])
        found.update(below)
    return found


def _templates_or_none(folder: Path) -> Mapping[str, Path]:
    try:
        return _templates(folder)
    except (OSError, ValueError):
        return {}


def _configured(config: File | None) -> Iterator[Path]:
    """The process folders that a configuration names; what is missing is noted there."""
    if config is None:
        return
    for word in Cursor(config.document.value)["process_folders"].words():
        place = config.path.parent / word.text
        below = _process_folders(place)
        if not below:
            message = f'no process is in "{word.text}": {_without_process(place)}'
            config.judge([Problem("unreadable-file", word.path, message)])
        yield from below


def _below(place: Path, mistakes: list[Mistake]) -> Sequence[Path]:
    below = _process_folders(place)
    if not below:
        mistakes.append(told(place, "unreadable-file", _without_process(place)))
    return below


def _without_process(place: Path) -> str:
    try:
        if place.is_file():
            return "this is neither a folder nor a .yml file"
        if place.is_dir() and not [*_children(place)]:
            return f"no {DEFINITION} is in this folder or one folder below"
    except OSError as problem:  # it may not even be the name of one
        return f'"{problem.filename}" cannot be read: {problem.strerror}'
    return "there is no such file or folder"


def _process_folders(place: Path) -> Sequence[Path]:
    """The folder itself if it is one of a process, else those in it that are."""
    try:
        return (place,) if (place / DEFINITION).is_file() else tuple(_children(place))
    except (OSError, ValueError):
        return ()


def _children(place: Path) -> Iterator[Path]:
    for entry in sorted(place.iterdir()):
        if (entry / DEFINITION).is_file():
            yield entry
