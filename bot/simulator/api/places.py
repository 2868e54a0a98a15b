"""Groups and projects.

https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/projects/
"""

import re
from typing import Any

from bot.simulator import accounts, present, repository
from bot.simulator.api import avatars, finders
from bot.simulator.errors import forbidden, invalid, invalid_fields, message
from bot.simulator.model import Holder, Namespace, Project, User
from bot.simulator.paging import by_id, listed, paged
from bot.simulator.permissions import DEVELOPERS, MAINTAINERS, OWNERS, can_read, level, require
from bot.simulator.routing import Answer, Call, Route

_VISIBILITIES = ("private", "internal", "public")
_FEATURES = ("issues", "merge_requests", "repository", "wiki", "builds", "snippets")
_ACCESS = ("disabled", "private", "enabled")
_SETTINGS = (
    "only_allow_merge_if_pipeline_succeeds",
    "allow_merge_on_skipped_pipeline",
    "only_allow_merge_if_all_discussions_are_resolved",
    "remove_source_branch_after_merge",
)
_ACCEPTED = Answer({"message": "202 Accepted"}, 202)


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
    shown = present.group(call.sim, group)
    if call.params.flag("with_projects", default=True):
        inside = [p for p in call.sim.state.projects_in(group) if _readable(call, p)]
        shown["projects"] = [present.project(call.sim, p, call.caller) for p in inside]
    return shown


def create_group(call: Call) -> Any:
    """A group or, with `parent_id`, a subgroup of a group where the caller is Maintainer."""
    params = call.params
    params.require("name", "path")
    number, parent = params.integer("parent_id"), None
    if number is not None:
        parent = finders.group(call, str(number))
        require(call.sim, call.user, parent, MAINTAINERS)
    path = _new_path(call, parent, "group")
    group = accounts.new_group(
        call.sim.state,
        call.sim.clock.now(),
        call.user,
        name=params.required_text("name"),
        path=path,
        parent=parent,
    )
    default = parent.visibility if parent else "private"
    group.visibility = params.choice("visibility", _VISIBILITIES, default) or default
    group.description = params.text("description") or ""
    avatars.apply(call, group)
    return present.group(call.sim, group)


def update_group(call: Call) -> Any:
    """Owners change a group."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    _update_space(call, group)
    return present.group(call.sim, group)


def delete_group(call: Call) -> Answer:
    """Owners remove a group with all below it, at once."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    call.sim.state.remove_group(group)
    return _ACCEPTED


def list_group_projects(call: Call) -> Answer:
    """The projects of a group, with `include_subgroups` also of those below."""
    deep = bool(call.params.flag("include_subgroups"))
    return _list_projects(call, call.sim.state.projects_in(finders.group(call), deep=deep))


def list_user_projects(call: Call) -> Answer:
    """The projects in a user's personal namespace."""
    user = finders.user(call, call.vars["id"])
    return _list_projects(call, call.sim.state.projects_in(user.namespace))


def list_projects(call: Call) -> Answer:
    """The projects the caller may see."""
    return _list_projects(call, list(call.sim.state.projects.values()))


def get_project(call: Call) -> Any:
    """One project."""
    return present.project(call.sim, finders.project(call), call.caller)


def create_project(call: Call) -> Any:
    """A project in the caller's namespace or in `namespace_id`, where Developer is needed."""
    params = call.params
    if not params.has("name", "path"):
        raise invalid("name, path are missing, at least one parameter must be provided")
    space = _target_namespace(call)
    path = _new_path(call, space, "project")
    name = params.text("name") or path
    project = accounts.new_project(
        call.sim.state, call.sim.clock.now(), call.user, name=name, path=path, namespace=space
    )
    project.visibility = params.choice("visibility", _VISIBILITIES, "private") or "private"
    _apply(call, project)
    avatars.apply(call, project)
    return present.project(call.sim, project, call.user)


def update_project(call: Call) -> Any:
    """Maintainers change a project."""
    project = finders.project(call)
    if level(call.sim, call.user, project) not in MAINTAINERS:
        raise forbidden()
    _update_space(call, project)
    _apply(call, project)
    return present.project(call.sim, project, call.user)


def delete_project(call: Call) -> Answer:
    """Owners remove a project, at once."""
    project = finders.project(call)
    if level(call.sim, call.user, project) not in OWNERS:
        raise forbidden()
    call.sim.state.remove_project(project)
    return _ACCEPTED


def archive(call: Call) -> Any:
    """Make a project read-only."""
    return _set_archived(call, archived=True)


def unarchive(call: Call) -> Any:
    """Make a project writable again."""
    return _set_archived(call, archived=False)


def transfer(call: Call) -> Any:
    """Owners move a project to another namespace."""
    project = finders.project(call)
    require(call.sim, call.user, project, OWNERS)
    project.namespace = _target_namespace(call, key="namespace")
    call.sim.state.reindex_paths()
    return present.project(call.sim, project, call.user)


