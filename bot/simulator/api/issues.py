"""Issues: https://docs.gitlab.com/api/issues/."""

from typing import Any

from bot.simulator import (
    durations,
    epics,
    moving,
    present,
    present_issues,
    present_requests,
    writing,
)
from bot.simulator.api import finders, issuable_params
from bot.simulator.editing import Wanted
from bot.simulator.errors import (
    ApiError,
    bad_request,
    forbidden,
    invalid,
    message,
    not_found,
    not_modified,
    unauthorized,
)
from bot.simulator.filters import order, select
from bot.simulator.mentions import add_todo
from bot.simulator.model import Issuable, Issue, MergeRequest, Namespace, Project
from bot.simulator.paging import keyset, paged
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

_TYPES = ("issue", "incident", "test_case", "task")
_GAP = 513
_CHANGES = (
    "title",
    "description",
    "labels",
    "add_labels",
    "remove_labels",
    "assignee_ids",
    "assignee_id",
    "milestone_id",
    "milestone",
    "discussion_locked",
    "due_date",
    "start_date",
    "confidential",
    "weight",
    "issue_type",
    "state_event",
    "updated_at",
    "epic_id",
    "epic_iid",
)


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
    return keyset(call, found, order(call.params)[0], lambda i: shown(call, i, project))


def statistics(call: Call) -> Any:
    """How many issues there are: https://docs.gitlab.com/api/issues_statistics/."""
    if "/groups/" in call.path:
        projects = call.sim.state.projects_in(finders.group(call), deep=True)
    elif "/projects/" in call.path:
        projects = [finders.project(call)]
    else:
        projects = list(call.sim.state.projects.values())
    readable = [i for p in projects for i in visible_issues(call.sim, call.caller, p)]
    states = [i.state for i in select(call.sim, call.caller, call.params, readable)]
    closed = states.count("closed")
    counts = {"all": len(states), "closed": closed, "opened": len(states) - closed}
    return {"statistics": {"counts": counts}}


def get_issue(call: Call) -> Any:
    """One issue by number."""
    item = finders.issue(call)
    return shown(call, item, item.project)


def get_by_id(call: Call) -> Any:
    """One issue by global id, for administrators."""
    finders.administrator(call)
    text = call.vars["issue_id"]
    item = call.sim.state.issues.get(int(text) if text.isdigit() else 0)
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
    item = writing.create_issue(call.sim, user, project, wanted)
    _apply_epic(call, item)
    return shown(call, item, project)


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
    item, user = finders.issue(call), call.user
    if not call.params.has(*_CHANGES):
        names = ", ".join(_CHANGES)
        raise invalid(f"{names} are missing, at least one parameter must be provided")
    event = call.params.choice("state_event", ("close", "reopen"))
    require_update(call.sim, user, item)
    wanted = _wanted(call, item.project)
    if event:
        wanted["state_event"] = event
    writing.update(call.sim, user, item, wanted)
    _apply_epic(call, item)
    return shown(call, item, item.project)


def delete_issue(call: Call) -> None:
    """Remove an issue: Planners, Owners and, since 18.10, its author."""
    item, user = finders.issue(call), call.user
    if user is not item.author and not has(call.sim, user, item.project, ISSUE_REMOVERS):
        raise forbidden()
    call.sim.state.remove_issue(item)


def move_issue(call: Call) -> Any:
    """Move an issue to another project."""
    item = finders.issue(call)
    target = finders.project(call, str(call.params.required_integer("to_project_id")))
    if target is item.project:
        raise bad_request("Cannot move issue to project it originates from!")
    _require_both(call, item, target, "move")
    return shown(call, moving.move(call.sim, call.user, item, target), target)


def clone_issue(call: Call) -> Any:
    """Copy an issue, to the same project or another, with its notes if asked."""
    item = finders.issue(call)
    target = finders.project(call, str(call.params.required_integer("to_project_id")))
    _require_both(call, item, target, "clone")
    with_notes = bool(call.params.flag("with_notes"))
    new = moving.clone(call.sim, call.user, item, target, with_notes=with_notes)
    return shown(call, new, target)


def reorder(call: Call) -> Any:
    """Put an issue behind or before another one, in the order by `relative_position`."""
    item, params = finders.issue(call), call.params
    require_update(call.sim, call.user, item)
    behind, before = params.integer("move_after_id"), params.integer("move_before_id")
    if behind is None and before is None:
        raise invalid("move_after_id, move_before_id are missing, at least one must be provided")
    beside = call.sim.state.issues.get(behind or before or 0)
    if beside is None or beside.project is not item.project:
        raise not_found()
    if beside is item:
        return Answer(shown(call, item, item.project))
    order = [i for i in _by_position(item.project) if i is not item]
    order.insert(order.index(beside) + (1 if behind else 0), item)
    for number, entry in enumerate(order, 1):
        entry.relative_position = number * _GAP
    return Answer(shown(call, item, item.project))


