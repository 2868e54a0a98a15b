"""Files, and commits of several file actions.

https://docs.gitlab.com/api/repository_files/ and
https://docs.gitlab.com/api/commits/#create-a-commit
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any

from bot.simulator import merging, present_requests, trees
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.api.repository import pushed
from bot.simulator.errors import forbidden, invalid, message, not_found
from bot.simulator.model import Project
from bot.simulator.model_code import Commit
from bot.simulator.params import Params
from bot.simulator.permissions import require_writable
from bot.simulator.routing import Answer, Call, Route

_ACTIONS = ("create", "update", "delete", "move", "chmod")
_SHA = re.compile("[0-9a-f]{40}")
_RUNNABLE = "100755"
_CHANGED = {
    "update": "You are attempting to update a file that has changed since you started editing it.",
    "delete": "You are attempting to delete a file that has been previously updated.",
}


@dataclass(slots=True)
class _Work:
    """What a commit is made of: where it begins, and the files with their modes as they change."""

    parent: Commit | None
    tree: trees.Tree
    modes: dict[str, str]


def get_file(call: Call) -> Any:
    """A file with its content in base64; HEAD gives the same as headers."""
    call.params.require("ref")
    if call.method == "HEAD":
        return metadata(call)
    shown, content = _file(call)
    return shown | {"content": base64.b64encode(content).decode()}


def metadata(call: Call) -> Answer:
    """What is known of a file, as headers."""
    return Answer(None, headers=_as_headers(_file(call)[0]))


def get_raw_file(call: Call) -> Answer:
    """A file as it is."""
    call.params.flag("lfs")
    shown, content = _file(call)
    return Answer(content, headers=_as_headers(shown) | {"content-type": "text/plain"})


def create_file(call: Call) -> Any:
    """A new file, as one commit."""
    return _write_file(call, "create")


def update_file(call: Call) -> Any:
    """A changed file, as one commit."""
    return _write_file(call, "update")


def delete_file(call: Call) -> None:
    """A removed file, as one commit."""
    _write_file(call, "delete")


def create_commit(call: Call) -> Any:
    """A commit of several file actions; `start_branch` or `start_sha` makes the branch."""
    project, params = finders.code(call), call.params
    params.require("branch", "commit_message")
    _require_message(params)
    params.exclude("start_branch", "start_sha")
    branch, actions = params.required_text("branch"), params.values.get("actions") or []
    if not actions and not params.flag("allow_empty"):
        raise invalid("actions is missing")
    sha = params.text("start_sha")
    if sha and not _SHA.fullmatch(sha):
        raise message(400, "start_sha must be a full 40-character commit SHA")
    work = _begin(call, project, branch)
    for number, action in enumerate(actions if isinstance(actions, list) else [actions]):
        _act(work, _action(number, action))
    made = _commit_to(call, project, branch, work)
    stats = bool(params.flag("stats", default=True))
    runs = [p for p in project.pipelines.values() if p.sha == made.id]
    return present_requests.commit(call.sim, project, made, stats=stats) | {
        "status": runs[-1].status if runs else None,
        "last_pipeline": present_requests.pipeline_basic(call.sim, runs[-1]) if runs else None,
        "project_id": project.id,
    }


def _action(number: int, values: Any) -> Params:
    """One action, refused under its place in the list when it is of no known kind."""
    action = Params(values if isinstance(values, dict) else {})
    missing = [name for name in ("action", "file_path") if not action.text(name)]
    if missing:
        raise invalid(", ".join(f"actions[{number}][{name}] is missing" for name in missing))
    if action.text("action") not in _ACTIONS:
        raise invalid(f"actions[{number}][action] does not have a valid value")
    return action


def _file(call: Call) -> tuple[dict[str, Any], bytes]:
    project, path = finders.code(call), call.vars["file"]
    ref = call.params.text("ref") or "HEAD"
    head = finders.commit(project, ref, "Commit")
    if path not in head.tree:
        raise not_found("File")
    content = head.tree[path]
    return {
        "file_name": path.rsplit("/", 1)[-1],
        "file_path": path,
        "size": len(content),
        "encoding": "base64",
        "content_sha256": hashlib.sha256(content).hexdigest(),
        "ref": ref,
        "blob_id": git.blob_id(content),
        "commit_id": head.id,
        "last_commit_id": git.last_touching(head, path).id,
        "execute_filemode": head.modes.get(path) == _RUNNABLE,
    }, content


def _as_headers(shown: dict[str, Any]) -> dict[str, str]:
    values = {
        key: str(value).lower() if value in (True, False) else str(value)
        for key, value in shown.items()
    }
    return {f"x-gitlab-{key.replace('_', '-')}": value for key, value in values.items()}


def _write_file(call: Call, action: str) -> Any:
    project, params = finders.code(call), call.params
    needed = ("branch", "commit_message", *(() if action == "delete" else ("content",)))
    params.require(*needed)
    _require_message(params)
    branch, path = params.required_text("branch"), call.vars["file"]
    work = _begin(call, project, branch)
    before = dict(work.tree), dict(work.modes)
    _act(work, Params(params.values | {"action": action, "file_path": path}))
    if before == (work.tree, work.modes):
        raise message(400, "The commit was empty")
    _commit_to(call, project, branch, work)
    return {"file_path": path, "branch": branch}


def _require_message(params: Params) -> None:
    if not params.required_text("commit_message").strip():
        raise invalid("commit_message is empty")


def _begin(call: Call, project: Project, branch: str) -> _Work:
    """Where to build on, once the caller may push."""
    require_writable(project)
    if not merging.may_push(call.sim, call.user, project, branch):
        raise forbidden("You are not allowed to push into this branch")
    start = call.params.text("start_branch") or call.params.text("start_sha")
    if start and branch in project.branches and not call.params.flag("force"):
        text = f"A branch called '{branch}' already exists. Switch to that branch in order to"
        raise message(400, f"{text} make changes")
    if project.branches and not start and branch not in project.branches:
        raise message(400, "You can only create or edit files when you are on a branch")
    other = call.params.text("start_project")
    origin = finders.project(call, other) if other else project
    parent = git.resolve(origin, start or branch)
    return _Work(parent, dict(parent.tree) if parent else {}, dict(parent.modes) if parent else {})


def _commit_to(call: Call, project: Project, branch: str, work: _Work) -> Commit:
    params, parents = call.params, (work.parent,) if work.parent else ()
    given = {name: params.text(name) for name in ("author_name", "author_email")}
    text = params.required_text("commit_message")
    made = git.commit(
        call.sim, project, call.user, text, work.tree, parents=parents, modes=work.modes, **given
    )
    before = project.branches.get(branch)
    git.set_branch(project, branch, made)
    pushed(call, project, branch, before=before)
    return made


def _act(work: _Work, action: Params) -> None:
    """Apply one file action."""
    kind, path = action.choice("action", _ACTIONS) or "", action.required_text("file_path")
    tree = work.tree
    if path.startswith("/") or ".." in path.split("/"):
        raise invalid("file_path should be a valid file path")
    if kind in {"create", "move"} and path in tree:
        raise message(400, "A file with this name already exists")
    if kind in {"update", "delete", "chmod"} and path not in tree:
        raise message(400, "A file with this name doesn't exist")
    _require_unchanged(work, action, kind, path)
    if kind == "move":
        _move(work, action.required_text("previous_path"), path)
    if kind == "delete":
        del tree[path]
        work.modes.pop(path, None)
    elif kind != "chmod" and (action.has("content") or kind == "create"):
        tree[path] = _content(action)
    if kind != "delete" and action.has("execute_filemode"):
        work.modes.pop(path, None)
        work.modes |= {path: _RUNNABLE} if action.flag("execute_filemode") else {}


def _require_unchanged(work: _Work, action: Params, kind: str, path: str) -> None:
    """Refuse where somebody else changed the file after `last_commit_id`."""
    known, at = action.text("last_commit_id"), action.text("previous_path") or path
    if known and work.parent and git.last_touching(work.parent, at).id != known:
        usual = f"The file has changed since you started editing it: {at}"
        raise message(400, _CHANGED.get(kind, usual))


def _move(work: _Work, previous: str, path: str) -> None:
    if previous not in work.tree:
        raise message(400, "A file with this name doesn't exist")
    work.tree[path] = work.tree.pop(previous)
    if previous in work.modes:
        work.modes[path] = work.modes.pop(previous)


def _content(action: Params) -> bytes:
    text = action.text("content") or ""
    if action.choice("encoding", ("text", "base64"), "text") == "text":
        return text.encode()
    try:
        return base64.b64decode(f"{text}===")
    except binascii.Error:
        raise message(400, "invalid base64") from None


ROUTES = tuple(
    Route(method, f"/projects/:id/repository/{path}", handler)
    for method, path, handler in (
        ("GET", "files/:file", get_file),
        ("POST", "files/:file", create_file),
        ("PUT", "files/:file", update_file),
        ("DELETE", "files/:file", delete_file),
        ("GET", "files/:file/raw", get_raw_file),
        ("POST", "commits", create_commit),
    )
)
