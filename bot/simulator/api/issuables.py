"""What issues and merge requests answer alike: subscriptions, to-dos, participants, time tracking.

https://docs.gitlab.com/api/issues/ and https://docs.gitlab.com/api/merge_requests/
"""

from typing import Any

from bot.simulator import durations, present, present_issues, present_requests, writing
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, forbidden, message, not_modified
from bot.simulator.mentions import add_todo
from bot.simulator.model import Issuable, Issue, MergeRequest
from bot.simulator.paging import paged
from bot.simulator.permissions import can_administer, require_writable
from bot.simulator.routing import Answer, Call, Route

_NO_DURATION = "must have a valid format and be greater than or equal to zero."


def subscribe(call: Call) -> Any:
    """Subscribe; 304 when it is so already."""
    return _subscribe(call, wanted=True)


def unsubscribe(call: Call) -> Any:
    """Unsubscribe; 304 when it is so already."""
    return _subscribe(call, wanted=False)


def create_todo(call: Call) -> Any:
    """A to-do for the caller; 304 when there is one."""
    item = _item(call)
    if any(t.target is item and t.state == "pending" for t in call.user.todos):
        raise not_modified()
    todo = add_todo(call.sim, call.user, call.user, item, "marked")
    return present_issues.todo(call.sim, todo, show_item(call, item))


def list_participants(call: Call) -> Answer:
    """Who takes part."""
    people = present_issues.participants(_item(call)).values()
    return paged(call, list(people), lambda user: present.user_basic(call.sim, user))


def time_stats(call: Call) -> Any:
    """Estimate and time spent."""
    return present_issues.time_stats(_item(call))


def set_estimate(call: Call) -> Any:
    """https://docs.gitlab.com/api/issues/#set-a-time-estimate-for-an-issue."""
    duration, item = call.params.required_text("duration"), _tracked(call)
    seconds = durations.read(duration)
    if seconds is None or seconds < 0:
        raise bad_request(f'{{:reason=>"Time estimate {_NO_DURATION}"}}')
    return Answer(_track(call, item, "time_estimate", seconds))


def reset_estimate(call: Call) -> Any:
    """No estimate."""
    return Answer(_track(call, _tracked(call), "time_estimate", 0))


def add_spent_time(call: Call) -> Any:
    """More time spent, or less of it with a minus."""
    duration, item = call.params.required_text("duration"), _tracked(call)
    seconds = durations.read(duration)
    if seconds is None:
        raise message(400, {"time_spent": [_NO_DURATION]})
    if item.time_spent + seconds < 0:
        problem = "Time to subtract exceeds the total time spent"
        raise message(400, {"base": [problem]})
    return Answer(_track(call, item, "time_spent", item.time_spent + seconds), 201)


def reset_spent_time(call: Call) -> Any:
    """No time spent."""
    return Answer(_track(call, _tracked(call), "time_spent", 0))


def _tracked(call: Call) -> Issuable:
    """What time is tracked of; 403 for who may not, before anything is said of the time."""
    item = _item(call)
    if not can_administer(call.sim, call.user, item):
        raise forbidden()
    require_writable(item.project)
    return item


def _track(call: Call, item: Issuable, field: str, seconds: int) -> Any:
    writing.update(call.sim, call.user, item, {field: seconds})
    return present_issues.time_stats(item)


def show_item(call: Call, item: Issuable) -> dict[str, Any]:
    """An issue or merge request, seen from its project."""
    if isinstance(item, MergeRequest):
        return present_requests.merge_request_full(call.sim, item, call.caller)
    if isinstance(item, Issue):
        return present_issues.issue(call.sim, item, call.caller, item.project)
    raise TypeError(f"not an issue or merge request: {item}")


def _item(call: Call) -> Issuable:
    return finders.issue(call) if "/issues/" in call.path else finders.merge_request(call)


def _subscribe(call: Call, *, wanted: bool) -> Any:
    item = _item(call)
    if present_issues.subscribed(item, call.user) == wanted:
        raise not_modified()
    item.subscriptions[call.user.id] = wanted
    return show_item(call, item)


ROUTES = tuple(
    Route(method, f"/projects/:id/{kind}/:iid/{rest}", handler)
    for kind in ("issues", "merge_requests")
    for method, rest, handler in (
        ("POST", "subscribe", subscribe),
        ("POST", "unsubscribe", unsubscribe),
        ("POST", "todo", create_todo),
        ("GET", "participants", list_participants),
        ("GET", "time_stats", time_stats),
        ("POST", "time_estimate", set_estimate),
        ("POST", "reset_time_estimate", reset_estimate),
        ("POST", "add_spent_time", add_spent_time),
        ("POST", "reset_spent_time", reset_spent_time),
    )
)
