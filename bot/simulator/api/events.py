"""What people did: https://docs.gitlab.com/api/events/. Read from what there is."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bot.simulator import present_issues
from bot.simulator.api import activities, finders
from bot.simulator.model import Issuable, MergeRequest, Note, Project, User
from bot.simulator.paging import paged
from bot.simulator.permissions import can_read, can_see, can_see_note, shows_profile
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import kind_of

Entry = dict[str, Any]
_ACTIONS = {
    "created": ("opened", "created"),
    "closed": ("closed",),
    "reopened": ("reopened",),
    "merged": ("accepted",),
    "commented": ("commented on",),
    "approved": ("approved",),
    "joined": ("joined",),
    "pushed": ("pushed to", "pushed new", "deleted"),
}
_MANY = 1_000_000
_KINDS = {"Issue": "issue", "MergeRequest": "merge_request"} | dict.fromkeys(
    ("Note", "DiscussionNote", "DiffNote"), "note"
)
_QUIET = ("destroyed", "expired", "left", "updated")
_TYPES = ("issue", "merge_request", "milestone", "note", "project", "snippet", "user", "epic")


def list_own(call: Call) -> Answer:
    """What the caller did; with `scope=all` what happened in the caller's projects."""
    every = call.params.choice("scope", ("all",)) is not None
    projects = list(call.sim.state.projects.values())
    return _listed(call, projects, None if every else call.user)


def list_of_user(call: Call) -> Answer:
    """What a user did, as far as the caller may read it."""
    user = finders.person(call, call.vars["user_id"])
    if not shows_profile(call.caller, user):
        return paged(call, list[Any](), lambda entry: entry)
    return _listed(call, list(call.sim.state.projects.values()), user)


def list_of_project(call: Call) -> Answer:
    """What happened in a project."""
    return _listed(call, [finders.project(call)], None)


def _listed(call: Call, projects: list[Project], author: User | None) -> Answer:
    params = call.params
    action = params.choice("action", (*_ACTIONS, *_QUIET))
    kind = params.choice("target_type", _TYPES)
    after, before = params.day("after"), params.day("before")
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    found = [
        (moment, entry)
        for project in projects
        for moment, entry in _events(call, project)
        if author is None or entry["author_id"] == author.id
        if action is None or entry["action_name"] in _ACTIONS.get(action, ())
        if kind is None or _kind(entry) == kind
        if not after or moment.date() > after
        if not before or moment.date() < before
    ]
    found.sort(key=lambda pair: pair[0])
    if falling:
        found.reverse()
    return paged(call, found, lambda pair: pair[1])


def _kind(entry: Entry) -> str | None:
    return _KINDS.get(entry["target_type"])


def _events(call: Call, project: Project) -> Iterator[tuple[datetime, Entry]]:
    if can_read(call.sim, call.caller, project):
        yield from activities.of_project(call, project)
    for item in (*project.issues.values(), *project.merge_requests.values()):
        if can_see(call.sim, call.caller, item):
            yield from _of_item(call, item)


def _of_item(call: Call, item: Issuable) -> Iterator[tuple[datetime, Entry]]:
    """The number of an event is that of its source, and a digit that tells sources apart."""
    first = 2 if isinstance(item, MergeRequest) else 1
    begun, number = item.created_at, item.id * 10 + first
    yield begun, _event(call, item, item.author, "opened", begun, number=number)
    for event in item.state_events:
        name, when = _ACTIONS.get(event.action, (event.action,))[0], event.created_at
        yield when, _event(call, item, event.user, name, when, number=event.id * 10 + first + 2)
    if isinstance(item, MergeRequest):
        for user, when in item.approvals.values():
            number = (item.id * _MANY + user.id) * 10 + 8
            yield when, _event(call, item, user, "approved", when, number=number)
    for note in item.notes:
        if not note.system and can_see_note(call.sim, call.caller, note):
            yield note.created_at, _of_note(call, item, note)


def _of_note(call: Call, item: Issuable, note: Note) -> Entry:
    shown = _event(call, item, note.author, "commented on", note.created_at, number=note.id * 10)
    kind = note.type or "Note"
    return shown | {
        "target_id": note.id,
        "target_type": kind,
        "note": present_issues.note(call.sim, note),
    }


def _event(
    call: Call, item: Issuable, author: User, name: str, moment: datetime, *, number: int
) -> Entry:
    return activities.entry(call, item.project, author, name, moment, number=number) | {
        "target_id": item.id,
        "target_iid": item.iid,
        "target_type": kind_of(item),
        "target_title": item.title,
    }


ROUTES = (
    Route("GET", "/events", list_own),
    Route("GET", "/users/:user_id/events", list_of_user),
    Route("GET", "/projects/:id/events", list_of_project),
)
