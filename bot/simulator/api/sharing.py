"""Sharing groups and projects with groups, moving groups, and where a user is a member.

https://docs.gitlab.com/api/groups/#share-groups-with-groups
"""

from typing import Any

from bot.simulator import present_places
from bot.simulator.api import finders, place_rules
from bot.simulator.api.project_lists import LEVELS
from bot.simulator.errors import conflict, forbidden, invalid, message, not_found
from bot.simulator.model import Holder, Namespace, Project, Share
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, can_read, has, level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage
from bot.simulator.text import iso_day

_SAME = "Group is already associated to the parent group"
_SHARED = {
    "Project": "Group already shared with this group",
    "Namespace": "Shared group The group has already been shared with this group",
}
_LOCKED = "The project sharing with group is disabled"
_TAKEN = "The parent group already has a subgroup or a project with the same path."


def share(call: Call) -> Any:
    """Let the members of `group_id` in, up to `group_access`."""
    holder = _holder(call)
    call.params.require("group_id", "group_access")
    number, day = call.params.required_integer("group_id"), call.params.day("expires_at")
    access = int(call.params.choice("group_access", LEVELS) or 0)
    call.params.integer("member_role_id")  # there are no custom roles
    if isinstance(holder, Project):
        require(call.sim, call.user, holder, MAINTAINERS)
        if any(place.settings.get("share_with_group_lock") for place in lineage(holder)[1:]):
            raise message(400, _LOCKED)
    guest = finders.group(call, str(number))
    if isinstance(holder, Namespace) and not _can_share(call, holder, guest):
        raise message(404, "Not Found")
    if guest.id in holder.shares:
        raise conflict(_SHARED[type(holder).__name__])
    holder.shares[guest.id] = Share(
        group=guest, access_level=access, expires_at=day, created_at=call.sim.clock.now()
    )
    if isinstance(holder, Project):
        shown = {"project_id": holder.id, "group_id": guest.id, "group_access": access}
        return {"id": call.sim.state.next_id("share"), **shown, "expires_at": iso_day(day)}
    return present_places.group(call.sim, holder, call.caller)


def unshare(call: Call) -> None:
    """Take it back."""
    holder = _holder(call)
    if isinstance(holder, Project):
        require(call.sim, call.user, holder, MAINTAINERS)
    if not call.vars["group_id"].isdecimal():
        raise invalid("group_id is invalid")
    found = holder.shares.get(int(call.vars["group_id"]))
    if found is None:
        raise not_found("Group Link")
    if isinstance(holder, Namespace) and not has(call.sim, call.user, holder, OWNERS):
        return  # GitLab says that it went well
    if found.access_level > level(call.sim, call.user, holder):
        raise forbidden()
    finders.unmodified(call, found.created_at)
    del holder.shares[found.group.id]


def _can_share(call: Call, group: Namespace, guest: Namespace) -> bool:
    """Owners share a group, where the top-level group says so only inside of it."""
    root = group.lineage()[-1]
    closed = root.settings.get("prevent_sharing_groups_outside_hierarchy")
    inside = not closed or root in guest.lineage()
    return inside and has(call.sim, call.user, group, OWNERS)


def leave_shared_project(call: Call) -> None:
    """Owners of an invited group take it out of a project."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    project = finders.project(call, call.vars["project_id"])
    if project.shares.pop(group.id, None) is None:
        raise not_found()


def transfer_group(call: Call) -> Any:
    """Put a group below `group_id`, or, without one, at the top."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    if group.archived:
        raise forbidden()
    target = call.params.integer("group_id")
    parent = finders.group(call, str(target)) if target else None
    if parent:
        require(call.sim, call.user, parent, OWNERS)
    if parent is group.parent:
        where = "Group is already a root group" if parent is None else _SAME
        raise message(400, f"Transfer failed: {where}.")
    above = parent.lineage() if parent else []
    path = f"{parent.full_path}/{group.path}" if parent else group.path
    if group in above or call.sim.state.holder_at(path):
        raise message(400, f"Transfer failed: {_TAKEN}")
    group.parent = parent
    state = call.sim.state
    for place in (group, *state.descendants(group), *state.projects_in(group, deep=True)):
        place.visibility = place_rules.lower(place.visibility, parent)
    call.sim.state.reindex_paths()
    return present_places.group(call.sim, group, call.caller)


def list_project_groups(call: Call) -> Answer:
    """The groups above a project, and with `with_shared` those invited to it."""
    project, params = finders.project(call), call.params
    needed = int(params.choice("shared_min_access_level", LEVELS) or 0)
    seen = params.flag("shared_visible_only")
    found = [space for space in project.namespace.lineage() if space.owner is None]
    if params.flag("with_shared"):
        invited = [s.group for s in project.shares.values() if s.access_level >= needed]
        found += [g for g in invited if not seen or can_read(call.sim, call.user, g)]
    search, skipped = params.text("search") or "", params.integers("skip_groups")
    found = [g for g in found if g.is_called(search) and g.id not in skipped]
    return paged(call, found, lambda space: present_places.group_short(call.sim, space))


def list_memberships(call: Call) -> Answer:
    """Where a user is a direct member, for administrators."""
    finders.administrator(call)
    user = finders.user(call, call.vars["user_id"])
    kind = call.params.choice("type", ("Project", "Namespace"))
    groups = [space for space in call.sim.state.namespaces.values() if space.owner is None]
    places: list[Holder] = [*groups, *call.sim.state.projects.values()]
    found = [p for p in places if user.id in p.members and kind in (None, _kind(p))]
    return paged(call, found, lambda place: _membership(place, user.id))


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


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
    Route("DELETE", "/groups/:id/shared_projects/:project_id", leave_shared_project),
    Route("POST", "/groups/:id/transfer", transfer_group),
    Route("POST", "/projects/:id/share", share),
    Route("DELETE", "/projects/:id/share/:group_id", unshare),
    Route("GET", "/projects/:id/groups", list_project_groups),
    Route("GET", "/users/:user_id/memberships", list_memberships),
)
