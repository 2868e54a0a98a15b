"""What is known of a documentation merge request and of its launch when it is judged.

Values only; whatever a rule looks at stands here, the moment of looking included.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.domain.calendars import BusinessDays
from bot.domain.process import Documentation

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class File:
    """A file that a merge request changes, with the lines that it adds."""

    path: str
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """The days between which a milestone lies; None where it does not say."""

    start: date | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request as GitLab shows it to the bot.

    `public` tells that others than members may read it; `whole` that GitLab showed all of its
    changes; `launches` are the ids of all launches that it belongs to; `written` is everything
    that people wrote beside the changes: branch, title, description, commits.
    """

    id: int
    project: int
    iid: int
    url: str
    head: str
    state: Literal["opened", "closed", "merged", "locked"] = "opened"
    draft: bool = False
    public: bool = False
    milestone: Milestone | None = None
    merge_after: datetime | None = None
    merged_at: datetime | None = None
    reviewed_by: frozenset[int] = frozenset()
    approved_by: frozenset[int] = frozenset()
    files: tuple[File, ...] = ()
    whole: bool = True
    written: tuple[str, ...] = ()
    launches: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Launch:
    """What the rules need to know of a launch.

    `revision` counts how often its day or state changed; `secrets` are the texts that a
    confidential launch keeps to itself; `lacking` are the tasks that the documentation needs and
    that are not done; `writers` are the users who may review and approve.
    """

    id: str
    revision: int
    state: str
    day: date | None
    partner: str
    confidential: bool = False
    secrets: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    writers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Case:
    """One merge request of one launch, at one moment."""

    rules: Documentation
    launch: Launch
    request: MergeRequest
    days: BusinessDays
    now: datetime

    def opens(self) -> datetime | None:
        """The launch moment: from then on it may be merged. None without a launch date."""
        return moment(self.rules, self.launch.day, self.days)

    def ends(self) -> datetime | None:
        """The end of the window in which it has to be merged."""
        if self.launch.day is None or self.launch.day == date.max:
            return None
        last = self.days.add(self.launch.day, self.rules.window)
        return self.days.begins(last + _DAY) if last < date.max else None

    def last_day(self, business_days: int) -> date | None:
        """The day that lies so many business days before the launch."""
        return self.days.before(self.launch.day, business_days) if self.launch.day else None

    def is_past(self, day: date | None) -> bool:
        """Whether a day is over; one that nobody knows is not."""
        return day is not None and self.days.today(self.now) > day

    def is_early(self) -> bool:
        """Whether the launch moment is still to come, or nobody knows when it comes."""
        opens = self.opens()
        return opens is None or self.now < opens


def moment(rules: Documentation, day: date | None, days: BusinessDays) -> datetime | None:
    """The launch moment in UTC, from the day of the launch; None without one."""
    if day is None:
        return None
    zone = ZoneInfo(days.calendar.timezone)
    begins = datetime.combine(day, time.fromisoformat(rules.at), zone)
    return begins.astimezone(ZoneInfo("UTC"))
