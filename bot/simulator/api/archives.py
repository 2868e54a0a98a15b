"""Packing a tree into one file. The same tree gives the same bytes: no time of now is in them.

https://docs.gitlab.com/api/repositories/#retrieve-file-archive
"""

import bz2
import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

from bot.simulator import repository as git
from bot.simulator import trees
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, not_found
from bot.simulator.model import Project
from bot.simulator.model_code import Commit
from bot.simulator.routing import Answer, Call, Route

Packer = Callable[[Commit, list[str], str], bytes]
_UMASK = 0o002


def _tar(head: Commit, paths: list[str], top: str) -> bytes:
    """Modes are as `git archive` writes them: https://git-scm.com/docs/git-archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path in paths:
            entry, content = tarfile.TarInfo(f"{top}/{path}"), head.tree[path]
            entry.size, entry.mtime = len(content), int(head.created_at.timestamp())
            entry.mode = (int(trees.mode(head, path), 8) & 0o777 | 0o222) & ~_UMASK
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _zip(head: Commit, paths: list[str], top: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in paths:
            entry = zipfile.ZipInfo(f"{top}/{path}")
            entry.external_attr = int(trees.mode(head, path), 8) << 16
            archive.writestr(entry, head.tree[path])
    return packed.getvalue()


def _gzip(head: Commit, paths: list[str], top: str) -> bytes:
    return gzip.compress(_tar(head, paths, top), mtime=0)


def _bzip2(head: Commit, paths: list[str], top: str) -> bytes:
    return bz2.compress(_tar(head, paths, top))


_PACKERS: dict[str, Packer] = {"zip": _zip, "tar": _tar}
_PACKERS |= dict.fromkeys(("tar.gz", "tgz", "gz"), _gzip)
_PACKERS |= dict.fromkeys(("tar.bz2", "tbz", "tbz2", "tb2", "bz2"), _bzip2)


def get_archive(call: Call) -> Answer:
    """The tree of `sha` as `archive`, `archive.zip`, `archive.tar.gz` and so on.

    A path that is not there gives no bytes at all: GitLab says 200 before git refuses it.
    """
    project, name = finders.code(call), call.vars["archive"]
    stem, _, kind = name.partition(".")
    kind = kind or "tar.gz"
    if stem != "archive" or kind not in _PACKERS:
        raise ApiError(404, {"error": "404 Not Found"})
    call.params.flag("include_lfs_blobs")  # there are none; only its form is looked at
    head = _named(call, project)
    top, paths = _top(call, project, head), _paths(call, head)
    headers = {"content-disposition": f'attachment; filename="{top}.{kind}"'}
    headers["content-type"] = "application/zip" if kind == "zip" else "application/octet-stream"
    return Answer(b"" if paths is None else _PACKERS[kind](head, paths, top), headers=headers)


def _named(call: Call, project: Project) -> Commit:
    """The commit asked for; `ref_type` lets in branches or tags alone."""
    kind = call.params.choice("ref_type", ("heads", "tags"))
    ref = call.params.text("sha") or project.default_branch
    if kind and ref not in (project.branches if kind == "heads" else project.tags):
        raise not_found("File")
    return project.tags[ref].commit if kind == "tags" else finders.commit(project, ref, "File")


def _top(call: Call, project: Project, head: Commit) -> str:
    """The name of the file without its ending, and of the folder in which everything is."""
    ref, path = call.params.text("sha") or project.default_branch, call.params.text("path")
    parts = (project.path, ref, head.id, *([path] if path else ()))
    return "-".join(part.replace("/", "-") for part in parts)


def _paths(call: Call, head: Commit) -> list[str] | None:
    """The files in `path`, which has to be there, without those in `exclude_paths`."""
    wanted = (call.params.text("path") or "").strip("/")
    gone = [path.strip("/") for path in call.params.words("exclude_paths")]
    inside = [path for path in sorted(head.tree) if _is_in(path, wanted)]
    if wanted and not inside:
        return None
    return [path for path in inside if not any(_is_in(path, place) for place in gone)]


def _is_in(path: str, place: str) -> bool:
    return not place or path == place or path.startswith(f"{place}/")


def get_snapshot(call: Call) -> Answer:
    """The whole repository, for administrators: here the tree of the default branch.

    With `wiki` it is that of the wiki, which has no repository here.
    """
    finders.administrator(call)
    project = finders.code(call)
    head = None if call.params.flag("wiki") else git.resolve(project, "HEAD")
    return Answer(_tar(head, sorted(head.tree), project.path) if head else b"")


ROUTES = (
    Route("GET", "/projects/:id/repository/:archive", get_archive),
    Route("GET", "/projects/:id/snapshot", get_snapshot),
)
