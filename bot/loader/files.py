"""A file of YAML as it is read: its document, and every mistake in it with its place.

Whatever the file holds, nothing is raised. It must not know what the file is for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain.documents import Document, Position, parse
from bot.domain.problems import Problem, Severity

MAX_BYTES = 1 << 20


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


@dataclass(slots=True)
class File:
    """A YAML file as it was read, with what is wrong with it; `texts` stand elsewhere."""

    path: Path
    document: Document
    mistakes: list[Mistake]
    texts: Mapping[str, Path] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path, *, own: bool = False) -> "File":
        """A file; one of a process has to be its own, see `own_text`."""
        text = own_text(path) if own else _text(path)
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
        """Whether nothing is more than a warning."""
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


def is_file(path: Path) -> bool:
    """Whether a file is there, as far as we may see."""
    return _seen(path.is_file, unseen=False)


def is_folder(path: Path) -> bool:
    """Whether a folder is there, as far as we may see."""
    return _seen(path.is_dir, unseen=False)


def is_there(path: Path) -> bool:
    """Whether anything is there, or may be: why it cannot be seen, reading it tells."""
    return _seen(path.exists, unseen=True)


def _seen(look: Callable[[], bool], *, unseen: bool) -> bool:
    try:
        return look()
    except OSError:
        return unseen


def own_text(path: Path) -> str | Mistake:
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
    return told(path, "unreadable-file", message, line)


def told(path: Path, check: str, message: str, line: int = 1) -> Mistake:
    """A mistake that has no place in a document."""
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
