"""Projects, and what they share with groups: https://docs.gitlab.com/api/projects/."""

import re
from dataclasses import replace
from typing import Any

from bot.simulator import accounts, hook_groups, languages, present, present_places, repository
from bot.simulator.api import avatars, finders
from bot.simulator.errors import bad_request, forbidden, invalid, invalid_fields, message
from bot.simulator.model import Holder, Level, Namespace, Project, User
from bot.simulator.paging import by_id, listed, paged
from bot.simulator.permissions import (
    DEVELOPERS,
    MAINTAINERS,
    OWNERS,
    REPORTERS,
    can_read,
    has,
    level,
    require,
)
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.settings import ACCESS_LEVELS, PREMIUM_PROJECT_SETTINGS, PROJECT_SETTINGS

VISIBILITIES = ("private", "internal", "public")
_ACCESS = ("disabled", "private", "enabled", "public")
_SWITCHES = ("allow_merge_on_skipped_pipeline", "auto_devops_enabled", "mentions_disabled")
_NUMBERS = ("ci_delete_pipelines_in_seconds", "max_artifacts_size")
_OPPOSITES = {"emails_enabled": "emails_disabled", "emails_disabled": "emails_enabled"}
_OLD_NAMES = {"builds": "jobs"}
_CHOICES = {
    "merge_method": ("merge", "rebase_merge", "ff"),
    "squash_option": ("never", "always", "default_on", "default_off"),
    "project_creation_level": ("noone", "owner", "maintainer", "developer", "administrator"),
    "subgroup_creation_level": ("owner", "maintainer"),
    "shared_runners_setting": (
        *("enabled", "disabled_and_overridable", "disabled_and_unoverridable"),
        "disabled_with_override",
    ),
    "wiki_access_level": _ACCESS,
    "build_git_strategy": ("fetch", "clone"),
    "auto_cancel_pending_pipelines": ("disabled", "enabled"),
    "auto_devops_deploy_strategy": ("continuous", "manual", "timed_incremental"),
    "repository_object_format": ("sha1", "sha256"),
}
ACCEPTED = Answer({"message": "202 Accepted"}, 202)


def list_group_projects(call: Call) -> Answer:
    """The projects of a group and those shared with it, or also of the groups below."""
    deep, group = bool(call.params.flag("include_subgroups")), finders.group(call)
    found = call.sim.state.projects_in(group, deep=deep)
    if call.params.flag("with_shared", default=True):
        every = call.sim.state.projects.values()
        found += [p for p in every if group.id in p.shares and p not in found]
    return _list_projects(call, found)


def list_user_projects(call: Call) -> Answer:
    """The projects in a user's personal namespace."""
    user = finders.user(call, call.vars["id"])
    return _list_projects(call, call.sim.state.projects_in(user.namespace))


def list_projects(call: Call) -> Answer:
    """The projects the caller may see."""
    return _list_projects(call, list(call.sim.state.projects.values()))


def get_project(call: Call) -> Any:
    """One project, with `statistics` for who may read its code."""
    project = finders.project(call)
    shown = present_places.project(call.sim, project, call.caller)
    if call.params.flag("license"):
        shown |= {"license": None, "license_url": None}
    return shown | _statistics(call, project) | attributes(call, "projects", project.id)


def attributes(call: Call, place: str, number: int) -> dict[str, Any]:
    """The custom attributes, where an administrator asks for them."""
    asked = call.params.flag("with_custom_attributes") and call.caller and call.caller.admin
    shelf = call.sim.state.kept.shelf(place, number, "custom_attributes") if asked else {}
    return {"custom_attributes": list(shelf.values())} if asked else {}


def _statistics(call: Call, project: Project) -> dict[str, Any]:
    asked = call.params.flag("statistics") and has(call.sim, call.caller, project, REPORTERS)
    return {"statistics": present_places.statistics([project])} if asked else {}


