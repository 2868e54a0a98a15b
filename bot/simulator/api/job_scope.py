"""Which projects' job tokens may come in: https://docs.gitlab.com/api/project_job_token_scopes/."""

from typing import Any

from bot.simulator import job_tokens, present_places
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, not_found
from bot.simulator.model import Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, require
from bot.simulator.routing import Answer, Call, Route


def get_scope(call: Call) -> Any:
    """Whether only those on the list may come in, as usual, or all."""
    closed = not job_tokens.is_open(call.sim, _project(call))
    return {"inbound_enabled": closed, "outbound_enabled": False}


def set_scope(call: Call) -> Answer:
    """Keep to the list, or let all in, where the instance does not enforce the list."""
    project = _project(call)
    call.params.require("enabled")
    project.job_open = not call.params.flag("enabled")
    return Answer(None, 204)


def list_projects(call: Call) -> Answer:
    """The projects on the list, this one first."""
    project, known = _project(call), call.sim.state.projects
    found = [project, *(known[n] for n in sorted(project.job_allowlist) if n in known)]
    return paged(call, found, lambda entry: present_places.project_simple(call.sim, entry))


def list_groups(call: Call) -> Answer:
    """The groups on the list."""
    project, known = _project(call), call.sim.state.namespaces
    found = [known[number] for number in sorted(project.job_groups) if number in known]
    return paged(call, found, lambda entry: present_places.group(call.sim, entry, call.caller))


def add(call: Call) -> Any:
    """Let the job tokens of another project, or of all of a group's projects, in."""
    project, kind = _project(call), _kind(call)
    name = f"target_{kind}_id"
    find = finders.project if kind == "project" else finders.group
    other, numbers = find(call, str(call.params.required_integer(name))), _numbers(call, project)
    if other.id in numbers:
        raise bad_request(f"Target {kind} is already in the job token scope")
    numbers.add(other.id)
    return {"source_project_id": project.id, name: other.id}


def remove(call: Call) -> None:
    """Let them in no longer."""
    numbers, text = _numbers(call, _project(call)), call.vars["target_id"]
    if not text.isdecimal() or int(text) not in numbers:
        raise not_found()
    numbers.remove(int(text))


def _kind(call: Call) -> str:
    return "group" if "/groups_allowlist" in call.path else "project"


def _numbers(call: Call, project: Project) -> set[int]:
    """The list that the path means."""
    return project.job_groups if _kind(call) == "group" else project.job_allowlist


def _project(call: Call) -> Project:
    project = finders.project(call)
    require(call.sim, call.user, project, MAINTAINERS)
    return project


_AT = "/projects/:id/job_token_scope"

ROUTES = (
    Route("GET", _AT, get_scope),
    Route("PATCH", _AT, set_scope),
    *(
        Route(method, f"{_AT}/{rest}", handler)
        for name, listing in (("allowlist", list_projects), ("groups_allowlist", list_groups))
        for method, rest, handler in (
            ("GET", name, listing),
            ("POST", name, add),
            ("DELETE", f"{name}/:target_id", remove),
        )
    ),
)
