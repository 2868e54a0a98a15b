"""Reading what commands name, and gathering what they come to.

https://docs.gitlab.com/user/project/quick_actions/
Knows none of the commands.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.simulator import mentions, system_notes
from bot.simulator.model import Issuable, Issue, Label, Milestone, Project, User
from bot.simulator.permissions import MEMBERS, PLANNING, can_administer, can_see, has
from bot.simulator.simulator import Simulator
from bot.simulator.state import find_label
from bot.simulator.text import references

_LABEL = re.compile(r'~?"(?P<quoted>[^"]+)"|~?(?P<plain>[^\s,]+)')


class UnreadableError(ValueError):
    """An argument that a command cannot read; the text says why."""


@dataclass(slots=True)
class Outcome:
    """What commands come to: `wanted` changes, steps for `after` them, what to tell the user.

    `told` is what the notes API says of steps, such as `{"todo_event": "add"}`.
    """

    wanted: dict[str, Any] = field(default_factory=dict)
    after: list[Callable[[], object]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    def finish(self) -> None:
        """Take the steps that come after the changes."""
        for step in self.after:
            step()

    def summary(self) -> list[str]:
        """All that is to be said, once each and in one text, as GitLab does."""
        said = " ".join(dict.fromkeys(self.messages))
        return [said] if said else []

    def shown_changes(self) -> dict[str, Any]:
        """The changes as the notes API names them."""
        shown = [_shown_change(key, value) for key, value in self.wanted.items()]
        return dict(shown) | self.told


def _shown_change(key: str, value: Any) -> tuple[str, Any]:
    """People, labels and milestones go by number, dates in their usual form."""
    if isinstance(value, list):
        return f"{key.removesuffix('s')}_ids", [entry.id for entry in value]
    if isinstance(value, Milestone):
        return f"{key}_id", value.id
    if key == "milestone":
        return "milestone_id", None
    return key, value.isoformat() if isinstance(value, date) else value


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

    def later(self, step: Callable[[], object], **told: Any) -> None:
        """Take a step after the changes; `told` is how the notes API names it."""
        self.outcome.after.append(step)
        self.outcome.told |= told

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
        """The users named, the caller as `me`; nobody is meant where a name is unknown."""
        words = [word for word in re.split(r"[\s,]+", argument) if word not in {"", "and"}]
        names = [self.actor.username if word == "me" else word.lstrip("@") for word in words]
        found = {name: self.sim.state.user_named(name.replace("\\_", "_")) for name in names}
        unknown = [f"'@{name}'" for name, user in found.items() if user is None]
        if unknown:
            raise UnreadableError(f"Failed to find users for {', '.join(unknown)}")
        return [user for user in found.values() if user]

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


Effect = Callable[[Reading, str], str | None]
"""Does what a command asks, and says so; says "" where it does not apply, None where its argument
means nothing, as GitLab does."""


def user_names(users: list[User]) -> str:
    """Users as commands name them."""
    return " ".join(f"@{user.username}" for user in users)


def label_names(labels: list[Label]) -> str:
    """Labels as commands name them."""
    return " ".join(f"~{system_notes.quoted(label.name)}" for label in labels)
