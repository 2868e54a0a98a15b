"""The hook bodies that only groups hear, and those of tokens about to expire.

https://docs.gitlab.com/user/project/integrations/webhook_events/#events-triggered-for-group-webhooks-only
"""

from datetime import timedelta
from typing import Any

from bot.simulator import hook_bodies, hooks
from bot.simulator.model import Holder, Level, Member, Namespace, Project, Token
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso_day, iso_second

_TOLD_BEFORE = timedelta(days=7)


def member_changed(sim: Simulator, holder: Holder, member: Member, event: str) -> None:
    """Tell a group's hooks of a member; `event` is such as `user_add_to_group`."""
    if isinstance(holder, Namespace):
        hooks.fire(sim, holder, "member_events", _member(sim, holder, member, event))


def project_changed(sim: Simulator, project: Project, event: str) -> None:
    """Tell the groups above of a project made (`project_create`) or removed."""
    hooks.fire(sim, project.namespace, "project_events", _project(sim, project, event))


def subgroup_changed(sim: Simulator, group: Namespace, event: str) -> None:
    """Tell the groups above of a subgroup made (`subgroup_create`) or removed."""
    if group.parent:
        hooks.fire(sim, group.parent, "subgroup_events", _subgroup(sim, group, event))


def watch_expiry(sim: Simulator, token: Token) -> None:
    """Tell of a project or group access token seven days before it expires."""
    holder, day = token.holder, token.expires_at
    if holder is None or day is None:
        return
    now = sim.clock.now()
    ahead = timedelta(days=(day - now.date()).days) - _TOLD_BEFORE

    def tell() -> None:
        if not token.revoked and token.expires_at == day:
            hooks.fire(sim, holder, "resource_access_token_events", access_token(sim, token))

    sim.clock.at(now + max(ahead, timedelta(seconds=1)), tell)


def access_token(sim: Simulator, token: Token) -> dict[str, Any]:
    """An access token about to expire."""
    holder = token.holder
    if isinstance(holder, Project):
        place: dict[str, Any] = {"project": hook_bodies.project(sim, holder)}
    elif holder:
        names = {"group_name": holder.name, "group_path": holder.path, "group_id": holder.id}
        place = {"group": names | {"full_path": holder.full_path}}
    else:
        raise TypeError("a personal token has no event")
    return {
        "object_kind": "access_token",
        **place,
        "object_attributes": {
            "user_id": token.user.id,
            "created_at": token.created_at,
            "id": token.id,
            "name": token.name,
            "expires_at": iso_day(token.expires_at),
            "last_used_at": token.last_used_at,
        },
        "event_name": "expiring_access_token",
    }


def _member(sim: Simulator, group: Namespace, member: Member, event: str) -> dict[str, Any]:
    expires = f"{member.expires_at.isoformat()}T00:00:00Z" if member.expires_at else None
    return {
        "created_at": iso_second(member.created_at),
        "updated_at": iso_second(sim.clock.now()),
        "group_name": group.name,
        "group_path": group.path,
        "group_id": group.id,
        "user_username": member.user.username,
        "user_name": member.user.name,
        "user_email": member.user.public_email or "[REDACTED]",
        "user_id": member.user.id,
        "group_access": Level(member.access_level).name.replace("_", " ").title(),
        "group_plan": None,
        "expires_at": expires,
        "event_name": event,
    }


def _project(sim: Simulator, project: Project, event: str) -> dict[str, Any]:
    owners = [
        {"name": member.user.name, "email": member.user.public_email or "[REDACTED]"}
        for place in (project, *project.namespace.lineage())
        for member in place.members.values()
        if member.access_level == Level.OWNER
    ]
    return {
        "event_name": event,
        "created_at": iso_second(project.created_at),
        "updated_at": iso_second(sim.clock.now()),
        "name": project.name,
        "path": project.path,
        "path_with_namespace": project.full_path,
        "project_id": project.id,
        "project_namespace_id": project.namespace.id,
        "owners": owners,
        "project_visibility": project.visibility,
    }


def _subgroup(sim: Simulator, group: Namespace, event: str) -> dict[str, Any]:
    above = group.parent or group
    return {
        "created_at": iso_second(group.created_at),
        "updated_at": iso_second(sim.clock.now()),
        "event_name": event,
        "name": group.name,
        "path": group.path,
        "full_path": group.full_path,
        "group_id": group.id,
        "parent_group_id": above.id,
        "parent_name": above.name,
        "parent_path": above.path,
        "parent_full_path": above.full_path,
    }
