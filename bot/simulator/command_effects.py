"""What quick actions do: turned into changes wanted, steps to take after them, and answers.

https://docs.gitlab.com/user/project/quick_actions/
A command that the user may not give, or that does not apply, changes nothing and says so.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator import mentions, moving, reactions, relations, system_notes
from bot.simulator.due_words import read_day
from bot.simulator.model import Issuable, Issue, Label, MergeRequest, Project, User
from bot.simulator.permissions import (
    MEMBERS,
    PLANNING,
    can_administer,
    can_see,
    can_update,
    has,
)
from bot.simulator.present_issues import reference
from bot.simulator.quick_actions import Command
from bot.simulator.simulator import Simulator
from bot.simulator.state import find_label, visible_milestones
from bot.simulator.text import references

_LABEL = re.compile(r'~?"(?P<quoted>[^"]+)"|~?(?P<plain>[^\s,]+)')
_DRAFT = re.compile(r"^\s*(?:\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)


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


def interpret(
    sim: Simulator, actor: User, item: Issuable, commands: list[Command], *, new: bool = False
) -> Outcome:
    """What the commands come to for this user and thing; `new` while it is being created."""
    reading = _Reading(sim, actor, item, new)
    for name, argument in commands:
        reading.run(name, argument)
    return reading.outcome


class _Reading:
    """One text's commands, read in order; later ones see what earlier ones want."""

    def __init__(self, sim: Simulator, actor: User, item: Issuable, new: bool) -> None:
        self.sim = sim
        self.actor = actor
        self.item = item
        self.new = new
        self.outcome = Outcome()

    def run(self, name: str, argument: str) -> None:
        effect = _EFFECTS.get(name)
        if effect is None:
            return
        said = effect(self, argument)
        if said:
            self.outcome.messages.append(said)
        else:
            self.outcome.failures.append(f"Could not apply {name} command.")

    def want(self, key: str, *, value: Any) -> None:
        self.outcome.wanted[key] = value

    def later(self, step: Callable[[], object]) -> None:
        self.outcome.after.append(step)

    def may_set(self) -> bool:
        """Whether the user may set labels, people and dates: Guests only while creating."""
        if self.new and has(self.sim, self.actor, self.item.project, MEMBERS):
            return True
        return can_administer(self.sim, self.actor, self.item)

    def may_plan(self) -> bool:
        return has(self.sim, self.actor, self.item.project, PLANNING)

    def noun(self) -> str:
        return system_notes.noun(self.item)

    def users(self, argument: str) -> list[User]:
        names = [word.strip("@,").lower() for word in argument.split()]
        found = [self.sim.state.user_named(self.actor.username if n == "me" else n) for n in names]
        return [user for user in found if user]

    def labels(self, argument: str) -> list[Label]:
        names = [found["quoted"] or found["plain"] for found in _LABEL.finditer(argument)]
        found = [find_label(self.item.project, name) for name in names]
        return [label for label in found if label]

    def issues(self, argument: str) -> list[Issue]:
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
        found = self.sim.state.project_at(path) if path else self.item.project
        if found and self.may_plan() and has(self.sim, self.actor, found, PLANNING):
            return found
        return None


Effect = Callable[[_Reading, str], str]


def _close(it: _Reading, _argument: str) -> str:
    if it.item.state != "opened" or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("state_event", value="close")
    return f"Closed this {it.noun()}."


def _reopen(it: _Reading, _argument: str) -> str:
    if it.item.state != "closed" or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("state_event", value="reopen")
    return f"Reopened this {it.noun()}."


def _title(it: _Reading, argument: str) -> str:
    if not argument or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("title", value=argument)
    return f'Changed the title to "{argument}".'


def _people(it: _Reading) -> list[User]:
    return list(it.outcome.wanted.get("assignees", it.item.assignees))


def _assign(it: _Reading, argument: str) -> str:
    users = it.users(argument)
    if not users or not it.may_set():
        return ""
    it.want("assignees", value=_people(it) + users if it.sim.premium else users[:1])
    return f"Assigned {_names(users)}."


def _unassign(it: _Reading, argument: str) -> str:
    if not it.may_set():
        return ""
    users = it.users(argument) or _people(it)
    it.want("assignees", value=[user for user in _people(it) if user not in users])
    return f"Removed {'assignee' if len(users) == 1 else 'assignees'} {_names(users)}."


