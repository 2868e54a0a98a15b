"""Which projects' job tokens may come in: https://docs.gitlab.com/api/project_job_token_scopes/."""

from typing import Any

from bot.simulator import job_tokens, present
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
    return paged(call, found, lambda entry: present.project_simple(call.sim, entry))


def add_project(call: Call) -> Any:
    """Let another project's job tokens in."""
    project = _project(call)
    other = finders.project(call, str(call.params.required_integer("target_project_id")))
    if other.id in project.job_allowlist:
        raise bad_request("Target project is already in the job token scope")
    project.job_allowlist.add(other.id)
    return {"source_project_id": project.id, "target_project_id": other.id}


def remove_project(call: Call) -> None:
    """Let them in no longer."""
    _remove(call, _project(call).job_allowlist)


def list_groups(call: Call) -> Answer:
    """The groups on the list."""
    project, known = _project(call), call.sim.state.namespaces
    found = [known[number] for number in sorted(project.job_groups) if number in known]
    return paged(call, found, lambda entry: present.group(call.sim, entry))


def add_group(call: Call) -> Any:
    """Let the job tokens of all of a group's projects in."""
    project = _project(call)
    group = finders.group(call, str(call.params.required_integer("target_group_id")))
    if group.id in project.job_groups:
        raise bad_request("Target group is already in the job token scope")
    project.job_groups.add(group.id)
    return {"source_project_id": project.id, "target_group_id": group.id}


def remove_group(call: Call) -> None:
    """Let them in no longer."""
    _remove(call, _project(call).job_groups)


def _project(call: Call) -> Project:
    project = finders.project(call)
    require(call.sim, call.user, project, MAINTAINERS)
    return project


def _remove(call: Call, numbers: set[int]) -> None:
    text = call.vars["target_id"]
    if not text.isdigit() or int(text) not in numbers:
        raise not_found()
    numbers.remove(int(text))


_AT = "/projects/:id/job_token_scope"

ROUTES = (
    Route("GET", _AT, get_scope),
    Route("PATCH", _AT, set_scope),
    Route("GET", f"{_AT}/allowlist", list_projects),
    Route("POST", f"{_AT}/allowlist", add_project),
    Route("DELETE", f"{_AT}/allowlist/:target_id", remove_project),
    Route("GET", f"{_AT}/groups_allowlist", list_groups),
    Route("POST", f"{_AT}/groups_allowlist", add_group),
    Route("DELETE", f"{_AT}/groups_allowlist/:target_id", remove_group),
)
