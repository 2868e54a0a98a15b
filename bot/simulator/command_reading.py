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
from bot.simulator.model import (
    Holder,
    Issuable,
    Issue,
    Label,
    MergeRequest,
    Milestone,
    Namespace,
    User,
)
from bot.simulator.permissions import MEMBERS, PLANNING, can_administer, can_see, has
from bot.simulator.simulator import Simulator
from bot.simulator.state import find_label, visible_labels, visible_milestones
from bot.simulator.text import references, sentence

_TILDE_LABEL = re.compile(r'~(?:"(?P<quoted>[^"]+)"|(?P<plain>[\w?.&:@-]+))')
_PLAIN_LABEL = re.compile(r'"(?P<quoted>[^"]+)"|(?P<plain>\S+)')
_MILESTONE = re.compile(r'%(?:"(?P<quoted>[^"]+)"|(?P<plain>[^\s"<]+))')


class UnreadableError(ValueError):
    """An argument that a command cannot read; the text says why."""


@dataclass(slots=True)
class Outcome:
    """What commands come to: `wanted` changes, steps for `after` them, what to tell the user.

    `told` is what the notes API says of steps, such as `{"todo_event": "add"}`, and of the changes
    in `renamed`, which it does not name as we do. `publishes` is whether the user's pending
    comments are to be shown.
    """

    wanted: dict[str, Any] = field(default_factory=dict)
    renamed: set[str] = field(default_factory=set)
    after: list[Callable[[], object]] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    publishes: bool = False

    def finish(self) -> None:
        """Take the steps that come after the changes."""
        for step in self.after:
            step()

    def summary(self) -> list[str]:
        """All that is to be said, in one text, as GitLab does."""
        said = " ".join(self.messages)
        return [said] if said else []

    def shown_changes(self) -> dict[str, Any]:
        """The changes as the notes API names them."""
        plain = {k: v for k, v in self.wanted.items() if k not in self.renamed}
        return dict(_shown_change(key, value) for key, value in plain.items()) | self.told


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
    """One text's commands, read in order; later ones see what earlier ones want.

    `sha` is what the user takes for the head of a merge request.
    """

    def __init__(
        self, sim: Simulator, actor: User, item: Issuable, *, new: bool, sha: str = ""
    ) -> None:
        self.sim = sim
        self.actor = actor
        self.item = item
        self.new = new
        self.sha = sha
        self.outcome = Outcome()

    def want(self, key: str, *, value: Any, **told: Any) -> None:
        """Ask for a change; `told` is how the notes API names it, where not as we do."""
        self.outcome.wanted[key] = value
        if told:
            self.outcome.renamed.add(key)
            self.outcome.told |= told

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
        """The users named, the caller as `me`, on Premium also those of groups.

        Nobody is meant where a name is unknown.
        """
        plain = argument.replace("\\_", "_")
        words = [word for word in re.split(r"[\s,]+", plain) if word not in {"", "and"}]
        found = {word: self._named(word) for word in words}
        unknown = [f"'{word}'" for word, users in found.items() if not users]
        if unknown:
            raise UnreadableError(f"Failed to find users for {sentence(unknown)}")
        return list(dict.fromkeys(user for users in found.values() for user in users))

    def _named(self, word: str) -> list[User]:
        if word == "me":
            return [self.actor]
        name = word.removeprefix("@")
        user = self.sim.state.user_named(name)
        group = self.sim.state.holder_at(name) if self.sim.premium and not user else None
        if isinstance(group, Namespace):
            return [member.user for member in group.members.values()]
        return [user] if user else []

    def labels(self, argument: str) -> list[Label]:
        """The usable labels named: where one has a tilde, only those that have."""
        return labels_named(self.item.project, argument)

    def milestone(self, argument: str) -> Milestone | None:
        """The usable milestone named by `%title`, `%number` or its bare title."""
        found = _MILESTONE.search(argument)
        title = (found["quoted"] or found["plain"]) if found else argument
        here = self.item.project.milestones.values()
        numbered = [s for s in here if found and str(s.iid) == found["plain"]]
        usable = visible_milestones(self.item.project)
        return next((s for s in (*numbered, *usable) if s in numbered or s.title == title), None)

    def things(self, argument: str) -> list[Issuable]:
        """The issues and merge requests named that the user may see."""
        named = [
            mentions.find_reference(self.sim, self.item, *found)
            for found in references(argument, self.sim.url)
        ]
        kinds = (Issue, MergeRequest)
        return [x for x in named if isinstance(x, kinds) and can_see(self.sim, self.actor, x)]

    def issues(self, argument: str) -> list[Issue]:
        """The issues among them."""
        return [thing for thing in self.things(argument) if isinstance(thing, Issue)]


def labels_named(holder: Holder, argument: str) -> list[Label]:
    """The labels that a project or group knows: where one has a tilde, only those that have."""
    pattern = _TILDE_LABEL if "~" in argument else _PLAIN_LABEL
    found = [_label(holder, m["quoted"], m["plain"]) for m in pattern.finditer(argument)]
    return list(dict.fromkeys(label for label in found if label))


def _label(holder: Holder, quoted: str | None, plain: str | None) -> Label | None:
    by_id = [x for x in visible_labels(holder) if plain and str(x.id) == plain]
    return by_id[0] if by_id else find_label(holder, quoted or plain or "")


Effect = Callable[[Reading, str], str | None]
"""Does what a command asks, and says so; says "" where it does not apply, None where its argument
means nothing, as GitLab does."""


def user_names(users: list[User]) -> str:
    """Users as commands name them."""
    return sentence([f"@{user.username}" for user in users])


def milestone_name(milestone: Milestone) -> str:
    """A milestone as commands name it, in quotes where that can be."""
    title = milestone.title
    return f"%{milestone.iid}" if '"' in title else f'%"{title}"'


def label_names(labels: list[Label]) -> str:
    """Labels as commands name them, always in quotes where that can be, with the noun."""
    marks = [f"~{label.id}" if '"' in label.name else f'~"{label.name}"' for label in labels]
    names = " ".join(marks)
    return f"{names} {'label' if len(labels) == 1 else 'labels'}"
