"""Issues: https://docs.gitlab.com/api/issues/."""

from datetime import datetime
from typing import Any

from bot.simulator import (
    epics,
    issue_filters,
    moving,
    present_issues,
    threads,
    writing,
)
from bot.simulator.api import finders, issuable_params
from bot.simulator.api.issuables import show_item
from bot.simulator.editing import Wanted
from bot.simulator.errors import (
    ApiError,
    forbidden,
    invalid,
    message,
    not_found,
    unauthorized,
)
from bot.simulator.filters import order
from bot.simulator.issue_filters import select
from bot.simulator.model import Issue, MergeRequest, Namespace, Note, Project
from bot.simulator.paging import keyset, paged
from bot.simulator.params import Params
from bot.simulator.permissions import (
    ISSUE_REMOVERS,
    OWNERS,
    PLANNING,
    can_administer,
    can_see,
    feature_on,
    has,
    require_update,
    require_writable,
    visible_issues,
)
from bot.simulator.routing import Answer, Call, Route

_SEVERITIES = ("unknown", "low", "medium", "high", "critical")
_UNCOUNTED = ("state", "order_by", "sort", "due_date", "issue_type", "closed_by_id")
_GAP = 513
_CHANGES = (
    *("assignee_id", "assignee_ids", "confidential", "created_at", "description"),
    *("discussion_locked", "due_date", "start_date", "labels", "add_labels", "remove_labels"),
    *("milestone_id", "milestone", "state_event", "title", "issue_type"),
    *("weight", "epic_id", "epic_iid"),
)
"""Of these one is needed for a change; others, such as `severity`, are no change alone."""


def list_all(call: Call) -> Answer:
    """The issues of all projects; without `scope=all` only the caller's own."""
    if call.params.text("scope") != "all" and call.caller is None:
        raise unauthorized()
    projects = list(call.sim.state.projects.values())
    return _list(call, projects, "created_by_me")


def list_group(call: Call) -> Answer:
    """The issues of a group and of all below it."""
    group = finders.group(call)
    return _list(call, call.sim.state.projects_in(group, deep=True), seen_from=group)


def list_project(call: Call) -> Answer:
    """The issues of a project; also by keyset."""
    project = finders.project(call)
    if call.params.text("pagination") != "keyset":
        return _list(call, [project], seen_from=project)
    readable = visible_issues(call.sim, call.caller, project)
    found = select(call.sim, call.caller, call.params, readable)
    return keyset(call, found, order(call.params)[0], lambda i: _in_list(call, i, project))


def statistics(call: Call) -> Any:
    """How many issues there are: https://docs.gitlab.com/api/issues_statistics/."""
    scope = "all"
    if "/groups/" in call.path:
        projects = call.sim.state.projects_in(finders.group(call), deep=True)
    elif "/projects/" in call.path:
        projects = [finders.project(call)]
    else:
        projects = list(call.sim.state.projects.values())
        scope = "created_by_me"
        if call.params.text("scope") != "all" and call.caller is None:
            raise unauthorized()
    readable = [i for p in projects for i in visible_issues(call.sim, call.caller, p)]
    states = [i.state for i in select(call.sim, call.caller, _counted(call), readable, scope)]
    closed = states.count("closed")
    counts = {"all": len(states), "closed": closed, "opened": len(states) - closed}
    return {"statistics": {"counts": counts}}


def _counted(call: Call) -> Params:
    """The filters of statistics: those of lists but for state, order and what else is no count."""
    return Params({k: v for k, v in call.params.values.items() if k not in _UNCOUNTED})


def get_issue(call: Call) -> Any:
    """One issue by number."""
    item = finders.issue(call)
    return shown(call, item, item.project)


def get_by_id(call: Call) -> Any:
    """One issue by global id, for administrators."""
    finders.administrator(call)
    text = call.vars["issue_id"]
    item = call.sim.state.issues.get(int(text) if text.isdecimal() else 0)
    if item is None:
        raise message(404, "404 Not found")
    return shown(call, item, item.project)


def create_issue(call: Call) -> Any:
    """A new issue. Owners and administrators may choose number and time."""
    project, user = finders.project(call), call.user
    call.params.require("title")
    require_writable(project)
    if not feature_on(call.sim, user, project, "issues"):
        raise forbidden()
    wanted = _wanted(call, project)
    if has(call.sim, user, project, OWNERS):
        wanted["created_at"] = call.params.moment("created_at")
        wanted["iid"] = call.params.integer("iid")
        if wanted["iid"] in project.issues:
            raise ApiError(409, {"message": "Duplicated issue"})
    request, open_threads = _taken_up(call, project)
    if request and not wanted.get("description"):
        wanted["description"] = threads.text_of_issue(call.sim, request, open_threads)
    item = writing.create_issue(call.sim, user, project, wanted)
    threads.take_up(call.sim, user, item, open_threads)
    _apply_epic(call, item)
    return shown(call, item, project)


