"""How the model looks in API answers: people, places, labels, milestones.

The keys are those of the documented example answers; nothing here changes anything.
"""

import hashlib
from functools import lru_cache
from html import escape
from typing import Any

from bot.simulator.model import Holder, Label, Member, Milestone, Namespace, Project, Token, User
from bot.simulator.permissions import member_level
from bot.simulator.settings import (
    ACCESS_LEVELS,
    GROUP_SETTINGS,
    PREMIUM_GROUP_SETTINGS,
    PREMIUM_PROJECT_SETTINGS,
    PROJECT_SETTINGS,
)
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso, iso_day

_DARK = 0x7F
USER_SETTINGS: dict[str, Any] = {
    "theme_id": 1,
    "color_scheme_id": 1,
    "projects_limit": 100000,
    "can_create_group": True,
    "private_profile": False,
    "auditor": False,
}
"""What of a user is kept and shown to administrators, with GitLab's defaults."""


def gravatar(user: User) -> str:
    """The address of the picture of who has not uploaded one."""
    return gravatar_of(user.email.lower())


@lru_cache(maxsize=1_000)
def gravatar_of(email: str, size: int = 80) -> str:
    """The address of the picture that belongs to an email address."""
    digest = hashlib.sha256(email.encode()).hexdigest()
    return f"https://www.gravatar.com/avatar/{digest}?s={size}&d=identicon"


def avatar(sim: Simulator, user: User) -> str:
    """The address of the user's picture."""
    return upload_url(sim, user) or gravatar(user)


def upload_url(sim: Simulator, owner: User | Holder) -> str | None:
    """The address of an uploaded picture, if there is one."""
    if owner.avatar is None:
        return None
    kind = {"User": "user", "Namespace": "group", "Project": "project"}[type(owner).__name__]
    return f"{sim.url}/uploads/-/system/{kind}/avatar/{owner.id}/{owner.avatar.name}"


def user_basic(sim: Simulator, user: User) -> dict[str, Any]:
    """A user as embedded in other things."""
    return {
        "id": user.id,
        "username": user.username,
        "public_email": user.public_email,
        "name": user.name,
        "state": user.state,
        "locked": False,
        "avatar_url": avatar(sim, user),
        "web_url": f"{sim.url}/{user.username}",
    }


def maybe_user(sim: Simulator, user: User | None) -> dict[str, Any] | None:
    """A user or null."""
    return user_basic(sim, user) if user else None


def user_full(sim: Simulator, user: User, viewer: User | None) -> dict[str, Any]:
    """A user on its own page; administrators and the user see more.

    https://docs.gitlab.com/api/users/#retrieve-a-user
    """
    shown = user_basic(sim, user) | {
        "created_at": iso(user.created_at),
        "bio": "",
        "location": "",
        "linkedin": "",
        "twitter": "",
        "discord": "",
        "website_url": "",
        "github": "",
        "bluesky": "",
        "mastodon": "",
        "orcid": "",
        "job_title": "",
        "pronouns": None,
        "organization": "",
        **{name: text for name, text in user.profile.items() if name != "note"},
        "bot": user.bot,
        "work_information": None,
        "local_time": None,
        "followers": sum(user.id in other.follows for other in sim.state.users.values()),
        "following": len(user.follows),
        "is_followed": viewer is not None and user.id in viewer.follows,
    }
    if viewer is user or (viewer and viewer.admin):
        shown |= _user_private(user)
    if viewer and viewer.admin:
        shown |= {"is_admin": user.admin, "note": user.profile.get("note")}
        shown |= {"using_license_seat": sim.premium and not user.bot, "created_by": None}
        shown["is_auditor"] = bool(user.settings.get("auditor"))
    return shown


def _user_private(user: User) -> dict[str, Any]:
    return {
        "last_sign_in_at": None,
        "confirmed_at": iso(user.created_at),
        "last_activity_on": None,
        "email": user.email,
        "commit_email": user.email,
        "current_sign_in_at": None,
        "identities": [
            {"provider": provider, "extern_uid": uid, "saml_provider_id": None}
            for provider, uid in user.identities.items()
        ],
        **{key: user.settings.get(key, value) for key, value in USER_SETTINGS.items()},
        "can_create_project": True,
        "two_factor_enabled": False,
        "external": user.external,
        "namespace_id": user.namespace.id,
    }


