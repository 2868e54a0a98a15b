"""What people say they are doing: https://docs.gitlab.com/api/users/#set-your-user-status."""

from datetime import timedelta
from typing import Any

from bot.simulator import emoji
from bot.simulator.api import finders
from bot.simulator.errors import invalid_fields
from bot.simulator.model import User
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso, parse_moment

_NAMES = ("emoji", "message", "availability")
_LONGEST = 100
_LASTS = {
    "30_minutes": timedelta(minutes=30),
    "3_hours": timedelta(hours=3),
    "8_hours": timedelta(hours=8),
    "1_day": timedelta(days=1),
    "3_days": timedelta(days=3),
    "7_days": timedelta(days=7),
    "30_days": timedelta(days=30),
}


def get_status(call: Call) -> Any:
    """A user's status, by number or name; the caller's own without one."""
    name = call.vars.get("user_id")
    return _shown(call, call.user if name is None else finders.person(call, name))


def set_status(call: Call) -> Any:
    """The caller's own status; what is not sent is emptied with PUT and kept with PATCH."""
    params, user = call.params, call.user
    kept = _shown(call, user) if call.method == "PATCH" else {}
    status = {name: params.text(name, kept.get(name)) for name in _NAMES}
    status["availability"] = params.choice(
        "availability", ("busy", "not_set"), kept.get("availability")
    )
    if any(status.values()):
        status["emoji"] = status["emoji"] or "speech_balloon"
    _require_valid(status)
    lasts = params.choice("clear_status_after", tuple(_LASTS))
    until = iso(call.sim.clock.now() + _LASTS[lasts]) if lasts else kept.get("clear_status_at")
    user.status = status | {"clear_status_at": until}
    return Answer(_shown(call, user))


def _require_valid(status: dict[str, str | None]) -> None:
    if status["emoji"] and emoji.named(status["emoji"]) is None:
        raise invalid_fields(emoji=["is not a valid emoji name"])
    if len(status["message"] or "") > _LONGEST:
        raise invalid_fields(message=[f"is too long (maximum is {_LONGEST} characters)"])


def _shown(call: Call, user: User) -> dict[str, str | None]:
    """The status as it is now: after its time it is empty."""
    until = user.status.get("clear_status_at")
    over = until is not None and parse_moment(until) <= call.sim.clock.now()
    status = {name: None if over else user.status.get(name) for name in _NAMES}
    end = None if over else until
    return status | {"message_html": status["message"] or "", "clear_status_at": end}


ROUTES = (
    Route("GET", "/user/status", get_status),
    Route("PUT", "/user/status", set_status),
    Route("PATCH", "/user/status", set_status),
    Route("GET", "/users/:user_id/status", get_status),
)
