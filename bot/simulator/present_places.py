"""How groups and projects look in API answers.

https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/projects/
The keys are those of the documented tables and example answers; nothing here changes anything.
"""

from html import escape
from typing import Any

from bot.simulator.model import Holder, Namespace, Project, User
from bot.simulator.permissions import (
    MAINTAINERS,
    can_read,
    feature_on,
    level,
    member_level,
    reads_repository,
)
from bot.simulator.present import holder_url, host, namespace, ssh_url, upload_url, user_basic
from bot.simulator.repository import history
from bot.simulator.settings import (
    ACCESS_LEVELS,
    BRANCH_PROTECTIONS,
    EXPIRATION_POLICY,
    GROUP_SETTINGS,
    MANAGERS_ONLY,
    OLD_FEATURE_NAMES,
    PREMIUM_GROUP_SETTINGS,
    PREMIUM_PROJECT_SETTINGS,
    PROJECT_SETTINGS,
)
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso, iso_day


def shares(sim: Simulator, holder: Holder, viewer: User | None) -> list[dict[str, Any]]:
    """The groups that a group or project is shared with, as far as the viewer may know of them."""
    return [
        {
            "group_id": entry.group.id,
            "group_name": entry.group.name,
            "group_full_path": entry.group.full_path,
            "group_access_level": entry.access_level,
            "expires_at": iso_day(entry.expires_at),
        }
        for entry in holder.shares.values()
        if can_read(sim, viewer, entry.group)
    ]


def group(sim: Simulator, space: Namespace, viewer: User | None) -> dict[str, Any]:
    """A group: https://docs.gitlab.com/api/groups/."""
    shown = {
        "id": space.id,
        "web_url": holder_url(sim, space),
        "name": space.name,
        "path": space.path,
        "description": space.description,
        "visibility": space.visibility,
        **GROUP_SETTINGS,
        **(PREMIUM_GROUP_SETTINGS if sim.premium else {}),
        "default_branch_protection_defaults": BRANCH_PROTECTIONS[2],
        **space.settings,
        "avatar_url": upload_url(sim, space),
        "full_name": space.full_name,
        "full_path": space.full_path,
        "created_at": iso(space.created_at),
        "parent_id": space.parent.id if space.parent else None,
        "organization_id": 1,
        "archived": space.archived,
        "marked_for_deletion_on": iso_day(space.marked_on),
        "shared_with_groups": shares(sim, space, viewer),
        **({"ldap_cn": None, "ldap_access": None} if sim.premium else {}),
    }
    hidden = {"enabled_git_access_protocol", "step_up_auth_required_oauth_provider"}
    hidden |= {"prevent_sharing_groups_outside_hierarchy"} if space.parent else set()
    return {name: value for name, value in shown.items() if name not in hidden}


def group_secrets(space: Namespace) -> dict[str, Any]:
    """What only Owners and administrators see of a group."""
    kept = GROUP_SETTINGS | space.settings
    names = ("enabled_git_access_protocol", "step_up_auth_required_oauth_provider")
    shown = {name: kept[name] for name in names}
    return {"runners_token": f"GR1348941group{space.id}", **shown}


def group_short(sim: Simulator, space: Namespace) -> dict[str, Any]:
    """A group where a list only has to tell it from others."""
    return {
        "id": space.id,
        "web_url": holder_url(sim, space),
        "name": space.name,
        "avatar_url": upload_url(sim, space),
        "full_name": space.full_name,
        "full_path": space.full_path,
    }


def group_statistics(space: Namespace, projects: list[Project]) -> dict[str, Any]:
    """How much a group holds with all below it; of a top-level group also as GitLab bills it."""
    every = statistics(projects)
    registry = every.pop("container_registry_size")
    del every["commit_count"]
    sizes = every
    if space.parent:
        return {"statistics": sizes}
    more = {"build_artifacts_size": 0, "dependency_proxy_size": 0}
    root = sizes | more | {"container_registry_size": registry}
    root |= {"container_registry_size_is_estimated": False}
    return {"statistics": sizes, "root_storage_statistics": root}


def statistics(projects: list[Project]) -> dict[str, int]:
    """How much projects hold, as far as that is counted here."""
    heads = [p.branches.get(p.default_branch) for p in projects]
    size = sum(len(content) for head in heads if head for content in head.tree.values())
    kinds = ("wiki", "lfs_objects", "job_artifacts", "pipeline_artifacts", "packages", "snippets")
    sizes = {f"{kind}_size": 0 for kind in (*kinds, "uploads", "container_registry")}
    commits = sum(len(history(head)) for head in heads if head)
    return {"commit_count": commits, "storage_size": size, "repository_size": size, **sizes}


def project_simple(sim: Simulator, place: Project) -> dict[str, Any]:
    """A project as in `simple=true` lists and on boards."""
    url = holder_url(sim, place)
    return {
        "id": place.id,
        "description": place.description,
        "name": place.name,
        "name_with_namespace": place.full_name,
        "path": place.path,
        "path_with_namespace": place.full_path,
        "created_at": iso(place.created_at),
        "default_branch": place.default_branch,
        "tag_list": list(place.topics),
        "topics": list(place.topics),
        "ssh_url_to_repo": ssh_url(sim, place),
        "http_url_to_repo": f"{url}.git",
        "web_url": url,
        "readme_url": _readme_url(place, url),
        "forks_count": sum(p.forked_from is place for p in sim.state.projects.values()),
        "avatar_url": upload_url(sim, place),
        "star_count": len(place.stars),
        "last_activity_at": iso(place.last_activity_at),
        "visibility": place.visibility,
        "namespace": namespace(sim, place.namespace),
    }


