"""How the model looks in API answers: people, namespaces, labels, milestones.

The keys are those of the documented example answers; nothing here changes anything.
"""

import hashlib
from functools import lru_cache
from typing import Any

from bot.simulator import colors
from bot.simulator.model import Holder, Label, Member, Milestone, Namespace, Project, Token, User
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso, iso_day

USER_SETTINGS: dict[str, Any] = {
    "theme_id": 1,
    "color_scheme_id": 1,
    "projects_limit": 100000,
    "can_create_group": True,
    "private_profile": False,
    "auditor": False,
}
"""What of a user is kept and shown to administrators, with GitLab's defaults."""
PREMIUM_USER_SETTINGS: dict[str, Any] = {
    "extra_shared_runners_minutes_limit": None,
    "shared_runners_minutes_limit": None,
}


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
        "bio_html": user.profile.get("bio") or "",
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
        **{name: text or "" for name, text in user.profile.items() if name != "note"},
        "bot": user.bot,
        "work_information": None,
        "local_time": None,
        "followers": sum(user.id in other.follows for other in sim.state.users.values()),
        "following": len(user.follows),
        "is_followed": viewer is not None and user.id in viewer.follows,
    }
    if user.settings.get("private_profile") and not (viewer and (viewer is user or viewer.admin)):
        for name in ("created_at", "followers", "following", "is_followed"):
            del shown[name]
    if viewer is user or (viewer and viewer.admin):
        shown |= _user_private(user)
        shown |= _user_minutes(user) if sim.premium else {}
    if viewer and viewer.admin:
        shown |= {"is_admin": user.admin, "note": user.profile.get("note")}
        shown |= {"namespace_id": user.namespace.id, "email_reset_offered_at": None}
        shown["highest_role"] = _highest_role(sim, user)
        creator = sim.state.users.get(user.settings.get("created_by_id", 0))
        shown |= {"created_by": maybe_user(sim, creator), "sign_in_count": 0}
        shown |= {"current_sign_in_ip": None, "last_sign_in_ip": None}
        shown["using_license_seat"] = sim.premium and not user.bot
        shown["is_auditor"] = bool(user.settings.get("auditor"))
    return shown


def _user_private(user: User) -> dict[str, Any]:
    return {
        "last_sign_in_at": None,
        "confirmed_at": iso(user.created_at),
        "last_activity_on": None,
        "email": user.email,
        "commit_email": user.settings.get("commit_email") or user.email,
        "preferred_language": "en",
        "current_sign_in_at": None,
        "identities": [
            {"provider": provider, "extern_uid": uid, "saml_provider_id": None}
            for provider, uid in user.identities.items()
        ],
        **{key: user.settings.get(key, value) for key, value in USER_SETTINGS.items()},
        "can_create_project": True,
        "two_factor_enabled": False,
        "external": user.external,
    }


def _highest_role(sim: Simulator, user: User) -> int:
    """The highest level of all direct memberships."""
    places: list[Holder] = [*sim.state.namespaces.values(), *sim.state.projects.values()]
    levels = [p.members[user.id].access_level for p in places if user.id in p.members]
    return max(levels, default=0)


def _user_minutes(user: User) -> dict[str, Any]:
    """What Premium adds to a user."""
    kept = {key: user.settings.get(key, value) for key, value in PREMIUM_USER_SETTINGS.items()}
    return kept | {"provisioned_by_group_id": None}


def private_email(sim: Simulator, user: User) -> str:
    """The address that hides the user's own."""
    return f"{user.id}-{user.username}@users.noreply.{host(sim)}"


def is_active(sim: Simulator, entry: Token) -> bool:
    """Whether a token still opens anything."""
    today = sim.clock.now().date()
    return not entry.revoked and not (entry.expires_at and entry.expires_at <= today)


def token(sim: Simulator, entry: Token) -> dict[str, Any]:
    """An access token without its value."""
    return {
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


def member(sim: Simulator, entry: Member, *, hidden: bool = False) -> dict[str, Any]:
    """A membership; who made it, if anybody, unless that is `hidden`.

    https://docs.gitlab.com/api/project_members/
    """
    by = {} if hidden or not entry.created_by else {"created_by": user_basic(sim, entry.created_by)}
    return user_basic(sim, entry.user) | {
        "access_level": entry.access_level,
        "created_at": iso(entry.created_at),
        **by,
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


def host(sim: Simulator) -> str:
    """The name of the machine that this GitLab pretends to be."""
    return sim.url.split("://")[-1].split(":")[0].split("/")[0]


def ssh_url(sim: Simulator, place: Project) -> str:
    """The SSH address of the repository."""
    return f"git@{host(sim)}:{place.full_path}.git"


def label(entry: Label, viewed_from: Holder, viewer: User | None = None) -> dict[str, Any]:
    """A label without counts: https://docs.gitlab.com/api/labels/."""
    shown = {
        "id": entry.id,
        "name": entry.name,
        "description": entry.description,
        "description_html": entry.description or "",
        "text_color": colors.of_text(entry.color),
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
