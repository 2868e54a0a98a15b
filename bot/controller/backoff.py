"""How long to wait after a failure: longer each time, and never all at the same moment.

Full jitter, as in https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
Pure: randomness comes in as a number.
"""

from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
LONGEST_ASKED = timedelta(hours=1)
"""The longest period of GitLab's rate limits, unless somebody has changed it
(https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/). What seems to wait
longer was put off by a clock that was ahead.
"""


def pause(attempts: int, draw: float) -> timedelta:
    """How long to wait after so many failures in a row; `draw` is in [0, 1)."""
    longest = min(FIRST * (1 << min(attempts, 20)), LONGEST)
    return longest * draw


def pause_as_asked(retry_after: float, draw: float) -> timedelta:
    """How long to wait when GitLab says so, in seconds: never less, and up to a second more.

    An hour is the most.
    """
    asked = timedelta(seconds=min(max(0.0, retry_after), LONGEST_ASKED.total_seconds()))
    return asked + timedelta(seconds=1) * draw
