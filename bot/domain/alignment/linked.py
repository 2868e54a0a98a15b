"""A documentation merge request as the bot sees it, with what the bot has left there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.alignment.facts import MergeRequest
from bot.domain.alignment.verdict import Verdict

How = Literal["reference", "command"]
"""Whether a merge request belongs to a launch by its own description, or by a command."""


_PART = "mr:"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The newest merge request pipeline of the head; `passed` is None while it runs."""

    created_at: datetime
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Comment:
    """The bot's comment with the verdict: whose launch, and what stands in it.

    `verdict` is None when somebody has broken or edited it.
    """

    id: int
    launch: str
    text: str
    verdict: Verdict | None
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Linked:
    """A merge request, the bot's comment on it, and its newest pipeline."""

    request: MergeRequest
    comment: Comment | None = None
    pipeline: Pipeline | None = None

    def is_for(self, launch: str) -> bool:
        """Whether a launch may write the comment: it has it already, or has the better claim."""
        if self.comment is None or self.comment.launch == launch:
            return True
        return launch in self.request.launches and self.comment.launch not in self.request.launches


def key(project: int, iid: int) -> str:
    """The name of a merge request in the record."""
    return f"{project}:{iid}"


def part(name: str) -> str:
    """The part of a launch that a merge request is."""
    return f"{_PART}{name}"


def named(part_: str) -> str | None:
    """The name of the merge request that a part is; None for issues."""
    return part_.removeprefix(_PART) if part_.startswith(_PART) else None


def place(name: str) -> tuple[int, int]:
    """The project and the number that a name in the record stands for."""
    project, _, iid = name.partition(":")
    return int(project), int(iid)
