"""Quick actions for time and weight: https://docs.gitlab.com/user/project/quick_actions/."""

import re
from datetime import date

from bot.simulator import durations
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.model import Issue

_NO_ESTIMATE = "Removed time estimate."
_DATE = re.compile(r"\s+\d+-\d+-\d+$")
_CATEGORY = re.compile(r"\s*\[timecategory:[^\]]*\]")


def _estimate(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    seconds = durations.read(argument)
    if seconds is None or seconds < 0:
        return None
    it.want("time_estimate", value=seconds)
    return f"Set time estimate to {durations.write(seconds)}." if seconds else _NO_ESTIMATE


def _remove_estimate(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_estimate", value=0)
    return _NO_ESTIMATE


def _spend(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    text = _CATEGORY.sub("", argument).rstrip()
    seconds, day = durations.read(_DATE.sub("", text)), _spent_on(it, text)
    if not seconds or day is None:
        return None
    told = {"duration": seconds, "user_id": it.actor.id, "spent_at": day.isoformat()}
    it.want("time_spent", value=it.item.time_spent + seconds, spend_time=told)
    verb = "Added" if seconds > 0 else "Subtracted"
    return f"{verb} {durations.write(abs(seconds))} spent time."


def _spent_on(it: Reading, text: str) -> date | None:
    """The day named, today or before, else today; None where there is no such day."""
    found, today = _DATE.search(text), it.sim.clock.now().date()
    try:
        day = date.fromisoformat(found.group().strip()) if found else today
    except ValueError:
        return None
    return day if day <= today else None


def _remove_time_spent(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_spent", value=0, spend_time={"duration": "reset", "user_id": it.actor.id})
    return "Removed spent time."


def _weight(it: Reading, argument: str) -> str | None:
    if not _has_weight(it):
        return ""
    if not argument.isdecimal():
        return None
    it.want("weight", value=int(argument))
    return f"Set weight to {int(argument)}."


def _clear_weight(it: Reading, _argument: str) -> str:
    if not _has_weight(it) or getattr(it.item, "weight", None) is None:
        return ""
    it.want("weight", value=None)
    return "Cleared weight."


def _has_weight(it: Reading) -> bool:
    """Issues and tasks have one, on Premium."""
    weighed = isinstance(it.item, Issue) and it.item.issue_type != "incident"
    return weighed and it.sim.premium and it.may_set()


EFFECTS: dict[str, Effect] = {
    "clear_weight": _clear_weight,
    "estimate": _estimate,
    "estimate_time": _estimate,
    "remove_estimate": _remove_estimate,
    "remove_time_estimate": _remove_estimate,
    "remove_time_spent": _remove_time_spent,
    "spend": _spend,
    "spent": _spend,
    "spend_time": _spend,
    "weight": _weight,
}
