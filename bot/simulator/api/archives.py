"""Packing a tree into one file.

https://docs.gitlab.com/api/repositories/#retrieve-file-archive
"""

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import ApiError
from bot.simulator.model import Project
from bot.simulator.model_code import Commit
from bot.simulator.routing import Answer, Call, Route

Packer = Callable[[bytes], bytes]


def _plain(content: bytes) -> bytes:
    return content


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


_PACKERS: dict[str, Packer] = {
    "tar": _plain,
    "tar.gz": _gzip,
    "tgz": _gzip,
    "gz": _gzip,
    "tar.bz2": bz2.compress,
    "tbz": bz2.compress,
    "tbz2": bz2.compress,
    "tb2": bz2.compress,
    "bz2": bz2.compress,
}


def get_archive(call: Call) -> Answer:
    """The tree of `sha` as `archive`, `archive.zip`, `archive.tar.gz` and so on."""
    project, name = finders.code(call), call.vars["archive"]
    stem, _, kind = name.partition(".")
    if stem != "archive" or (kind and kind not in {*_PACKERS, "zip"}):
        raise ApiError(404, {"error": "404 Not Found"})
    head = _named(call, project)
    call.params.flag("include_lfs_blobs")
    tree = _cut(call, head.tree)
    top = f"{project.path}-{call.params.text('sha') or project.default_branch}-{head.id}"
    suffix = kind or "tar.gz"
    content = _zip(tree, top) if kind == "zip" else _PACKERS[suffix](_tar(head, tree, top))
    return Answer(
        content, headers={"content-disposition": f'attachment; filename="{top}.{suffix}"'}
    )


def _named(call: Call, project: Project) -> Commit:
    """The commit asked for; `ref_type` tells a branch from a tag of the same name."""
    ref = call.params.text("sha") or "HEAD"
    if call.params.choice("ref_type", ("heads", "tags")) == "tags" and ref in project.tags:
        return project.tags[ref].commit
    return finders.commit(project, ref, "File")


def _cut(call: Call, tree: git.Tree) -> git.Tree:
    """The files in `path`, without those in `exclude_paths`."""
    wanted = (call.params.text("path") or "").strip("/")
    gone = [path.strip("/") for path in call.params.words("exclude_paths")]
    return {
        path: content
        for path, content in tree.items()
        if _is_in(path, wanted) and not any(_is_in(path, place) for place in gone)
    }


def _is_in(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(f"{place}/")


def get_snapshot(call: Call) -> Answer:
    """The whole repository, for administrators: here the tree of the default branch.

    With `wiki` it is that of the wiki, which has no repository here.
    """
    finders.administrator(call)
    project = finders.code(call)
    head = None if call.params.flag("wiki") else git.resolve(project, "HEAD")
    return Answer(_tar(head, head.tree, project.path) if head else b"")


def _tar(head: Commit, tree: git.Tree, top: str) -> bytes:
    """Always the same bytes for the same tree: no time of now is in it."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in sorted(tree.items()):
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size, entry.mtime = len(content), int(head.created_at.timestamp())
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _zip(tree: git.Tree, top: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, content in sorted(tree.items()):
            archive.writestr(zipfile.ZipInfo(f"{top}/{path}"), content)
    return packed.getvalue()


ROUTES = (
    Route("GET", "/projects/:id/repository/:archive", get_archive),
    Route("GET", "/projects/:id/snapshot", get_snapshot),
)
