"""The simulator's own time. This is where real time enters; nothing else reads a clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Frozen at `start`, or, with None, running with real time plus an offset.

    Work planned with `at` runs when the clock has passed its moment:
    at once on `advance` and `set`, else with the next API call (`run_due`).
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._frozen = start.astimezone(UTC) if start else None
        self._offset = timedelta()
        self._planned: list[tuple[datetime, Callable[[], object]]] = []

    def now(self) -> datetime:
        """The simulated time, aware, in UTC, to the millisecond as GitLab shows it."""
        now = self._frozen or _real_time() + self._offset
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, by: timedelta) -> None:
        """Move time forward (or back, with a negative `by`)."""
        self.set(self.now() + by)

    def set(self, to: datetime) -> None:
        """Make it this moment; a running clock runs on from there."""
        if self._frozen:
            self._frozen = to.astimezone(UTC)
        else:
            self._offset = to.astimezone(UTC) - _real_time()
        self.run_due()

    def at(self, when: datetime, work: Callable[[], object]) -> None:
        """Plan `work` for the moment `when`."""
        self._planned.append((when, work))

    def run_due(self) -> None:
        """Run planned work whose moment has come, earliest first."""
        due = sorted((p for p in self._planned if p[0] <= self.now()), key=lambda p: p[0])
        self._planned = [p for p in self._planned if p not in due]
        for _, work in due:
            work()


def _real_time() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the simulator's time enters here
