"""Groups and namespaces.

https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/namespaces/
"""

from collections.abc import Callable
from typing import Any

from bot.simulator import accounts, hook_groups, present, present_places
from bot.simulator.api import avatars, finders, place_rules, places
from bot.simulator.api.place_settings import apply_to_group
from bot.simulator.api.project_lists import LEVELS, VISIBILITIES, attributes, readable
from bot.simulator.errors import bad_request, forbidden, message, not_found
from bot.simulator.model import Holder, Namespace, Project
from bot.simulator.paging import listed, paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, level, member_level, require
from bot.simulator.routing import Answer, Call, Route

_SHOWN_PROJECTS = 100
Test = Callable[[Namespace], bool]


def list_groups(call: Call) -> Answer:
    """The groups the caller may see."""
    found = [g for g in call.sim.state.namespaces.values() if g.owner is None]
    if call.params.flag("top_level_only"):
        found = [g for g in found if g.parent is None]
    return _list_spaces(call, found)


def list_shared_groups(call: Call) -> Answer:
    """The groups that a group is invited to."""
    guest = finders.group(call)
    found = [g for g in call.sim.state.namespaces.values() if guest.id in g.shares]
    return _list_spaces(call, found, everybody=True)


def list_subgroups(call: Call) -> Answer:
    """The groups directly below."""
    return _list_spaces(call, call.sim.state.subgroups(finders.group(call)))


def list_descendants(call: Call) -> Answer:
    """The groups below at any depth."""
    return _list_spaces(call, list(call.sim.state.descendants(finders.group(call))))


def get_group(call: Call) -> Any:
    """One group, with its projects unless `with_projects=false`."""
    return _detailed(call, finders.group(call))


def _detailed(call: Call, group: Namespace) -> dict[str, Any]:
    """A group with what its Owners see, and with at most 100 projects."""
    shown = present_places.group(call.sim, group, call.caller)
    if level(call.sim, call.caller, group) in OWNERS:
        shown |= present_places.group_secrets(group)
    if call.params.flag("with_projects", default=True):
        guests = [p for p in call.sim.state.projects.values() if group.id in p.shares]
        shown["projects"] = _some(call, call.sim.state.projects_in(group))
        shown["shared_projects"] = _some(call, guests)
    return shown | attributes(call, "groups", group.id)


def _some(call: Call, projects: list[Project]) -> list[dict[str, Any]]:
    seen = [project for project in projects if readable(call, project)]
    return [present_places.project(call.sim, p, call.caller) for p in seen[:_SHOWN_PROJECTS]]


def create_group(call: Call) -> Any:
    """A group or, with `parent_id`, a subgroup of a group where the caller is Maintainer."""
    params = call.params
    params.require("name", "path")
    if params.integer("organization_id") not in (None, 1):  # there is one only
        raise not_found("Organization")
    number, parent = params.integer("parent_id"), None
    if number is None and not call.user.settings.get("can_create_group", True):
        raise forbidden()
    if number is not None:
        parent = finders.group(call, str(number))
        require(call.sim, call.user, parent, MAINTAINERS)
    basics, now = place_rules.for_group(call, parent), call.sim.clock.now()
    group = accounts.new_group(
        call.sim.state, now, call.user, name=basics.name, path=basics.path, parent=parent
    )
    group.visibility = basics.visibility
    group.description = params.text("description") or ""
    avatars.apply(call, group)
    apply_to_group(call, group)
    hook_groups.subgroup_changed(call.sim, group, "subgroup_create")
    return present_places.group(call.sim, group, call.caller) | present_places.group_secrets(group)


