"""Commands as values: what a command line asks for, once it has been read.

Names in them are those of the process, days are days. Whether it may or can be done is not said.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.domain.calendars import BusinessDays
from bot.domain.process import Process
from bot.domain.rendering import WORD_JOINER, plain

Kind = Literal["role", "phase", "task", "process", "verb"]

ME = "me"
"""Stands for whoever writes the command."""

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Target:
    """What a command names: a role, a phase, a task, a process or a verb."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class MergeRequest:
    """A merge request: of the same project, of one with a path, or of one with an address."""

    iid: int
    project: str = ""

    def path(self, gitlab: str) -> str | None:
        """The path of its project, empty for the same one; None if it is not on this GitLab."""
        if "://" not in self.project:
            return self.project
        start = f"{gitlab.rstrip('/')}/"
        return self.project.removeprefix(start) if self.project.startswith(start) else None


@dataclass(frozen=True, slots=True)
class Command:
    """A verb of the table and its arguments; those that it does not take are empty."""

    verb: str
    target: Target | None = None
    user: str = ""
    """A user name with its `@`, or `me`."""
    day: date | None = None
    business_days: int = 0
    values: tuple[tuple[str, str], ...] = ()
    request: MergeRequest | None = None
    evidence: str = ""
    because: str = ""
    planned: "Command | None" = None
    """The command that is only asked about."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a line is no command, in one line that says what would be."""

    text: str


@dataclass(frozen=True, slots=True)
class Scope:
    """What the words of a comment are read against.

    `today` is the day on which the line was written, `process` that of the launch or request that
    the comment stands on, and `running` whether the launch has begun.
    """

    head: str
    today: date
    days: BusinessDays
    processes: Mapping[str, Process] = field(default_factory=dict)
    process: Process | None = None
    running: bool = False


def code(text: str) -> str:
    """A word of anybody as a code span: short, on one line, and nobody is notified."""
    line = plain(text).replace("`", "'").replace("@", f"@{WORD_JOINER}")
    return f"`{line if len(line) <= _SHOWN else f'{line[:_SHOWN]}…'}`"
