"""Reading what commands name, and gathering what they come to.

https://docs.gitlab.com/user/project/quick_actions/
Knows none of the commands.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator import mentions, system_notes
from bot.simulator.model import Issuable, Issue, Label, Project, User
from bot.simulator.permissions import MEMBERS, PLANNING, can_administer, can_see, has
from bot.simulator.simulator import Simulator
from bot.simulator.state import find_label
from bot.simulator.text import references

_LABEL = re.compile(r'~?"(?P<quoted>[^"]+)"|~?(?P<plain>[^\s,]+)')


@dataclass(slots=True)
class Outcome:
    """What commands come to: `wanted` changes, steps for `after` them, what to tell the user."""

    wanted: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[], object]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def finish(self) -> None:
        """Take the steps that come after the changes."""
        for step in self.after:
            step()

    def shown_changes(self) -> dict[str, Any]:
        """The changes as the notes API names them."""
        return {key: value for key, value in self.wanted.items() if isinstance(value, str | bool)}


class Reading:
    """One text's commands, read in order; later ones see what earlier ones want."""

    def __init__(self, sim: Simulator, actor: User, item: Issuable, new: bool) -> None:
        self.sim = sim
        self.actor = actor
        self.item = item
        self.new = new
        self.outcome = Outcome()

    def want(self, key: str, *, value: Any) -> None:
        """Ask for a change."""
        self.outcome.wanted[key] = value

    def later(self, step: Callable[[], object]) -> None:
        """Take a step after the changes."""
        self.outcome.after.append(step)

    def may_set(self) -> bool:
        """Whether the user may set labels, people and dates: Guests only while creating."""
        if self.new and has(self.sim, self.actor, self.item.project, MEMBERS):
            return True
        return can_administer(self.sim, self.actor, self.item)

    def may_plan(self) -> bool:
        """Whether the user plans here: Planner or Reporter and above."""
        return has(self.sim, self.actor, self.item.project, PLANNING)

    def noun(self) -> str:
        """What the thing is called."""
        return system_notes.noun(self.item)

    def users(self, argument: str) -> list[User]:
        """The users named, the caller as `me`; unknown names are left out."""
        names = [word.strip("@,").lower() for word in argument.split()]
        found = [self.sim.state.user_named(self.actor.username if n == "me" else n) for n in names]
        return [user for user in found if user]

    def labels(self, argument: str) -> list[Label]:
        """The usable labels named, with or without a tilde."""
        names = [found["quoted"] or found["plain"] for found in _LABEL.finditer(argument)]
        found = [find_label(self.item.project, name) for name in names]
        return [label for label in found if label]

    def issues(self, argument: str) -> list[Issue]:
        """The issues named that the user may see."""
        named = [
            mentions.find_reference(self.sim, self.item, *found)
            for found in references(argument, self.sim.url)
        ]
        return [
            issue
            for issue in named
            if isinstance(issue, Issue) and can_see(self.sim, self.actor, issue)
        ]

    def project(self, path: str) -> Project | None:
        """The project of this path, or this one, where the user may plan in both."""
        found = self.sim.state.project_at(path) if path else self.item.project
        if found and self.may_plan() and has(self.sim, self.actor, found, PLANNING):
            return found
        return None


Effect = Callable[[Reading, str], str]
"""Does what a command asks, and says so; says nothing when it does not apply."""


def user_names(users: list[User]) -> str:
    """Users as commands name them."""
    return " ".join(f"@{user.username}" for user in users)


def label_names(labels: list[Label]) -> str:
    """Labels as commands name them."""
    return " ".join(f"~{system_notes.quoted(label.name)}" for label in labels)
