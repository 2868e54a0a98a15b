"""Lists of projects, with every documented filter and order.

https://docs.gitlab.com/api/projects/#list-projects and
https://docs.gitlab.com/api/groups/#list-projects
"""

from collections.abc import Callable, Iterable
from typing import Any

from bot.simulator import languages, present_places
from bot.simulator.api import finders
from bot.simulator.errors import bad_request
from bot.simulator.model import Holder, Level, Project, User
from bot.simulator.paging import listed_by_id
from bot.simulator.permissions import (
    OWNERS,
    REPORTERS,
    can_read,
    has,
    level,
    member_level,
    shows_profile,
)
from bot.simulator.routing import Answer, Call, Route

VISIBILITIES = ("private", "internal", "public")
LEVELS = tuple(str(int(entry)) for entry in Level if entry)
_ORDERS = ("id", "name", "path", "created_at", "updated_at", "last_activity_at")
_SIZES = ("repository_size", "storage_size", "packages_size", "wiki_size")
_NOTHING_IS = ("repository_checksum_failed", "wiki_checksum_failed")
_WITHOUT_EFFECT = ("include_hidden", "include_pending_delete", "with_security_reports")

Test = Callable[[Project], bool]


def list_projects(call: Call) -> Answer:
    """The projects the caller may see."""
    return projects(call, call.sim.state.projects.values())


def list_group_projects(call: Call) -> Answer:
    """The projects of a group and those shared with it, or also of the groups below."""
    deep, group = bool(call.params.flag("include_subgroups")), finders.group(call)
    found = call.sim.state.projects_in(group, deep=deep)
    if call.params.flag("include_ancestor_groups"):
        found += [p for g in group.lineage()[1:] for p in call.sim.state.projects_in(g)]
    if call.params.flag("with_shared", default=True):
        every = call.sim.state.projects.values()
        found += [p for p in every if group.id in p.shares and p not in found]
    return projects(call, found)


def list_shared_projects(call: Call) -> Answer:
    """The projects of others that are shared with a group."""
    group = finders.group(call)
    return projects(call, [p for p in call.sim.state.projects.values() if group.id in p.shares])


def list_user_projects(call: Call) -> Answer:
    """The projects in a user's personal namespace."""
    user = finders.person(call, call.vars["user_id"])
    return projects(call, call.sim.state.projects_in(user.namespace))


def list_user_stars(call: Call) -> Answer:
    """The projects that a user starred."""
    user = finders.person(call, call.vars["user_id"])
    every = call.sim.state.projects.values() if shows_profile(call.caller, user) else []
    return projects(call, [p for p in every if user.id in p.stars])


def list_contributed(call: Call) -> Answer:
    """The projects in which a user is a member: who did what is not recorded here."""
    user = finders.person(call, call.vars["user_id"])
    every = call.sim.state.projects.values() if shows_profile(call.caller, user) else []
    return projects(call, [p for p in every if level(call.sim, user, p)])


def list_forks(call: Call) -> Answer:
    """The forks of a project."""
    source = finders.project(call)
    return projects(call, [p for p in call.sim.state.projects.values() if p.forked_from is source])


def projects(call: Call, every: Iterable[Project]) -> Answer:
    """One page of those of these projects that the caller may see and asks for."""
    tests = _tests(call)
    found = [p for p in every if readable(call, p) and all(test(p) for test in tests)]
    _sort(call, found)
    simple = call.params.flag("simple")

    def show(place: Project) -> dict[str, Any]:
        if simple or call.caller is None:
            return present_places.project_simple(call.sim, place)
        shown = present_places.project_with_access(call.sim, place, call.caller)
        return shown | statistics(call, place) | attributes(call, "projects", place.id)

    return listed_by_id(call, found, show)


def readable(call: Call, holder: Holder) -> bool:
    """Whether the caller may know of it."""
    return can_read(call.sim, call.caller, holder)


def attributes(call: Call, place: str, number: int) -> dict[str, Any]:
    """The custom attributes, where an administrator asks for them."""
    asked = call.params.flag("with_custom_attributes") and call.caller and call.caller.admin
    shelf = call.sim.state.kept.shelf(place, number, "custom_attributes") if asked else {}
    return {"custom_attributes": list(shelf.values())} if asked else {}


def statistics(call: Call, project: Project) -> dict[str, Any]:
    """How much a project holds, where somebody asks who may know."""
    asked = call.params.flag("statistics") and has(call.sim, call.caller, project, REPORTERS)
    return {"statistics": present_places.statistics([project])} if asked else {}


def _tests(call: Call) -> list[Test]:
    """What a project has to pass, of every filter that was sent."""
    return [*_switches(call), *_texts(call), *_times(call), *_numbers(call)]


