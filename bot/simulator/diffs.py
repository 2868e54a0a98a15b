"""Differences between files, as the API shows them."""

import difflib
from typing import Any

from bot.simulator.trees import FileChange


def diff(change: FileChange, *, unified: bool = False) -> dict[str, Any]:
    """One file's difference, as text with file headers where `unified`.

    https://docs.gitlab.com/api/merge_requests/#list-merge-request-diffs
    """
    return {
        "old_path": change.old_path,
        "new_path": change.new_path,
        "a_mode": change.old_mode,
        "b_mode": change.new_mode,
        "diff": (headers(change) if unified else "") + text(change),
        "collapsed": False,
        "too_large": False,
        "new_file": change.old is None,
        "renamed_file": change.old_path != change.new_path,
        "deleted_file": change.new is None,
        "generated_file": False,
    }


def headers(change: FileChange) -> str:
    """The two lines that name the file before and after."""
    old = "/dev/null" if change.old is None else f"a/{change.old_path}"
    new = "/dev/null" if change.new is None else f"b/{change.new_path}"
    return f"--- {old}\n+++ {new}\n"


def text(change: FileChange) -> str:
    """The hunks of a unified diff, without file headers."""
    old, new = _lines(change.old), _lines(change.new)
    lines = list(difflib.unified_diff(old, new))[2:]
    ended = [
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    ]
    return "".join(ended)


def _lines(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines(keepends=True)