def _by_position(project: Project) -> list[Issue]:
    """The issues in order; those that were never moved come last."""

    def rank(item: Issue) -> tuple[bool, int, int]:
        return (item.relative_position is None, item.relative_position or 0, item.id)

    return sorted(project.issues.values(), key=rank)


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
    return Answer(_track(call, "time_estimate", _seconds(call, "time_estimate")))


def reset_estimate(call: Call) -> Any:
    """No estimate."""
    return Answer(_track(call, "time_estimate", 0))


def add_spent_time(call: Call) -> Any:
    """More time spent, or less of it with a minus."""
    spent = _item(call).time_spent + _seconds(call, "time_spent")
    if spent < 0:
        problem = "Time to subtract exceeds the total time spent"
        raise message(400, {"time_spent": [problem]})
    return Answer(_track(call, "time_spent", spent), 201)


def reset_spent_time(call: Call) -> Any:
    """No time spent."""
    return Answer(_track(call, "time_spent", 0))


def _seconds(call: Call, field: str) -> int:
    seconds = durations.read(call.params.required_text("duration"))
    if seconds is None or (field == "time_estimate" and seconds < 0):
        problem = "must have a valid format and be greater than or equal to zero."
        raise message(400, {field: [problem]})
    return seconds


def _track(call: Call, field: str, seconds: int) -> Any:
    item = _item(call)
    if not can_administer(call.sim, call.user, item):
        raise forbidden()
    require_writable(item.project)
    writing.update(call.sim, call.user, item, {field: seconds})
    return present_issues.time_stats(item)


def related_merge_requests(call: Call) -> Answer:
    """The merge requests that mention the issue."""
    item = finders.issue(call)
    sources = {id(n.mentioned_from): n.mentioned_from for n in item.notes if n.mentioned_from}
    found = [s for s in sources.values() if s and not isinstance(s, Issue)]
    found = [s for s in found if can_see(call.sim, call.caller, s)]
    return paged(call, found, lambda request: show_item(call, request))


def shown(call: Call, item: Issue, seen_from: Project | Namespace | None) -> dict[str, Any]:
    """The issue for this caller."""
    return present_issues.issue(call.sim, item, call.caller, seen_from)


def show_item(call: Call, item: Issuable) -> dict[str, Any]:
    """An issue or merge request, seen from its project."""
    if isinstance(item, MergeRequest):
        return present_requests.merge_request(call.sim, item, call.caller, item.project)
    if isinstance(item, Issue):
        return shown(call, item, item.project)
    raise TypeError(f"not an issue or merge request: {item}")


def _list(call: Call, projects: list[Any], scope: str = "all", seen_from: Any = None) -> Answer:
    if not isinstance(seen_from, Project) and call.params.flag("non_archived", default=True):
        projects = [project for project in projects if not project.archived]
    readable = [i for p in projects for i in visible_issues(call.sim, call.caller, p)]
    found = select(call.sim, call.caller, call.params, readable, scope)
    details = call.params.flag("with_labels_details")

    def show(item: Issue) -> dict[str, Any]:
        entry = shown(call, item, seen_from)
        if details:
            entry["labels"] = present_issues.label_details(item.labels)
        return entry

    return paged(call, found, show)


def _item(call: Call) -> Issuable:
    return finders.issue(call) if "/issues/" in call.path else finders.merge_request(call)


def _wanted(call: Call, project: Project) -> Wanted:
    params = call.params
    wanted = issuable_params.shared(call, project)
    for name in ("due_date", "start_date"):
        if params.has(name):
            wanted[name] = params.day(name)
    if params.has("confidential"):
        wanted["confidential"] = bool(params.flag("confidential"))
    kind = params.choice("issue_type", _TYPES)
    if kind:
        wanted["issue_type"] = kind
    if params.has("weight") and call.sim.premium:
        wanted["weight"] = params.integer("weight")
    return wanted


def _require_both(call: Call, item: Issue, target: Project, verb: str) -> None:
    here = can_administer(call.sim, call.user, item)
    there = has(call.sim, call.user, target, PLANNING)
    if not (here and there) or item.moved_to:
        raise bad_request(f"Cannot {verb} issue due to insufficient permissions!")


def _subscribe(call: Call, *, wanted: bool) -> Any:
    item = _item(call)
    if present_issues.subscribed(item, call.user) == wanted:
        raise not_modified()
    item.subscriptions[call.user.id] = wanted
    return show_item(call, item)


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
    *(
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
    ),
)