def _taken_up(call: Call, project: Project) -> tuple[MergeRequest | None, list[list[Note]]]:
    """The merge request, and its threads, that the new issue is to resolve."""
    number = call.params.integer("merge_request_to_resolve_discussions_of")
    request = project.merge_requests.get(number) if number else None
    if request is None or not can_see(call.sim, call.caller, request):
        return None, []
    return request, threads.unresolved(request, call.params.text("discussion_to_resolve"))


def _apply_epic(call: Call, item: Issue) -> None:
    """Put an issue into the epic sent, or with 0 into none (Premium); 403 for an unknown one."""
    params = call.params
    if not call.sim.premium or not params.has("epic_id", "epic_iid"):
        return
    groups = [g for g in item.project.namespace.lineage() if g.owner is None]
    by_id, number = params.integer("epic_id"), params.integer("epic_iid")
    if not (by_id or number):
        epics.take_out(call.sim, call.user, item)
        return
    found = [e for g in groups for e in g.epics.values() if by_id in (None, e.id)]
    found = [epic for epic in found if number in (None, epic.iid)]
    if not found or not can_administer(call.sim, call.user, item):
        raise forbidden()
    epics.put_in(call.sim, call.user, found[0], item)


def update_issue(call: Call) -> Any:
    """Change an issue; what the caller may not set is left as it is, with 200."""
    item, user = finders.any_issue(call), call.user
    if not call.params.has(*_CHANGES):
        names = ", ".join(_CHANGES)
        raise invalid(f"{names} are missing, at least one parameter must be provided")
    event = call.params.choice("state_event", ("close", "reopen"))
    require_update(call.sim, user, item)
    wanted = _wanted(call, item.project)
    if event:
        wanted["state_event"] = event
    moment = _moment_of_update(call)
    if not has(call.sim, user, item.project, OWNERS):
        moment = None
    item.told_at = moment
    try:
        writing.update(call.sim, user, item, wanted)
    finally:
        item.told_at = None
    _apply_epic(call, item)
    item.updated_at = moment or item.updated_at
    return shown(call, item, item.project)


def _moment_of_update(call: Call) -> datetime | None:
    """When the change is to have happened; only Owners are heeded."""
    if call.params.has("updated_at") and not call.params.text("updated_at"):
        raise invalid("updated_at is empty")
    return call.params.moment("updated_at")


def delete_issue(call: Call) -> None:
    """Remove an issue: Planners, Owners and, since 18.10, its author."""
    item, user = finders.any_issue(call, "Issue"), call.user
    if user is not item.author and not has(call.sim, user, item.project, ISSUE_REMOVERS):
        raise forbidden()
    finders.unmodified(call, item.updated_at)
    call.sim.state.remove_issue(item)


def move_issue(call: Call) -> Any:
    """Move an issue to another project."""
    item = finders.issue(call)
    target = _target(call)
    if target is item.project:
        raise message(400, "Cannot move issue to project it originates from!")
    _require_both(call, item, target, "move")
    return shown(call, moving.move(call.sim, call.user, item, target), target)


def clone_issue(call: Call) -> Any:
    """Copy an issue, to the same project or another, with its notes if asked."""
    item = finders.issue(call)
    target = _target(call)
    _require_both(call, item, target, "clone")
    with_notes = bool(call.params.flag("with_notes"))
    new = moving.clone(call.sim, call.user, item, target, with_notes=with_notes)
    return shown(call, new, target)


def reorder(call: Call) -> Any:
    """Put an issue behind or before others of the same group, in the order of `relative_position`.

    422 where one of them is not there.
    """
    item, params = finders.any_issue(call, "Issue"), call.params
    require_update(call.sim, call.user, item)
    params.require_one("move_after_id", "move_before_id")
    order = [i for i in _by_position(call, item.project) if i is not item]
    behind, before = _beside(call, item, "move_after_id"), _beside(call, item, "move_before_id")
    if item not in (behind, before):
        place = order.index(behind) + 1 if behind else order.index(before or item)
        order.insert(place, item)
        for number, entry in enumerate(order, 1):
            entry.relative_position = number * _GAP
    return Answer(shown(call, item, item.project))


def _beside(call: Call, item: Issue, name: str) -> Issue | None:
    """The issue of this parameter, which is in the order of the item; none without a number."""
    number = call.params.integer(name) or 0
    found = call.sim.state.issues.get(number)
    if number > 0 and (found is None or found.project not in _ordered_with(call, item.project)):
        raise message(422, {"error": "Unprocessable Entity"})
    return found


