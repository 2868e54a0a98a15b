"""What is: everything that the planner may know about one launch at one moment.

Filled by the one reader; values only. `now` is part of it, so that planning needs no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from bot.domain.alignment.linked import Linked, named
from bot.domain.calendars import BusinessDays
from bot.domain.catalogue import Image
from bot.domain.commands.command import MergeRequest
from bot.domain.process import Process
from bot.domain.record import Holder, Place, Record


@dataclass(frozen=True, slots=True)
class Person:
    """A GitLab user."""

    id: int
    username: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as GitLab shows it to the bot."""

    id: int
    project: int
    iid: int
    title: str
    description: str
    closed: bool
    labels: frozenset[str]
    assignees: tuple[Person, ...]
    due: date | None
    confidential: bool
    author: int
    created_at: datetime
    url: str
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A comment of the bot, recognised by its marker."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of somebody else than the bot."""

    id: int
    author: Person
    created_at: datetime
    updated_at: datetime
    body: str
    internal: bool = False

    @property
    def key(self) -> str:
        """What tells it from others; GitLab's id of it changes when its issue is moved."""
        return f"{int(self.created_at.timestamp() * 1000)}.{self.author.id}"


@dataclass(frozen=True, slots=True)
class Member:
    """How a user stands to a project; `level` counts inherited membership, None is none."""

    level: int | None = None
    blocked: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class Status:
    """The status note on the root issue: its visible text, and the record hidden in it.

    `record` is None when the note is ours and the record in it is broken.
    `root` is the issue that it is signed for: the root, or the one that the root was moved from.
    """

    note: int
    text: str
    record: Record | None
    root: int = 0


@dataclass(frozen=True, slots=True)
class Refusal:
    """GitLab did not do what an action asked for, and would not if it were asked again now."""

    key: str
    want: str
    why: str


@dataclass(frozen=True, slots=True)
class Cause:
    """A release that starts a launch, which has no request issue then: its tag and its inputs."""

    process: str
    inputs: Mapping[str, str]
    tag: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of a product, and the commit on it; `commit` is empty where GitLab hides it.

    `released` is None if GitLab has no release for it. `idle` says what it starts nothing for,
    and why, if it starts nothing at all; `is_told` whether a comment on the commit says so.
    """

    project: int
    name: str
    commit: str
    released: datetime | None
    idle: tuple[tuple[str, str], ...] = ()
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """Another launch of the same process, which differs in its version alone.

    `record` and `issues`, its root and its phases, are read for a launch that begins, which may
    take over from it. `live` is one that went live, and is over; `private` is a confidential one.
    """

    launch: str
    version: str
    url: str
    record: Record
    issues: Mapping[str, Issue] = field(default_factory=dict)
    live: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Installation:
    """The configuration with its names resolved to GitLab's ids.

    `unknown` are people and `hidden` projects, by their names in the configuration, that GitLab
    does not show. `command` is the word that begins commands.
    """

    projects: Mapping[str, int]
    people: Mapping[str, tuple[Person, ...]]
    days: BusinessDays
    unknown: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    stand_ins: Mapping[str, Holder] = field(default_factory=dict)
    command: str = "launch"

    def lacks(self) -> bool:
        """Whether GitLab does not show something that the configuration names."""
        return bool(self.unknown or self.hidden)


@dataclass(frozen=True, slots=True)
class Observed:
    """One launch, the things it consists of, and the moment at which they were seen.

    `unseen` says of phases why their issue is not shown, `gone` which labels the project of a
    part lacks. `copy` is the local copy of the record. `resumed` ends a pause. `docs` are the
    merge requests of the documentation, by their names in the record.
    `comments` are those that may hold commands which have not run, `answered` the keys of what was
    answered already, `members` how their authors stand to the project of a part, `named` whom and
    `requests` which merge requests they name. `hands` tells who closed, reopened or relabelled a
    part in GitLab. `read_at` is when reading began, by GitLab's clock; comments from before
    `since` are another launch's. `given` are inputs that commands on the request give;
    `cause` is the release that starts it, where no request does; `kin` are launches of which the
    newer one supersedes the older.
    `looked` says when the comments on each part were read, and how many there were.
    `tag` is one that starts no launch; then there is nothing else.
    """

    now: datetime
    launch: str
    installation: Installation
    request: Issue | None = None
    root: Issue | None = None
    phases: Mapping[str, Issue] = field(default_factory=dict)
    unseen: Mapping[str, str] = field(default_factory=dict)
    linked: frozenset[str] = frozenset()
    status: Status | None = None
    said: Mapping[str, Note] = field(default_factory=dict)
    rival: Issue | None = None
    refusals: tuple[Refusal, ...] = ()
    copy: Record | None = None
    gone: Mapping[str, frozenset[str]] = field(default_factory=dict)
    docs: Mapping[str, Linked] = field(default_factory=dict)
    resumed: bool = False
    comments: Mapping[str, tuple[Comment, ...]] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    members: Mapping[tuple[str, int], Member] = field(default_factory=dict)
    named: Mapping[str, Person] = field(default_factory=dict)
    requests: Mapping[tuple[str, MergeRequest], Place] = field(default_factory=dict)
    hands: Mapping[str, Person] = field(default_factory=dict)
    processes: Mapping[str, Process] = field(default_factory=dict)
    read_at: datetime | None = None
    since: datetime | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    cause: Cause | None = None
    kin: tuple[Kin, ...] = ()
    looked: tuple[tuple[str, tuple[datetime, int | None]], ...] = ()
    tag: Tag | None = None

    def issue(self, part: str) -> Issue | None:
        """The issue of a part: the root, the request, or a phase."""
        return {"root": self.root, "request": self.request}.get(part) or self.phases.get(part)

    def shows(self, part: str) -> bool:
        """Whether the issue or merge request of a part is to be seen."""
        return self.issue(part) is not None or named(part) in self.docs

    def record(self) -> Record | None:
        """The record of the launch: that of the status note, or a newer local copy."""
        known = [record for record in (self.status and self.status.record, self.copy) if record]
        return max(known, key=lambda record: record.revision, default=None)

    def addresses(self) -> dict[str, str]:
        """Where the issues are that texts link to, by part."""
        issues = {part: self.issue(part) for part in ("root", "request", *self.phases)}
        issues["rival"] = self.rival
        return {part: issue.url for part, issue in issues.items() if issue}

    def today(self) -> date:
        """The day that it is for the people of the installation."""
        return self.installation.days.today(self.now)

    def holder(self, role: str) -> Person | None:
        """Who is accountable for a role."""
        return next(iter(self.installation.people.get(role, ())), None)
