"""Limits of API calls that an administrator switches on: for each user, and for all without one.

https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
Knows nothing of the calls themselves; who has no token counts as one address.
"""

import math

from bot.simulator.routing import Answer
from bot.simulator.simulator import Simulator

_TOO_MANY = 429
_MINUTE = 60


def refusal(sim: Simulator, user: str | None) -> Answer | None:
    """The answer to one call too many within the period; None while there is room, or no limit."""
    name = f"throttle_{'authenticated' if user else 'unauthenticated'}_api"
    settings = sim.state.settings
    if not settings[f"{name}_enabled"]:
        return None
    limit, period = settings[f"{name}_requests_per_period"], settings[f"{name}_period_in_seconds"]
    now = sim.clock.now().timestamp()
    reset = (int(now // period) + 1) * period
    observed = _counted(sim, user, reset)
    if observed <= limit:
        return None
    headers = {
        "RateLimit-Limit": math.ceil(limit * _MINUTE / period),
        "RateLimit-Name": name,
        "RateLimit-Observed": observed,
        "RateLimit-Remaining": 0,
        "RateLimit-Reset": reset,
        "Retry-After": math.ceil(reset - now),
    }
    text = settings["rate_limiting_response_text"] or "Retry later"
    return Answer(f"{text}\n", _TOO_MANY, {header: str(it) for header, it in headers.items()})


def _counted(sim: Simulator, user: str | None, reset: int) -> int:
    """How many calls somebody has made in the period that ends then, with this one."""
    ends, seen = sim.recent_calls.get(user, (reset, 0))
    sim.recent_calls[user] = reset, seen + 1 if ends == reset else 1
    return sim.recent_calls[user][1]