def _readme_url(place: Project, url: str) -> str | None:
    head = place.branches.get(place.default_branch)
    has = head is not None and "README.md" in head.tree
    return f"{url}/-/blob/{place.default_branch}/README.md" if has else None


def project(sim: Simulator, place: Project, viewer: User | None) -> dict[str, Any]:
    """A project: https://docs.gitlab.com/api/projects/#retrieve-a-project."""
    shown = (
        project_simple(sim, place)
        | PROJECT_SETTINGS
        | (PREMIUM_PROJECT_SETTINGS if sim.premium else {})
        | {"import_url": None, "container_expiration_policy": EXPIRATION_POLICY}
        | place.settings
        | _features(place)
        | _origin(sim, place, viewer)
        | _constants(sim, place)
        | {
            "_links": _project_links(sim, place, viewer),
            "archived": place.archived,
            "creator_id": place.creator.id,
            "updated_at": iso(place.updated_at),
            "empty_repo": not place.branches,
            "description_html": f"<p>{escape(place.description)}</p>" if place.description else "",
            "can_create_merge_request_in": viewer is not None,
            "shared_with_groups": shares(sim, place, viewer),
        }
    )
    policy = shown["container_expiration_policy"] | {"next_run_at": iso(place.created_at)}
    shown["container_expiration_policy"] = policy
    shown["printing_merge_requests_link_enabled"] = shown["printing_merge_request_link_enabled"]
    hidden = _hidden(sim, place, viewer)
    return {name: value for name, value in shown.items() if name not in hidden}


def project_with_access(sim: Simulator, place: Project, viewer: User) -> dict[str, Any]:
    """A project as who reads it sees it, with the own levels."""
    return project(sim, place, viewer) | {
        "permissions": {
            "project_access": _access(_level_in(place, viewer)),
            "group_access": _access(member_level(sim, viewer, place.namespace)),
        }
    }


def _hidden(sim: Simulator, place: Project, viewer: User | None) -> set[str]:
    """What of a project is not for this viewer, or does not go with what is switched off."""
    hidden = set() if level(sim, viewer, place) in MAINTAINERS else set(MANAGERS_ONLY)
    if not (viewer and viewer.admin):
        hidden.add("repository_storage")
    if not reads_repository(sim, viewer, place):
        hidden |= {"default_branch", "ci_config_path"}
    if not feature_on(sim, viewer, place, "issues"):
        hidden.add("open_issues_count")
    return hidden


def _features(place: Project) -> dict[str, Any]:
    """Who can use what of a project, in the new spelling and the old."""
    features = {
        f"{name}_access_level": place.features.get(name, "enabled") for name in ACCESS_LEVELS
    }
    on = {
        f"{OLD_FEATURE_NAMES.get(name, name)}_enabled": features[f"{name}_access_level"]
        != "disabled"
        for name in (
            *("issues", "merge_requests", "wiki", "builds", "snippets", "container_registry"),
            *("package_registry", "requirements", "security_and_compliance"),
        )
    }
    count = sum(1 for issue in place.issues.values() if issue.state == "opened")
    return features | on | {"open_issues_count": count}


def _origin(sim: Simulator, place: Project, viewer: User | None) -> dict[str, Any]:
    """Where a project comes from, and whose it is when it is a person's."""
    imported, owner = place.settings.get("import_url"), place.namespace.owner
    shown: dict[str, Any] = {
        "import_status": "failed" if imported else place.settings.get("import_status", "none"),
        "import_type": "git" if imported else None,
        "import_error": "This simulated GitLab fetches nothing" if imported else None,
    }
    if place.forked_from:
        own_target = place.settings.get("mr_default_target_self", False)
        shown["mr_default_target_self"] = own_target
        if can_read(sim, viewer, place.forked_from):
            shown["forked_from_project"] = project_simple(sim, place.forked_from)
    if owner:
        shown["owner"] = user_basic(sim, owner) | {"created_at": iso(owner.created_at)}
    return shown


def _constants(sim: Simulator, place: Project) -> dict[str, Any]:
    """What cannot be changed, most of it the same for every project here."""
    return {
        "ci_job_token_scope_enabled": False,
        "compliance_frameworks": [],
        "container_registry_image_prefix": f"registry.{host(sim)}/{place.full_path.lower()}",
        "marked_for_deletion_at": iso_day(place.marked_on),
        "marked_for_deletion_on": iso_day(place.marked_on),
        "pre_receive_secret_detection_enabled": False,
        "runner_token_expiration_interval": None,
        "runners_token": f"GR1348941project{place.id}",
        "secret_push_protection_enabled": False,
        "service_desk_address": None,
    }


def _project_links(sim: Simulator, place: Project, viewer: User | None) -> dict[str, str]:
    base = f"{sim.url}/api/v4/projects/{place.id}"
    on = [kind for kind in ("issues", "merge_requests") if feature_on(sim, viewer, place, kind)]
    kinds = (*on, "labels", "events", "members", "cluster_agents")
    return {"self": base, "repo_branches": f"{base}/repository/branches"} | {
        kind: f"{base}/{kind}" for kind in kinds
    }


def _level_in(place: Project, viewer: User) -> int:
    direct = place.members.get(viewer.id)
    return direct.access_level if direct else 0


def _access(number: int) -> dict[str, int] | None:
    return {"access_level": number, "notification_level": 3} if number else None
