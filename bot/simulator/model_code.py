"""What a GitLab remembers of repositories, as plain data: see `model`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.model import Milestone, Namespace, User


@dataclass(slots=True, eq=False, kw_only=True)
class Grant:
    """Who is let in by a protection: a level and above (0 is nobody), one user, a group, a key."""

    id: int
    level: int | None = None
    user: User | None = None
    group: Namespace | None = None
    deploy_key: int | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Protection:
    """A protected branch or wildcard: who may push, merge and take the protection away."""

    id: int
    name: str
    pushers: list[Grant] = field(default_factory=list)
    mergers: list[Grant] = field(default_factory=list)
    unprotectors: list[Grant] = field(default_factory=list)
    allow_force_push: bool = False
    code_owners: bool = False


@dataclass(slots=True, eq=False, kw_only=True)
class Commit:
    """A commit with the whole tree it leads to: path to content; `modes` are those not usual."""

    id: str
    message: str
    author_name: str
    author_email: str
    committer_name: str
    committer_email: str
    created_at: datetime
    parents: tuple["Commit", ...]
    tree: dict[str, bytes]
    modes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A state that the difference of a merge request had."""

    id: int
    head: Commit
    base: Commit
    created_at: datetime


@dataclass(slots=True, eq=False, kw_only=True)
class Tag:
    """A tag; annotated when it has a message."""

    name: str
    commit: Commit
    created_at: datetime
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A branch or tag that was made, moved or removed; None is where it was or is not."""

    id: int
    user: User
    created_at: datetime
    kind: str
    ref: str
    before: Commit | None
    after: Commit | None
    count: int


@dataclass(slots=True, eq=False, kw_only=True)
class Release:
    """A release of a tag."""

    id: int
    tag: Tag
    name: str
    description: str
    author: User
    created_at: datetime
    released_at: datetime
    milestones: list[Milestone] = field(default_factory=list)
    links: dict[int, dict[str, Any]] = field(default_factory=dict)
