"""Forks, stars, uploads and upkeep of projects.

https://docs.gitlab.com/api/project_forks/, https://docs.gitlab.com/api/project_starring/,
https://docs.gitlab.com/api/project_markdown_uploads/
"""

import secrets
from dataclasses import replace
from typing import Any

from bot.simulator import accounts, present, present_places
from bot.simulator import languages as used
from bot.simulator.api import finders, place_rules
from bot.simulator.api.project_lists import VISIBILITIES
from bot.simulator.errors import (
    conflict,
    forbidden,
    invalid,
    message,
    missing,
    not_found,
    not_modified,
    unauthorized,
)
from bot.simulator.model import File, Level, Namespace, Project
from bot.simulator.model_code import Protection
from bot.simulator.paging import paged
from bot.simulator.permissions import (
    DEVELOPERS,
    MAINTAINERS,
    feature_on,
    has,
    require,
    shows_profile,
)
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso


def fork(call: Call) -> Any:
    """A copy of the code in another namespace: the caller's unless one is named."""
    source, params = finders.code(call), call.params
    if not feature_on(call.sim, call.user, source, "forking"):
        raise missing()
    params.integer("namespace_id")  # the others may be paths
    names = ("namespace_id", "namespace_path", "namespace")
    name = next((text for key in names if (text := params.text(key))), "")
    space = finders.namespace(call, name) if name else call.user.namespace
    if not has(call.sim, call.user, space, DEVELOPERS):
        raise not_found("Target Namespace")
    asked = params.choice("visibility", VISIBILITIES, source.visibility) or source.visibility
    visibility = place_rules.lower(place_rules.lower(asked, source), space)
    own_target = params.flag("mr_default_target_self")
    path, title = params.text("path") or source.path, params.text("name") or source.name
    if problems := _taken(call, space, title, path):
        raise message(409, problems)
    now = call.sim.clock.now()
    made = accounts.new_project(
        call.sim.state, now, call.user, name=title, path=path, namespace=space
    )
    _copy(source, made, params.text("branches") or "")
    made.description = params.text("description") or source.description
    made.visibility = visibility
    if own_target is not None:
        made.settings["mr_default_target_self"] = own_target
    made.settings["import_status"] = "finished"  # but GitLab answers before it is
    return present_places.project(call.sim, made, call.user) | {"import_status": "scheduled"}


def _taken(call: Call, space: Namespace, name: str, path: str) -> list[str]:
    """What of a new project's name and path is another's, as sentences."""
    state = call.sim.state
    named = any(other.name == name for other in state.projects_in(space))
    located = state.holder_at(f"{space.full_path}/{path}")
    problems = ["Name has already been taken"] if named else []
    problems += ["Path has already been taken"] if located else []
    return problems + (["Project namespace name has already been taken"] if named else [])


def _copy(source: Project, made: Project, branches: str) -> None:
    wanted = branches.split(",") if branches else list(source.branches)
    made.forked_from, made.visibility = source, source.visibility
    made.default_branch, made.protected = (
        source.default_branch,
        {name: _copied(entry) for name, entry in source.protected.items()},
    )
    made.branches = {name: source.branches[name] for name in wanted if name in source.branches}
    made.tags, made.commits = dict(source.tags), dict(source.commits)


def _copied(entry: Protection) -> Protection:
    return replace(
        entry,
        pushers=[replace(grant) for grant in entry.pushers],
        mergers=[replace(grant) for grant in entry.mergers],
        unprotectors=[replace(grant) for grant in entry.unprotectors],
    )


def relate_fork(call: Call) -> Any:
    """Say that a project was forked from another one; 409 where it was."""
    project = finders.project(call)
    require(call.sim, call.user, project, frozenset({Level.OWNER}))
    source = finders.project(call, call.vars["forked_from_id"])
    if not feature_on(call.sim, call.user, source, "forking"):
        raise forbidden()
    if not has(call.sim, call.user, project.namespace, DEVELOPERS):
        raise unauthorized("Target Namespace")
    if project.forked_from:
        raise conflict("Project already forked")
    if project is source:
        raise message(400, "Target project cannot be equal to source project")
    project.forked_from = source
    return present_places.project(call.sim, project, call.user)


def unfork(call: Call) -> None:
    """Forget where a project came from."""
    project = finders.project(call)
    require(call.sim, call.user, project, frozenset({Level.OWNER}))
    if project.forked_from is None:
        raise not_modified()
    project.forked_from = None


def star(call: Call) -> Any:
    """Star a project; 304 when it is starred."""
    project = finders.project(call)
    if call.user.id in project.stars:
        raise not_modified()
    project.stars[call.user.id] = (call.user, call.sim.clock.now())
    return present_places.project(call.sim, project, call.user)


def unstar(call: Call) -> Any:
    """Take the star back; 304 when there is none."""
    project = finders.project(call)
    if project.stars.pop(call.user.id, None) is None:
        raise not_modified()
    return present_places.project(call.sim, project, call.user)


def list_starrers(call: Call) -> Answer:
    """Who starred a project, and when."""
    search = (call.params.text("search") or "").lower()
    every = finders.project(call).stars.values()
    found = [
        entry
        for entry in every
        if search in f"{entry[0].name}\n{entry[0].username}".lower()
        and shows_profile(call.caller, entry[0])
    ]
    return paged(
        call,
        found,
        lambda entry: {
            "starred_since": iso(entry[1]),
            "user": present.user_basic(call.sim, entry[0]),
        },
    )


def upload(call: Call) -> Any:
    """Keep a file and answer with the Markdown that shows it."""
    project, file = finders.project(call), call.params.values.get("file")
    require(call.sim, call.user, project, frozenset(Level) - {Level.NONE, Level.MINIMAL})
    if not isinstance(file, File):
        raise invalid("file is missing" if file is None else "file is invalid")
    url = f"/uploads/{secrets.token_hex(16)}/{file.name}"
    return {
        "id": call.sim.state.next_id("upload"),
        "alt": file.name,
        "url": url,
        "full_path": f"/-/project/{project.id}{url}",
        "markdown": f"[{file.name}]({url})",
    }


def housekeeping(call: Call) -> Any:
    """Housekeeping has nothing to do here."""
    call.params.choice("task", ("prune", "eager"))
    recount(call)


def recount(call: Call) -> Any:
    """Sizes are always counted anew here."""
    require(call.sim, call.user, finders.project(call), MAINTAINERS)


def languages(call: Call) -> Any:
    """The programming languages, in percent."""
    return used.of(finders.code(call))


def storage(call: Call) -> Any:
    """Where the repository lies, for administrators."""
    finders.administrator(call)
    project = finders.project(call)
    return {
        "project_id": project.id,
        "disk_path": f"@hashed/{project.id}",
        "created_at": iso(project.created_at),
        "repository_storage": "default",
    }


ROUTES = (
    Route("POST", "/projects/:id/fork", fork),
    Route("DELETE", "/projects/:id/fork", unfork),
    Route("POST", "/projects/:id/fork/:forked_from_id", relate_fork),
    Route("POST", "/projects/:id/star", star),
    Route("POST", "/projects/:id/unstar", unstar),
    Route("GET", "/projects/:id/starrers", list_starrers),
    Route("POST", "/projects/:id/uploads", upload),
    Route("POST", "/projects/:id/housekeeping", housekeeping),
    Route("POST", "/projects/:id/repository_size", recount),
    Route("GET", "/projects/:id/languages", languages),
    Route("GET", "/projects/:id/storage", storage),
)
