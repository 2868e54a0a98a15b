"""How groups and projects look in API answers.

https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/projects/
The keys are those of the documented tables and example answers; nothing here changes anything.
"""

from html import escape
from typing import Any

from bot.simulator.model import Holder, Namespace, Project, User
from bot.simulator.permissions import member_level
from bot.simulator.present import holder_url, host, namespace, ssh_url, upload_url, user_basic
from bot.simulator.settings import (
    ACCESS_LEVELS,
    GROUP_SETTINGS,
    PREMIUM_GROUP_SETTINGS,
    PREMIUM_PROJECT_SETTINGS,
    PROJECT_SETTINGS,
)
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso, iso_day


def shares(holder: Holder) -> list[dict[str, Any]]:
    """The groups that a group or project is shared with."""
    return [
        {
            "group_id": entry.group.id,
            "group_name": entry.group.name,
            "group_full_path": entry.group.full_path,
            "group_access_level": entry.access_level,
            "expires_at": iso_day(entry.expires_at),
        }
        for entry in holder.shares.values()
    ]


def group(sim: Simulator, space: Namespace) -> dict[str, Any]:
    """A group: https://docs.gitlab.com/api/groups/."""
    return {
        "id": space.id,
        "web_url": holder_url(sim, space),
        "name": space.name,
        "path": space.path,
        "description": space.description,
        "visibility": space.visibility,
        **GROUP_SETTINGS,
        **(PREMIUM_GROUP_SETTINGS if sim.premium else {}),
        **space.settings,
        "avatar_url": upload_url(sim, space),
        "full_name": space.full_name,
        "full_path": space.full_path,
        "created_at": iso(space.created_at),
        "parent_id": space.parent.id if space.parent else None,
        "organization_id": 1,
        "archived": space.archived,
        "marked_for_deletion_on": None,
        "default_branch_protection_defaults": {
            "allowed_to_push": [{"access_level": 40}],
            "allow_force_push": False,
            "allowed_to_merge": [{"access_level": 40}],
            "developer_can_initial_push": False,
        },
        "shared_with_groups": shares(space),
    }


def statistics(projects: list[Project]) -> dict[str, int]:
    """How much projects hold, as far as that is counted here."""
    heads = [p.branches.get(p.default_branch) for p in projects]
    size = sum(len(content) for head in heads if head for content in head.tree.values())
    kinds = ("wiki", "lfs_objects", "job_artifacts", "pipeline_artifacts", "packages", "snippets")
    sizes = {f"{kind}_size": 0 for kind in (*kinds, "uploads", "container_registry")}
    commits = sum(len(project.commits) for project in projects)
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
        "namespace": namespace(sim, place.namespace),
    }


def _readme_url(place: Project, url: str) -> str | None:
    head = place.branches.get(place.default_branch)
    has = head is not None and "README.md" in head.tree
    return f"{url}/-/blob/{place.default_branch}/README.md" if has else None


def project(sim: Simulator, place: Project, viewer: User | None) -> dict[str, Any]:
    """A project: https://docs.gitlab.com/api/projects/#retrieve-a-project."""
    features = {
        f"{name}_access_level": place.features.get(name, "enabled") for name in ACCESS_LEVELS
    }
    on = {
        f"{name}_enabled": features[f"{key}_access_level"] != "disabled"
        for name, key in (
            ("issues", "issues"),
            ("merge_requests", "merge_requests"),
            ("wiki", "wiki"),
            ("jobs", "builds"),
            ("snippets", "snippets"),
        )
    }
    open_issues = sum(1 for issue in place.issues.values() if issue.state == "opened")
    forked = place.forked_from
    origin: dict[str, Any] = {"forked_from_project": project_simple(sim, forked)} if forked else {}
    if place.namespace.owner:
        origin["owner"] = user_basic(sim, place.namespace.owner)
    return (
        project_simple(sim, place)
        | features
        | on
        | PROJECT_SETTINGS
        | (PREMIUM_PROJECT_SETTINGS if sim.premium else {})
        | place.settings
        | origin
        | {
            "_links": _project_links(sim, place),
            "archived": place.archived,
            "visibility": place.visibility,
            "creator_id": place.creator.id,
            "updated_at": iso(place.updated_at),
            "empty_repo": not place.branches,
            "open_issues_count": open_issues if on["issues_enabled"] else None,
            "import_status": "none",
            "import_url": None,
            "import_type": None,
            "import_error": None,
            "description_html": f"<p>{escape(place.description)}</p>" if place.description else "",
            "container_expiration_policy": None,
            "container_registry_image_prefix": f"registry.{host(sim)}/{place.full_path.lower()}",
            "service_desk_address": None,
            "can_create_merge_request_in": viewer is not None,
            "marked_for_deletion_on": None,
            "compliance_frameworks": [],
            "shared_with_groups": shares(place),
            "permissions": _project_permissions(sim, place, viewer),
        }
    )


def _project_links(sim: Simulator, place: Project) -> dict[str, str]:
    base = f"{sim.url}/api/v4/projects/{place.id}"
    kinds = ("issues", "merge_requests", "labels", "events", "members")
    return {"self": base, "repo_branches": f"{base}/repository/branches"} | {
        kind: f"{base}/{kind}" for kind in kinds
    }


def _project_permissions(sim: Simulator, place: Project, viewer: User | None) -> dict[str, Any]:
    if viewer is None:
        return {"project_access": None, "group_access": None}
    direct = place.members.get(viewer.id)
    group_level = member_level(sim, viewer, place.namespace)
    return {
        "project_access": _access(direct.access_level if direct else 0),
        "group_access": _access(group_level),
    }


def _access(level: int) -> dict[str, int] | None:
    return {"access_level": level, "notification_level": 3} if level else None
