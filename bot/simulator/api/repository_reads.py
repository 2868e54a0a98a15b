"""Protected branches, and reading the repository in ways that need no knowledge of requests.

https://docs.gitlab.com/api/protected_branches/ and https://docs.gitlab.com/api/repositories/
"""

from typing import Any

from bot.simulator import present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import conflict, message, not_found
from bot.simulator.model import Commit, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, require
from bot.simulator.routing import Answer, Call, Route

_FEWEST_REFS = 2


def protect_branch(call: Call) -> Any:
    """Let only Maintainers push and merge; the name may be a wildcard."""
    project = _maintained(call)
    name = call.params.required_text("name")
    if name in project.protected:
        raise conflict(f"Protected branch '{name}' already exists")
    project.protected[name] = bool(call.params.flag("allow_force_push"))
    return _protection(project, name)


def list_protected(call: Call) -> Answer:
    """The protected branches."""
    project = finders.code(call)
    return paged(call, sorted(project.protected), lambda name: _protection(project, name))


def get_protected(call: Call) -> Any:
    """One protected branch."""
    project = finders.code(call)
    return _protection(project, _protected_name(call, project))


def update_protected(call: Call) -> Any:
    """Allow or forbid force pushes."""
    project = _maintained(call)
    name = _protected_name(call, project)
    allowed = call.params.flag("allow_force_push", project.protected[name])
    project.protected[name] = bool(allowed)
    return _protection(project, name)


def unprotect_branch(call: Call) -> None:
    """Let Developers push and merge again."""
    project = _maintained(call)
    del project.protected[_protected_name(call, project)]


def get_blame(call: Call) -> Any:
    """The lines of a file; here all with the last commit that touched the file."""
    project, path = finders.code(call), call.vars["file"]
    head = finders.commit(project, call.params.required_text("ref"))
    if path not in head.tree:
        raise not_found("File")
    lines = head.tree[path].decode("utf-8", "replace").splitlines()
    return [{"commit": present_requests.commit(call.sim, project, head), "lines": lines}]


def get_raw_blob(call: Call) -> Answer:
    """A file's content by its id."""
    for commit in finders.code(call).commits.values():
        for content in commit.tree.values():
            if git.blob_id(content) == call.vars["sha"]:
                return Answer(content)
    raise not_found("Blob")


def list_refs(call: Call) -> Answer:
    """The branches and tags that have a commit."""
    project = finders.code(call)
    commit = finders.commit(project, call.vars["sha"])
    heads = [("branch", name, head) for name, head in project.branches.items()]
    heads += [("tag", name, tag.commit) for name, tag in project.tags.items()]
    found = [(kind, name) for kind, name, head in heads if commit in git.history(head)]
    return paged(call, found, lambda entry: {"type": entry[0], "name": entry[1]})


def get_signature(call: Call) -> Any:
    """No commit is signed here."""
    finders.commit(finders.code(call), call.vars["sha"])
    raise not_found("Signature")


def merge_base(call: Call) -> Any:
    """The newest commit that all refs have."""
    project = finders.code(call)
    refs = call.params.words("refs")
    if len(refs) < _FEWEST_REFS:
        raise message(400, "Provide at least 2 refs")
    base: Commit | None = finders.commit(project, refs[0])
    for ref in refs[1:]:
        base = git.merge_base(base, finders.commit(project, ref)) if base else None
    if base is None:
        raise not_found("Merge Base")
    return present_requests.commit(call.sim, project, base)


def list_contributors(call: Call) -> Answer:
    """Who wrote how many commits of a ref."""
    project = finders.code(call)
    ref = call.params.text("ref") or "HEAD"
    found: dict[str, dict[str, Any]] = {}
    for entry in git.history(finders.commit(project, ref)):
        fresh = {"name": entry.author_name, "email": entry.author_email, "commits": 0}
        known = found.setdefault(entry.author_email, fresh | {"additions": 0, "deletions": 0})
        known["commits"] += 1
    return paged(call, list(found.values()), dict)


def _maintained(call: Call) -> Project:
    project = finders.code(call)
    require(call.sim, call.user, project, MAINTAINERS)
    return project


def _protected_name(call: Call, project: Project) -> str:
    if call.vars["branch"] not in project.protected:
        raise not_found()
    return call.vars["branch"]


def _protection(project: Project, name: str) -> dict[str, Any]:
    allowed = [{"access_level": 40, "access_level_description": "Maintainers"}]
    return {
        "name": name,
        "push_access_levels": allowed,
        "merge_access_levels": allowed,
        "allow_force_push": project.protected[name],
        "code_owner_approval_required": False,
    }


ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("GET", "protected_branches", list_protected),
        ("POST", "protected_branches", protect_branch),
        ("GET", "protected_branches/:branch", get_protected),
        ("PATCH", "protected_branches/:branch", update_protected),
        ("DELETE", "protected_branches/:branch", unprotect_branch),
        ("GET", "repository/files/:file/blame", get_blame),
        ("GET", "repository/blobs/:sha/raw", get_raw_blob),
        ("GET", "repository/commits/:sha/refs", list_refs),
        ("GET", "repository/commits/:sha/signature", get_signature),
        ("GET", "repository/merge_base", merge_base),
        ("GET", "repository/contributors", list_contributors),
    )
)