def is_active(sim: Simulator, entry: Token) -> bool:
    """Whether a token still opens anything."""
    today = sim.clock.now().date()
    return not entry.revoked and not (entry.expires_at and entry.expires_at <= today)


def token(sim: Simulator, entry: Token) -> dict[str, Any]:
    """An access token without its value."""
    shown = {
        "id": entry.id,
        "name": entry.name,
        "revoked": entry.revoked,
        "created_at": iso(entry.created_at),
        "description": entry.description,
        "scopes": list(entry.scopes),
        "user_id": entry.user.id,
        "last_used_at": iso(entry.last_used_at),
        "active": is_active(sim, entry),
        "expires_at": iso_day(entry.expires_at),
    }
    if entry.holder:
        kind = "project" if isinstance(entry.holder, Project) else "group"
        place = {"resource_type": kind, "resource_id": entry.holder.id}
        shown |= {"access_level": entry.access_level, **place}
    return shown | {"impersonation": True} if entry.impersonation else shown


def member(sim: Simulator, entry: Member) -> dict[str, Any]:
    """A membership: https://docs.gitlab.com/api/members/."""
    return user_basic(sim, entry.user) | {
        "access_level": entry.access_level,
        "created_at": iso(entry.created_at),
        "created_by": maybe_user(sim, entry.created_by),
        "expires_at": iso_day(entry.expires_at),
        "membership_state": "active",
    }


def holder_url(sim: Simulator, holder: Holder) -> str:
    """The page of a group or project."""
    if isinstance(holder, Project) or holder.owner:
        return f"{sim.url}/{holder.full_path}"
    return f"{sim.url}/groups/{holder.full_path}"


def namespace(sim: Simulator, space: Namespace) -> dict[str, Any]:
    """The namespace of a project."""
    return {
        "id": space.id,
        "name": space.name,
        "path": space.path,
        "kind": "user" if space.owner else "group",
        "full_path": space.full_path,
        "parent_id": space.parent.id if space.parent else None,
        "avatar_url": avatar(sim, space.owner) if space.owner else upload_url(sim, space),
        "web_url": holder_url(sim, space),
    }


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


def host(sim: Simulator) -> str:
    """The name of the machine that this GitLab pretends to be."""
    return sim.url.split("://")[-1].split(":")[0].split("/")[0]


def ssh_url(sim: Simulator, place: Project) -> str:
    """The SSH address of the repository."""
    return f"git@{host(sim)}:{place.full_path}.git"


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


def text_color(color: str) -> str:
    """Black or white, whichever can be read on the colour."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#1F1E24" if (red + green + blue) / 3 > _DARK else "#FFFFFF"


def label(entry: Label, viewed_from: Holder, viewer: User | None = None) -> dict[str, Any]:
    """A label without counts: https://docs.gitlab.com/api/labels/."""
    shown = {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "description_html": entry.description or "",
        "text_color": text_color(entry.color),
        "color": entry.color,
        "subscribed": viewer is not None and viewer.id in entry.subscribers,
        "archived": entry.archived,
    }
    if isinstance(viewed_from, Project):
        shown |= {
            "priority": entry.priority,
            "is_project_label": isinstance(entry.holder, Project),
        }
    return shown


def milestone(sim: Simulator, entry: Milestone) -> dict[str, Any]:
    """A milestone: https://docs.gitlab.com/api/milestones/."""
    overdue = entry.due_date is not None and entry.due_date < sim.clock.now().date()
    place = "project_id" if isinstance(entry.holder, Project) else "group_id"
    return {
        "id": entry.id,
        "iid": entry.iid,
        place: entry.holder.id,
        "title": entry.title,
        "description": entry.description,
        "state": entry.state,
        "created_at": iso(entry.created_at),
        "updated_at": iso(entry.updated_at),
        "due_date": iso_day(entry.due_date),
        "start_date": iso_day(entry.start_date),
        "expired": overdue,
        "web_url": f"{holder_url(sim, entry.holder)}/-/milestones/{entry.iid}",
    }
