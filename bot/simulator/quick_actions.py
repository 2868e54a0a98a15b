"""Quick actions: finding them in a text and working out what they ask for.

https://docs.gitlab.com/user/project/quick_actions/
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.model import Issuable, User
from bot.simulator.simulator import Simulator

Command = tuple[str, str]


@dataclass(slots=True)
class Outcome:
    """What commands come to: changes wanted, steps to take after, what to tell the user."""

    wanted: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[], object]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    suffix: str = ""

    def finish(self) -> None:
        """Take the steps that come after the changes."""
        for step in self.after:
            step()


def extract(text: str) -> tuple[str, list[Command]]:
    """Split a text into what stays and the commands in it."""
    return text, []


def interpret(_sim: Simulator, _actor: User, _item: Issuable, _commands: list[Command]) -> Outcome:
    """What the commands come to for this user and thing."""
    return Outcome()


def append(text: str, outcome: Outcome) -> str:
    """The text with what commands such as shrug add to it."""
    return text + outcome.suffix
