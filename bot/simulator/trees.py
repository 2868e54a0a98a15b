"""The files of a commit, with their modes: what differs between two, and merging them.

Knows nothing of projects and branches.
"""

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TypeVar

from bot.simulator.model_code import Commit

Tree = dict[str, bytes]
_Value = TypeVar("_Value")
_USUAL = "100644"
_ABSENT = "0"
_LIKENESS = 0.5


@dataclass(frozen=True, slots=True)
class Content:
    """Files by path, and the modes that are not usual: what a commit has, before it is made."""

    tree: Tree = field(default_factory=dict)
    modes: dict[str, str] = field(default_factory=dict)


Files = Commit | Content


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a difference; None, with the mode 0, is a side where it does not exist."""

    old_path: str
    new_path: str
    old: bytes | None
    new: bytes | None
    old_mode: str
    new_mode: str


def mode(files: Files, path: str) -> str:
    """The mode of a file as git writes it."""
    return files.modes.get(path, _USUAL) if path in files.tree else _ABSENT


def before(entry: Commit) -> Files:
    """What was there before a commit on its main line: nothing before the first one."""
    return entry.parents[0] if entry.parents else Content()


def changes(old: Files, new: Files) -> list[FileChange]:
    """What differs, by path."""
    return [
        _change(old, new, path)
        for path in sorted(old.tree.keys() | new.tree.keys())
        if old.tree.get(path) != new.tree.get(path) or mode(old, path) != mode(new, path)
    ]


def _change(old: Files, new: Files, path: str) -> FileChange:
    contents = (old.tree.get(path), new.tree.get(path))
    return FileChange(path, path, *contents, mode(old, path), mode(new, path))


def with_renames(found: list[FileChange]) -> list[FileChange]:
    """The same, but a file that went while one much like it came counts as renamed."""
    gone = [change for change in found if change.new is None]
    origins: dict[str, FileChange] = {}
    for change in found:
        origin = next((g for g in gone if change.old is None and _alike(g.old, change.new)), None)
        if origin:
            gone.remove(origin)
            origins[change.new_path] = origin
    renamed = {origin.old_path for origin in origins.values()}
    return [
        _renamed(origin, change) if (origin := origins.get(change.new_path)) else change
        for change in found
        if change.new is not None or change.old_path not in renamed
    ]


def _renamed(gone: FileChange, come: FileChange) -> FileChange:
    paths, contents = (gone.old_path, come.new_path), (gone.old, come.new)
    return FileChange(*paths, *contents, gone.old_mode, come.new_mode)


def _alike(old: bytes | None, new: bytes | None) -> bool:
    """Whether at least half of the lines are the same."""
    if not old or not new:
        return False
    lines = (old.splitlines(), new.splitlines())
    return old == new or SequenceMatcher(None, *lines, autojunk=False).ratio() >= _LIKENESS


def merge(base: Files, ours: Files, theirs: Files) -> Content | None:
    """`ours` with the changes of `theirs`; None when both changed a file differently."""
    tree = _merge(base.tree, ours.tree, theirs.tree)
    modes = _merge(_modes(base), _modes(ours), _modes(theirs))
    if tree is None or modes is None:
        return None
    return Content(tree, {path: found for path, found in modes.items() if found != _USUAL})


def _modes(files: Files) -> dict[str, str]:
    return {path: mode(files, path) for path in files.tree}


def _merge(
    base: dict[str, _Value], ours: dict[str, _Value], theirs: dict[str, _Value]
) -> dict[str, _Value] | None:
    merged = dict(ours)
    for path in sorted(base.keys() | theirs.keys()):
        old, here, there = base.get(path), ours.get(path), theirs.get(path)
        if old == there:
            continue
        if here not in (old, there):
            return None
        if there is None:
            merged.pop(path, None)
        else:
            merged[path] = there
    return merged
