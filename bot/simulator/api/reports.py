"""Numbers, checks and texts made from what there is.

https://docs.gitlab.com/api/statistics/, https://docs.gitlab.com/api/project_statistics/,
https://docs.gitlab.com/api/lint/ and https://docs.gitlab.com/api/keys/
"""

import base64
import binascii
import hashlib
from typing import Any

from bot.simulator import pipelines, present
from bot.simulator.api import finders
from bot.simulator.errors import message, not_found
from bot.simulator.model import Project
from bot.simulator.permissions import REPORTERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]
_NO_JOBS = "jobs config should contain at least one visible job"


def count_all(call: Call) -> Any:
    """How much a whole instance holds, each number as text."""
    finders.administrator(call)
    state = call.sim.state
    projects = state.projects.values()
    items = [*state.issues.values(), *state.merge_requests.values()]
    counts = {
        "forks": sum(project.forked_from is not None for project in projects),
        "issues": len(state.issues),
        "merge_requests": len(state.merge_requests),
        "notes": sum(len(item.notes) for item in items),
        "snippets": len(state.kept.everywhere("snippets")),
        "ssh_keys": len(state.kept.everywhere("keys")),
        "milestones": sum(len(project.milestones) for project in projects),
        "users": len(state.users),
        "groups": sum(space.owner is None for space in state.namespaces.values()),
        "projects": len(state.projects),
        "active_users": sum(user.state == "active" for user in state.users.values()),
    }
    return {name: str(count) for name, count in counts.items()}


def count_fetches(call: Call) -> Any:
    """How often a project was fetched: never, as there is no git protocol here."""
    require(call.sim, call.user, finders.project(call), REPORTERS)
    return {"fetches": {"total": 0, "days": []}}


def lint(call: Call) -> Any:
    """Whether a CI file can be read and has a job; other rules of GitLab's are not checked."""
    project, params = finders.code(call), call.params
    if call.method == "POST":
        return Answer(_linted(params.required_text("content")))
    ref = params.text("content_ref") or params.text("ref") or params.text("sha") or "HEAD"
    head = finders.commit(project, ref)
    if not pipelines.has_ci_file(head):
        return _verdict(["Please provide content of .gitlab-ci.yml"], "")
    return _linted(head.tree[".gitlab-ci.yml"].decode("utf-8", "replace"))


def _linted(text: str) -> Entry:
    content = pipelines.read_ci_file(text)
    if not content:
        return _verdict(["Invalid configuration format"], text)
    return _verdict([] if list(pipelines.jobs_in(content)) else [_NO_JOBS], text)


def _verdict(errors: list[str], text: str) -> Entry:
    valid = not errors
    return {"valid": valid, "errors": errors, "warnings": [], "merged_yaml": text, "includes": []}


def get_key(call: Call) -> Any:
    """Whose SSH key this is, for administrators."""
    finders.administrator(call)
    for user in call.sim.state.users.values():
        key = call.sim.state.kept.shelf("users", user.id, "keys").get(call.vars["key_id"])
        if key:
            return key | {"user": present.user_full(call.sim, user, user)}
    raise not_found()


def find_key(call: Call) -> Any:
    """The SSH key or deploy key of a fingerprint, for administrators."""
    finders.administrator(call)
    wanted, state = call.params.required_text("fingerprint"), call.sim.state
    for user in state.users.values():
        for key in state.kept.shelf("users", user.id, "keys").values():
            if _has_print(key["key"], wanted):
                return key | {"user": present.user_full(call.sim, user, user)}
    used = [
        (project, key)
        for project in state.projects.values()
        for key in state.kept.shelf("projects", project.id, "deploy_keys").values()
        if _has_print(key["key"], wanted)
    ]
    if not used:
        raise message(404, "404 Key Not Found")
    places = [_used_in(project, key) for project, key in used]
    return used[0][1] | {"user": None, "deploy_keys_projects": places}


def _used_in(project: Project, key: Entry) -> Entry:
    now = iso(project.created_at)
    used = {"id": key["id"], "deploy_key_id": key["id"], "project_id": project.id}
    return used | {"created_at": now, "updated_at": now, "can_push": key["can_push"]}


def _has_print(key: str, wanted: str) -> bool:
    """Whether a key has this fingerprint, by SHA-256 or by MD5 with colons."""
    parts = key.split()
    try:
        content = base64.b64decode(parts[1] if len(parts) > 1 else "")
    except binascii.Error:
        return False
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    old = hashlib.md5(content, usedforsecurity=False).hexdigest()
    pairs = ":".join(old[i : i + 2] for i in range(0, len(old), 2))
    if wanted[:7].lower() == "sha256:":
        return wanted[7:].rstrip("=") == digest
    return wanted == pairs


def stop_environment(call: Call) -> Any:
    """An environment is stopped, after which it can be removed."""
    project = finders.project(call)
    require(call.sim, call.user, project, REPORTERS)
    shelf = call.sim.state.kept.shelf("projects", project.id, "environments")
    found = shelf.get(call.vars["kept_key"])
    if found is None:
        raise not_found("Environment")
    found["state"] = "stopped"
    return found


ROUTES = (
    Route("GET", "/application/statistics", count_all),
    Route("GET", "/projects/:id/statistics", count_fetches),
    Route("GET", "/projects/:id/ci/lint", lint),
    Route("POST", "/projects/:id/ci/lint", lint),
    Route("GET", "/keys", find_key),
    Route("GET", "/keys/:key_id", get_key),
    Route("POST", "/projects/:id/environments/:kept_key/stop", stop_environment),
)
