"""Pipeline schedules: https://docs.gitlab.com/api/pipeline_schedules/.

They are kept and shown; a pipeline starts when somebody plays one, never by the time.
"""

import re
from typing import Any

from bot.simulator import pipelines, present, present_requests
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Project
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, MAINTAINERS, has, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]
_CRON_FIELDS = 5
_REF = re.compile("^refs/(heads|tags)/")


def list_schedules(call: Call) -> Answer:
    """The schedules, or those that are active or not."""
    scope = call.params.choice("scope", ("active", "inactive"))
    found = [e for e in _shelf(call).values() if scope in (None, _scope_of(e))]
    return paged(call, found, _short)


def get_schedule(call: Call) -> Any:
    """One schedule with its variables and last pipeline."""
    return _shown(_schedule(call))


def create_schedule(call: Call) -> Any:
    """A schedule for a branch or tag that is there."""
    project = finders.project(call)
    require(call.sim, call.user, project, DEVELOPERS)
    call.params.require("description", "ref", "cron")
    number, now = call.sim.state.next_id("schedule"), iso(call.sim.clock.now())
    entry: Entry = {"id": number, "active": True, "cron_timezone": "UTC", "next_run_at": None}
    entry |= {"created_at": now, "updated_at": now, "variables": [], "inputs": []}
    entry["owner"] = present.user_basic(call.sim, call.user)
    _apply(call, project, entry)
    _shelf(call)[str(number)] = entry
    return _shown(entry)


def update_schedule(call: Call) -> Any:
    """Its owner or a Maintainer changes a schedule."""
    entry = _own(call)
    _apply(call, finders.project(call), entry)
    entry["updated_at"] = iso(call.sim.clock.now())
    return _shown(entry)


def delete_schedule(call: Call) -> None:
    """Its owner or a Maintainer removes a schedule."""
    del _shelf(call)[str(_own(call)["id"])]


def take_ownership(call: Call) -> Any:
    """The schedule runs as the caller from now on; 200 where it did before."""
    entry = _schedule(call)
    require(call.sim, call.user, finders.project(call), MAINTAINERS)
    mine = entry["owner"]["id"] == call.user.id
    entry["owner"] = present.user_basic(call.sim, call.user)
    return Answer(_shown(entry), 200 if mine else 201)


def play(call: Call) -> Any:
    """Start the pipeline now."""
    project, entry = finders.project(call), _schedule(call)
    require(call.sim, call.user, project, DEVELOPERS)
    ref = _REF.sub("", entry["ref"])
    head = git.resolve(project, ref)
    if head:
        made = pipelines.for_ref(
            call.sim, call.user, project, head=head, ref=ref, source="schedule"
        )
        made.variables = [dict(variable) for variable in entry["variables"]]
        entry["last_pipeline"] = {key: getattr(made, key) for key in ("id", "sha", "ref", "status")}
        entry.setdefault("pipelines", []).append(made.id)
    return {"message": "201 Created"}


def list_pipelines(call: Call) -> Answer:
    """The pipelines that were started by a schedule."""
    numbers = _schedule(call).get("pipelines", [])
    known = finders.code(call).pipelines
    found = [known[number] for number in numbers if number in known]
    return paged(call, found, lambda p: present_requests.pipeline_basic(call.sim, p))


def create_variable(call: Call) -> Any:
    """A variable for the pipelines of a schedule."""
    entry = _own(call)
    call.params.require("key", "value")
    key = call.params.required_text("key")
    if any(variable["key"] == key for variable in entry["variables"]):
        raise invalid_fields(key=["has already been taken"])
    entry["variables"].append({"key": key} | _value(call, {"variable_type": "env_var"}))
    return entry["variables"][-1]


def get_variable(call: Call) -> Any:
    """One variable of a schedule."""
    return _variable(call)


def update_variable(call: Call) -> Any:
    """Change the value or the type of a variable."""
    found = _variable(call)
    found |= _value(call, found)
    return found


def delete_variable(call: Call) -> Any:
    """Remove a variable, which is shown once more."""
    found = _variable(call)
    _own(call)["variables"].remove(found)
    return Answer(found, 202)


def _value(call: Call, before: Entry) -> Entry:
    kind = call.params.choice("variable_type", ("env_var", "file"), before["variable_type"])
    return {"value": call.params.text("value", before.get("value")), "variable_type": kind}


def _variable(call: Call) -> Entry:
    for variable in _own(call)["variables"]:
        if variable["key"] == call.vars["key"]:
            found: Entry = variable
            return found
    raise not_found("Pipeline Schedule Variable")


def _apply(call: Call, project: Project, entry: Entry) -> None:
    params = call.params
    for name in ("description", "cron", "cron_timezone"):
        entry[name] = params.text(name, entry.get(name))
    if len(entry["cron"].split()) != _CRON_FIELDS:
        raise invalid_fields(cron=["syntax is invalid"])
    if params.text("ref"):
        entry["ref"] = _full_ref(project, params.required_text("ref"))
    entry["active"] = bool(params.flag("active", entry["active"]))


def _full_ref(project: Project, ref: str) -> str:
    """A branch or tag as `refs/heads/...` or `refs/tags/...`; a name of both is refused."""
    known = [f"refs/heads/{name}" for name in project.branches]
    known += [f"refs/tags/{name}" for name in project.tags]
    found = [full for full in known if ref in (full, _REF.sub("", full))]
    if len(found) != 1:
        raise invalid("ref is ambiguous" if found else "ref is invalid")
    return found[0]


def _scope_of(entry: Entry) -> str:
    return "active" if entry["active"] else "inactive"


def _short(entry: Entry) -> Entry:
    hidden = ("variables", "pipelines", "last_pipeline", "inputs")
    return {key: value for key, value in entry.items() if key not in hidden}


def _shown(entry: Entry) -> Entry:
    more = {key: entry.get(key) for key in ("last_pipeline", "variables", "inputs")}
    return _short(entry) | more


def _shelf(call: Call) -> dict[str, Entry]:
    return call.sim.state.kept.shelf("projects", finders.code(call).id, "pipeline schedules")


def _schedule(call: Call) -> Entry:
    found = _shelf(call).get(call.vars["schedule_id"])
    if found is None:
        raise not_found("Pipeline Schedule")
    return found


def _own(call: Call) -> Entry:
    entry = _schedule(call)
    maintains = has(call.sim, call.user, finders.project(call), MAINTAINERS)
    if entry["owner"]["id"] != call.user.id and not maintains:
        raise forbidden()
    return entry


_AT = "/projects/:id/pipeline_schedules"
_ONE = f"{_AT}/:schedule_id"

ROUTES = (
    Route("GET", _AT, list_schedules),
    Route("POST", _AT, create_schedule),
    Route("GET", _ONE, get_schedule),
    Route("PUT", _ONE, update_schedule),
    Route("DELETE", _ONE, delete_schedule),
    Route("POST", f"{_ONE}/take_ownership", take_ownership),
    Route("POST", f"{_ONE}/play", play),
    Route("GET", f"{_ONE}/pipelines", list_pipelines),
    Route("POST", f"{_ONE}/variables", create_variable),
    Route("GET", f"{_ONE}/variables/:key", get_variable),
    Route("PUT", f"{_ONE}/variables/:key", update_variable),
    Route("DELETE", f"{_ONE}/variables/:key", delete_variable),
)
