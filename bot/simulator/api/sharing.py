"""Sharing groups and projects with groups, moving groups, and where a user is a member.

https://docs.gitlab.com/api/groups/#share-groups-with-groups
"""

from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import conflict, not_found
from bot.simulator.model import Holder, Namespace, Project, Share
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, require
from bot.simulator.routing import Answer, Call, Route


def share(call: Call) -> Any:
    """Let the members of `group_id` in, up to `group_access`."""
    holder = _holder(call)
    require(call.sim, call.user, holder, _managers(holder))
    call.params.require("group_id", "group_access")
    guest = finders.group(call, call.params.required_text("group_id"))
    if guest.id in holder.shares:
        raise conflict("The group has already been shared with this group")
    level = call.params.required_integer("group_access")
    holder.shares[guest.id] = Share(group=guest, access_level=level)
    if isinstance(holder, Project):
        return {"project_id": holder.id, "group_id": guest.id, "group_access": level}
    return present.group(call.sim, holder)


def unshare(call: Call) -> None:
    """Take it back."""
    holder = _holder(call)
    require(call.sim, call.user, holder, _managers(holder))
    text = call.vars["group_id"]
    if holder.shares.pop(int(text) if text.isdigit() else 0, None) is None:
        raise not_found()


def transfer_group(call: Call) -> Any:
    """Put a group below `group_id`, or, without one, at the top."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    target = call.params.text("group_id")
    parent = finders.group(call, target) if target else None
    if parent:
        require(call.sim, call.user, parent, OWNERS)
    group.parent = parent
    call.sim.state.reindex_paths()
    return present.group(call.sim, group)


def list_project_groups(call: Call) -> Answer:
    """The groups above a project."""
    project = finders.project(call)
    found = [space for space in project.namespace.lineage() if space.owner is None]
    return paged(call, found, lambda space: present.group(call.sim, space))


def list_memberships(call: Call) -> Answer:
    """Where a user is a direct member, for administrators."""
    finders.administrator(call)
    user = finders.user(call, call.vars["id"])
    kind = call.params.choice("type", ("Project", "Namespace"))
    groups = [space for space in call.sim.state.namespaces.values() if space.owner is None]
    places: list[Holder] = [*groups, *call.sim.state.projects.values()]
    found = [p for p in places if user.id in p.members and kind in (None, _kind(p))]
    return paged(call, found, lambda place: _membership(place, user.id))


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _managers(holder: Holder) -> frozenset[Any]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _kind(place: Holder) -> str:
    return "Namespace" if isinstance(place, Namespace) else "Project"


def _membership(place: Holder, user_id: int) -> dict[str, Any]:
    return {
        "source_id": place.id,
        "source_name": place.name,
        "source_type": _kind(place),
        "access_level": place.members[user_id].access_level,
    }


ROUTES = (
    Route("POST", "/groups/:id/share", share),
    Route("DELETE", "/groups/:id/share/:group_id", unshare),
    Route("POST", "/groups/:id/transfer", transfer_group),
    Route("POST", "/projects/:id/share", share),
    Route("DELETE", "/projects/:id/share/:group_id", unshare),
    Route("GET", "/projects/:id/groups", list_project_groups),
    Route("GET", "/users/:id/memberships", list_memberships),
)
