"""What happened and what is to do: reactions, resource events, to-dos.

https://docs.gitlab.com/api/emoji_reactions/, https://docs.gitlab.com/api/resource_label_events/,
https://docs.gitlab.com/api/todos/
"""

from collections.abc import Callable
from typing import Any

from bot.simulator import emoji, present_issues, reactions
from bot.simulator.api import finders
from bot.simulator.api.issuables import show_item
from bot.simulator.errors import invalid, not_found, unauthorized
from bot.simulator.model import Award, Issuable, Note, ResourceEvent, Todo, WeightEvent
from bot.simulator.paging import paged
from bot.simulator.permissions import can_comment
from bot.simulator.routing import Answer, Call, Handler, Route

_TODO_ACTIONS = (
    "assigned",
    "mentioned",
    "build_failed",
    "marked",
    "approval_required",
    "unmergeable",
    "directly_addressed",
    "merge_train_removed",
    "member_access_requested",
)
_TODO_TYPES = (
    "Issue",
    "MergeRequest",
    "Commit",
    "Epic",
    "DesignManagement::Design",
    "AlertManagement::Alert",
    "Project",
    "Namespace",
    "Vulnerability",
    "WikiPage::Meta",
)


def list_awards(call: Call) -> Answer:
    """The reactions to an issue, merge request or note."""
    found = _awardable(call).awards
    return paged(call, found, lambda award: present_issues.award(call.sim, award))


def get_award(call: Call) -> Any:
    """One reaction."""
    return present_issues.award(call.sim, _award(call))


def create_award(call: Call) -> Any:
    """React with an emoji, each only once; GitLab's own notes take none. All refusals are 404."""
    name = emoji.named(call.params.required_text("name"))
    target = _awardable(call)
    if not can_comment(call.sim, call.user, _item(call)):
        raise not_found("Award Emoji")
    if isinstance(target, Note) and target.system:
        raise not_found("Award Emoji Awardable cannot be awarded emoji")
    if name is None:
        raise not_found("Award Emoji Name is not a valid emoji name")
    if reactions.given(call.user, target, name):
        raise not_found("Award Emoji Name has already been taken")
    return present_issues.award(call.sim, reactions.give(call.sim, call.user, target, name))


def delete_award(call: Call) -> None:
    """Only who gave it, or an administrator, takes a reaction back."""
    award = _award(call)
    if award.user is not call.user and not call.user.admin:
        raise unauthorized()
    reactions.revoke(call.sim, call.user, award)


def list_todos(call: Call) -> Answer:
    """The caller's to-dos, pending ones unless asked otherwise, newest first."""
    state = call.params.choice("state", ("pending", "done"), "pending")
    action = call.params.choice("action", _TODO_ACTIONS)
    kind = call.params.choice("type", _TODO_TYPES)
    project, author = call.params.integer("project_id"), call.params.integer("author_id")
    group = call.params.text("group_id")
    inside = call.sim.state.projects_in(finders.group(call, group), deep=True) if group else []
    found = [
        todo
        for todo in reversed(call.user.todos)
        if todo.state == state
        and action in (None, todo.action)
        and kind in (None, type(todo.target).__name__)
        and project in (None, todo.target.project.id)
        and author in (None, todo.author.id)
        and (not group or todo.target.project in inside)
    ]
    return paged(call, found, lambda todo: _shown_todo(call, todo))


def finish_todo(call: Call) -> Answer:
    """Mark one to-do as done."""
    for todo in call.user.todos:
        if str(todo.id) == call.vars["todo_id"]:
            todo.state = "done"
            todo.updated_at = call.sim.clock.now()
            return Answer(_shown_todo(call, todo), 201)
    raise not_found()


def finish_all_todos(call: Call) -> Answer:
    """Mark all to-dos as done."""
    for todo in call.user.todos:
        todo.state = "done"
    return Answer(None, 204)


def _events(kind: str, show: Callable[..., dict[str, Any]]) -> tuple[Handler, Handler]:
    """Endpoints for one kind of resource event: all of them, and one."""

    def list_events(call: Call) -> Answer:
        item = _item(call)
        found: list[ResourceEvent | WeightEvent] = getattr(item, kind)
        return paged(call, found, lambda event: show(call.sim, item, event))

    def get_event(call: Call) -> Any:
        item = _item(call)
        for event in getattr(item, kind):
            if str(event.id) == call.vars["event_id"]:
                return show(call.sim, item, event)
        raise not_found()

    return list_events, get_event


def _shown_todo(call: Call, todo: Todo) -> dict[str, Any]:
    return present_issues.todo(call.sim, todo, show_item(call, todo.target))


def _item(call: Call) -> Issuable:
    return finders.issue(call) if "/issues/" in call.path else finders.merge_request(call)


def _awardable(call: Call) -> Issuable | Note:
    item = _item(call)
    return finders.note(call, item) if "note_id" in call.vars else item


def _award(call: Call) -> Award:
    if not call.vars["award_id"].isdecimal():
        raise invalid("award_id is invalid")
    for award in _awardable(call).awards:
        if award.id == int(call.vars["award_id"]):
            return award
    raise not_found()


_LABEL = _events("label_events", present_issues.label_event)
_STATE = _events("state_events", present_issues.state_event)
_MILESTONE = _events("milestone_events", present_issues.milestone_event)

_WEIGHT = _events("weight_events", present_issues.weight_event)

ROUTES = (
    Route("GET", "/projects/:id/issues/:iid/resource_weight_events", _WEIGHT[0]),
    Route("GET", "/projects/:id/issues/:iid/resource_weight_events/:event_id", _WEIGHT[1]),
    Route("GET", "/todos", list_todos),
    Route("POST", "/todos/mark_as_done", finish_all_todos),
    Route("POST", "/todos/:todo_id/mark_as_done", finish_todo),
    *(
        Route(method, f"/projects/:id/{kind}/:iid/{place}award_emoji{rest}", handler)
        for kind in ("issues", "merge_requests")
        for place in ("", "notes/:note_id/")
        for method, rest, handler in (
            ("GET", "", list_awards),
            ("POST", "", create_award),
            ("GET", "/:award_id", get_award),
            ("DELETE", "/:award_id", delete_award),
        )
    ),
    *(
        Route("GET", f"/projects/:id/{kind}/:iid/{name}{rest}", handler)
        for kind in ("issues", "merge_requests")
        for name, pair in (
            ("resource_label_events", _LABEL),
            ("resource_state_events", _STATE),
            ("resource_milestone_events", _MILESTONE),
        )
        for rest, handler in (("", pair[0]), ("/:event_id", pair[1]))
    ),
)
