"""Packing a tree into one file.

https://docs.gitlab.com/api/repositories/#retrieve-file-archive
"""

import io
import tarfile
import zipfile
from typing import Literal

from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import ApiError
from bot.simulator.model_code import Commit
from bot.simulator.routing import Answer, Call, Route

Mode = Literal["w", "w:gz", "w:bz2"]
_MODES: dict[str, Mode] = {
    "tar": "w",
    "tar.gz": "w:gz",
    "tgz": "w:gz",
    "gz": "w:gz",
    "tar.bz2": "w:bz2",
    "tbz": "w:bz2",
    "tbz2": "w:bz2",
    "tb2": "w:bz2",
    "bz2": "w:bz2",
}


def get_archive(call: Call) -> Answer:
    """The tree of `sha` as `archive`, `archive.zip`, `archive.tar.gz` and so on."""
    project, name = finders.code(call), call.vars["archive"]
    stem, _, kind = name.partition(".")
    if stem != "archive" or (kind and kind not in {*_MODES, "zip"}):
        raise ApiError(404, {"error": "404 Not Found"})
    head = finders.commit(project, call.params.text("sha") or "HEAD", "File")
    top = f"{project.path}-{call.params.text('sha') or project.default_branch}-{head.id}"
    content = _zip(head, top) if kind == "zip" else _tar(head, top, _MODES[kind or "tar.gz"])
    suffix = kind or "tar.gz"
    return Answer(
        content, headers={"content-disposition": f'attachment; filename="{top}.{suffix}"'}
    )


def get_snapshot(call: Call) -> Answer:
    """The whole repository, for administrators: here the tree of the default branch.

    With `wiki` it is that of the wiki, which has no repository here.
    """
    finders.administrator(call)
    project = finders.code(call)
    head = None if call.params.flag("wiki") else git.resolve(project, "HEAD")
    return Answer(_tar(head, project.path, "w") if head else b"")


def _tar(head: Commit, top: str, mode: Mode) -> bytes:
    """Always the same bytes for the same tree: no time of now is in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:
        for path, content in sorted(head.tree.items()):
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size, entry.mtime = len(content), int(head.created_at.timestamp())
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _zip(head: Commit, top: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in sorted(head.tree.items()):
            archive.writestr(zipfile.ZipInfo(f"{top}/{path}"), content)
    return packed.getvalue()


ROUTES = (
    Route("GET", "/projects/:id/repository/:archive", get_archive),
    Route("GET", "/projects/:id/snapshot", get_snapshot),
)
