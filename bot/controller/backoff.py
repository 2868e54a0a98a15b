"""How long to wait after a failure: longer each time, and never all at the same moment.

Full jitter, as in https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
Pure: randomness comes in as a number.
"""

from datetime import timedelta

FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
_LONGEST_ASKED = timedelta(days=1)


def pause(attempts: int, draw: float) -> timedelta:
    """How long to wait after so many failures in a row; `draw` is in [0, 1)."""
    longest = min(FIRST * (1 << min(attempts, 20)), LONGEST)
    return longest * draw


def pause_as_asked(retry_after: float, draw: float) -> timedelta:
    """How long to wait when GitLab says so, in seconds: never less, and up to a second more."""
    asked = timedelta(seconds=min(max(0.0, retry_after), _LONGEST_ASKED.total_seconds()))
    return asked + timedelta(seconds=1) * draw