def list_project_users(call: Call) -> Answer:
    """The members of a project, as plain users."""
    project = finders.project(call)
    places = (project, *project.namespace.lineage())
    users = {m.user.id: m.user for place in places for m in place.members.values()}
    search = (call.params.text("search") or "").lower()
    found = [u for u in users.values() if search in u.username.lower() or search in u.name.lower()]
    return paged(call, found, lambda u: present.user_basic(call.sim, u))


def list_namespaces(call: Call) -> Answer:
    """The namespaces the caller may use."""
    search = (call.params.text("search") or "").lower()
    found = [
        space
        for space in call.sim.state.namespaces.values()
        if level(call.sim, call.user, space) and search in space.full_path.lower()
    ]
    return paged(call, found, lambda space: present.namespace(call.sim, space))


def get_namespace(call: Call) -> Any:
    """One namespace, by id or path."""
    return present.namespace(call.sim, finders.namespace(call, call.vars["id"]))


def namespace_exists(call: Call) -> Any:
    """Whether a path is taken, and what else could be taken instead."""
    name, number = call.vars["id"], call.params.integer("parent_id")
    parent = finders.namespace(call, str(number)) if number else None
    full = f"{parent.full_path}/{name}" if parent else name
    taken = call.sim.state.holder_at(full) is not None
    return {"exists": taken, "suggests": [f"{name}1"] if taken else []}


def _readable(call: Call, holder: Holder) -> bool:
    return can_read(call.sim, call.caller, holder)


def _list_spaces(call: Call, groups: list[Namespace]) -> Answer:
    params = call.params
    search, needed = (params.text("search") or "").lower(), params.integer("min_access_level") or 0
    visibility = params.choice("visibility", _VISIBILITIES)
    attributes = params.sub("custom_attributes").values
    found = [
        group
        for group in groups
        if _readable(call, group)
        and (search in group.name.lower() or search in group.path.lower())
        and visibility in (None, group.visibility)
        and level(call.sim, call.caller, group) >= needed
        and (not params.flag("owned") or level(call.sim, call.caller, group) in OWNERS)
        and call.sim.state.kept.has_attributes("groups", group.id, attributes)
    ]
    by = params.choice("order_by", ("name", "path", "id", "similarity"), "name") or "name"
    falling = params.choice("sort", ("asc", "desc"), "asc") == "desc"

    def key(group: Namespace) -> list[Any]:
        value = group.id if by == "id" else getattr(group, by.replace("similarity", "name")).lower()
        return [value, group.id]

    found.sort(key=key, reverse=falling)
    return listed(call, found, key, lambda group: present.group(call.sim, group), ("name",))


def _list_projects(call: Call, projects: list[Project]) -> Answer:
    params, caller = call.params, call.caller
    found = [p for p in projects if _readable(call, p)]
    search, archived = (params.text("search") or "").lower(), params.flag("archived")
    if search:
        found = [p for p in found if search in p.name.lower() or search in p.path.lower()]
    if archived is not None:
        found = [p for p in found if p.archived == archived]
    visibility = params.choice("visibility", _VISIBILITIES)
    if visibility:
        found = [p for p in found if p.visibility == visibility]
    if params.flag("owned"):
        found = [p for p in found if _owns(p, caller)]
    if params.flag("membership"):
        found = [p for p in found if caller and _is_member(p, caller)]
    needed = params.integer("min_access_level")
    if needed:
        found = [p for p in found if level(call.sim, caller, p) >= needed]
    found = [p for p in found if _has_more(call, p)]
    _sort(call, found)
    simple = params.flag("simple")

    def show(place: Project) -> dict[str, Any]:
        if simple:
            return present.project_simple(call.sim, place)
        return present.project(call.sim, place, caller)

    if params.text("pagination") == "keyset" and not params.has("order_by"):
        found.sort(key=lambda p: p.id, reverse=params.text("sort") != "asc")
    return listed(call, found, by_id, show)


def _has_more(call: Call, project: Project) -> bool:
    """The filters by number, topic, star, activity and custom attributes."""
    params = call.params
    after, before = params.integer("id_after"), params.integer("id_before")
    active, idle = params.moment("last_activity_after"), params.moment("last_activity_before")
    starred = params.flag("starred")
    attributes = params.sub("custom_attributes").values
    return (
        (after is None or project.id > after)
        and (before is None or project.id < before)
        and (active is None or project.last_activity_at >= active)
        and (idle is None or project.last_activity_at <= idle)
        and (not starred or call.user.id in project.stars)
        and set(params.words("topic")) <= set(project.topics)
        and call.sim.state.kept.has_attributes("projects", project.id, attributes)
    )


