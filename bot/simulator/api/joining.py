"""Becoming a member, whichever way: added, invited or let in after asking.

https://docs.gitlab.com/api/project_members/ and https://docs.gitlab.com/api/invitations/
"""

from datetime import date

from bot.simulator import hook_groups
from bot.simulator.accounts import add_member
from bot.simulator.errors import ApiError, forbidden, invalid_fields, message
from bot.simulator.model import Holder, Level, Member, Project, User
from bot.simulator.permissions import MAINTAINERS, OWNERS, level, require
from bot.simulator.routing import Call
from bot.simulator.state import lineage

_NAMES = {"user_id": "User", "access_level": "Access level", "expires_at": "Expires at"}


def require_manager(call: Call, holder: Holder, wanted: int = Level.NONE) -> None:
    """Refuse who does not manage members, or not those of the level `wanted`."""
    managers = MAINTAINERS if isinstance(holder, Project) else OWNERS
    require(call.sim, call.user, holder, managers)
    if wanted in set(Level) and wanted > level(call.sim, call.user, holder):
        raise forbidden()


def admit(call: Call, holder: Holder, user: User, wanted: int, day: date | None) -> Member:
    """Make a user a member, or change the member; who asked for access has it then."""
    known = holder.members.get(user.id)
    _check(call, holder, user, wanted, day)
    call.sim.state.kept.shelf(owner_of(holder), holder.id, "access_requests").pop(
        str(user.id), None
    )
    if known:
        if is_last_owner(holder, known) or known.access_level > level(call.sim, call.user, holder):
            raise message(400, "not authorized to update member")
        known.access_level, known.expires_at = wanted, day
        hook_groups.member_changed(call.sim, holder, known, "user_update_for_group")
        return known
    now = call.sim.clock.now()
    member = add_member(now, holder, user, wanted, by=call.user, expires_at=day)
    hook_groups.member_changed(call.sim, holder, member, "user_add_to_group")
    return member


def is_last_owner(holder: Holder, member: Member) -> bool:
    """Whether a group would be without any Owner but for this member."""
    if isinstance(holder, Project) or member.access_level != Level.OWNER:
        return False
    others = [m for place in lineage(holder) for m in place.members.values() if m is not member]
    return not any(m.access_level == Level.OWNER and not m.user.bot for m in others)


def problem(error: ApiError) -> str:
    """What is wrong with one of several members, as a sentence."""
    said = error.body["message"]
    if isinstance(said, str):
        return said
    return " and ".join(
        f"{_NAMES[field]} {text}" for field, texts in said.items() for text in texts
    )


def check_day(call: Call, day: date | None) -> None:
    """The last day of a member is today at the earliest."""
    if day and day < call.sim.clock.now().date():
        raise invalid_fields(expires_at=["cannot be a date in the past"])


def check_level(call: Call, holder: Holder, user: User, wanted: int) -> None:
    """A level that there is here, and no lower one than in the groups above."""
    lowest = Level.GUEST if isinstance(holder, Project) or not call.sim.premium else Level.MINIMAL
    if wanted not in set(Level) or wanted < lowest:
        raise invalid_fields(access_level=["is not included in the list"])
    above = [m for p in lineage(holder)[1:] if (m := p.members.get(user.id))]
    highest = max((m.access_level for m in above), default=Level.NONE)
    if wanted < highest:
        group = next(p for p in lineage(holder)[1:] if _level_in(p, user) == highest)
        role = Level(highest).name.replace("_", " ").title()
        said = f"should be greater than or equal to {role} inherited membership from group"
        raise invalid_fields(access_level=[f"{said} {group.name}"])


def owner_of(holder: Holder) -> str:
    """Under which name the kept things of a group or project are found."""
    return "projects" if isinstance(holder, Project) else "groups"


def _check(call: Call, holder: Holder, user: User, wanted: int, day: date | None) -> None:
    if user.bot and not user.service and user.id not in holder.members:
        raise invalid_fields(user_id=["project bots cannot be added to other groups / projects"])
    check_level(call, holder, user, wanted)
    check_day(call, day)


def _level_in(place: Holder, user: User) -> int:
    member = place.members.get(user.id)
    return member.access_level if member else Level.NONE
