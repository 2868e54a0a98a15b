"""Who takes a seat in a group, with all below it, and who waits for one.

https://docs.gitlab.com/api/group_members/
Nobody waits for an approval here; only those who have no account are still pending.
"""

from collections.abc import Callable
from typing import Any

from bot.simulator import present
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, not_found
from bot.simulator.model import Holder, Level, Member, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import OWNERS, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso, iso_day

Entry = dict[str, Any]
_ORDERS: dict[str, tuple[Callable[[Member], Any], bool]] = {
    "access_level_asc": (lambda m: m.access_level, False),
    "access_level_desc": (lambda m: m.access_level, True),
    "last_joined": (lambda m: m.created_at, True),
    "oldest_joined": (lambda m: m.created_at, False),
    "name_asc": (lambda m: m.user.name, False),
    "name_desc": (lambda m: m.user.name, True),
    "oldest_sign_in": (lambda m: m.user.id, False),
    "recent_sign_in": (lambda m: m.user.id, True),
    "last_activity_on_asc": (lambda m: m.user.id, False),
    "last_activity_on_desc": (lambda m: m.user.id, True),
}
_STATES = ("awaiting", "active")


def list_billable(call: Call) -> Answer:
    """All members of the group, below it and invited to it, but bots and minimal access."""
    group, params = _top(call), call.params
    search = (params.text("search") or "").lower()
    order, falling = _ORDERS[params.choice("sort", tuple(_ORDERS), "name_asc") or "name_asc"]
    kinds = _kinds(call, group)
    found = [
        member
        for member, _ in kinds.values()
        if search in f"{member.user.name}\n{member.user.username}".lower()
        or search == member.user.public_email.lower()
    ]
    found.sort(key=lambda m: (order(m), m.user.id), reverse=falling)
    return paged(call, found, lambda m: _shown(call, m, kinds[m.user.id][1]))


def list_memberships(call: Call) -> Answer:
    """Where below the group a user is a direct member."""
    return _memberships(call, _places(call, _top(call)))


def list_indirect(call: Call) -> Answer:
    """Which invited groups a user comes from."""
    return _memberships(call, [share.group for share in _top(call).shares.values()])


def remove_billable(call: Call) -> None:
    """Take a user out of the group and all below it."""
    number = _user_id(call)
    members = [p.members for p in _places(call, _top(call)) if number in p.members]
    if not members:
        raise not_found("User")
    for entries in members:
        del entries[number]


def set_state(call: Call) -> Any:
    """Active is what everybody is; nobody can be made to wait."""
    group = _top(call)
    call.params.require("state")
    if call.params.choice("state", _STATES) != "active" or _user_id(call) not in group.members:
        raise bad_request("No memberships found")
    return {"success": True}


def approve(call: Call) -> Any:
    """Nobody waits to be approved."""
    _top(call)
    raise bad_request("No memberships found")


def list_pending(call: Call) -> Answer:
    """The invitations of those who have no account, to the group and all below it."""
    kept = call.sim.state.kept
    entries = [
        entry
        for place in _places(call, _top(call))
        for entry in kept.shelf(_owner(place), place.id, "invitations").values()
    ]
    return paged(call, entries, _pending)


def _pending(entry: Entry) -> Entry:
    email = entry["invite_email"]
    picture = present.gravatar_of(email)
    shown = {"id": entry["id"], "email": email, "avatar_url": picture}
    return shown | {"approved": True, "invited": True}


def _top(call: Call) -> Namespace:
    """The group of `:id`, which has none above it, for its Owners."""
    group = finders.group(call)
    require(call.sim, call.user, group, OWNERS)
    if group.parent:
        raise bad_request("only top-level groups are supported")
    return group


def _places(call: Call, group: Namespace) -> list[Holder]:
    state = call.sim.state
    return [group, *state.descendants(group), *state.projects_in(group, deep=True)]


def _kinds(call: Call, group: Namespace) -> dict[int, tuple[Member, str]]:
    """Whoever takes a seat, by user id, with how they came in: the nearest way counts."""
    found: dict[int, tuple[Member, str]] = {}
    for place in _places(call, group):
        kind = "project" if isinstance(place, Project) else "group"
        invited = [m for share in place.shares.values() for m in share.group.members.values()]
        for members, way in ((list(place.members.values()), "member"), (invited, "invite")):
            for member in members:
                if not member.user.bot and member.access_level > Level.MINIMAL:
                    found.setdefault(member.user.id, (member, f"{kind}_{way}"))
    return found


def _shown(call: Call, member: Member, kind: str) -> Entry:
    return present.user_basic(call.sim, member.user) | {
        "last_activity_on": None,
        "membership_type": kind,
        "removable": kind == "group_member",
        "created_at": iso(member.user.created_at),
        "last_login_at": None,
    }


def _memberships(call: Call, places: list[Holder]) -> Answer:
    number = _user_id(call)
    found = [place for place in places if number in place.members]
    return paged(call, found, lambda place: _membership(call, place, place.members[number]))


def _membership(call: Call, place: Holder, member: Member) -> Entry:
    kind = "project" if isinstance(place, Project) else "group"
    level = Level(member.access_level)
    return {
        "id": place.id * 100_000 + member.user.id,
        "source_id": place.id,
        "source_full_name": place.full_name,
        "source_members_url": f"{present.holder_url(call.sim, place)}/-/{kind}_members",
        "created_at": iso(member.created_at),
        "expires_at": iso_day(member.expires_at),
        "access_level": {
            "string_value": level.name.replace("_", " ").title(),
            "integer_value": int(level),
        },
    }


def _user_id(call: Call) -> int:
    return int(call.vars["user_id"]) if call.vars["user_id"].isdecimal() else 0


def _owner(place: Holder) -> str:
    return "projects" if isinstance(place, Project) else "groups"


ROUTES = (
    Route("GET", "/groups/:id/billable_members", list_billable),
    Route("GET", "/groups/:id/billable_members/:user_id/memberships", list_memberships),
    Route("GET", "/groups/:id/billable_members/:user_id/indirect", list_indirect),
    Route("DELETE", "/groups/:id/billable_members/:user_id", remove_billable),
    Route("PUT", "/groups/:id/members/:user_id/state", set_state),
    Route("PUT", "/groups/:id/members/:user_id/approve", approve),
    Route("POST", "/groups/:id/members/approve_all", approve),
    Route("GET", "/groups/:id/pending_members", list_pending),
)