def _by_position(call: Call, project: Project) -> list[Issue]:
    """The issues in order; those that were never moved come last."""

    def rank(item: Issue) -> tuple[bool, int, int]:
        return (item.relative_position is None, item.relative_position or 0, item.id)

    return sorted((i for p in _ordered_with(call, project) for i in p.issues.values()), key=rank)


def _ordered_with(call: Call, project: Project) -> list[Project]:
    """The projects whose issues have one order: all below the uppermost group."""
    top = project.namespace.lineage()[-1]
    return [project] if top.owner else call.sim.state.projects_in(top, deep=True)


def related_merge_requests(call: Call) -> Answer:
    """The merge requests that mention the issue."""
    item = finders.issue(call)
    sources = {id(n.mentioned_from): n.mentioned_from for n in item.notes if n.mentioned_from}
    found = [s for s in sources.values() if s and not isinstance(s, Issue)]
    found = [s for s in found if can_see(call.sim, call.caller, s)]
    return paged(call, found, lambda request: show_item(call, request))


def user_agent_detail(call: Call) -> Any:
    """With what program an issue was made, which nobody remembers here: 404 for administrators."""
    finders.administrator(call)
    finders.issue(call)
    raise not_found("UserAgentDetail")


def shown(call: Call, item: Issue, seen_from: Project | Namespace | None) -> dict[str, Any]:
    """The issue for this caller."""
    return present_issues.issue(call.sim, item, call.caller, seen_from)


def _list(call: Call, projects: list[Any], scope: str = "all", seen_from: Any = None) -> Answer:
    if not isinstance(seen_from, Project) and call.params.flag("non_archived", default=True):
        projects = [project for project in projects if not project.archived]
    readable = [i for p in projects for i in visible_issues(call.sim, call.caller, p)]
    found = select(call.sim, call.caller, call.params, readable, scope)
    call.params.flag("with_labels_details")
    return paged(call, found, lambda item: _in_list(call, item, seen_from))


def _in_list(call: Call, item: Issue, seen_from: Project | Namespace | None) -> dict[str, Any]:
    """An issue among others: not whether the caller follows it, more of its labels if asked for."""
    entry = shown(call, item, seen_from)
    del entry["subscribed"]
    if call.params.flag("with_labels_details"):
        entry["labels"] = present_issues.label_details(item.labels)
    return entry


def _wanted(call: Call, project: Project) -> Wanted:
    params = call.params
    params.exclude("milestone_id", "milestone")
    wanted = issuable_params.shared(call, project)
    severity = params.choice("severity", _SEVERITIES)
    if severity:
        wanted["severity"] = severity.upper()
    for name in ("due_date", "start_date"):
        if params.has(name):
            wanted[name] = params.loose_day(name)
    if params.has("confidential"):
        wanted["confidential"] = params.flag("confidential")
        if wanted["confidential"] is None:
            raise invalid("confidential is empty")
    kind = params.choice("issue_type", issue_filters.TYPES)
    if kind:
        wanted["issue_type"] = kind
    if params.has("weight") and call.sim.premium:
        wanted["weight"] = params.integer("weight")
    return wanted


def _target(call: Call) -> Project:
    """The project named, whoever may see it: moving there is another question."""
    found = call.sim.state.projects.get(call.params.required_integer("to_project_id"))
    if found is None:
        raise not_found("Project")
    return found


def _require_both(call: Call, item: Issue, target: Project, verb: str) -> None:
    here = can_administer(call.sim, call.user, item)
    there = has(call.sim, call.user, target, PLANNING)
    if not (here and there) or item.moved_to:
        raise message(400, f"Unable to {verb}. You have insufficient permissions.")


ROUTES = (
    Route("GET", "/issues", list_all),
    Route("GET", "/issues/:issue_id", get_by_id),
    Route("GET", "/issues_statistics", statistics),
    Route("GET", "/groups/:id/issues", list_group),
    Route("GET", "/groups/:id/issues_statistics", statistics),
    Route("GET", "/projects/:id/issues_statistics", statistics),
    Route("GET", "/projects/:id/issues", list_project),
    Route("POST", "/projects/:id/issues", create_issue),
    Route("GET", "/projects/:id/issues/:iid", get_issue),
    Route("PUT", "/projects/:id/issues/:iid", update_issue),
    Route("DELETE", "/projects/:id/issues/:iid", delete_issue),
    Route("POST", "/projects/:id/issues/:iid/move", move_issue),
    Route("POST", "/projects/:id/issues/:iid/clone", clone_issue),
    Route("PUT", "/projects/:id/issues/:iid/reorder", reorder),
    Route("GET", "/projects/:id/issues/:iid/related_merge_requests", related_merge_requests),
    Route("GET", "/projects/:id/issues/:iid/user_agent_detail", user_agent_detail),
)
