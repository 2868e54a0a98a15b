"""Tokens that start pipelines: https://docs.gitlab.com/api/pipeline_triggers/."""

import secrets
from typing import Any

from bot.simulator import pipelines, present, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.api.pipelines import NO_JOBS
from bot.simulator.errors import invalid, message, not_found
from bot.simulator.model import Project, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]
_VISIBLE = 4


def list_triggers(call: Call) -> Answer:
    """The tokens of a project."""
    return paged(call, list(_shelf(call).values()), lambda entry: _shown(call, entry))


def get_trigger(call: Call) -> Any:
    """One token."""
    return _shown(call, _entry(call))


def create_trigger(call: Call) -> Any:
    """A token of the caller's, in whose name pipelines will run."""
    text, shelf = call.params.required_text("description"), _shelf(call)
    number, now = call.sim.state.next_id("trigger"), iso(call.sim.clock.now())
    entry: Entry = {"id": number, "description": text, "created_at": now, "updated_at": now}
    entry |= {"last_used": None, "user": call.user, "token": f"glptt-{secrets.token_hex(20)}"}
    shelf[str(number)] = entry
    return _shown(call, entry)


def update_trigger(call: Call) -> Any:
    """Describe a token otherwise."""
    entry = _entry(call)
    entry["description"] = call.params.text("description", entry["description"])
    entry["updated_at"] = iso(call.sim.clock.now())
    return _shown(call, entry)


def delete_trigger(call: Call) -> None:
    """Forget a token."""
    del _shelf(call)[str(_entry(call)["id"])]


def start(call: Call) -> Any:
    """A pipeline for who has a token, without any other; 404 for a wrong one."""
    call.params.require("ref", "token")
    project, user = _authorized(call)
    ref, variables = call.params.required_text("ref"), call.params.values.get("variables") or {}
    if not isinstance(variables, dict):
        raise invalid("variables is invalid")
    if not all(isinstance(value, str) for value in variables.values()):
        raise message(400, "variables needs to be a map of key-valued strings")
    head = git.resolve(project, ref)
    if head is None:
        raise message(400, {"base": ["Reference not found"]})
    made = pipelines.for_ref(call.sim, user, project, head=head, ref=ref, source="trigger")
    if pipelines.has_ci_file(head) and not made.jobs:
        del project.pipelines[made.id]
        raise message(400, {"base": [NO_JOBS]})
    made.variables = [
        {"key": key, "value": value, "variable_type": "env_var"} for key, value in variables.items()
    ]
    return present_requests.pipeline(call.sim, made)


def _authorized(call: Call) -> tuple[Project, User]:
    """The project, and in whose name the token of the call works there."""
    token, name = call.params.required_text("token"), call.vars["id"]
    state = call.sim.state
    project = state.projects.get(int(name)) if name.isdecimal() else state.project_at(name)
    if project is None:
        raise not_found()
    for entry in state.kept.shelf("projects", project.id, "triggers").values():
        if secrets.compare_digest(entry["token"], token):
            entry["last_used"] = iso(call.sim.clock.now())
            return project, entry["user"]
    job = state.job_tokens.get(token)
    if job is None or not job.running or job.project is not project:
        raise not_found()
    return project, job.user


def _shelf(call: Call) -> dict[str, Entry]:
    project = finders.project(call)
    require(call.sim, call.user, project, MAINTAINERS)
    return call.sim.state.kept.shelf("projects", project.id, "triggers")


def _entry(call: Call) -> Entry:
    found = _shelf(call).get(call.vars["trigger_id"])
    if found is None:
        raise not_found("Trigger")
    return found


def _shown(call: Call, entry: Entry) -> Entry:
    """A token is shown whole to who made it only."""
    owner: User = entry["user"]
    token = entry["token"] if owner is call.user else entry["token"][:_VISIBLE]
    shown = {key: value for key, value in entry.items() if key != "user"}
    return shown | {"token": token, "owner": present.user_basic(call.sim, owner)}


_AT = "/projects/:id/triggers"

ROUTES = (
    Route("GET", _AT, list_triggers),
    Route("POST", _AT, create_trigger),
    Route("GET", f"{_AT}/:trigger_id", get_trigger),
    Route("PUT", f"{_AT}/:trigger_id", update_trigger),
    Route("DELETE", f"{_AT}/:trigger_id", delete_trigger),
    Route("POST", "/projects/:id/trigger/pipeline", start),
    Route("POST", "/projects/:id/ref/:ref/trigger/pipeline", start),
)
