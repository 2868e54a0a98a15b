"""Merge requests that must be merged before another one (Premium).

https://docs.gitlab.com/api/merge_requests/#create-a-merge-request-dependency
"""

from typing import Any

from bot.simulator import present_requests
from bot.simulator.api import finders
from bot.simulator.errors import conflict, forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import MergeRequest
from bot.simulator.paging import paged
from bot.simulator.permissions import can_see, require_update
from bot.simulator.routing import Answer, Call, Route


def list_blockers(call: Call) -> Answer:
    """What must come first; of what the caller may not see only that it is there."""
    item = _item(call)
    return paged(call, list(item.blockers.items()), lambda entry: _shown(call, item, *entry))


def list_blocked(call: Call) -> Answer:
    """What waits for this one."""
    item = _item(call)
    found = [
        (other, number)
        for other in call.sim.state.merge_requests.values()
        for number, blocker in other.blockers.items()
        if blocker is item and can_see(call.sim, call.caller, other)
    ]
    return paged(call, found, lambda entry: _shown(call, entry[0], entry[1], item))


def create(call: Call) -> Any:
    """Let this one wait for another: named by its id, or by number and project."""
    item = _item(call)
    require_update(call.sim, call.user, item)
    blocker = _blocker(call, item)
    if blocker in item.blockers.values():
        raise conflict("Block already exists")
    if blocker is item or item in blocker.blockers.values():
        raise invalid_fields(base=["This block is self-referential"])
    number = call.sim.state.next_id("merge_request_block")
    item.blockers[number] = blocker
    return _shown(call, item, number, blocker)


def delete(call: Call) -> None:
    """Wait for it no longer."""
    item = _item(call)
    require_update(call.sim, call.user, item)
    text = call.vars["block_id"]
    found = item.blockers.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    if not can_see(call.sim, call.user, found):
        raise forbidden()
    del item.blockers[int(text)]


def _item(call: Call) -> MergeRequest:
    if not call.sim.premium:
        raise forbidden()
    return finders.merge_request(call)


def _blocker(call: Call, item: MergeRequest) -> MergeRequest:
    params = call.params
    params.exclude("blocking_merge_request_id", "blocking_merge_request_iid")
    number, iid = (params.integer(f"blocking_merge_request_{name}") for name in ("id", "iid"))
    if number is None and iid is None:
        names = "blocking_merge_request_id, blocking_merge_request_iid"
        raise invalid(f"{names} are missing, exactly one parameter must be provided")
    place = params.text("blocking_project_id")
    project = finders.project(call, place) if place else item.project
    found = call.sim.state.merge_requests.get(number) if number else None
    found = found or project.merge_requests.get(iid or 0)
    if found is None:
        raise not_found()
    if not can_see(call.sim, call.user, found):
        raise forbidden()
    return found


def _shown(call: Call, item: MergeRequest, number: int, blocker: MergeRequest) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": number, "project_id": item.project.id}
    for name, entry in (("blocking", blocker), ("blocked", item)):
        if can_see(call.sim, call.caller, entry):
            seen = present_requests.merge_request(call.sim, entry, call.caller, entry.project)
            shown[f"{name}_merge_request"] = seen
    return shown


_AT = "/projects/:id/merge_requests/:iid"

ROUTES = (
    Route("GET", f"{_AT}/blocks", list_blockers),
    Route("POST", f"{_AT}/blocks", create),
    Route("DELETE", f"{_AT}/blocks/:block_id", delete),
    Route("GET", f"{_AT}/blockees", list_blocked),
)
