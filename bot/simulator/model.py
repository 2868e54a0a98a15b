"""The things a GitLab remembers, as plain data.

Every HTTP answer and every hook body is derived from these objects, and those of its
neighbours `model_boards`, `model_ci`, `model_code`, `model_epics` and `model_hooks`.
Nothing here decides, checks a right, or knows about HTTP.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Union

if TYPE_CHECKING:
    from bot.simulator.model_boards import Board
    from bot.simulator.model_ci import CommitStatus, Pipeline
    from bot.simulator.model_code import (
        Commit,
        Grant,
        Protection,
        Push,
        Release,
        Tag,
        Version,
    )
    from bot.simulator.model_epics import Epic
    from bot.simulator.model_hooks import Hook


class Level(IntEnum):
    """Access levels, as in https://docs.gitlab.com/api/access_requests/#valid-access-levels."""

    NONE = 0
    MINIMAL = 5
    GUEST = 10
    PLANNER = 15
    REPORTER = 20
    SECURITY_MANAGER = 25
    DEVELOPER = 30
    MAINTAINER = 40
    OWNER = 50


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file."""

    name: str
    content: bytes


@dataclass(slots=True, eq=False, kw_only=True)
class User:
    """A person or a bot; `state` is `active`, `blocked`, `banned` or `deactivated`.

    `service` marks a service account, of the instance or of the group or project `service_holder`.
    `profile` is free text by field; `identities` maps sign-in providers to the user's id there.
    """

    id: int
    username: str
    name: str
    email: str
    created_at: datetime
    namespace: "Namespace" = field(init=False)
    admin: bool = False
    bot: bool = False
    external: bool = False
    service: bool = False
    service_holder: "Holder | None" = None
    state: str = "active"
    public_email: str = ""
    avatar: File | None = None
    profile: dict[str, str | None] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)
    status: dict[str, str | None] = field(
        default_factory=lambda: {"emoji": None, "message": None, "availability": None}
    )
    todos: list["Todo"] = field(default_factory=list)
    follows: dict[int, "User"] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Token:
    """An access token; `holder` is the project or group of a project or group access token.

    `family` is the number of the first token of those that were rotated into this one.
    """

    id: int
    value: str
    user: User
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: date | None = None
    description: str = ""
    revoked: bool = False
    last_used_at: datetime | None = None
    holder: "Holder | None" = None
    access_level: int | None = None
    impersonation: bool = False
    family: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Member:
    """A direct membership of one user in a group or project."""

    user: User
    access_level: int
    created_at: datetime
    created_by: User | None = None
    expires_at: date | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Share:
    """A group whose members may enter another group or a project, up to a level and a day."""

    group: "Namespace"
    access_level: int
    created_at: datetime
    expires_at: date | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Label:
    """A project or group label; `holder` is where it lives."""

    id: int
    name: str
    color: str
    holder: "Holder"
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    priority: int | None = None
    archived: bool = False
    subscribers: set[int] = field(default_factory=set)


@dataclass(slots=True, eq=False, kw_only=True)
class Milestone:
    """A project or group milestone; `state` is `active` or `closed`."""

    id: int
    iid: int
    title: str
    holder: "Holder"
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    state: str = "active"
    due_date: date | None = None
    start_date: date | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class _Space:
    """What groups and projects share: members, labels, milestones, hooks.

    `marked_on` is the day when it was marked for deletion.
    """

    id: int
    name: str
    path: str
    created_at: datetime
    visibility: str = "private"
    description: str = ""
    avatar: File | None = None
    marked_on: date | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    hooks: dict[int, "Hook"] = field(default_factory=dict)
    boards: dict[int, "Board"] = field(default_factory=dict)
    shares: dict[int, Share] = field(default_factory=dict)
    protected: dict[str, "Protection"] = field(default_factory=dict)
    approval_settings: dict[str, bool] = field(default_factory=dict)
    iids: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Namespace(_Space):
    """A group (with `owner` None), or the personal namespace of `owner`."""

    archived: bool = False
    epics: dict[int, "Epic"] = field(default_factory=dict)
    parent: "Namespace | None" = None
    owner: User | None = None

    @property
    def full_path(self) -> str:
        """The path from the top-level group down, joined by slashes."""
        return f"{self.parent.full_path}/{self.path}" if self.parent else self.path

    @property
    def full_name(self) -> str:
        """The names from the top-level group down, as GitLab writes them."""
        return f"{self.parent.full_name} / {self.name}" if self.parent else self.name

    def is_called(self, text: str) -> bool:
        """Whether name or path hold the text, or, with a slash in it, the whole path."""
        names = (self.full_path,) if "/" in text else (self.name, self.path)
        return any(text.lower() in name.lower() for name in names)

    def lineage(self) -> list["Namespace"]:
        """This group and its ancestors, nearest first."""
        return [self, *(self.parent.lineage() if self.parent else [])]


@dataclass(slots=True, eq=False, kw_only=True)
class Project(_Space):
    """A project with its issues and merge requests by iid.

    `stars` maps user ids to who starred it, and when.
    `protected_tags` maps names or wildcards to who may make such tags.
    """

    namespace: Namespace
    creator: User
    updated_at: datetime
    default_branch: str = "main"
    archived: bool = False
    features: dict[str, str] = field(default_factory=dict)
    job_open: bool = False
    job_allowlist: set[int] = field(default_factory=set)
    job_groups: set[int] = field(default_factory=set)
    topics: list[str] = field(default_factory=list)
    issues: dict[int, "Issue"] = field(default_factory=dict)
    merge_requests: dict[int, "MergeRequest"] = field(default_factory=dict)
    branches: dict[str, "Commit"] = field(default_factory=dict)
    protected_tags: dict[str, list["Grant"]] = field(default_factory=dict)
    tags: dict[str, "Tag"] = field(default_factory=dict)
    pushes: list["Push"] = field(default_factory=list)
    commits: dict[str, "Commit"] = field(default_factory=dict)
    refs: dict[str, "Commit"] = field(default_factory=dict)
    statuses: list["CommitStatus"] = field(default_factory=list)
    pipelines: dict[int, "Pipeline"] = field(default_factory=dict)
    releases: dict[str, "Release"] = field(default_factory=dict)
    approval_rules: dict[int, "ApprovalRule"] = field(default_factory=dict)
    forked_from: "Project | None" = None
    stars: dict[int, tuple[User, datetime]] = field(default_factory=dict)

    @property
    def full_path(self) -> str:
        """The namespace path and the project path."""
        return f"{self.namespace.full_path}/{self.path}"

    @property
    def full_name(self) -> str:
        """The namespace name and the project name."""
        return f"{self.namespace.full_name} / {self.name}"

    @property
    def last_activity_at(self) -> datetime:
        """When something last happened in the project."""
        return self.updated_at


Holder = Union[Namespace, Project]  # noqa: UP007 - the names stand in quotes above


@dataclass(slots=True, eq=False, kw_only=True)
class Award:
    """An emoji reaction; `name` has no colons."""

    id: int
    name: str
    user: User
    created_at: datetime
    awardable: "Issuable | Note"


@dataclass(slots=True, eq=False, kw_only=True)
class Note:
    """A comment or, with `system`, GitLab's own line about a change.

    `position` is the line of a difference that a comment is about.
    `mentioned_from` is where a cross-reference comes from: who cannot see that, sees no note.
    """

    id: int
    noteable: "Issuable"
    author: User
    body: str
    created_at: datetime
    updated_at: datetime
    discussion_id: str
    type: str | None = None
    system: bool = False
    internal: bool = False
    resolved_at: datetime | None = None
    resolved_by: User | None = None
    mentioned_from: "Issuable | None" = None
    position: dict[str, Any] | None = None
    commit_id: str | None = None
    awards: list[Award] = field(default_factory=list)

    @property
    def resolvable(self) -> bool:
        """Whether it stands in a thread, which people can resolve."""
        return self.type is not None and not self.system


@dataclass(slots=True, eq=False, kw_only=True)
class ResourceEvent:
    """A label, state or milestone event; `subject` is the label or milestone, None once deleted."""

    id: int
    user: User
    created_at: datetime
    action: str
    subject: Label | Milestone | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class WeightEvent:
    """A change of an issue's weight."""

    id: int
    user: User
    created_at: datetime
    weight: int | None