def _switches(call: Call) -> list[Test]:
    """The filters that are on or off."""
    params, caller = call.params, call.caller
    archived, alive = params.flag("archived"), params.flag("active")
    wanted: dict[str, Test] = {
        "owned": lambda p: owns(call, p),
        "membership": lambda p: caller is not None and _is_member(p, caller),
        "starred": lambda p: call.user.id in p.stars,
        "imported": lambda p: p.creator is caller and bool(p.settings.get("import_url")),
        "with_issues_enabled": lambda p: _is_on(p, "issues"),
        "with_merge_requests_enabled": lambda p: _is_on(p, "merge_requests"),
    }
    tests = [test for name, test in wanted.items() if params.flag(name)]
    wrong = [params.flag(name) for name in _NOTHING_IS]
    if any(wrong):
        tests.append(lambda _p: False)
    for name in _WITHOUT_EFFECT:
        params.flag(name)
    alike = params.text("order_by") == "similarity" and params.text("search") and caller
    return [
        *tests,
        lambda p: not alike or level(call.sim, caller, p) > Level.NONE,
        lambda p: archived is None or p.archived == archived,
        lambda p: alive is None or alive != (p.archived or p.marked_on is not None),
    ]


def _texts(call: Call) -> list[Test]:
    """The filters by words."""
    params = call.params
    terms = (params.text("search") or "").lower().split()
    wide = bool(params.flag("search_namespaces"))
    visibility = params.choice("visibility", VISIBILITIES)
    language, topics = params.text("with_programming_language"), set(params.words("topic"))
    wanted = params.sub("custom_attributes").values
    kept, storage = call.sim.state.kept, None
    if call.caller and call.caller.admin:
        storage = params.text("repository_storage")
    return [
        lambda p: all(_is_named(p, term, wide=wide) for term in terms),
        lambda p: visibility in (None, p.visibility),
        lambda p: not language or language in languages.of(p),
        lambda p: topics <= set(p.topics),
        lambda p: kept.has_attributes("projects", p.id, wanted),
        lambda p: not storage or storage == p.settings.get("repository_storage", "default"),
    ]


def _times(call: Call) -> list[Test]:
    """The filters by time; those by the last update go with that order only."""
    params = call.params
    since, until = params.moment("updated_after"), params.moment("updated_before")
    marked = params.day("marked_for_deletion_on")
    active, idle = params.moment("last_activity_after"), params.moment("last_activity_before")
    if (since or until) and params.text("order_by", "created_at") != "updated_at":
        raise bad_request("`updated_at` filter and `updated_at` sorting must be paired")
    return [
        lambda p: marked in (None, p.marked_on),
        lambda p: since is None or p.updated_at > since,
        lambda p: until is None or p.updated_at < until,
        lambda p: active is None or p.last_activity_at >= active,
        lambda p: idle is None or p.last_activity_at <= idle,
    ]


def _numbers(call: Call) -> list[Test]:
    """The filters by number."""
    params = call.params
    after, before = params.integer("id_after"), params.integer("id_before")
    needed, topic = int(params.choice("min_access_level", LEVELS) or 0), params.integer("topic_id")
    topics = call.sim.state.kept.shelf("", 0, "topics")
    name = topics.get(str(topic), {}).get("name")
    return [
        lambda p: after is None or p.id > after,
        lambda p: before is None or p.id < before,
        lambda p: not needed or level(call.sim, call.caller, p) >= needed,
        lambda p: topic is None or name in p.topics,
    ]


def _is_named(project: Project, term: str, *, wide: bool) -> bool:
    """Whether name, path or description hold the text, with `wide` the groups above too."""
    names = (project.full_name, project.full_path) if wide else (project.name, project.path)
    return any(term in text.lower() for text in (*names, project.description))


def _is_on(project: Project, feature: str) -> bool:
    return project.features.get(feature, "enabled") != "disabled"


def owns(call: Call, project: Project) -> bool:
    """Whether the caller has the role Owner by a membership or the namespace."""
    if call.caller is None:
        return False
    mine = project.namespace.owner is call.caller
    return mine or member_level(call.sim, call.caller, project) in OWNERS


def _is_member(project: Project, user: User) -> bool:
    return any(user.id in place.members for place in (project, *project.namespace.lineage()))


def _sort(call: Call, found: list[Project]) -> None:
    params = call.params
    usable = (*_ORDERS, "similarity", "star_count", *_SIZES)
    key = params.choice("order_by", usable, "created_at") or "created_at"
    falling = params.choice("sort", ("asc", "desc"), "desc") == "desc"
    if key in _SIZES and not (call.caller and call.caller.admin):
        key = "id"

    def rank(project: Project) -> tuple[Any, int]:
        if key == "star_count":
            return (len(project.stars), project.id)
        if key in _SIZES:
            return (present_places.statistics([project])[key], project.id)
        return (getattr(project, key if key in _ORDERS else "id"), project.id)

    found.sort(key=rank, reverse=falling)
    if key == "similarity" and call.path.startswith("/api/v4/groups/"):
        found.sort(key=lambda project: project.name.lower())


ROUTES = (
    Route("GET", "/projects", list_projects),
    Route("GET", "/groups/:id/projects", list_group_projects),
    Route("GET", "/groups/:id/projects/shared", list_shared_projects),
    Route("GET", "/users/:user_id/projects", list_user_projects),
    Route("GET", "/users/:user_id/starred_projects", list_user_stars),
    Route("GET", "/users/:user_id/contributed_projects", list_contributed),
    Route("GET", "/projects/:id/forks", list_forks),
)
