"""Members of groups and projects, direct and inherited: https://docs.gitlab.com/api/members/."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.simulator import hook_groups, present
from bot.simulator.accounts import add_member
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, conflict, forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Holder, Level, Member, Namespace, Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, level, member_level, require
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage


def list_direct(call: Call) -> Answer:
    """The direct members."""
    return _list(call, list(_holder(call).members.values()))


def list_all(call: Call) -> Answer:
    """Direct and inherited members, each once with the highest level."""
    return _list(call, list(_everyone(_holder(call)).values()))


def get_direct(call: Call) -> Any:
    """One direct member; 404 for an inherited one."""
    return present.member(call.sim, _direct(call))


def get_any(call: Call) -> Any:
    """One member, direct or inherited."""
    found = _everyone(_holder(call)).get(_user_id(call))
    if found is None:
        raise not_found()
    return present.member(call.sim, found)


def add(call: Call) -> Any:
    """Maintainers (in groups: Owners) add members, at most at their own level."""
    holder = _holder(call)
    require(call.sim, call.user, holder, _managers(holder))
    call.params.require("access_level")
    if not call.params.has("user_id", "username"):
        raise invalid("user_id, username are missing, at least one parameter must be provided")
    if call.params.has("user_id") and call.params.has("username"):
        raise invalid("user_id, username are mutually exclusive")
    _read_unused(call)
    numbers = call.params.integers("user_id") or _named(call)
    if len(numbers) == 1:
        return present.member(call.sim, _added(call, holder, numbers[0]))
    problems = {}
    for number in numbers:
        try:
            _added(call, holder, number)
        except ApiError as error:
            name = call.sim.state.users[number].username if number in call.sim.state.users else ""
            problems[name or str(number)] = str(error.body["message"])
    return {"status": "error", "message": problems} if problems else {"status": "success"}


def _added(call: Call, holder: Holder, number: int) -> Member:
    """One new member; 409 for who is one already."""
    user, day, now = finders.user(call, number), _end(call), call.sim.clock.now()
    wanted = _level(call, holder, user.id)
    if user.id in holder.members:
        raise conflict("Member already exists")
    member = add_member(now, holder, user, wanted, by=call.user, expires_at=day)
    hook_groups.member_changed(call.sim, holder, member, "user_add_to_group")
    return member


def _end(call: Call) -> date | None:
    """The last day of a member, today at the earliest."""
    day = call.params.day("expires_at")
    if day and day < call.sim.clock.now().date():
        raise invalid_fields(expires_at=["cannot be a date in the past"])
    return day


def _read_unused(call: Call) -> None:
    """Refuse wrong forms of what has no meaning here: there are no custom roles."""
    call.params.integer("member_role_id")
    call.params.text("invite_source")


def change(call: Call) -> Any:
    """Change the level or the expiry of a direct member."""
    holder, found = _holder(call), _direct(call)
    require(call.sim, call.user, holder, _managers(holder))
    _read_unused(call)
    wanted = _level(call, holder, found.user.id)
    if wanted != Level.OWNER:
        _require_other_owner(holder, found)
    day = _end(call)
    found.access_level = wanted
    if call.params.has("expires_at"):
        found.expires_at = day
    hook_groups.member_changed(call.sim, holder, found, "user_update_for_group")
    return present.member(call.sim, found)


def remove(call: Call) -> None:
    """Remove a direct member, from a group also those below it; everyone may leave."""
    holder, found = _holder(call), _direct(call)
    if found.user is not call.user:
        require(call.sim, call.user, holder, _managers(holder))
    _require_other_owner(holder, found)
    finders.unmodified(call, found.created_at)
    skipped = call.params.flag("skip_subresources")
    del holder.members[found.user.id]
    hook_groups.member_changed(call.sim, holder, found, "user_remove_from_group")
    if not isinstance(holder, Project) and not skipped:
        for place in _below(call, holder):
            place.members.pop(found.user.id, None)
    if call.params.flag("unassign_issuables"):
        _unassign(call, holder, found)


def _require_other_owner(holder: Holder, member: Member) -> None:
    """Refuse to leave a group without any Owner."""
    if isinstance(holder, Project) or member.access_level != Level.OWNER:
        return
    others = [m for place in lineage(holder) for m in place.members.values() if m is not member]
    if not any(m.access_level == Level.OWNER and not m.user.bot for m in others):
        raise forbidden()


def _below(call: Call, group: Namespace) -> list[Holder]:
    state = call.sim.state
    return [*state.descendants(group), *state.projects_in(group, deep=True)]


def _unassign(call: Call, holder: Holder, member: Member) -> None:
    projects = (
        [holder] if isinstance(holder, Project) else call.sim.state.projects_in(holder, deep=True)
    )
    for project in projects:
        for item in (*project.issues.values(), *project.merge_requests.values()):
            item.assignees = [user for user in item.assignees if user is not member.user]


def _holder(call: Call) -> Holder:
    return finders.group(call) if "/groups/" in call.path else finders.project(call)


def _managers(holder: Holder) -> frozenset[Level]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _everyone(holder: Holder) -> dict[int, Member]:
    found: dict[int, Member] = {}
    for place in lineage(holder):
        for number, member in place.members.items():
            if number not in found or member.access_level > found[number].access_level:
                found[number] = member
    for member in _invited(holder):
        known = found.get(member.user.id)
        if known is None or member.access_level > known.access_level:
            found[member.user.id] = member
    return found


def _invited(holder: Holder) -> list[Member]:
    """The members of invited groups, each with the lower of both levels."""
    return [
        replace(member, access_level=min(member.access_level, share.access_level))
        for place in lineage(holder)
        for share in place.shares.values()
        for member in share.group.members.values()
    ]


def _list(call: Call, members: list[Member]) -> Answer:
    wanted, skipped = call.params.integers("user_ids"), call.params.integers("skip_users")
    if call.params.choice("state", ("awaiting", "active")) == "awaiting":
        members = []  # nobody waits for an approval here
    query = (call.params.text("query") or "").lower()
    found = [
        member
        for member in members
        if (not wanted or member.user.id in wanted)
        and member.user.id not in skipped
        and (
            query in member.user.username.lower()
            or query in member.user.name.lower()
            or query == member.user.email.lower()
        )
    ]
    found.sort(key=lambda member: member.user.id)
    seats = call.params.flag("show_seat_info")

    def show(member: Member) -> dict[str, Any]:
        taken = member.access_level > Level.MINIMAL and not member.user.bot
        return present.member(call.sim, member) | ({"is_using_seat": taken} if seats else {})

    return paged(call, found, show)


def _user_id(call: Call) -> int:
    text = call.vars["user_id"]
    return int(text) if text.isdecimal() else 0


def _direct(call: Call) -> Member:
    found = _holder(call).members.get(_user_id(call))
    if found is None:
        raise not_found()
    return found


def _named(call: Call) -> list[int]:
    users = [call.sim.state.user_named(name) for name in call.params.words("username")]
    if not users or None in users:
        raise not_found("User")
    return [user.id for user in users if user]


def _level(call: Call, holder: Holder, user_id: int) -> int:
    wanted = call.params.required_integer("access_level")
    if wanted not in set(Level):
        raise invalid_fields(access_level=["is not included in the list"])
    if wanted > level(call.sim, call.user, holder):
        raise forbidden()
    above = lineage(holder)[1:]
    user = call.sim.state.users[user_id]
    inherited = member_level(call.sim, user, above[0]) if above else Level.NONE
    if wanted < inherited:
        role = Level(inherited).name.replace("_", " ").title()
        problem = f"should be greater than or equal to {role} inherited membership from group"
        raise invalid_fields(access_level=[f"{problem} {above[0].name}"])
    return wanted


ROUTES = tuple(
    Route(method, f"/{place}/:id/members{rest}", handler)
    for place in ("projects", "groups")
    for method, rest, handler in (
        ("GET", "", list_direct),
        ("POST", "", add),
        ("GET", "/all", list_all),
        ("GET", "/all/:user_id", get_any),
        ("GET", "/:user_id", get_direct),
        ("PUT", "/:user_id", change),
        ("DELETE", "/:user_id", remove),
    )
)
