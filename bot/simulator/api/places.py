"""Projects, and what they share with groups: https://docs.gitlab.com/api/projects/."""

from dataclasses import replace
from typing import Any

from bot.simulator import accounts, hook_groups, present, present_places, repository
from bot.simulator.api import avatars, finders, place_rules
from bot.simulator.api.place_settings import apply_to_project
from bot.simulator.api.project_lists import attributes, statistics
from bot.simulator.errors import ApiError, forbidden, invalid, invalid_fields, message
from bot.simulator.model import Holder, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import (
    DEVELOPERS,
    MAINTAINERS,
    OWNERS,
    level,
    require,
)
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.settings import PROJECT_SETTINGS

_NO_CHANGE = frozenset({"private_token", "access_token", "sudo"})


def get_project(call: Call) -> Any:
    """One project, with `statistics` for who may read its code; without a token in short."""
    project = finders.project(call)
    if call.caller is None:
        return present_places.project_simple(call.sim, project)
    shown = present_places.project_with_access(call.sim, project, call.caller)
    if call.params.flag("license"):
        shown |= {"license": None, "license_url": None}
    return shown | statistics(call, project) | attributes(call, "projects", project.id)


def create_project(call: Call) -> Any:
    """A project in the caller's namespace or in `namespace_id`, where Developer is needed."""
    params = call.params
    if not params.has("name", "path"):
        raise invalid("name, path are missing, at least one parameter must be provided")
    params.integer("namespace_id")
    params.exclude("import_url", "template_name", "template_project_id")
    space = _target_namespace(call)
    _require_room(call, space)
    basics, now = place_rules.for_project(call, space), call.sim.clock.now()
    project = accounts.new_project(
        call.sim.state, now, call.user, name=basics.name, path=basics.path, namespace=space
    )
    project.visibility = basics.visibility
    if project.visibility == "public":
        project.features["pages"] = "enabled"
    _apply(call, project)
    avatars.apply(call, project)
    hook_groups.project_changed(call.sim, project, "project_create")
    return present_places.project(call.sim, project, call.user)


def _require_room(call: Call, space: Namespace) -> None:
    """Refuse more projects in a personal namespace than its owner may have."""
    owner = space.owner
    limit = owner.settings.get("projects_limit") if owner else None
    if owner is None or limit is None or len(call.sim.state.projects_in(space)) < int(limit):
        return
    said = f"You've reached your limit of {limit} projects created."
    if not limit:
        said = "You cannot create projects in your personal namespace."
    raise ApiError(403, {"error": [f"{said} Contact your GitLab administrator."]})


def create_project_for(call: Call) -> Any:
    """A project in the namespace of another user, by an administrator."""
    finders.administrator(call)
    call.params.require("name")
    user = finders.user(call, call.vars["user_id"])
    return create_project(replace(call, caller=user))


def update_project(call: Call) -> Any:
    """Maintainers change a project."""
    project = finders.project(call)
    if not set(call.params.values) - _NO_CHANGE:
        basics_of_all = ("name", "path", "description")
        call.params.require_one(*basics_of_all, "mr_default_target_self", *PROJECT_SETTINGS)
    if level(call.sim, call.user, project) not in MAINTAINERS:
        raise forbidden()
    _require_owner_for_more(call, project)
    basics = place_rules.for_project(call, project.namespace, project)
    _require_branch(call, project)
    update_space(call, project, basics)
    _apply(call, project)
    return present_places.project(call.sim, project, call.user)


def _require_owner_for_more(call: Call, project: Project) -> None:
    """Maintainers cannot open a project, nor have its pipelines removed."""
    if level(call.sim, call.user, project) in OWNERS:
        return
    if call.params.text("visibility") or call.params.has("ci_delete_pipelines_in_seconds"):
        raise forbidden()
    role = "ci_pipeline_variables_minimum_override_role"
    if call.params.text(role) == "owner":
        raise message(400, f"Changing the {role} to the owner role is not allowed")


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
    state, target = call.sim.state, finders.namespace(call, call.params.required_text("namespace"))
    if level(call.sim, call.user, target) not in MAINTAINERS:
        raise _not_moved("You don't have permission to transfer projects into that namespace.")
    named = any(other.name == project.name for other in state.projects_in(target))
    if named or state.holder_at(f"{target.full_path}/{project.path}"):
        raise _not_moved("Project with same name or path in target namespace already exists")
    project.namespace = target
    project.visibility = place_rules.lower(project.visibility, target)
    state.reindex_paths()
    return present_places.project(call.sim, project, call.user)


def _not_moved(reason: str) -> ApiError:
    """How GitLab refuses to move a project: what is wrong as Ruby writes it."""
    return message(400, f'Failed to transfer project {{:new_namespace=>["{reason}"]}}')


def list_project_users(call: Call) -> Answer:
    """The members of a project, as plain users."""
    project = finders.project(call)
    places = (project, *project.namespace.lineage())
    users = {m.user.id: m.user for place in places for m in place.members.values()}
    search = (call.params.text("search") or "").lower()
    skipped = call.params.integers("skip_users")
    found = [
        user
        for user in users.values()
        if (search in user.username.lower() or search in user.name.lower())
        and user.id not in skipped
    ]
    return paged(call, found, lambda u: present.user_basic(call.sim, u))


def _target_namespace(call: Call) -> Namespace:
    wanted = call.params.text("namespace_id")
    if not wanted:
        return call.user.namespace
    found = call.sim.state.namespaces.get(int(wanted))
    if found is None or level(call.sim, call.user, found) not in DEVELOPERS:
        raise invalid_fields(namespace=["is not valid"])
    return found


def update_space(call: Call, space: Holder, basics: place_rules.Basics) -> None:
    """Change what groups and projects have in common."""
    avatars.apply(call, space)
    space.description = call.params.text("description", space.description) or ""
    space.name, space.visibility = basics.name, basics.visibility
    if basics.path != space.path:
        space.path = basics.path
        call.sim.state.reindex_paths()


def _require_branch(call: Call, project: Project) -> None:
    """Only a branch that is there can become the default one."""
    branch = (call.params.text("default_branch") or "").removeprefix("refs/heads/")
    if branch and branch != project.default_branch and branch not in project.branches:
        raise invalid_fields(base=[f"Could not change HEAD: branch '{branch}' does not exist"])


def _apply(call: Call, project: Project) -> None:
    params = call.params
    project.description = params.text("description", project.description) or ""
    branch = (params.text("default_branch") or "").removeprefix("refs/heads/")
    if branch and (branch in project.branches or params.flag("initialize_with_readme")):
        project.default_branch = branch
    if params.has("topics", "tag_list"):
        project.topics = params.words("topics") or params.words("tag_list")
    apply_to_project(call, project)
    project.updated_at = call.sim.clock.now()
    if params.flag("initialize_with_readme") and not project.branches:
        repository.begin(call.sim, project, call.user)


def _set_archived(call: Call, *, archived: bool) -> Any:
    project = finders.project(call)
    if level(call.sim, call.user, project) not in OWNERS:
        raise forbidden()
    project.archived = archived
    return present_places.project(call.sim, project, call.user)


ROUTES = (
    Route("POST", "/projects", create_project),
    Route("POST", "/projects/user/:user_id", create_project_for),
    Route("GET", "/projects/:id", get_project),
    Route("PUT", "/projects/:id", update_project),
    Route("POST", "/projects/:id/archive", archive),
    Route("POST", "/projects/:id/unarchive", unarchive),
    Route("PUT", "/projects/:id/transfer", transfer),
    Route("GET", "/projects/:id/users", list_project_users),
)
