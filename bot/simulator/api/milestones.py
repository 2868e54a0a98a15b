"""Milestones of projects and groups.

https://docs.gitlab.com/api/milestones/ and https://docs.gitlab.com/api/group_milestones/
"""

from datetime import date, datetime
from typing import Any

from bot.simulator import (
    hook_bodies,
    hooks,
    present,
    present_issues,
    present_requests,
    promoting,
)
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, forbidden, message, not_found
from bot.simulator.model import Holder, Issuable, Milestone, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import PLANNING, can_see, has, require, visible_issues
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage, visible_milestones
from bot.simulator.text import iso

_CHANGES = ("title", "description", "start_date", "due_date", "state_event")


def list_milestones(call: Call) -> Answer:
    """The milestones here, the earliest due date first, those without one last, newest first."""
    holder, params = _holder(call), call.params
    params.exclude("include_ancestors", "include_parent_milestones")
    above = params.flag("include_ancestors") or params.flag("include_parent_milestones")
    found = visible_milestones(holder) if above else list(holder.milestones.values())
    if isinstance(holder, Namespace) and params.flag("include_descendants"):
        below: list[Holder] = [*call.sim.state.descendants(holder)]
        below += call.sim.state.projects_in(holder, deep=True)
        found += [stone for place in below for stone in place.milestones.values()]
    state = params.choice("state", ("active", "closed", "all"), "all")
    title = params.text("title")
    search, iids = (params.text("search") or "").lower(), params.integers("iids")
    terms = (params.text("search_title") or "").lower().split()
    found = [
        stone
        for stone in found
        if state in ("all", stone.state)
        and title in (None, stone.title)
        and search in f"{stone.title}\n{stone.description or ''}".lower()
        and all(term in stone.title.lower() for term in terms)
        and (not iids or above or stone.iid in iids)
        and _is_timely(call, stone)
    ]
    found.sort(key=lambda s: (s.due_date is None, s.due_date or date.min, -s.id))
    return paged(call, found, lambda stone: present.milestone(call.sim, stone))


def _is_timely(call: Call, stone: Milestone) -> bool:
    """Whether it was changed in the time asked for, and lasts over the day asked for."""
    params = call.params
    after, before = params.moment("updated_after"), params.moment("updated_before")
    day, first, last = (params.day(n) for n in ("containing_date", "start_date", "end_date"))
    if not (first and last):
        first = last = None
    return (
        (after is None or stone.updated_at > after)
        and (before is None or stone.updated_at < before)
        and (day is None or _lasts(stone, day, day))
        and (first is None or last is None or _lasts(stone, first, last))
    )


def _lasts(stone: Milestone, first: date, last: date) -> bool:
    """Whether it has a day in common with a time; an open end goes on for ever."""
    return (stone.start_date or date.min) <= last and first <= (stone.due_date or date.max)


def get_milestone(call: Call) -> Any:
    """One milestone."""
    return present.milestone(call.sim, _milestone(call))


def create_milestone(call: Call) -> Any:
    """A milestone; its title must be new here."""
    call.params.require("title")
    holder = _holder(call)
    require(call.sim, call.user, holder, PLANNING)
    title, now = call.params.required_text("title").strip(), call.sim.clock.now()
    _require_new_title(call, holder, title)
    number = call.sim.state.next_id("milestone")
    stone = Milestone(id=number, iid=0, title=title, holder=holder, created_at=now, updated_at=now)
    _apply(call, stone)
    stone.iid = call.sim.state.next_iid(holder, "milestone")
    holder.milestones[number] = stone
    _tell(call, stone, "create")
    return present.milestone(call.sim, stone)


def update_milestone(call: Call) -> Any:
    """Change a milestone; `state_event` closes or activates it."""
    call.params.require_one(*_CHANGES)
    require(call.sim, call.user, _holder(call), PLANNING)
    stone = _milestone(call)
    title = call.params.text("title")
    title = title.strip() if title else title
    if title is not None and title != stone.title:
        _require_new_title(call, stone.holder, title)
        stone.title = title
    _apply(call, stone)
    stone.updated_at = call.sim.clock.now()
    event = call.params.choice("state_event", ("close", "activate"))
    if event and (event == "close") == (stone.state == "active"):
        stone.state = "closed" if event == "close" else "active"
        _tell(call, stone, "close" if event == "close" else "reopen")
    return present.milestone(call.sim, stone)


def delete_milestone(call: Call) -> None:
    """Remove a milestone, also from everything that has it."""
    if not has(call.sim, call.user, _holder(call), PLANNING):
        raise forbidden()
    stone = _milestone(call)
    finders.unmodified(call, stone.updated_at)
    del stone.holder.milestones[stone.id]
    state = call.sim.state
    items: list[Issuable] = [*state.issues.values(), *state.merge_requests.values()]
    for item in items:
        item.milestone = None if item.milestone is stone else item.milestone