def _reassign(it: _Reading, argument: str) -> str:
    users = it.users(argument)
    if not users or not it.may_set():
        return ""
    it.want("assignees", value=users)
    return f"Changed assignee(s) to {_names(users)}."


def _label(it: _Reading, argument: str) -> str:
    labels = it.labels(argument)
    if not labels or not it.may_set():
        return ""
    it.want("add_labels", value=it.outcome.wanted.get("add_labels", []) + labels)
    return f"Added {_label_names(labels)} {_plural(labels)}."


def _unlabel(it: _Reading, argument: str) -> str:
    if not it.may_set():
        return ""
    if not argument:
        it.want("labels", value=[])
        return "Removed all labels."
    labels = it.labels(argument)
    it.want("remove_labels", value=it.outcome.wanted.get("remove_labels", []) + labels)
    return f"Removed {_label_names(labels)} {_plural(labels)}." if labels else ""


def _relabel(it: _Reading, argument: str) -> str:
    labels = it.labels(argument)
    if not labels or not it.may_set():
        return ""
    it.want("labels", value=labels)
    return f"Replaced all labels with {_label_names(labels)} {_plural(labels)}."


def _due(it: _Reading, argument: str) -> str:
    day = read_day(argument, it.sim.clock.now().date())
    if not isinstance(it.item, Issue) or day is None or not it.may_set():
        return ""
    it.want("due_date", value=day)
    return f"Set the due date to {day.strftime('%b')} {day.day}, {day.year}."


def _remove_due_date(it: _Reading, _argument: str) -> str:
    if not isinstance(it.item, Issue) or not it.may_set():
        return ""
    it.want("due_date", value=None)
    return "Removed the due date."


def _confidential(it: _Reading, _argument: str) -> str:
    if not isinstance(it.item, Issue) or it.item.confidential or not it.may_set():
        return ""
    it.want("confidential", value=True)
    return "Made this issue confidential."


def _milestone(it: _Reading, argument: str) -> str:
    title = argument.lstrip("%").strip('"')
    stones = [s for s in visible_milestones(it.item.project) if s.title == title]
    if not stones or not it.may_set():
        return ""
    it.want("milestone", value=stones[0])
    return f"Set the milestone to %{system_notes.quoted(title)}."


def _remove_milestone(it: _Reading, _argument: str) -> str:
    if it.item.milestone is None or not it.may_set():
        return ""
    it.want("milestone", value=None)
    return f"Removed %{system_notes.quoted(it.item.milestone.title)} milestone."


def _lock(it: _Reading, _argument: str) -> str:
    if it.item.discussion_locked or not can_administer(it.sim, it.actor, it.item):
        return ""
    it.want("discussion_locked", value=True)
    return "Locked the discussion."


def _unlock(it: _Reading, _argument: str) -> str:
    if not it.item.discussion_locked or not can_administer(it.sim, it.actor, it.item):
        return ""
    it.want("discussion_locked", value=False)
    return "Unlocked the discussion."


def _relate_as(kind: str) -> Effect:
    def relate(it: _Reading, argument: str) -> str:
        others = [issue for issue in it.issues(argument) if issue is not it.item]
        here = it.item
        allowed = isinstance(here, Issue) and has(it.sim, it.actor, here.project, MEMBERS)
        if not isinstance(here, Issue) or not others or not allowed:
            return ""
        if kind != "relates_to" and not it.sim.premium:
            return ""
        for other in others:
            it.later(_relating(it, here, other, kind))
        return f"Added {', '.join(reference(o, here.project) for o in others)} as related."

    return relate


def _relating(it: _Reading, here: Issue, other: Issue, kind: str) -> Callable[[], object]:
    def step() -> None:
        if not relations.linked(here, other):
            relations.relate(it.sim, it.actor, here, other, kind)

    return step


def _unlink(it: _Reading, argument: str) -> str:
    here, others = it.item, it.issues(argument)
    if not isinstance(here, Issue) or not others or not it.may_plan():
        return ""
    link = relations.linked(here, others[0])
    if link is None:
        return ""
    it.later(lambda: relations.unlink(it.sim, it.actor, link))
    return f"Removed linked issue {reference(others[0], here.project)}."


def _duplicate(it: _Reading, argument: str) -> str:
    here, others = it.item, it.issues(argument)
    if not isinstance(here, Issue) or not others or not can_update(it.sim, it.actor, here):
        return ""
    other = others[0]
    it.want("state_event", value="close")
    it.later(lambda: _mark_duplicate(it, here, other))
    name = reference(other, here.project)
    return f"Closed this issue. Marked as related to, and a duplicate of, {name}."