@dataclass(slots=True, eq=False, kw_only=True)
class Issuable:
    """What issues and merge requests share. `notes` are in the order they were made.

    `told_at` is when notes and events of the change under way are to have happened, if not now.
    """

    id: int
    iid: int
    project: Project
    author: User
    title: str
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    state: str = "opened"
    labels: list[Label] = field(default_factory=list)
    assignees: list[User] = field(default_factory=list)
    milestone: Milestone | None = None
    discussion_locked: bool | None = None
    closed_at: datetime | None = None
    closed_by: User | None = None
    updated_by: User | None = None
    last_edited_at: datetime | None = None
    last_edited_by: User | None = None
    notes: list[Note] = field(default_factory=list)
    awards: list[Award] = field(default_factory=list)
    label_events: list[ResourceEvent] = field(default_factory=list)
    state_events: list[ResourceEvent] = field(default_factory=list)
    milestone_events: list[ResourceEvent] = field(default_factory=list)
    subscriptions: dict[int, bool] = field(default_factory=dict)
    participants: dict[int, User] = field(default_factory=dict)
    told_at: datetime | None = None
    time_estimate: int = 0
    time_spent: int = 0


@dataclass(slots=True, eq=False, kw_only=True)
class Issue(Issuable):
    """An issue; `links` are its relations to other issues, by link id.

    `closing_requests` are the merge requests that close it, or did.

    `zoom` is the address of a meeting, `emails` are who takes part without an account.
    """

    confidential: bool = False
    due_date: date | None = None
    start_date: date | None = None
    issue_type: str = "issue"
    weight: int | None = None
    weight_events: list["WeightEvent"] = field(default_factory=list)
    severity: str = "UNKNOWN"
    moved_to: "Issue | None" = None
    duplicated_to: "Issue | None" = None
    relative_position: int | None = None
    epic: "Epic | None" = None
    zoom: str | None = None
    emails: list[str] = field(default_factory=list)
    links: dict[int, "Link"] = field(default_factory=dict)
    closing_requests: dict[int, "MergeRequest"] = field(default_factory=dict)


