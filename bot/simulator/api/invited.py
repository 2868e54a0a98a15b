"""Who is let in besides direct members: invited groups, requests for access, invitations.

https://docs.gitlab.com/api/access_requests/, https://docs.gitlab.com/api/invitations/,
https://docs.gitlab.com/api/groups/ and https://docs.gitlab.com/api/projects/
Invitations of those who have no account are kept; nobody can accept them here.
"""

from typing import Any

from bot.simulator import accounts, hook_groups, present, present_places
from bot.simulator.api import finders
from bot.simulator.api.project_lists import LEVELS, attributes
from bot.simulator.errors import forbidden, invalid, not_found
from bot.simulator.model import Holder, Level, Namespace, Project, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, can_read, level, member_level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage
from bot.simulator.text import iso

Entry = dict[str, Any]
_RELATIONS = {"direct", "inherited"}
_INVITED = tuple(str(int(entry)) for entry in Level)
_LEVELS = tuple(str(int(entry)) for entry in Level if entry > Level.MINIMAL)


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
    show = present_places.group_short if short else present_places.group
    return paged(call, found, lambda g: show(call.sim, g) | attributes(call, "groups", g.id))


def list_share_locations(call: Call) -> Answer:
    """The groups that a project could be shared with."""
    project = finders.project(call)
    found = [g for g in _own_groups(call) if g is not project.namespace]
    return _groups(call, [g for g in found if g.id not in project.shares])


def list_transfer_locations(call: Call) -> Answer:
    """The groups that a group or project could be moved to."""
    holder = _holder(call)
    here = holder.namespace if isinstance(holder, Project) else holder
    usable = [g for g in _own_groups(call) if level(call.sim, call.user, g) in MAINTAINERS]
    return _groups(call, [g for g in usable if g is not here])


def import_members(call: Call) -> Any:
    """Take over the direct members of another project."""
    project = finders.project(call)
    require(call.sim, call.user, project, MAINTAINERS)
    other = finders.project(call, call.vars["other_id"])
    for number, member in other.members.items():
        if number not in project.members:
            now, user = call.sim.clock.now(), member.user
            accounts.add_member(now, project, user, member.access_level, by=call.user)
    return {"status": "success"}


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
    now = iso(call.sim.clock.now())
    entry = present.user_basic(call.sim, call.user) | {"created_at": now, "requested_at": now}
    _shelf(call, holder, "access_requests")[str(call.user.id)] = entry
    return entry


def approve_request(call: Call) -> Any:
    """Let somebody in: as Developer unless told otherwise."""
    holder = _managed(call)
    wanted = int(call.params.choice("access_level", _LEVELS) or Level.DEVELOPER)
    _take(call, holder)
    user, now = finders.user(call, call.vars["user_id"]), call.sim.clock.now()
    member = accounts.add_member(now, holder, user, wanted, by=call.user)
    hook_groups.member_changed(call.sim, holder, member, "user_add_to_group")
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
    """Invite by address or id: who has an account becomes a member at once."""
    holder, params = _managed(call), call.params
    params.require("access_level")
    fields = _invitation(call, int(params.choice("access_level", _INVITED) or 0))
    if not params.has("email", "user_id"):
        raise invalid("email, user_id are missing, at least one parameter must be provided")
    params.integer("member_role_id")  # there are no custom roles
    known = {user.email.lower(): user for user in call.sim.state.users.values()}
    problems: dict[str, str] = {}
    for number in params.integers("user_id"):
        user = finders.user(call, number)
        problems |= _let_in(call, holder, user, user.username)
    for email in params.words("email"):
        if email.lower() in known:
            problems |= _let_in(call, holder, known[email.lower()], email)
        elif email in _shelf(call, holder, "invitations"):
            problems[email] = "Invite email has already been taken"
        else:
            _keep_invitation(call, holder, email, fields)
    return {"status": "error", "message": problems} if problems else {"status": "success"}


def _let_in(call: Call, holder: Holder, user: User, name: str) -> dict[str, str]:
    """Make who has an account a member; the problem under the name when they are one."""
    if user.id in holder.members:
        return {name: "User already exists in source"}
    level, day = call.params.required_integer("access_level"), call.params.day("expires_at")
    now = call.sim.clock.now()
    accounts.add_member(now, holder, user, level, by=call.user, expires_at=day)
    return {}


def _keep_invitation(call: Call, holder: Holder, email: str, fields: Entry) -> None:
    made = {"id": call.sim.state.next_id("invitation"), "invite_email": email}
    made |= {"created_at": iso(call.sim.clock.now()), "user_name": call.user.name}
    shelf = _shelf(call, holder, "invitations")
    shelf[email] = made | fields | {"created_by_name": call.user.name}


def _invitation(call: Call, level: int) -> Entry:
    """Level and end of an invitation: the end is a day, shown as a time."""
    day = call.params.day("expires_at")
    return {"access_level": level, "expires_at": f"{day}T00:00:00.000Z" if day else None}


def change_invitation(call: Call) -> Any:
    """Another level or end for an invitation."""
    entry = _shelf(call, _managed(call), "invitations").get(call.vars["email"])
    if entry is None:
        raise not_found("Invitation")
    call.params.integer("member_role_id")  # there are no custom roles
    level = int(call.params.choice("access_level", _INVITED) or entry["access_level"])
    sent = _invitation(call, level)
    kept = {"expires_at": entry["expires_at"]} if not call.params.has("expires_at") else {}
    entry |= sent | kept
    return {name: entry[name] for name in ("expires_at", "access_level")}


def withdraw(call: Call) -> None:
    """Take an invitation back."""
    shelf = _shelf(call, _managed(call), "invitations")
    if shelf.pop(call.vars["email"], None) is None:
        raise not_found("Invitation")


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _managed(call: Call) -> Holder:
    holder = _holder(call)
    levels = MAINTAINERS if isinstance(holder, Project) else OWNERS
    require(call.sim, call.user, holder, levels)
    return holder


def _shelf(call: Call, holder: Holder, kind: str) -> dict[str, Entry]:
    owner = "projects" if isinstance(holder, Project) else "groups"
    return call.sim.state.kept.shelf(owner, holder.id, kind)


def _take(call: Call, holder: Holder) -> None:
    if _shelf(call, holder, "access_requests").pop(call.vars["user_id"], None) is None:
        raise not_found()


def _own_groups(call: Call) -> list[Namespace]:
    found = [g for g in call.sim.state.namespaces.values() if g.owner is None]
    search = (call.params.text("search") or "").lower()
    return [g for g in found if level(call.sim, call.user, g) and search in g.full_path.lower()]


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
