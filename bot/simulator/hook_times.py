"""How the bodies of webhooks write times.

Most events have `2026-03-02 09:00:00 UTC`, those of issues and all test deliveries the API's form:
https://gitlab.com/gitlab-org/gitlab/-/issues/263111 and
https://gitlab.com/gitlab-org/gitlab/-/issues/545108
"""

from datetime import datetime
from typing import Any

from bot.simulator.text import iso

_LIKE_THE_API = ("issues_events", "confidential_issues_events")


def written(body: Any, switch: str, *, test: bool = False) -> Any:
    """A body with its times as text."""
    if isinstance(body, dict):
        return {key: written(value, switch, test=test) for key, value in body.items()}
    if isinstance(body, list):
        return [written(value, switch, test=test) for value in body]
    if not isinstance(body, datetime):
        return body
    like_the_api = test or switch in _LIKE_THE_API
    return iso(body) if like_the_api else body.strftime("%Y-%m-%d %H:%M:%S UTC")
