"""Files in: the configuration of an installation and the processes that it runs.

Whatever the files hold, nothing is raised: the result has all that could be loaded, and every
mistake in the rest with file, line and column.
It must not judge what the files say; `bot.domain.validation` does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bot.domain.catalogue import Images
from bot.domain.composition import Source, compose
from bot.domain.configuration import Configuration
from bot.domain.documents import Document, Position, parse
from bot.domain.outline import Cursor
from bot.domain.overrides import graft, override
from bot.domain.problems import Problem, Severity
from bot.domain.process import Process
from bot.domain.shape import misshapen
from bot.domain.validation import check_configuration, check_process

DEFINITION = "process.yml"
IMAGES = "images.yml"
TASK_LISTS = "tasks"
"""The folder with task lists: in that of a process, or beside it, or with what is shipped."""
MAX_BYTES = 1 << 20

_SHIPPED = "templates"

_Origin = Literal["shipped", "configured", "asked"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something wrong in a file, and what would be right."""

    file: str
    line: int
    column: int
    check: str
    severity: Severity
    message: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the files hold; a part with an error is left out."""

    configuration: Configuration | None
    processes: Mapping[str, Process]
    """The processes to run, by name."""
    mistakes: tuple[Mistake, ...]
    found: Mapping[str, Process] = field(default_factory=dict)
    """All processes, whether or not they are to run."""
    files: tuple[Path, ...] = ()
    """What was read: the configuration and the definitions."""

    @property
    def errors(self) -> tuple[Mistake, ...]:
        """The mistakes that are more than a warning."""
        return tuple(mistake for mistake in self.mistakes if mistake.severity == "error")


def shipped_folder() -> Path:
    """The folder of the processes that come with the program."""
    package = Path(__file__).parent
    in_wheel = package / _SHIPPED
    return in_wheel if in_wheel.is_dir() else package.parent / _SHIPPED


def load(config_path: Path | None, folders: Sequence[Path] = (), *, shipped: bool = True) -> Loaded:
    """The configuration, and the processes that are shipped, configured, or in the folders."""
    config = _File.read(config_path) if config_path else None
    images = _add_images(config) if config else None
    found, mistakes = _find(config, folders, shipped=shipped)
    processes = {folder.name: folder for folder in found}
    running = _running(config, processes)
    if config:
        documents = {name: folder.file.document.value for name, folder in processes.items()}
        config.judge(check_configuration(config.document.value, documents, running))
    made = {name: process for name, folder in processes.items() if (process := folder.process())}
    lists = (file for folder in found for file in folder.lists)
    read = [file for file in (config, images) if file]
    files = [*read, *(folder.file for folder in found), *lists]
    told = [*mistakes, *(mistake for file in files for mistake in file.mistakes)]
    return Loaded(
        Configuration.model_validate(config.document.value)
        if config and all(file.sound for file in read)
        else None,
        {name: process for name, process in made.items() if name in running},
        tuple(sorted(dict.fromkeys(told), key=_place)),
        made,
        tuple(dict.fromkeys(file.path for file in files)),
    )


@dataclass(slots=True)
class _File:
    """A YAML file as it was read, with what is wrong with it; `texts` stand elsewhere."""

    path: Path
    document: Document
    mistakes: list[Mistake]
    texts: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, *, own: bool = False) -> "_File":
        """A file; one of a process has to be its own, see `_own_text`."""
        text = _own_text(path) if own else _text(path)
        if isinstance(text, Mistake):
            return cls(path, Document(broken=True), [text])
        document = parse(text)
        flaws = [
            _mistake(path, flaw.position, Problem(flaw.check, (), flaw.message))
            for flaw in document.flaws
        ]
        return cls(path, document, flaws)

    @property
    def sound(self) -> bool:
        return all(mistake.severity != "error" for mistake in self.mistakes)

    def judge(self, problems: Iterable[Problem]) -> None:
        """Note problems, unless the file is broken, so that nothing true can be said of it."""
        for problem in () if self.document.broken else problems:
            self.mistakes.append(self._located(problem))

    def _located(self, problem: Problem) -> Mistake:
        if problem.file is not None:
            path = self.texts.get(problem.file, self.path.parent / problem.file)
            return _mistake(path, Position(problem.line), problem)
        return self.at(self.document.position(problem.path, on_key=problem.on_key), problem)

    def at(self, place: Position, problem: Problem) -> Mistake:
        """A problem as a mistake at a place, which may be in another file."""
        return _mistake(Path(place.file) if place.file else self.path, place, problem)


def _add_images(config: _File) -> _File | None:
    """Read `images.yml`, if there is one, as if it stood in the configuration."""
    path = config.path.parent / IMAGES
    if not path.exists():
        return None
    file = _File.read(path)
    file.judge(misshapen(file.document.value, Images))
    where = Cursor(config.document.value)["images"]
    if where.value is not None:
        message = f"this stands in {IMAGES} too; take it out of one of them"
        config.judge([Problem("duplicate-key", where.path, message, on_key=True)])
    elif file.sound:
        config.document = graft(config.document, "images", file.document, str(path))
    return file


@dataclass(slots=True)
class _Folder:
    """A process folder as it was read; `lists` are the task lists that it includes."""

    name: str
    file: _File
    texts: Mapping[str, str]
    origin: _Origin
    lists: Sequence[_File] = ()

    @classmethod
    def read(cls, path: Path, origin: _Origin, config: _File | None = None) -> "_Folder":
        file = _File.read(path / DEFINITION, own=True)
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
        texts = {key: _own_text(place) for key, place in file.texts.items()}
        file.mistakes += [text for text in texts.values() if isinstance(text, Mistake)]
        known = {key: text if isinstance(text, str) else None for key, text in texts.items()}
        whole = not composed.problems
        file.judge(check_process(file.document.value, name, known, whole=whole))
        used = [own for key, own in lists.items() if key in composed.used]
        readable = {k: text for k, text in known.items() if text is not None}
        return cls(name, file, readable, origin, used)

    @property
    def place(self) -> Path:
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


def _find(
    config: _File | None, folders: Sequence[Path], *, shipped: bool
) -> tuple[list[_Folder], list[Mistake]]:
    """The process folders; of one name an own folder stands in for the shipped one."""
    mistakes: list[Mistake] = []
    found: dict[str, _Folder] = {}
    candidates: list[tuple[Path, _Origin]] = [
        *((path, "shipped") for path in (_children(shipped_folder()) if shipped else ())),
        *((path, "configured") for path in _configured(config)),
        *((path, "asked") for place in folders for path in _below(place, mistakes)),
    ]
    for path, origin in candidates:
        folder = _Folder.read(path, origin, config)
        first = found.get(folder.name)
        if first is None or first.origin == "shipped" or first.place == folder.place:
            found[folder.name] = folder
        else:
            message = f'the process "{folder.name}" is also in {first.file.path.parent}'
            mistakes.append(_told(folder.file.path, "duplicate-process", message))
    return list(found.values()), mistakes


def _task_lists(folder: Path) -> Mapping[str, _File]:
    """The task lists that a process may include, by name; the nearest of a name counts."""
    found: dict[str, Path] = {}
    for place in (folder, folder.resolve().parent, shipped_folder()):
        for path in sorted((place / TASK_LISTS).glob("*.yml")):
            found.setdefault(path.stem, path)
    return {name: _File.read(path, own=True) for name, path in found.items()}


def _templates(folder: Path) -> Mapping[str, Path]:
    return {path.name: path for path in sorted(folder.glob("*.j2"))}


def _own_texts(config: _File | None, process: str) -> Mapping[str, Path]:
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


def _configured(config: _File | None) -> Iterator[Path]:
    """The process folders that a configuration names; what is missing is noted there."""
    if config is None:
        return
    for word in Cursor(config.document.value)["process_folders"].words():
        below = _process_folders(config.path.parent / word.text)
        if not below:
            message = f'no process is in "{word.text}": no {DEFINITION} there or one folder below'
            config.judge([Problem("unreadable-file", word.path, message)])
        yield from below


def _below(place: Path, mistakes: list[Mistake]) -> Sequence[Path]:
    below = _process_folders(place)
    if not below:
        mistakes.append(_told(place, "unreadable-file", _without_process(place)))
    return below


def _without_process(place: Path) -> str:
    with suppress(OSError, ValueError):  # it cannot even be the name of one
        if place.is_file():
            return "this is neither a folder nor a .yml file"
        if place.is_dir():
            return f"no process is here: no {DEFINITION} in this folder or one folder below"
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


def _running(config: _File | None, processes: Mapping[str, _Folder]) -> Sequence[str]:
    """The processes to run: those that the configuration names, and those asked for here."""
    named = {word.text for word in Cursor(config and config.document.value)["processes"].words()}
    return [
        name
        for name, folder in processes.items()
        if not named or name in named or folder.origin == "asked"
    ]


def _own_text(path: Path) -> str | Mistake:
    """The text of a file that a process brings, which may be anybody's proposal.

    A link may lead elsewhere in its folder, as those of a mounted volume do, and not out of it:
    what the file then says would be shown to whoever reads the issues, or this mistake.
    """
    try:
        inside = path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError, ValueError):
        return _text(path)
    if inside:
        return _text(path)
    return _unreadable(path, "this is a link out of its folder; put the file itself there")


def _text(path: Path) -> str | Mistake:
    """The text of a file, or why it cannot be had."""
    try:
        if path.is_dir():
            return _unreadable(path, "this is a folder; a file is needed")
        if not path.is_file():
            return _unreadable(path, "there is no such file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return _unreadable(path, f"the file cannot be read: {error}")
    if len(data) > MAX_BYTES:
        return _unreadable(path, f"the file is larger than {MAX_BYTES // 1024} KiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _unreadable(path, "the file is not UTF-8; save it in that encoding", line)


def _unreadable(path: Path, message: str, line: int = 1) -> Mistake:
    return _told(path, "unreadable-file", message, line)


def _told(path: Path, check: str, message: str, line: int = 1) -> Mistake:
    return _mistake(path, Position(line), Problem(check, (), message))


def _mistake(path: Path, place: Position, problem: Problem) -> Mistake:
    return Mistake(
        str(path),
        place.line,
        place.column,
        problem.check,
        problem.severity,
        problem.message,
        problem.allowed,
        problem.nearest,
    )


def _place(mistake: Mistake) -> tuple[str, int, int, str]:
    return mistake.file, mistake.line, mistake.column, mistake.check