def _mark_duplicate(it: _Reading, here: Issue, other: Issue) -> None:
    here.duplicated_to = other
    name = reference(other, here.project)
    body = f"marked this issue as a duplicate of {name}"
    system_notes.add(it.sim, here, it.actor, body, mentioned_from=other)
    back = f"marked {reference(here, other.project)} as a duplicate of this issue"
    system_notes.add(it.sim, other, it.actor, back, mentioned_from=here)
    _relating(it, here, other, "relates_to")()


def _move(it: _Reading, argument: str) -> str:
    here, target = it.item, it.project(argument)
    if not isinstance(here, Issue) or target is None or target is here.project:
        return ""
    it.later(lambda: moving.move(it.sim, it.actor, here, target))
    return f"Moved this issue to {target.full_path}."


def _clone(it: _Reading, argument: str) -> str:
    with_notes = "--with_notes" in argument
    here, target = it.item, it.project(argument.replace("--with_notes", "").strip())
    if not isinstance(here, Issue) or target is None:
        return ""
    it.later(lambda: moving.clone(it.sim, it.actor, here, target, with_notes=with_notes))
    return f"Cloned this issue to {target.full_path}."


def _todo(it: _Reading, _argument: str) -> str:
    it.later(lambda: mentions.add_todo(it.sim, it.actor, it.actor, it.item, "marked"))
    return "Added a to-do item."


def _done(it: _Reading, _argument: str) -> str:
    it.later(lambda: mentions.resolve_todos(it.sim, it.actor, it.item))
    return "Marked to-do item as done."


def _subscribe(it: _Reading, _argument: str) -> str:
    it.item.subscriptions[it.actor.id] = True
    return "Subscribed to notifications."


def _unsubscribe(it: _Reading, _argument: str) -> str:
    it.item.subscriptions[it.actor.id] = False
    return "Unsubscribed from notifications."


def _react(it: _Reading, argument: str) -> str:
    name = argument.strip(": ")
    if not name:
        return ""
    it.later(lambda: reactions.toggle(it.sim, it.actor, it.item, name))
    return f"Toggled :{name}: emoji reaction."


def _draft(it: _Reading, _argument: str) -> str:
    return _set_draft(it, draft=True)


def _ready(it: _Reading, _argument: str) -> str:
    return _set_draft(it, draft=False)


def _set_draft(it: _Reading, *, draft: bool) -> str:
    if not isinstance(it.item, MergeRequest) or not can_update(it.sim, it.actor, it.item):
        return ""
    plain = _DRAFT.sub("", it.item.title)
    it.want("title", value=f"Draft: {plain}" if draft else plain)
    return f"Marked this merge request as {'a draft' if draft else 'ready'}."


def _no_effect(_it: _Reading, _argument: str) -> str:
    return "Updated the time tracking."


def _names(users: list[User]) -> str:
    return " ".join(f"@{user.username}" for user in users)


def _label_names(labels: list[Label]) -> str:
    return " ".join(f"~{system_notes.quoted(label.name)}" for label in labels)


def _plural(labels: list[Label]) -> str:
    return "label" if len(labels) == 1 else "labels"


_EFFECTS: dict[str, Effect] = {
    "assign": _assign,
    "award": _react,
    "blocked_by": _relate_as("is_blocked_by"),
    "blocks": _relate_as("blocks"),
    "clone": _clone,
    "close": _close,
    "confidential": _confidential,
    "done": _done,
    "draft": _draft,
    "due": _due,
    "duplicate": _duplicate,
    "estimate": _no_effect,
    "label": _label,
    "labels": _label,
    "lock": _lock,
    "milestone": _milestone,
    "move": _move,
    "react": _react,
    "ready": _ready,
    "reassign": _reassign,
    "relabel": _relabel,
    "relate": _relate_as("relates_to"),
    "remove_due_date": _remove_due_date,
    "remove_label": _unlabel,
    "remove_milestone": _remove_milestone,
    "reopen": _reopen,
    "spend": _no_effect,
    "subscribe": _subscribe,
    "title": _title,
    "todo": _todo,
    "unassign": _unassign,
    "unlabel": _unlabel,
    "unlink": _unlink,
    "unlock": _unlock,
    "unsubscribe": _unsubscribe,
}
