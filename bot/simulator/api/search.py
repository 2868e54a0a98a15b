"""Searching everywhere, in a group or in a project: https://docs.gitlab.com/api/search/."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from bot.simulator import present, present_issues, present_places, present_requests
from bot.simulator.api import finders, search_inside
from bot.simulator.errors import invalid
from bot.simulator.filters import contains
from bot.simulator.model import Issuable, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import can_read, can_see, feature_on, visible_issues
from bot.simulator.routing import Answer, Call, Route

Item = TypeVar("Item", bound=Issuable)
Found = tuple[list[Any], Callable[[Any], dict[str, Any]]]
"""What was found, and how to show one of it."""

_SCOPES = (
    *("projects", "issues", "work_items", "merge_requests", "milestones", "users"),
    "snippet_titles",
)
_UNCOUNTED = frozenset({*_SCOPES, "notes"})
"""How much there is of these, GitLab does not tell."""
_INSIDE = tuple(search_inside.FINDERS)
_NOT_HERE = "Scope supported only with advanced search or exact code search"


def search(call: Call) -> Answer:
    """What holds all the words, by kind; code, commits and notes in projects only."""
    call.params.require("scope", "search")
    scope = call.params.choice("scope", (*_SCOPES, *_INSIDE)) or ""
    params = call.params
    params.choice("search_type", ("basic", "advanced", "zoekt"))
    params.choice("order_by", ("created_at",))
    params.choice("sort", ("asc", "desc"))
    words = params.required_text("search").lower().split()
    if scope in _INSIDE and "/projects/" not in call.path:
        raise invalid(_NOT_HERE)
    answer = paged(call, *_FINDERS[scope](call, words), counted=scope not in _UNCOUNTED)
    answer.headers["X-Search-Type"] = "basic"
    return answer


def _projects_here(call: Call) -> list[Project]:
    if "/projects/" in call.path:
        return [finders.project(call)]
    if "/groups/" in call.path:
        projects: Iterable[Project] = call.sim.state.projects_in(finders.group(call), deep=True)
    else:
        projects = call.sim.state.projects.values()
    archived = call.params.flag("include_archived")
    return [
        p for p in projects if can_read(call.sim, call.user, p) and (archived or not p.archived)
    ]


def _fields(call: Call) -> list[str]:
    """Where to look: in titles only where asked for (Premium)."""
    return call.params.words("fields") if call.sim.premium else []


def _ordered(call: Call, found: list[Item]) -> list[Item]:
    """Of the state asked for, newest first unless asked otherwise."""
    state = call.params.choice("state", ("all", "opened", "closed", "merged"), "all")
    rising = call.params.text("sort") == "asc"
    kept = [item for item in found if state in ("all", item.state)]
    return sorted(kept, key=lambda item: (item.created_at, item.id), reverse=not rising)


def _projects(call: Call, words: list[str]) -> Found:
    found = [
        place
        for place in _projects_here(call)
        if all(word in f"{place.name} {place.path}".lower() for word in words)
    ]
    return found, lambda place: present_places.project_simple(call.sim, place)


def _issues(call: Call, words: list[str]) -> Found:
    secret = call.params.flag("confidential")
    kinds = call.params.words("type") if call.params.text("scope") == "work_items" else []
    found = [
        item
        for place in _projects_here(call)
        for item in visible_issues(call.sim, call.user, place)
        if contains(item, words, _fields(call) or ["title", "description"])
        and secret in (None, item.confidential)
        and (not kinds or item.issue_type in kinds)
    ]
    return _ordered(call, found), lambda item: present_issues.issue_basic(call.sim, item, call.user)


def _requests(call: Call, words: list[str]) -> Found:
    found = [
        item
        for place in _projects_here(call)
        for item in place.merge_requests.values()
        if can_see(call.sim, call.user, item)
        and contains(item, words, _fields(call) or ["title", "description"])
    ]
    return _ordered(call, found), lambda item: present_requests.merge_request(
        call.sim, item, call.user, None
    )


def _milestones(call: Call, words: list[str]) -> Found:
    found = [
        stone
        for place in _projects_here(call)
        if any(feature_on(call.sim, call.user, place, n) for n in ("issues", "merge_requests"))
        for stone in place.milestones.values()
        if all(word in f"{stone.title}\n{stone.description or ''}".lower() for word in words)
    ]
    return found, lambda stone: present.milestone(call.sim, stone)


def _users(call: Call, words: list[str]) -> Found:
    places: list[Project | Namespace] = []
    if "id" in call.vars:
        project = "/projects/" in call.path
        place = finders.project(call) if project else finders.group(call)
        places = [place, *(place.namespace if isinstance(place, Project) else place).lineage()]
    members = {number for place in places for number in place.members}
    found = [
        user
        for user in call.sim.state.users.values()
        if (not places or user.id in members)
        and all(word in f"{user.username} {user.name}".lower() for word in words)
    ]
    return found, lambda user: present.user_basic(call.sim, user)


_FINDERS: dict[str, Callable[[Call, list[str]], Found]] = {
    "projects": _projects,
    "issues": _issues,
    "work_items": _issues,
    "merge_requests": _requests,
    "milestones": _milestones,
    "users": _users,
    "snippet_titles": search_inside.snippet_titles,
    **search_inside.FINDERS,
}

ROUTES = tuple(
    Route("GET", f"{at}/{name}", search)
    for at in ("", "/groups/:id", "/projects/:id")
    for name in ("search", "-/search")
)
