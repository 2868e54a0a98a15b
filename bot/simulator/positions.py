"""Lines of a difference, which comments on merge requests may be about. No HTTP.

https://docs.gitlab.com/api/discussions/#create-a-new-thread-in-the-merge-request-diff
"""

import hashlib
from typing import Any

from bot.simulator.trees import FileChange

Position = dict[str, Any]


def line_code(position: Position | None) -> str | None:
    """GitLab's name of the line: the path's digest, the old and the new number."""
    if not position or position["position_type"] != "text":
        return None
    path = str(position["new_path"] or position["old_path"])
    digest = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return f"{digest}_{position['old_line'] or 0}_{position['new_line'] or 0}"


def fits(position: Position, changes: list[FileChange]) -> bool:
    """Whether the difference has that file, and the file that line."""
    paths = {position["new_path"], position["old_path"]} - {None}
    found = [c for c in changes if paths & {c.new_path, c.old_path}]
    if not found or position["position_type"] == "image":
        return bool(found)
    return (
        _has(found[0].new, position["new_line"])
        and _has(found[0].old, position["old_line"])
        and (position["new_line"] is not None or position["old_line"] is not None)
    )


def _has(content: bytes | None, line: int | None) -> bool:
    return line is None or 0 < line <= len((content or b"").splitlines())