def create_project(call: Call) -> Any:
    """A project in the caller's namespace or in `namespace_id`, where Developer is needed."""
    params = call.params
    if not params.has("name", "path"):
        raise invalid("name, path are missing, at least one parameter must be provided")
    space = _target_namespace(call)
    path = new_path(call, space, "project")
    name = params.text("name") or path
    project = accounts.new_project(
        call.sim.state, call.sim.clock.now(), call.user, name=name, path=path, namespace=space
    )
    project.visibility = params.choice("visibility", VISIBILITIES, "private") or "private"
    _apply(call, project)
    avatars.apply(call, project)
    hook_groups.project_changed(call.sim, project, "project_create")
    return present_places.project(call.sim, project, call.user)


def create_project_for(call: Call) -> Any:
    """A project in the namespace of another user, by an administrator."""
    finders.administrator(call)
    user = finders.user(call, call.vars["user_id"])
    return create_project(replace(call, caller=user))


def update_project(call: Call) -> Any:
    """Maintainers change a project."""
    project = finders.project(call)
    if level(call.sim, call.user, project) not in MAINTAINERS:
        raise forbidden()
    update_space(call, project)
    _apply(call, project)
    return present_places.project(call.sim, project, call.user)


def delete_project(call: Call) -> Answer:
    """Owners remove a project, at once."""
    project = finders.project(call)
    if level(call.sim, call.user, project) not in OWNERS:
        raise forbidden()
    call.sim.state.remove_project(project)
    hook_groups.project_changed(call.sim, project, "project_destroy")
    return ACCEPTED


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
    call.params.require("namespace")
    target = _target_namespace(call, key="namespace")
    if call.sim.state.holder_at(f"{target.full_path}/{project.path}"):
        raise bad_request("Project with same name or path in target namespace already exists")
    project.namespace = target
    call.sim.state.reindex_paths()
    return present_places.project(call.sim, project, call.user)


def list_project_users(call: Call) -> Answer:
    """The members of a project, as plain users."""
    project = finders.project(call)
    places = (project, *project.namespace.lineage())
    users = {m.user.id: m.user for place in places for m in place.members.values()}
    search = (call.params.text("search") or "").lower()
    found = [u for u in users.values() if search in u.username.lower() or search in u.name.lower()]
    return paged(call, found, lambda u: present.user_basic(call.sim, u))


def readable(call: Call, holder: Holder) -> bool:
    """Whether the caller may know of it."""
    return can_read(call.sim, call.caller, holder)


def _list_projects(call: Call, projects: list[Project]) -> Answer:
    params, caller = call.params, call.caller
    found = [p for p in projects if readable(call, p)]
    search, archived = (params.text("search") or "").lower(), params.flag("archived")
    if search:
        wide = bool(params.flag("search_namespaces"))
        found = [p for p in found if _is_named(p, search, wide=wide)]
    if archived is not None:
        found = [p for p in found if p.archived == archived]
    visibility = params.choice("visibility", VISIBILITIES)
    if visibility:
        found = [p for p in found if p.visibility == visibility]
    if params.flag("owned"):
        found = [p for p in found if _owns(p, caller)]
    if params.flag("membership"):
        found = [p for p in found if caller and _is_member(p, caller)]
    levels = [str(int(entry)) for entry in Level if entry]
    needed = int(params.choice("min_access_level", levels) or 0)
    if needed:
        found = [p for p in found if level(call.sim, caller, p) >= needed]
    found = [p for p in found if _has_more(call, p)]
    _sort(call, found)
    simple = params.flag("simple")

    def show(place: Project) -> dict[str, Any]:
        if simple or caller is None:
            return present_places.project_simple(call.sim, place)
        shown = present_places.project(call.sim, place, caller) | _statistics(call, place)
        return shown | attributes(call, "projects", place.id)

    if params.text("pagination") == "keyset" and not params.has("order_by"):
        found.sort(key=lambda p: p.id, reverse=params.text("sort") != "asc")
    return listed(call, found, by_id, show)


def _is_named(project: Project, search: str, *, wide: bool) -> bool:
    """Whether name or path hold the text, with `wide` also those of the groups above."""
    names = (project.full_name, project.full_path) if wide else (project.name, project.path)
    return any(search in name.lower() for name in names)


def _is_on(project: Project, feature: str) -> bool:
    return project.features.get(feature, "enabled") != "disabled"


