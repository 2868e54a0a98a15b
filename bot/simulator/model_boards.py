"""What a GitLab remembers of issue boards, as plain data: see `model`."""

from dataclasses import dataclass, field

from bot.simulator.model import Holder, Label, Milestone, User


@dataclass(slots=True, eq=False, kw_only=True)
class BoardList:
    """A column of a board, for a label, a milestone or a person; `position` counts from 0."""

    id: int
    subject: Label | Milestone | User
    position: int


@dataclass(slots=True, eq=False, kw_only=True)
class Board:
    """An issue board of a project or group."""

    id: int
    name: str
    holder: Holder
    lists: dict[int, BoardList] = field(default_factory=dict)
    hide_backlog_list: bool = False
    hide_closed_list: bool = False
    assignee: User | None = None
    milestone: Milestone | None = None
    labels: list[Label] = field(default_factory=list)
    weight: int | None = None
