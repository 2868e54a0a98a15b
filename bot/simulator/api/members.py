"""Members of groups and projects, direct and inherited: https://docs.gitlab.com/api/members/."""

from dataclasses import replace
from typing import Any

from bot.simulator import hook_groups, present
from bot.simulator.api import finders, joining
from bot.simulator.errors import ApiError, conflict, forbidden, not_found
from bot.simulator.model import Holder, Level, Member, Namespace, Project, User
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, OWNERS, can_read, has, level, member_level
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.state import lineage


def list_direct(call: Call) -> Answer:
    """The direct members."""
    return _list(call, list(_readable(call).members.values()))


def list_all(call: Call) -> Answer:
    """Direct and inherited members, each once with the highest level."""
    holder = _readable(call)
    return _list(call, list(_everyone(call, holder).values()), holder)


def get_direct(call: Call) -> Any:
    """One direct member; 404 for an inherited one."""
    _readable(call)
    return present.member(call.sim, _direct(call))


def get_any(call: Call) -> Any:
    """One member, direct or inherited."""
    holder = _readable(call)
    found = _everyone(call, holder).get(_user_id(call))
    if found is None:
        raise not_found()
    return present.member(call.sim, found, hidden=_from_afar(call, holder, found))


def add(call: Call) -> Any:
    """Maintainers (in groups: Owners) add members, at most at their own level.

    One who is there is a conflict; of several, those who are there get the level.
    """
    params = call.params
    params.require("access_level")
    params.exclude("user_id", "username")
    params.require_one("user_id", "username")
    _read_unused(call)
    holder, wanted = _holder(call), params.required_integer("access_level")
    several = "," in f"{params.text('user_id')}{params.text('username')}"
    users = _named(call)
    if not several:
        return present.member(call.sim, _added(call, holder, users, wanted))
    joining.require_manager(call, holder, wanted)
    if not users:
        return {"status": "error", "message": "No users specified."}
    problems = {}
    for user in users:
        try:
            joining.admit(call, holder, user, wanted, params.day("expires_at"))
        except ApiError as error:
            problems[user.username] = joining.problem(error)
    return {"status": "error", "message": problems} if problems else {"status": "success"}


def _added(call: Call, holder: Holder, users: list[User], wanted: int) -> Member:
    """One new member; who is missing or there already is told before rights are looked at."""
    if not users:
        raise not_found("User")
    if users[0].id in holder.members:
        raise conflict("Member already exists")
    joining.require_manager(call, holder, wanted)
    return joining.admit(call, holder, users[0], wanted, call.params.day("expires_at"))


def _read_unused(call: Call) -> None:
    """Refuse wrong forms of what has no meaning here: there are no custom roles."""
    call.params.integer("member_role_id")
    call.params.text("invite_source")


def change(call: Call) -> Any:
    """Change the level or the expiry of a direct member."""
    holder, found = _holder(call), _direct(call)
    wanted = call.params.required_integer("access_level")
    _read_unused(call)
    _require_power_over(call, holder, found, wanted)
    joining.check_level(call, holder, found.user, wanted)
    if wanted != Level.OWNER and joining.is_last_owner(holder, found):
        raise forbidden()
    day = call.params.day("expires_at")
    joining.check_day(call, day)
    found.access_level = wanted
    if call.params.has("expires_at"):
        found.expires_at = day
    hook_groups.member_changed(call.sim, holder, found, "user_update_for_group")
    return present.member(call.sim, found)


def remove(call: Call) -> None:
    """Remove a direct member, from a group also those below it; everyone may leave."""
    holder, found = _holder(call), _direct(call)
    if found.user is not call.user:
        _require_power_over(call, holder, found)
    if joining.is_last_owner(holder, found):
        raise forbidden()
    finders.unmodified(call, found.created_at)
    skipped = call.params.flag("skip_subresources")
    del holder.members[found.user.id]
    hook_groups.member_changed(call.sim, holder, found, "user_remove_from_group")
    if not isinstance(holder, Project) and not skipped:
        for place in _below(call, holder):
            place.members.pop(found.user.id, None)
    if call.params.flag("unassign_issuables"):
        _unassign(call, holder, found)


def _require_power_over(
    call: Call, holder: Holder, found: Member, wanted: int = Level.NONE
) -> None:
    """Nobody rules over who is above, and nobody over the bot of a token."""
    joining.require_manager(call, holder, max(wanted, found.access_level))
    if found.user.bot and not found.user.service:
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


def _readable(call: Call) -> Holder:
    """The group or project; of a private group only who has a level there sees the members."""
    holder = _holder(call)
    private = isinstance(holder, Namespace) and holder.visibility == "private"
    if private and not level(call.sim, call.user, holder):
        raise forbidden()
    return holder


def _everyone(call: Call, holder: Holder) -> dict[int, Member]:
    found: dict[int, Member] = {}
    for place in lineage(holder):
        for number, member in place.members.items():
            if number not in found or member.access_level > found[number].access_level:
                found[number] = member
    for member in _invited(call, holder):
        known = found.get(member.user.id)
        if known is None or member.access_level > known.access_level:
            found[member.user.id] = member
    return found


def _invited(call: Call, holder: Holder) -> list[Member]:
    """The members of invited groups, each with the lower of both levels.

    Strangers see those of groups that they may know of.
    """
    inside = bool(member_level(call.sim, call.user, holder)) or call.user.admin
    today = call.sim.clock.now().date()
    return [
        replace(member, access_level=min(member.access_level, share.access_level))
        for place in lineage(holder)
        for share in place.shares.values()
        if inside or can_read(call.sim, call.user, share.group)
        if not (share.expires_at and share.expires_at <= today)
        for member in share.group.members.values()
    ]


def _from_afar(call: Call, holder: Holder, found: Member) -> bool:
    """Whether a member comes from an invited group that the caller may know nothing of."""
    groups = [share.group for place in lineage(holder) for share in place.shares.values()]
    own = [m for place in lineage(holder) for m in place.members.values()]
    if found in own or has(call.sim, call.user, holder, _managers(holder)):
        return False
    sources = [g for g in groups if found.user.id in g.members]
    return not any(can_read(call.sim, call.user, group) for group in sources)


def _managers(holder: Holder) -> frozenset[Level]:
    return MAINTAINERS if isinstance(holder, Project) else OWNERS


def _list(call: Call, members: list[Member], holder: Holder | None = None) -> Answer:
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
        hidden = holder is not None and _from_afar(call, holder, member)
        return present.member(call.sim, member, hidden=hidden) | (
            {"is_using_seat": taken} if seats else {}
        )

    return paged(call, found, show)


def _user_id(call: Call) -> int:
    text = call.vars["user_id"]
    return int(text) if text.isdecimal() else 0


def _direct(call: Call) -> Member:
    found = _holder(call).members.get(_user_id(call))
    if found is None:
        raise not_found()
    return found


def _named(call: Call) -> list[User]:
    """Who is meant by `user_id` or `username`; unknown ones are left out."""
    state = call.sim.state
    named = [state.user_named(name) for name in call.params.words("username")]
    numbered = [state.users.get(number) for number in call.params.integers("user_id")]
    return [user for user in (*named, *numbered) if user]


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