def _has_more(call: Call, project: Project) -> bool:
    """The filters by number, topic, star, activity, features and custom attributes."""
    params = call.params
    since, until = params.moment("updated_after"), params.moment("updated_before")
    alive, language = params.flag("active"), params.text("with_programming_language")
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
        and (since is None or project.updated_at > since)
        and (until is None or project.updated_at < until)
        and (alive is None or alive != project.archived)
        and (not language or language in languages.of(project))
        and (not params.flag("with_issues_enabled") or _is_on(project, "issues"))
        and (not params.flag("with_merge_requests_enabled") or _is_on(project, "merge_requests"))
        and set(params.words("topic")) <= set(project.topics)
        and call.sim.state.kept.has_attributes("projects", project.id, attributes)
    )


def _sort(call: Call, projects: list[Project]) -> None:
    keys = ("id", "name", "path", "created_at", "updated_at", "last_activity_at")
    key = call.params.choice("order_by", (*keys, "similarity", "star_count"), "created_at")
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"

    def rank(project: Project) -> tuple[Any, int]:
        if key == "star_count":
            return (len(project.stars), project.id)
        return (getattr(project, key if key in keys else "id"), project.id)

    projects.sort(key=rank, reverse=falling)


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


def new_path(call: Call, parent: Namespace | None, kind: str) -> str:
    """The path sent, or one made from the name; 400 where it is taken or no path."""
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


def update_space(call: Call, space: Holder) -> None:
    """Change what groups and projects have in common."""
    params = call.params
    avatars.apply(call, space)
    space.name = params.text("name") or space.name
    space.description = params.text("description", space.description) or ""
    chosen = params.choice("visibility", VISIBILITIES, space.visibility)
    space.visibility = chosen or space.visibility
    path = params.text("path")
    if path and path != space.path:
        above = space.namespace if isinstance(space, Project) else space.parent
        new_path(call, above, "project" if isinstance(space, Project) else "group")
        space.path = path
        call.sim.state.reindex_paths()


def _apply(call: Call, project: Project) -> None:
    params = call.params
    project.description = params.text("description", project.description) or ""
    project.default_branch = params.text("default_branch") or project.default_branch
    if params.has("topics", "tag_list"):
        project.topics = params.words("topics") or params.words("tag_list")
    for feature in ACCESS_LEVELS:
        _apply_feature(call, project, feature)
    set_settings(call, project, PROJECT_SETTINGS)
    if call.sim.premium:
        set_settings(call, project, PREMIUM_PROJECT_SETTINGS)
    project.updated_at = call.sim.clock.now()
    if params.flag("initialize_with_readme") and not project.branches:
        repository.begin(call.sim, project, call.user)


def set_settings(call: Call, place: Holder, known: dict[str, Any]) -> None:
    """Keep what was sent of the known settings, each as the type of its default."""
    params = call.params
    for name, default in known.items():
        if not params.has(name) or (name == "default_branch" and isinstance(place, Project)):
            continue
        value: Any = params.text(name)
        if name in _CHOICES:
            value = params.choice(name, _CHOICES[name])
        elif isinstance(default, bool) or name in _SWITCHES:
            value = params.flag(name)
        elif isinstance(default, int) or name in _NUMBERS:
            value = params.integer(name)
        place.settings[name] = value
        if name in _OPPOSITES:
            place.settings[_OPPOSITES[name]] = not value


def _apply_feature(call: Call, project: Project, feature: str) -> None:
    """Both spellings: `issues_enabled` and `issues_access_level`."""
    enabled = call.params.flag(f"{_OLD_NAMES.get(feature, feature)}_enabled")
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
    return present_places.project(call.sim, project, call.user)


ROUTES = (
    Route("GET", "/groups/:id/projects", list_group_projects),
    Route("GET", "/users/:id/projects", list_user_projects),
    Route("GET", "/projects", list_projects),
    Route("POST", "/projects", create_project),
    Route("POST", "/projects/user/:user_id", create_project_for),
    Route("GET", "/projects/:id", get_project),
    Route("PUT", "/projects/:id", update_project),
    Route("DELETE", "/projects/:id", delete_project),
    Route("POST", "/projects/:id/archive", archive),
    Route("POST", "/projects/:id/unarchive", unarchive),
    Route("PUT", "/projects/:id/transfer", transfer),
    Route("GET", "/projects/:id/users", list_project_users),
)
