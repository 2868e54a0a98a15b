"""Who is let in besides direct members: invited groups, requests for access, invitations.

https://docs.gitlab.com/api/access_requests/, https://docs.gitlab.com/api/invitations/,
https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/projects/
Invitations of those who have no account are kept; nobody can accept them here.
"""

import re
import secrets
from typing import Any

from bot.simulator import present, present_places
from bot.simulator.api import finders, joining
from bot.simulator.api.project_lists import LEVELS, attributes
from bot.simulator.errors import (
    ApiError,
    bad_request,
    forbidden,
    invalid,
    invalid_fields,
    message,
    missing,
    not_found,
)
from bot.simulator.model import Holder, Level, Namespace, Project, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, can_read, level, member_level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage
from bot.simulator.text import iso, iso_day

Entry = dict[str, Any]
_RELATIONS = {"direct", "inherited"}
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_INVITED = _LEVELS = tuple(str(int(entry)) for entry in Level if entry > Level.MINIMAL)


def list_invited_groups(call: Call) -> Answer:
    """The groups that are invited here (`direct`) or to a group above (`inherited`)."""
    holder, params = _holder(call), call.params
    wanted = set(params.words("relation")) or _RELATIONS
    if not wanted <= _RELATIONS:
        raise invalid("relation does not have a valid value")
    search = (params.text("search") or "").lower()
    needed = int(params.choice("min_access_level", LEVELS) or 0)
    invited = {
        share.group.id: share.group
        for place in lineage(holder)
        for share in place.shares.values()
        if ("direct" if place is holder else "inherited") in wanted
    }
    found = [
        group
        for group in invited.values()
        if can_read(call.sim, call.caller, group)
        and search in f"{group.name}\n{group.path}".lower()
        and level(call.sim, call.caller, group) >= needed
    ]
    short = isinstance(holder, Project)

    def show(group: Namespace) -> Entry:
        if short:
            shown = present_places.group_short(call.sim, group)
        else:
            shown = present_places.group(call.sim, group, call.caller)
        return shown | attributes(call, "groups", group.id)

    return paged(call, found, show)


def list_share_locations(call: Call) -> Answer:
    """The groups that a project could be shared with."""
    project = finders.project(call)
    found = [g for g in _own_groups(call) if g is not project.namespace]
    return _groups(call, [g for g in found if g.id not in project.shares])


def list_transfer_locations(call: Call) -> Answer:
    """The groups that a group or project could be moved to."""
    holder = _holder(call)
    require(call.sim, call.user, holder, OWNERS)
    here = holder.namespace if isinstance(holder, Project) else holder
    needed = MAINTAINERS if isinstance(holder, Project) else OWNERS
    usable = [g for g in _own_groups(call) if level(call.sim, call.user, g) in needed]
    return _groups(call, [g for g in usable if g is not here])


def import_members(call: Call) -> Any:
    """Take over the direct members of another project."""
    project = finders.project(call)
    joining.require_manager(call, project)
    other = finders.project(call, call.vars["other_id"])
    own = level(call.sim, call.user, project)
    if level(call.sim, call.user, other) not in MAINTAINERS:
        raise forbidden("Project")
    wanted = [m for number, m in other.members.items() if number not in project.members]
    problems = {}
    for member in wanted:
        given = min(member.access_level, own)
        try:
            joining.admit(call, project, member.user, given, member.expires_at)
        except ApiError as error:
            problems[member.user.username] = joining.problem(error)
    if not problems:
        return {"status": "success"}
    return {"status": "error", "message": problems, "total_members_count": len(wanted)}


def list_requests(call: Call) -> Answer:
    """Who asks to be let in."""
    holder = _managed(call)
    return paged(call, list(_shelf(call, holder, "access_requests").values()), dict)


def request_access(call: Call) -> Any:
    """Ask to be let in: who sees it and is no member."""
    holder = _holder(call)
    open_to_all = holder.settings.get("request_access_enabled", True)
    if member_level(call.sim, call.user, holder) or not open_to_all:
        raise forbidden()
    shelf = _shelf(call, holder, "access_requests")
    if str(call.user.id) in shelf:
        raise invalid_fields(user_id=["already exists in source"])
    now = iso(call.sim.clock.now())
    entry = present.user_basic(call.sim, call.user) | {"created_at": now, "requested_at": now}
    shelf[str(call.user.id)] = entry
    return entry


def approve_request(call: Call) -> Any:
    """Let somebody in: as Developer unless told otherwise."""
    holder = _managed(call)
    wanted = int(call.params.choice("access_level", _LEVELS) or Level.DEVELOPER)
    joining.require_manager(call, holder, wanted)
    if call.vars["user_id"] not in _shelf(call, holder, "access_requests"):
        raise not_found()
    user = finders.user(call, call.vars["user_id"])
    member = joining.admit(call, holder, user, wanted, None)
    return Answer(present.member(call.sim, member), 201)


def deny_request(call: Call) -> None:
    """Do not let somebody in; or no longer ask oneself."""
    holder = _holder(call)
    if call.vars["user_id"] != str(call.user.id):
        _managed(call)
    _take(call, holder)


def list_invitations(call: Call) -> Answer:
    """The invitations that nobody accepted yet; `query` is a whole address."""
    query = call.params.text("query")
    every = _shelf(call, _managed(call), "invitations").values()
    return paged(call, [e for e in every if not query or e["invite_email"] == query], dict)