@dataclass(slots=True, eq=False, kw_only=True)
class Link:
    """A relation between two issues; `kind` is `relates_to` or `blocks` (source blocks target)."""

    id: int
    source: Issue
    target: Issue
    kind: str
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True, eq=False, kw_only=True)
class Todo:
    """A to-do item; `state` is `pending` or `done`."""

    id: int
    user: User
    author: User
    target: Issuable
    action: str
    body: str
    created_at: datetime
    updated_at: datetime
    url: str
    state: str = "pending"


@dataclass(slots=True, eq=False, kw_only=True)
class ApprovalRule:
    """How many must approve; without users and groups everybody who may approve counts.

    It counts for all target branches, for the protected `branches`, or for `every_branch` of these.
    `source` is the project's rule that a merge request's rule began as.
    """

    id: int
    name: str
    required: int = 0
    kind: str = "regular"
    report: str | None = None
    users: list[User] = field(default_factory=list)
    groups: list[Namespace] = field(default_factory=list)
    source: "ApprovalRule | None" = None
    branches: list["Protection"] = field(default_factory=list)
    every_branch: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class MergeRequest(Issuable):
    """A merge request; `source_project` differs from `project` when it comes from a fork."""

    source_project: Project
    source_branch: str
    target_branch: str
    head: "Commit"
    base: "Commit"
    reviewers: list[User] = field(default_factory=list)
    reviews: dict[int, str] = field(default_factory=dict)
    approvals: dict[int, tuple[User, datetime]] = field(default_factory=dict)
    approval_rules: dict[int, ApprovalRule] = field(default_factory=dict)
    merge_after: datetime | None = None
    merged_at: datetime | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    squash_commit_sha: str | None = None
    squash: bool = False
    remove_source_branch: bool = False
    allow_collaboration: bool = False
    auto_merge_by: User | None = None
    approvals_before_merge: int | None = None
    should_remove_source_branch: bool | None = None
    merge_error: str | None = None
    blockers: dict[int, "MergeRequest"] = field(default_factory=dict)
    versions: list["Version"] = field(default_factory=list)
    closing: list[Issue] = field(default_factory=list)

    @property
    def draft(self) -> bool:
        """Whether the title starts with one of the draft prefixes."""
        return self.title.lower().startswith(("draft:", "[draft]", "(draft)"))
