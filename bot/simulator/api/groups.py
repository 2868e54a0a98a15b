"""Groups and namespaces.

https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/namespaces/
"""

from typing import Any

from bot.simulator import accounts, hook_groups, present, present_places
from bot.simulator.api import avatars, finders, places
from bot.simulator.errors import bad_request, message
from bot.simulator.model import Namespace
from bot.simulator.paging import listed, paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, level, member_level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.settings import GROUP_SETTINGS, PREMIUM_GROUP_SETTINGS


def list_groups(call: Call) -> Answer:
    """The groups the caller may see."""
    found = [g for g in call.sim.state.namespaces.values() if g.owner is None]
    if call.params.flag("top_level_only"):
        found = [g for g in found if g.parent is None]
    skipped = call.params.integers("skip_groups")
    found = [g for g in found if g.id not in skipped]
    return _list_spaces(call, found)


def list_subgroups(call: Call) -> Answer:
    """The groups directly below."""
    return _list_spaces(call, call.sim.state.subgroups(finders.group(call)))


def list_descendants(call: Call) -> Answer:
    """The groups below at any depth."""
    return _list_spaces(call, list(call.sim.state.descendants(finders.group(call))))


def get_group(call: Call) -> Any:
    """One group, with its projects unless `with_projects=false`."""
    group = finders.group(call)
    shown = present_places.group(call.sim, group)
    if call.params.flag("with_projects", default=True):
        inside = [p for p in call.sim.state.projects_in(group) if places.readable(call, p)]
        shown["projects"] = [present_places.project(call.sim, p, call.caller) for p in inside]
        every = call.sim.state.projects.values()
        guests = [p for p in every if group.id in p.shares and places.readable(call, p)]
        shown["shared_projects"] = [
            present_places.project(call.sim, p, call.caller) for p in guests
        ]
    return shown | places.attributes(call, "groups", group.id)


def create_group(call: Call) -> Any:
    """A group or, with `parent_id`, a subgroup of a group where the caller is Maintainer."""
    params = call.params
    params.require("name", "path")
    number, parent = params.integer("parent_id"), None
    if number is not None:
        parent = finders.group(call, str(number))
        require(call.sim, call.user, parent, MAINTAINERS)
    path = places.new_path(call, parent, "group")
    group = accounts.new_group(
        call.sim.state,
        call.sim.clock.now(),
        call.user,
        name=params.required_text("name"),
        path=path,
        parent=parent,
    )
    default = parent.visibility if parent else "private"
    group.visibility = params.choice("visibility", places.VISIBILITIES, default) or default
    group.description = params.text("description") or ""
    avatars.apply(call, group)
    places.set_settings(call, group, GROUP_SETTINGS)
    if call.sim.premium:
        places.set_settings(call, group, PREMIUM_GROUP_SETTINGS)
    hook_groups.subgroup_changed(call.sim, group, "subgroup_create")
    return present_places.group(call.sim, group)


def update_group(call: Call) -> Any:
    """Owners change a group."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    places.update_space(call, group)
    places.set_settings(call, group, GROUP_SETTINGS)
    if call.sim.premium:
        places.set_settings(call, group, PREMIUM_GROUP_SETTINGS)
    return present_places.group(call.sim, group)


def delete_group(call: Call) -> Answer:
    """Owners remove a group with all below it, at once."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    call.sim.state.remove_group(group)
    hook_groups.subgroup_changed(call.sim, group, "subgroup_destroy")
    return places.ACCEPTED


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
        state = "already archived!" if archived else "not archived!"
        raise message(422, f"Group is {state}")
    group.archived = archived
    return present_places.group(call.sim, group)


def take_project(call: Call) -> Any:
    """An administrator moves a project into a group."""
    finders.administrator(call)
    group, project = finders.group(call), finders.project(call, call.vars["project_id"])
    if call.sim.state.holder_at(f"{group.full_path}/{project.path}"):
        raise bad_request("Failed to transfer project")
    project.namespace = group
    call.sim.state.reindex_paths()
    return present_places.group(call.sim, group)


