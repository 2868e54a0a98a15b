"""What a GitLab remembers of epics, as plain data: see `model`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bot.simulator.model import Issue, Label, Namespace, User


@dataclass(slots=True, eq=False, kw_only=True)
class Epic:
    """An epic of a group; `issues` are those in it, by the number of the tie, in order.

    `notes` are kept as the API shows them.
    """

    id: int
    iid: int
    group: Namespace
    author: User
    title: str
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    state: str = "opened"
    color: str = "#1068bf"
    confidential: bool = False
    start_date: date | None = None
    due_date: date | None = None
    closed_at: datetime | None = None
    labels: list[Label] = field(default_factory=list)
    issues: dict[int, Issue] = field(default_factory=dict)
    notes: dict[int, dict[str, Any]] = field(default_factory=dict)
