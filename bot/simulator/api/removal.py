"""Removing groups and projects: marked first, gone after a while, and taken back until then.

https://docs.gitlab.com/api/projects/#delete-a-project and
https://docs.gitlab.com/api/groups/#schedule-a-group-for-deletion
What is marked has another name and path, so that the old ones are free.
"""

from datetime import timedelta
from typing import Any

from bot.simulator import hook_groups, present_places
from bot.simulator.api import finders
from bot.simulator.errors import forbidden, message
from bot.simulator.model import Holder, Namespace, Project
from bot.simulator.permissions import OWNERS, level
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.simulator import Simulator

_ACCEPTED = Answer({"message": "202 Accepted"}, 202)


def delete(call: Call) -> Answer:
    """Owners mark a group or project; what is marked, `permanently_remove` removes at once."""
    holder = _owned(call)
    since = holder.updated_at if isinstance(holder, Project) else holder.created_at
    finders.unmodified(call, since)
    if call.params.flag("permanently_remove"):
        _require_marked(call, holder)
        _remove(call.sim, holder)
    elif holder.marked_on:
        raise message(400, f"{_kind(holder)} has been already marked for deletion")
    else:
        _mark(call.sim, holder)
    return _ACCEPTED


def restore(call: Call) -> Any:
    """Take a mark back; the old name and path return where they are still free."""
    holder = _owned(call)
    if holder.marked_on is None:
        raise message(400, f"{_kind(holder)} has not been marked for deletion")
    above = holder.namespace if isinstance(holder, Project) else holder.parent
    suffix = _suffix(holder)
    path = holder.path.removesuffix(suffix)
    if call.sim.state.holder_at(f"{above.full_path}/{path}" if above else path) is None:
        holder.path = path
    holder.name, holder.marked_on = holder.name.removesuffix(suffix), None
    call.sim.state.reindex_paths()
    if isinstance(holder, Project):
        return present_places.project(call.sim, holder, call.user)
    return present_places.group(call.sim, holder, call.caller)


def _mark(sim: Simulator, holder: Holder) -> None:
    """Give it another name and path until its time has come."""
    holder.marked_on = sim.clock.now().date()
    holder.name, holder.path = holder.name + _suffix(holder), holder.path + _suffix(holder)
    sim.state.reindex_paths()
    marked_on, days = holder.marked_on, int(sim.state.settings["deletion_adjourned_period"])

    def remove_in_time() -> None:
        if _is_there(sim, holder) and holder.marked_on == marked_on:
            _remove(sim, holder)

    sim.clock.at(sim.clock.now() + timedelta(days=days), remove_in_time)


def _remove(sim: Simulator, holder: Holder) -> None:
    if isinstance(holder, Project):
        sim.state.remove_project(holder)
        hook_groups.project_changed(sim, holder, "project_destroy")
    else:
        sim.state.remove_group(holder)
        hook_groups.subgroup_changed(sim, holder, "subgroup_destroy")


def _is_there(sim: Simulator, holder: Holder) -> bool:
    places = sim.state.projects if isinstance(holder, Project) else sim.state.namespaces
    return places.get(holder.id) is holder


def _require_marked(call: Call, holder: Holder) -> None:
    """Refuse to remove for good what is not marked, or is not called by its full path."""
    if isinstance(holder, Namespace) and holder.parent is None:
        raise message(400, "`permanently_remove` option is only available for subgroups.")
    if holder.marked_on is None:
        raise message(400, f"{_kind(holder)} must be marked for deletion first.")
    if call.params.text("full_path") != holder.full_path:
        what = "project" if isinstance(holder, Project) else "subgroup"
        reason = f"`full_path` is incorrect. You must enter the complete path for the {what}."
        raise message(400, reason)


def _owned(call: Call) -> Holder:
    holder = finders.group(call) if "/groups/" in call.path else finders.project(call)
    if level(call.sim, call.user, holder) not in OWNERS:
        raise forbidden()
    return holder


def _kind(holder: Holder) -> str:
    return "Project" if isinstance(holder, Project) else "Group"


def _suffix(holder: Holder) -> str:
    return f"-deletion_scheduled-{holder.id}"


ROUTES = tuple(
    Route(method, f"/{place}/:id{rest}", handler)
    for place in ("groups", "projects")
    for method, rest, handler in (("DELETE", "", delete), ("POST", "/restore", restore))
)