def list_namespaces(call: Call) -> Answer:
    """The namespaces the caller may use."""
    search = (call.params.text("search") or "").lower()
    top, owned = call.params.flag("top_level_only"), call.params.flag("owned_only")
    found = [
        space
        for space in call.sim.state.namespaces.values()
        if level(call.sim, call.user, space)
        and search in space.full_path.lower()
        and not (top and space.parent)
        and (not owned or level(call.sim, call.user, space) in OWNERS)
    ]
    return paged(call, found, lambda space: _shown_namespace(call, space))


def get_namespace(call: Call) -> Any:
    """One namespace, by id or path."""
    return _shown_namespace(call, finders.namespace(call, call.vars["id"]))


def _shown_namespace(call: Call, space: Namespace) -> dict[str, Any]:
    """A namespace; who maintains a group also sees how many it holds."""
    shown = present.namespace(call.sim, space)
    if space.owner or level(call.sim, call.caller, space) not in MAINTAINERS:
        return shown
    inside = call.sim.state.projects_in(space, deep=True)
    below = [space, *call.sim.state.descendants(space), *inside]
    people = {number for place in below for number in place.members}
    counts = {"members_count_with_descendants": len(people), "projects_count": len(inside)}
    return (
        shown
        | counts
        | {"root_repository_size": present_places.statistics(inside)["repository_size"]}
    )


def namespace_exists(call: Call) -> Any:
    """Whether a path is taken, and what else could be taken instead."""
    name, number = call.vars["id"], call.params.integer("parent_id")
    parent = finders.namespace(call, str(number)) if number else None
    full = f"{parent.full_path}/{name}" if parent else name
    taken = call.sim.state.holder_at(full) is not None
    return {"exists": taken, "suggests": [f"{name}1"] if taken else []}


def _list_spaces(call: Call, groups: list[Namespace]) -> Answer:
    params = call.params
    search, needed = (params.text("search") or "").lower(), params.integer("min_access_level") or 0
    visibility = params.choice("visibility", places.VISIBILITIES)
    attributes = params.sub("custom_attributes").values
    found = [
        group
        for group in groups
        if places.readable(call, group)
        and (search in group.name.lower() or search in group.path.lower())
        and visibility in (None, group.visibility)
        and level(call.sim, call.caller, group) >= needed
        and (not params.flag("owned") or level(call.sim, call.caller, group) in OWNERS)
        and call.sim.state.kept.has_attributes("groups", group.id, attributes)
        and (params.flag("all_available", default=True) or _is_member(call, group))
        and params.flag("archived") in (None, group.archived)
        and params.flag("active") in (None, not group.archived)
    ]
    by = params.choice("order_by", ("name", "path", "id", "similarity"), "name") or "name"
    falling = params.choice("sort", ("asc", "desc"), "asc") == "desc"

    def key(group: Namespace) -> list[Any]:
        value = group.id if by == "id" else getattr(group, by.replace("similarity", "name")).lower()
        return [value, group.id]

    found.sort(key=key, reverse=falling)
    return listed(call, found, key, lambda group: _shown(call, group), ("name",))


def _is_member(call: Call, group: Namespace) -> bool:
    return member_level(call.sim, call.caller, group) > 0


def _shown(call: Call, group: Namespace) -> dict[str, Any]:
    """A group, with `statistics` for administrators."""
    shown = present_places.group(call.sim, group)
    if call.params.flag("statistics") and call.caller and call.caller.admin:
        inside = call.sim.state.projects_in(group, deep=True)
        shown["statistics"] = present_places.statistics(inside)
    return shown | places.attributes(call, "groups", group.id)


ROUTES = (
    Route("GET", "/groups", list_groups),
    Route("POST", "/groups", create_group),
    Route("GET", "/groups/:id", get_group),
    Route("PUT", "/groups/:id", update_group),
    Route("DELETE", "/groups/:id", delete_group),
    Route("POST", "/groups/:id/archive", archive),
    Route("POST", "/groups/:id/unarchive", unarchive),
    Route("POST", "/groups/:id/projects/:project_id", take_project),
    Route("GET", "/groups/:id/subgroups", list_subgroups),
    Route("GET", "/groups/:id/descendant_groups", list_descendants),
    Route("GET", "/namespaces", list_namespaces),
    Route("GET", "/namespaces/:id", get_namespace),
    Route("GET", "/namespaces/:id/exists", namespace_exists),
)