def invite(call: Call) -> Any:
    """Invite by address or id: who has an account becomes a member at once.

    Who is a member or invited already gets the level; what is wrong is told by address or name.
    """
    params = call.params
    wanted = _level(call)
    if wanted is None:
        raise invalid("access_level is missing")
    emails, numbers = params.words("email"), params.integers("user_id")
    if not all(_ADDRESS.fullmatch(email) for email in emails):
        raise invalid("email contains an invalid email address")
    params.integer("member_role_id")  # there are no custom roles
    if not emails and not numbers:
        raise bad_request("Must provide either email or user_id as a parameter")
    holder = _holder(call)
    joining.require_manager(call, holder, wanted)
    invited: list[tuple[str, User | None]] = [(e, _user_at(call, e)) for e in emails]
    known = [call.sim.state.users.get(number) for number in numbers]
    invited += [(user.username, user) for user in known if user]
    problems = {}
    for name, user in invited:
        try:
            _let_in(call, holder, name, user, wanted)
        except ApiError as error:
            problems[name] = joining.problem(error)
    return {"status": "error", "message": problems} if problems else {"status": "success"}


def _level(call: Call) -> int | None:
    text = call.params.choice("access_level", _INVITED)
    return int(text) if text else None


def _user_at(call: Call, email: str) -> User | None:
    """Who has this address, as the main one or another confirmed one."""
    for user in call.sim.state.users.values():
        more = call.sim.state.kept.shelf("users", user.id, "emails").values()
        own = [user.email, *(entry["email"] for entry in more if entry["confirmed_at"])]
        if email.lower() in {str(address).lower() for address in own}:
            return user
    return None


def _let_in(call: Call, holder: Holder, name: str, user: User | None, wanted: int) -> None:
    """Make who has an account a member; keep an invitation for who has none."""
    day = call.params.day("expires_at")
    if user:
        joining.admit(call, holder, user, wanted, day)
        return
    joining.check_day(call, day)
    shelf = _shelf(call, holder, "invitations")
    fields = {"access_level": wanted, "expires_at": iso_day(day)}
    if name in shelf:
        shelf[name] |= fields
        return
    shelf[name] = {
        "id": call.sim.state.next_id("invitation"),
        "created_at": iso(call.sim.clock.now()),
        "invite_email": name,
        "invite_token": secrets.token_hex(32),
        "created_by_name": call.user.name,
        **fields,
    }


def change_invitation(call: Call) -> Any:
    """Another level or end for an invitation."""
    wanted, day = _level(call), call.params.day("expires_at")
    call.params.integer("member_role_id")  # there are no custom roles
    entry = _invitation(call)
    if not call.params.has("access_level", "expires_at"):
        raise message(400, "400 Bad request")
    if wanted:
        joining.require_manager(call, _holder(call), wanted)
        entry["access_level"] = wanted
    if call.params.has("expires_at"):
        joining.check_day(call, day)
        entry["expires_at"] = iso_day(day)
    return entry


def _invitation(call: Call) -> Entry:
    """The invitation of the path, for who manages members of its level."""
    holder = _managed(call)
    entry = _shelf(call, holder, "invitations").get(call.vars["email"])
    if entry is None:
        raise missing()
    joining.require_manager(call, holder, entry["access_level"])
    return entry


def withdraw(call: Call) -> None:
    """Take an invitation back."""
    entry = _invitation(call)
    del _shelf(call, _holder(call), "invitations")[entry["invite_email"]]


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _managed(call: Call) -> Holder:
    holder = _holder(call)
    joining.require_manager(call, holder)
    return holder


def _shelf(call: Call, holder: Holder, kind: str) -> dict[str, Entry]:
    return call.sim.state.kept.shelf(joining.owner_of(holder), holder.id, kind)


def _take(call: Call, holder: Holder) -> None:
    if _shelf(call, holder, "access_requests").pop(call.vars["user_id"], None) is None:
        raise not_found()


def _own_groups(call: Call) -> list[Namespace]:
    found = [g for g in call.sim.state.namespaces.values() if g.owner is None]
    search = call.params.text("search") or ""
    return [g for g in found if level(call.sim, call.user, g) and g.is_called(search)]


def _groups(call: Call, groups: list[Namespace]) -> Answer:
    return paged(call, groups, lambda group: present_places.group_short(call.sim, group))


ROUTES = (
    Route("GET", "/projects/:id/share_locations", list_share_locations),
    Route("POST", "/projects/:id/import_project_members/:other_id", import_members),
    *(
        Route(method, f"/{place}/:id/{rest}", handler)
        for place in ("projects", "groups")
        for method, rest, handler in (
            ("GET", "invited_groups", list_invited_groups),
            ("GET", "transfer_locations", list_transfer_locations),
            ("GET", "access_requests", list_requests),
            ("POST", "access_requests", request_access),
            ("PUT", "access_requests/:user_id/approve", approve_request),
            ("DELETE", "access_requests/:user_id", deny_request),
            ("GET", "invitations", list_invitations),
            ("POST", "invitations", invite),
            ("PUT", "invitations/:email", change_invitation),
            ("DELETE", "invitations/:email", withdraw),
        )
    ),
)