def update_group(call: Call) -> Any:
    """Owners change a group."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    places.update_space(call, group, place_rules.for_group(call, group.parent, group))
    apply_to_group(call, group)
    return _detailed(call, group)


def archive(call: Call) -> Any:
    """Owners archive a group; 422 where it is archived."""
    return _set_archived(call, archived=True)


def unarchive(call: Call) -> Any:
    """Owners take a group out of the archive."""
    return _set_archived(call, archived=False)


def _set_archived(call: Call, *, archived: bool) -> Any:
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    if group.archived == archived:
        state = "archived" if archived else "unarchived"
        raise message(422, f"Group is already {state}!")
    group.archived = archived
    return present_places.group(call.sim, group, call.caller)


def take_project(call: Call) -> Any:
    """An administrator moves a project into a group."""
    finders.administrator(call)
    group, project = finders.group(call), finders.project(call, call.vars["project_id"])
    if call.sim.state.holder_at(f"{group.full_path}/{project.path}"):
        raise bad_request("Failed to transfer project")
    project.namespace = group
    project.visibility = place_rules.lower(project.visibility, group)
    call.sim.state.reindex_paths()
    return present_places.group(call.sim, group, call.caller)


def list_namespaces(call: Call) -> Answer:
    """The namespaces the caller may use."""
    search = (call.params.text("search") or "").lower()
    top, owned = call.params.flag("top_level_only"), call.params.flag("owned_only")
    whole = call.params.flag("full_path_search")
    found = [
        space
        for space in call.sim.state.namespaces.values()
        if level(call.sim, call.user, space)
        and search in (space.full_path if whole else f"{space.name}\n{space.path}").lower()
        and not (top and space.parent)
        and (not owned or level(call.sim, call.user, space) in OWNERS)
    ]
    return paged(call, found, lambda space: _shown_namespace(call, space))


def get_namespace(call: Call) -> Any:
    """One namespace, by id or path."""
    return _shown_namespace(call, finders.namespace(call, call.vars["id"]))


def _shown_namespace(call: Call, space: Namespace) -> dict[str, Any]:
    """A namespace; who maintains it also sees how much it holds, and what was paid for it."""
    shown = present.namespace(call.sim, space)
    if level(call.sim, call.caller, space) not in MAINTAINERS:
        return shown
    inside = call.sim.state.projects_in(space, deep=True)
    below = [space, *call.sim.state.descendants(space), *inside]
    people = {number for place in below for number in place.members}
    counts = {"projects_count": len(inside), "billable_members_count": max(1, len(people))}
    counts |= {} if space.owner else {"members_count_with_descendants": len(people)}
    plan = {"plan": "default", "end_date": None, "trial_ends_on": None, "trial": False}
    size = present_places.statistics(inside)["repository_size"]
    return shown | counts | plan | {"root_repository_size": size}


def namespace_exists(call: Call) -> Any:
    """Whether a path is taken, and what else could be taken instead."""
    name, number = call.vars["id"], call.params.integer("parent_id")
    parent = call.sim.state.namespaces.get(number) if number and call.user else None
    full = f"{parent.full_path}/{name}" if parent else name
    taken = bool(call.user) and isinstance(call.sim.state.holder_at(full), Namespace)
    return {"exists": taken, "suggests": [f"{name}1"] if taken else []}


def _list_spaces(call: Call, groups: list[Namespace], *, everybody: bool = False) -> Answer:
    """One page of those of these groups that the caller may see and asks for."""
    tests = _tests(call, everybody=everybody)
    found = [group for group in groups if all(test(group) for test in tests)]
    params = call.params
    by = params.choice("order_by", ("name", "path", "id", "similarity"), "name") or "name"
    falling = params.choice("sort", ("asc", "desc"), "asc") == "desc"

    def key(group: Namespace) -> list[Any]:
        value = group.id if by == "id" else getattr(group, by.replace("similarity", "name")).lower()
        return [value, group.id]

    found.sort(key=lambda group: group.id)
    found.sort(key=lambda group: key(group)[0], reverse=falling)
    usual, shown = ("name", "asc"), lambda group: _shown(call, group)
    return listed(call, found, key, shown, frozenset({usual}), usual=usual, kind="Group")


def _tests(call: Call, *, everybody: bool) -> list[Test]:
    """What a group has to pass, of every filter that was sent."""
    params, caller = call.params, call.caller
    search, skipped = (params.text("search") or "").lower(), params.integers("skip_groups")
    visibility = params.choice("visibility", VISIBILITIES)
    needed, owned = int(params.choice("min_access_level", LEVELS) or 0), params.flag("owned")
    archived, active = params.flag("archived"), params.flag("active")
    usual = everybody or caller is None or caller.admin
    available = params.flag("all_available", usual) or needed or owned
    wanted, kept = params.sub("custom_attributes").values, call.sim.state.kept
    storage, marked = params.text("repository_storage"), params.day("marked_for_deletion_on")
    alive = active if active is None else not active
    return [
        lambda g: readable(call, g),
        lambda g: search in g.name.lower() or search in g.path.lower(),
        lambda g: g.id not in skipped,
        lambda g: visibility in (None, g.visibility),
        lambda g: level(call.sim, caller, g) >= needed,
        lambda g: not owned or level(call.sim, caller, g) in OWNERS,
        lambda g: bool(available) or caller is None or _is_member(call, g),
        lambda g: archived in (None, g.archived),
        lambda g: alive in (None, g.archived or g.marked_on is not None),
        lambda g: kept.has_attributes("groups", g.id, wanted),
        lambda g: marked in (None, g.marked_on) and storage in (None, "", "default"),
    ]


def _is_member(call: Call, group: Namespace) -> bool:
    """Whether the caller is a member of the group, or of a project in it."""
    spaces: list[Holder] = [group, *call.sim.state.projects_in(group)]
    return any(member_level(call.sim, call.caller, place) for place in spaces)


def _shown(call: Call, group: Namespace) -> dict[str, Any]:
    """A group, with `statistics` for administrators."""
    shown = present_places.group(call.sim, group, call.caller)
    if call.params.flag("statistics") and call.caller and call.caller.admin:
        inside = call.sim.state.projects_in(group, deep=True)
        shown |= present_places.group_statistics(group, inside)
    return shown | attributes(call, "groups", group.id)


ROUTES = (
    Route("GET", "/groups", list_groups),
    Route("POST", "/groups", create_group),
    Route("GET", "/groups/:id", get_group),
    Route("PUT", "/groups/:id", update_group),
    Route("POST", "/groups/:id/archive", archive),
    Route("POST", "/groups/:id/unarchive", unarchive),
    Route("POST", "/groups/:id/projects/:project_id", take_project),
    Route("GET", "/groups/:id/subgroups", list_subgroups),
    Route("GET", "/groups/:id/groups/shared", list_shared_groups),
    Route("GET", "/groups/:id/descendant_groups", list_descendants),
    Route("GET", "/namespaces", list_namespaces),
    Route("GET", "/namespaces/:id", get_namespace),
    Route("GET", "/namespaces/:id/exists", namespace_exists),
)