def list_issues(call: Call) -> Answer:
    """The issues of a milestone that the caller may read."""
    stone = _milestone(call)
    found = [
        issue
        for project in _projects(call, stone.holder)
        for issue in visible_issues(call.sim, call.caller, project)
        if issue.milestone is stone
    ]
    found.sort(key=_by_label_priority)
    return paged(call, found, lambda i: present_issues.issue_basic(call.sim, i, call.caller))


def list_requests(call: Call) -> Answer:
    """The merge requests of a milestone that the caller may read."""
    stone = _milestone(call)
    found = [
        item
        for project in _projects(call, stone.holder)
        for item in project.merge_requests.values()
        if item.milestone is stone and can_see(call.sim, call.caller, item)
    ]
    found.sort(key=_by_label_priority)
    return paged(
        call,
        found,
        lambda i: present_requests.merge_request(call.sim, i, call.caller, stone.holder),
    )


def burndown_events(call: Call) -> Answer:
    """When its issues were opened and closed (Premium)."""
    stone = _milestone(call)
    if not call.sim.premium:
        raise not_found()
    found: list[tuple[datetime, str, int | None]] = []
    for issue in call.sim.state.issues.values():
        if issue.milestone is stone and can_see(call.sim, call.caller, issue):
            found.append((issue.created_at, "created", issue.weight))
            states = [(e.created_at, e.action, issue.weight) for e in issue.state_events]
            found += states
    found.sort(key=lambda event: event[0])
    return paged(call, found, lambda e: {"created_at": iso(e[0]), "weight": e[2], "action": e[1]})


def promote_milestone(call: Call) -> Answer:
    """Turn a project milestone into one of the project's group; the answer is the status."""
    project = finders.project(call)
    group = project.namespace
    for place in (project, group):
        require(call.sim, call.user, place, PLANNING)
    if group.owner:
        raise forbidden()
    promoting.milestone(call.sim, group, _milestone(call))
    return Answer(200, 200)


def _by_label_priority(item: Issuable) -> tuple[bool, int, int]:
    """The highest priority among its labels first, none last, the newest first among equals."""
    priority = min((x.priority for x in item.labels if x.priority is not None), default=None)
    return (priority is None, priority or 0, -item.id)


def _projects(call: Call, holder: Holder) -> list[Project]:
    if isinstance(holder, Project):
        return [holder]
    return call.sim.state.projects_in(holder)


def _tell(call: Call, stone: Milestone, action: str) -> None:
    if isinstance(stone.holder, Project):
        body = hook_bodies.milestone(call.sim, stone.holder, stone, action)
        hooks.fire(call.sim, stone.holder, "milestone_events", body)


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _milestone(call: Call) -> Milestone:
    text = call.vars["milestone_id"]
    found = _holder(call).milestones.get(int(text) if text.isdecimal() else 0)
    if found is None:
        raise not_found()
    return found


def _require_new_title(call: Call, holder: Holder, title: str) -> None:
    if not title.strip():
        raise _refused(call, "title", "can't be blank")
    if any(s.title == title for place in lineage(holder) for s in place.milestones.values()):
        used = "already being used for another group or project milestone."
        raise _refused(call, "title", used)


def _refused(call: Call, field: str, problem: str) -> ApiError:
    """What GitLab's model refuses, in one text."""
    verb = "create" if call.method == "POST" else "update"
    return message(400, f'Failed to {verb} milestone {{:{field}=>["{problem}"]}}')


def _apply(call: Call, stone: Milestone) -> None:
    params = call.params
    if params.has("description"):
        stone.description = params.text("description")
    if params.has("due_date"):
        stone.due_date = params.loose_day("due_date")
    if params.has("start_date"):
        stone.start_date = params.loose_day("start_date")
    if stone.due_date and stone.start_date and stone.due_date < stone.start_date:
        raise _refused(call, "due_date", "must be greater than start date")


ROUTES = (
    Route("POST", "/projects/:id/milestones/:milestone_id/promote", promote_milestone),
    *(
        Route(method, f"/{place}/:id/milestones{rest}", handler)
        for place in ("projects", "groups")
        for method, rest, handler in (
            ("GET", "", list_milestones),
            ("POST", "", create_milestone),
            ("GET", "/:milestone_id", get_milestone),
            ("PUT", "/:milestone_id", update_milestone),
            ("DELETE", "/:milestone_id", delete_milestone),
            ("GET", "/:milestone_id/issues", list_issues),
            ("GET", "/:milestone_id/burndown_events", burndown_events),
            ("GET", "/:milestone_id/merge_requests", list_requests),
        )
    ),
)