def _sort(call: Call, projects: list[Project]) -> None:
    keys = ("id", "name", "path", "created_at", "updated_at", "last_activity_at")
    key = call.params.choice("order_by", (*keys, "similarity", "star_count"), "created_at")
    key = key if key in keys else "id"
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"
    projects.sort(key=lambda p: (getattr(p, key or "id"), p.id), reverse=falling)


def _owns(project: Project, user: User | None) -> bool:
    return user is not None and project.namespace.owner is user


def _is_member(project: Project, user: User) -> bool:
    return any(user.id in place.members for place in (project, *project.namespace.lineage()))


def _target_namespace(call: Call, key: str = "namespace_id") -> Namespace:
    wanted = call.params.text(key)
    if not wanted:
        return call.user.namespace
    found = finders.namespace(call, wanted)
    if level(call.sim, call.user, found) not in DEVELOPERS:
        raise invalid_fields(namespace=["is not valid"])
    return found


def _new_path(call: Call, parent: Namespace | None, kind: str) -> str:
    name = call.params.text("path") or re.sub(
        r"[^a-z0-9_.-]+", "-", call.params.required_text("name").lower()
    ).strip("-")
    if not re.fullmatch(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*", name):
        problem = "can contain only letters, digits, '_', '-' and '.'"
        raise invalid_fields(path=[problem])
    full = f"{parent.full_path}/{name}" if parent else name
    if call.sim.state.holder_at(full) is None:
        return name
    if kind == "project":
        taken = ["has already been taken"]
        raise invalid_fields(name=taken, path=taken, **{"project_namespace.name": taken})
    raise message(400, 'Failed to save group {:path=>["has already been taken"]}')


def _update_space(call: Call, space: Holder) -> None:
    params = call.params
    avatars.apply(call, space)
    space.name = params.text("name") or space.name
    space.description = params.text("description", space.description) or ""
    chosen = params.choice("visibility", _VISIBILITIES, space.visibility)
    space.visibility = chosen or space.visibility
    path = params.text("path")
    if path and path != space.path:
        above = space.namespace if isinstance(space, Project) else space.parent
        _new_path(call, above, "project" if isinstance(space, Project) else "group")
        space.path = path
        call.sim.state.reindex_paths()


def _apply(call: Call, project: Project) -> None:
    params = call.params
    project.description = params.text("description", project.description) or ""
    project.default_branch = params.text("default_branch") or project.default_branch
    if params.has("topics", "tag_list"):
        project.topics = params.words("topics") or params.words("tag_list")
    for feature in _FEATURES:
        _apply_feature(call, project, feature)
    for name in _SETTINGS:
        if params.has(name):
            project.settings[name] = params.flag(name)
    project.updated_at = call.sim.clock.now()
    if params.flag("initialize_with_readme") and not project.branches:
        repository.begin(call.sim, project, call.user)


def _apply_feature(call: Call, project: Project, feature: str) -> None:
    """Both spellings: `issues_enabled` and `issues_access_level`."""
    old_name = "jobs" if feature == "builds" else feature
    enabled = call.params.flag(f"{old_name}_enabled")
    if enabled is not None:
        project.features[feature] = "enabled" if enabled else "disabled"
    access = call.params.choice(f"{feature}_access_level", _ACCESS)
    if access:
        project.features[feature] = access


def _set_archived(call: Call, *, archived: bool) -> Any:
    project = finders.project(call)
    if level(call.sim, call.user, project) not in OWNERS:
        raise forbidden()
    project.archived = archived
    return present.project(call.sim, project, call.user)


ROUTES = (
    Route("GET", "/groups", list_groups),
    Route("POST", "/groups", create_group),
    Route("GET", "/groups/:id", get_group),
    Route("PUT", "/groups/:id", update_group),
    Route("DELETE", "/groups/:id", delete_group),
    Route("GET", "/groups/:id/subgroups", list_subgroups),
    Route("GET", "/groups/:id/descendant_groups", list_descendants),
    Route("GET", "/groups/:id/projects", list_group_projects),
    Route("GET", "/users/:id/projects", list_user_projects),
    Route("GET", "/projects", list_projects),
    Route("POST", "/projects", create_project),
    Route("GET", "/projects/:id", get_project),
    Route("PUT", "/projects/:id", update_project),
    Route("DELETE", "/projects/:id", delete_project),
    Route("POST", "/projects/:id/archive", archive),
    Route("POST", "/projects/:id/unarchive", unarchive),
    Route("PUT", "/projects/:id/transfer", transfer),
    Route("GET", "/projects/:id/users", list_project_users),
    Route("GET", "/namespaces", list_namespaces),
    Route("GET", "/namespaces/:id", get_namespace),
    Route("GET", "/namespaces/:id/exists", namespace_exists),
)
