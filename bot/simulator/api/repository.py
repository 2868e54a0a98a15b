"""Branches, files and commits.

https://docs.gitlab.com/api/branches/, https://docs.gitlab.com/api/repository_files/,
https://docs.gitlab.com/api/commits/
"""

import base64
import hashlib
from typing import Any

from bot.simulator import diffs, merging, present_requests, pushing
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import forbidden, invalid, message, not_found
from bot.simulator.model import Commit, Project
from bot.simulator.paging import paged
from bot.simulator.params import Params
from bot.simulator.permissions import (
    DEVELOPERS,
    require,
    require_writable,
)
from bot.simulator.routing import Answer, Call, Route

_ACTIONS = ("create", "update", "delete", "move", "chmod")


def list_branches(call: Call) -> Answer:
    """All branches, or those whose name holds `search` (`^` and `$` anchor it)."""
    project, search = finders.code(call), call.params.text("search") or ""
    found = [name for name in sorted(project.branches) if _matches(name, search)]
    return paged(call, found, lambda name: present_requests.branch(call.sim, project, name))


def get_branch(call: Call) -> Any:
    """One branch."""
    project = finders.code(call)
    return present_requests.branch(call.sim, project, _branch(project, call.vars["branch"]))


def create_branch(call: Call) -> Any:
    """A branch at `ref`."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    call.params.require("branch", "ref")
    name, ref = call.params.required_text("branch"), call.params.required_text("ref")
    if not project.branches:
        git.add_readme(call.sim, project, call.user)
    start = git.resolve(project, ref)
    if not git.is_branch_name(name):
        raise message(400, "Branch name is invalid")
    if name in project.branches:
        raise message(400, "Branch already exists")
    if start is None:
        raise message(400, "Invalid reference name")
    git.set_branch(project, name, start)
    pushed(call, project, name, before=None)
    return present_requests.branch(call.sim, project, name)


def delete_branch(call: Call) -> None:
    """Remove a branch; protected ones stay."""
    project = finders.code(call)
    require(call.sim, call.user, project, DEVELOPERS)
    name = _branch(project, call.vars["branch"])
    if git.is_protected(project, name):
        raise forbidden("Protected branch cannot be removed")
    head = project.branches.pop(name)
    pushing.branch(call.sim, call.user, project, name, before=head)


def get_tree(call: Call) -> Answer:
    """The files and folders at a path."""
    project = finders.code(call)
    head = finders.commit(project, call.params.text("ref") or "HEAD", "Tree")
    prefix = (call.params.text("path") or "").strip("/")
    prefix = f"{prefix}/" if prefix else ""
    deep = call.params.flag("recursive")
    entries: dict[str, str] = {}
    for path in sorted(head.tree):
        if path.startswith(prefix):
            parts = path.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if deep else 2):
                if depth < len(parts):
                    entries[prefix + "/".join(parts[:depth])] = "tree"
            if deep or len(parts) == 1:
                entries[path] = "blob"
    return paged(call, list(entries.items()), lambda entry: _tree_entry(head, entry))


def get_file(call: Call) -> Any:
    """A file with its content in base64; HEAD gives the same as headers."""
    call.params.require("ref")
    shown, content = _file(call)
    if call.method == "HEAD":
        names = {f"x-gitlab-{key.replace('_', '-')}": str(value) for key, value in shown.items()}
        return Answer(None, headers=names)
    return shown | {"content": base64.b64encode(content).decode()}


def get_raw_file(call: Call) -> Answer:
    """A file as it is."""
    return Answer(_file(call)[1])


def create_file(call: Call) -> Any:
    """A new file, as one commit."""
    return _write_file(call, "create")


def update_file(call: Call) -> Any:
    """A changed file, as one commit."""
    return _write_file(call, "update")


def delete_file(call: Call) -> None:
    """A removed file, as one commit."""
    _write_file(call, "delete")


def list_commits(call: Call) -> Answer:
    """The commits of a branch or tag, newest first, also those of one file."""
    project, params = finders.code(call), call.params
    if not project.branches:
        return paged(call, [], str)
    heads = [finders.commit(project, params.text("ref_name") or "HEAD", "Commit")]
    if params.flag("all"):
        heads = list(project.branches.values())
    path, since, until = params.text("path"), params.moment("since"), params.moment("until")
    found = [
        entry
        for entry in git.history(*heads)
        if (not since or entry.created_at >= since)
        and (not until or entry.created_at <= until)
        and (not path or _touches(entry, path))
    ]
    return paged(call, found, lambda entry: present_requests.commit(call.sim, project, entry))


def get_commit(call: Call) -> Any:
    """One commit, with the status of its pipeline."""
    project = finders.code(call)
    entry = finders.commit(project, call.vars["sha"], "Commit")
    runs = [p for p in project.pipelines.values() if p.sha == entry.id]
    shown = present_requests.commit(call.sim, project, entry)
    last = present_requests.pipeline(call.sim, runs[-1]) if runs else None
    status = runs[-1].status if runs else None
    return shown | {"status": status, "last_pipeline": last, "project_id": project.id}


def get_commit_diff(call: Call) -> Answer:
    """What a commit changed."""
    project = finders.code(call)
    entry = finders.commit(project, call.vars["sha"], "Commit")
    old = entry.parents[0].tree if entry.parents else {}
    return paged(call, git.changes(old, entry.tree), diffs.diff)


def create_commit(call: Call) -> Any:
    """A commit of several file actions; `start_branch` makes the branch."""
    project, params = finders.code(call), call.params
    params.require("branch", "commit_message", "actions")
    branch = params.required_text("branch")
    parent = _parent(call, project, branch)
    tree = dict(parent.tree) if parent else {}
    actions = params.values["actions"]
    for number, action in enumerate(actions if isinstance(actions, list) else [actions]):
        _act(tree, _action(number, action))
    made = _commit_to(call, project, branch, parent, tree)
    return present_requests.commit(call.sim, project, made)


def _action(number: int, values: Any) -> Params:
    """One action, refused under its place in the list when it is of no known kind."""
    action = Params(values if isinstance(values, dict) else {})
    missing = [name for name in ("action", "file_path") if not action.text(name)]
    if missing:
        raise invalid(", ".join(f"actions[{number}][{name}] is missing" for name in missing))
    if action.text("action") not in _ACTIONS:
        raise invalid(f"actions[{number}][action] does not have a valid value")
    return action


def compare(call: Call) -> Any:
    """Commits and differences from one ref to another."""
    project, params = finders.code(call), call.params
    params.require("from", "to")
    start = finders.commit(project, params.required_text("from"), "Ref")
    end = finders.commit(project, params.required_text("to"), "Ref")
    base = start if params.flag("straight") else git.merge_base(start, end)
    commits = list(reversed(git.between(start, end)))
    found = git.changes(base.tree if base else {}, end.tree)
    shown = [present_requests.commit(call.sim, project, entry) for entry in commits]
    return {
        "commit": shown[-1] if shown else None,
        "commits": shown,
        "diffs": [diffs.diff(change) for change in found],
        "compare_timeout": False,
        "compare_same_ref": start is end,
        "web_url": None,
    }


def _matches(name: str, search: str) -> bool:
    if search.startswith("^"):
        return name.startswith(search[1:])
    return name.endswith(search[:-1]) if search.endswith("$") else search in name


def _branch(project: Project, name: str) -> str:
    if name not in project.branches:
        raise not_found("Branch")
    return name


def _tree_entry(head: Commit, entry: tuple[str, str]) -> dict[str, str]:
    path, kind = entry
    digest = git.blob_id(head.tree.get(path, path.encode()))
    mode = "040000" if kind == "tree" else "100644"
    return {
        "id": digest,
        "name": path.rsplit("/", 1)[-1],
        "type": kind,
        "path": path,
        "mode": mode,
    }


def _file(call: Call) -> tuple[dict[str, Any], bytes]:
    project, path = finders.code(call), call.vars["file"]
    ref = call.params.text("ref") or "HEAD"
    head = finders.commit(project, ref, "Commit")
    if path not in head.tree:
        raise not_found("File")
    content = head.tree[path]
    last = next((c for c in git.history(head) if _touches(c, path)), head)
    return {
        "file_name": path.rsplit("/", 1)[-1],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "ref": ref,
        "blob_id": git.blob_id(content),
        "commit_id": head.id,
        "last_commit_id": last.id,
        "execute_filemode": False,
    }, content


def _touches(entry: Commit, path: str) -> bool:
    old = entry.parents[0].tree if entry.parents else {}
    return any(
        change.new_path == path or change.new_path.startswith(f"{path}/")
        for change in git.changes(old, entry.tree)
    )


def _write_file(call: Call, action: str) -> Any:
    project, params = finders.code(call), call.params
    needed = ("branch", "commit_message", *(() if action == "delete" else ("content",)))
    params.require(*needed)
    branch, path = params.required_text("branch"), call.vars["file"]
    parent = _parent(call, project, branch)
    tree = dict(parent.tree) if parent else {}
    _act(tree, Params(params.values | {"action": action, "file_path": path}))
    _commit_to(call, project, branch, parent, tree)
    return {"file_path": path, "branch": branch}


def _parent(call: Call, project: Project, branch: str) -> Commit | None:
    """The commit to build on, once the caller may push."""
    require_writable(project)
    if not merging.may_push(call.sim, call.user, project, branch):
        raise forbidden("You are not allowed to push into this branch")
    start = call.params.text("start_branch") or call.params.text("start_sha")
    if start and branch in project.branches:
        text = f"A branch called '{branch}' already exists. Switch to that branch in order to"
        raise message(400, f"{text} make changes")
    if project.branches and not start and branch not in project.branches:
        raise message(400, "You can only create or edit files when you are on a branch")
    return git.resolve(project, start or branch)


def _commit_to(
    call: Call, project: Project, branch: str, parent: Commit | None, tree: git.Tree
) -> Commit:
    text = call.params.required_text("commit_message")
    parents = (parent,) if parent else ()
    made = git.commit(call.sim, project, call.user, text, tree, parents=parents)
    before = project.branches.get(branch)
    git.set_branch(project, branch, made)
    pushed(call, project, branch, before=before)
    return made


def pushed(call: Call, project: Project, branch: str, *, before: Commit | None) -> None:
    """Tell hooks and merge requests that a branch moved."""
    pushing.branch(call.sim, call.user, project, branch, before=before)
    merging.branch_moved(call.sim, call.user, project, branch)


def _act(tree: git.Tree, action: Params) -> None:
    """Apply one file action to a tree."""
    kind = action.choice("action", _ACTIONS)
    path = action.required_text("file_path")
    if kind == "create" and path in tree:
        raise message(400, "A file with this name already exists")
    if kind in {"update", "delete"} and path not in tree:
        raise message(400, "A file with this name doesn't exist")
    if kind == "move":
        previous = action.required_text("previous_path")
        if previous not in tree:
            raise message(400, "A file with this name doesn't exist")
        tree[path] = tree.pop(previous)
    if kind == "delete":
        del tree[path]
    elif kind != "chmod" and action.has("content"):
        tree[path] = _content(action)


def _content(action: Params) -> bytes:
    text = action.text("content") or ""
    if action.text("encoding") == "base64":
        return base64.b64decode(text)
    return text.encode()


ROUTES = tuple(
    Route(method, f"/projects/:id/{path}", handler)
    for method, path, handler in (
        ("GET", "repository/branches", list_branches),
        ("POST", "repository/branches", create_branch),
        ("GET", "repository/branches/:branch", get_branch),
        ("DELETE", "repository/branches/:branch", delete_branch),
        ("GET", "repository/tree", get_tree),
        ("GET", "repository/files/:file", get_file),
        ("POST", "repository/files/:file", create_file),
        ("PUT", "repository/files/:file", update_file),
        ("DELETE", "repository/files/:file", delete_file),
        ("GET", "repository/files/:file/raw", get_raw_file),
        ("GET", "repository/commits", list_commits),
        ("POST", "repository/commits", create_commit),
        ("GET", "repository/commits/:sha", get_commit),
        ("GET", "repository/commits/:sha/diff", get_commit_diff),
        ("GET", "repository/compare", compare),
    )
)
