"""What quick actions do: turned into changes wanted, steps to take after them, and answers.

https://docs.gitlab.com/user/project/quick_actions/
A command that the user may not give, or that does not apply, changes nothing and says so.
"""

import re
from collections.abc import Callable

from bot.simulator import (
    emoji,
    mentions,
    moving,
    planning_commands,
    reactions,
    relations,
    request_commands,
    system_notes,
)
from bot.simulator.command_reading import Effect, Outcome, Reading, label_names, user_names
from bot.simulator.due_words import read_day
from bot.simulator.model import Issuable, Issue, Label, User
from bot.simulator.permissions import MEMBERS, can_administer, can_update, has
from bot.simulator.present_issues import reference
from bot.simulator.quick_actions import Command
from bot.simulator.simulator import Simulator
from bot.simulator.state import visible_milestones

_EMOJI = re.compile(r":(?P<name>[\w+-]+):")


def interpret(
    sim: Simulator, actor: User, item: Issuable, commands: list[Command], *, new: bool = False
) -> Outcome:
    """What the commands come to for this user and thing; `new` while it is being created."""
    reading = Reading(sim, actor, item, new)
    for name, argument in commands:
        _run(reading, name, argument)
    return reading.outcome


def _run(reading: Reading, name: str, argument: str) -> None:
    effect = _EFFECTS.get(name)
    if effect is None:
        return
    said = effect(reading, argument)
    if said:
        reading.outcome.messages.append(said)
    else:
        reading.outcome.failures.append(f"Could not apply {name} command.")


def _close(it: Reading, _argument: str) -> str:
    if it.item.state != "opened" or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("state_event", value="close")
    return f"Closed this {it.noun()}."


def _reopen(it: Reading, _argument: str) -> str:
    if it.item.state != "closed" or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("state_event", value="reopen")
    return f"Reopened this {it.noun()}."


def _title(it: Reading, argument: str) -> str:
    if not argument or not can_update(it.sim, it.actor, it.item):
        return ""
    it.want("title", value=argument)
    return f'Changed the title to "{argument}".'


def _people(it: Reading) -> list[User]:
    return list(it.outcome.wanted.get("assignees", it.item.assignees))


def _assign(it: Reading, argument: str) -> str:
    users = it.users(argument)
    if not users or not it.may_set():
        return ""
    it.want("assignees", value=_people(it) + users if it.sim.premium else users[:1])
    return f"Assigned {user_names(users)}."


def _unassign(it: Reading, argument: str) -> str:
    if not it.may_set():
        return ""
    users = it.users(argument) or _people(it)
    it.want("assignees", value=[user for user in _people(it) if user not in users])
    return f"Removed {'assignee' if len(users) == 1 else 'assignees'} {user_names(users)}."


def _reassign(it: Reading, argument: str) -> str:
    users = it.users(argument)
    if not users or not it.may_set():
        return ""
    it.want("assignees", value=users)
    return f"Changed assignee(s) to {user_names(users)}."


def _label(it: Reading, argument: str) -> str:
    labels = it.labels(argument)
    if not labels or not it.may_set():
        return ""
    it.want("add_labels", value=it.outcome.wanted.get("add_labels", []) + labels)
    return f"Added {label_names(labels)} {_plural(labels)}."


def _unlabel(it: Reading, argument: str) -> str:
    if not it.may_set():
        return ""
    if not argument:
        it.want("labels", value=[])
        return "Removed all labels."
    labels = it.labels(argument)
    it.want("remove_labels", value=it.outcome.wanted.get("remove_labels", []) + labels)
    return f"Removed {label_names(labels)} {_plural(labels)}." if labels else ""


def _relabel(it: Reading, argument: str) -> str:
    labels = it.labels(argument)
    if not labels or not it.may_set():
        return ""
    it.want("labels", value=labels)
    return f"Replaced all labels with {label_names(labels)} {_plural(labels)}."


def _due(it: Reading, argument: str) -> str:
    day = read_day(argument, it.sim.clock.now().date())
    if not isinstance(it.item, Issue) or day is None or not it.may_set():
        return ""
    it.want("due_date", value=day)
    return f"Set the due date to {day.strftime('%b')} {day.day}, {day.year}."


def _remove_due_date(it: Reading, _argument: str) -> str:
    if not isinstance(it.item, Issue) or not it.may_set():
        return ""
    it.want("due_date", value=None)
    return "Removed the due date."


def _confidential(it: Reading, _argument: str) -> str:
    if not isinstance(it.item, Issue) or it.item.confidential or not it.may_set():
        return ""
    it.want("confidential", value=True)
    return "Made this issue confidential."


def _milestone(it: Reading, argument: str) -> str:
    title = argument.lstrip("%").strip('"')
    stones = [s for s in visible_milestones(it.item.project) if s.title == title]
    if not stones or not it.may_set():
        return ""
    it.want("milestone", value=stones[0])
    return f"Set the milestone to %{system_notes.quoted(title)}."


def _remove_milestone(it: Reading, _argument: str) -> str:
    if it.item.milestone is None or not it.may_set():
        return ""
    it.want("milestone", value=None)
    return f"Removed %{system_notes.quoted(it.item.milestone.title)} milestone."


def _lock(it: Reading, _argument: str) -> str:
    if it.item.discussion_locked or not can_administer(it.sim, it.actor, it.item):
        return ""
    it.want("discussion_locked", value=True)
    return "Locked the discussion."


def _unlock(it: Reading, _argument: str) -> str:
    if not it.item.discussion_locked or not can_administer(it.sim, it.actor, it.item):
        return ""
    it.want("discussion_locked", value=False)
    return "Unlocked the discussion."


def _relate_as(kind: str) -> Effect:
    def relate(it: Reading, argument: str) -> str:
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


def _relating(it: Reading, here: Issue, other: Issue, kind: str) -> Callable[[], object]:
    def step() -> None:
        if not relations.linked(here, other):
            relations.relate(it.sim, it.actor, here, other, kind)

    return step


def _unlink(it: Reading, argument: str) -> str:
    here, others = it.item, it.issues(argument)
    if not isinstance(here, Issue) or not others or not it.may_plan():
        return ""
    link = relations.linked(here, others[0])
    if link is None:
        return ""
    it.later(lambda: relations.unlink(it.sim, it.actor, link))
    return f"Removed linked issue {reference(others[0], here.project)}."


def _duplicate(it: Reading, argument: str) -> str:
    here, others = it.item, it.issues(argument)
    if not isinstance(here, Issue) or not others or not can_update(it.sim, it.actor, here):
        return ""
    other = others[0]
    it.want("state_event", value="close")
    it.later(lambda: _mark_duplicate(it, here, other))
    name = reference(other, here.project)
    return f"Closed this issue. Marked as related to, and a duplicate of, {name}."


def _mark_duplicate(it: Reading, here: Issue, other: Issue) -> None:
    here.duplicated_to = other
    name = reference(other, here.project)
    body = f"marked this issue as a duplicate of {name}"
    system_notes.add(it.sim, here, it.actor, body, mentioned_from=other)
    back = f"marked {reference(here, other.project)} as a duplicate of this issue"
    system_notes.add(it.sim, other, it.actor, back, mentioned_from=here)
    _relating(it, here, other, "relates_to")()


def _move(it: Reading, argument: str) -> str:
    here, target = it.item, it.project(argument)
    if not isinstance(here, Issue) or target is None or target is here.project:
        return ""
    it.later(lambda: moving.move(it.sim, it.actor, here, target))
    return f"Moved this issue to {target.full_path}."


def _clone(it: Reading, argument: str) -> str:
    with_notes = "--with_notes" in argument
    here, target = it.item, it.project(argument.replace("--with_notes", "").strip())
    if not isinstance(here, Issue) or target is None:
        return ""
    it.later(lambda: moving.clone(it.sim, it.actor, here, target, with_notes=with_notes))
    return f"Cloned this issue to {target.full_path}."


def _todo(it: Reading, _argument: str) -> str:
    it.later(lambda: mentions.add_todo(it.sim, it.actor, it.actor, it.item, "marked"))
    return "Added a to-do item."


def _done(it: Reading, _argument: str) -> str:
    it.later(lambda: mentions.resolve_todos(it.sim, it.actor, it.item))
    return "Marked to-do item as done."


def _subscribe(it: Reading, _argument: str) -> str:
    it.item.subscriptions[it.actor.id] = True
    return "Subscribed to notifications."


def _unsubscribe(it: Reading, _argument: str) -> str:
    it.item.subscriptions[it.actor.id] = False
    return "Unsubscribed from notifications."


def _react(it: Reading, argument: str) -> str:
    found = _EMOJI.fullmatch(argument)
    name = emoji.named(found["name"]) if found else None
    if name is None:
        return ""
    it.later(lambda: reactions.toggle(it.sim, it.actor, it.item, name))
    return f"Toggled :{name}: emoji reaction."


def _plural(labels: list[Label]) -> str:
    return "label" if len(labels) == 1 else "labels"


_EFFECTS: dict[str, Effect] = {
    **request_commands.EFFECTS,
    **planning_commands.EFFECTS,
    "assign": _assign,
    "award": _react,
    "blocked_by": _relate_as("is_blocked_by"),
    "blocks": _relate_as("blocks"),
    "clone": _clone,
    "close": _close,
    "confidential": _confidential,
    "done": _done,
    "due": _due,
    "duplicate": _duplicate,
    "label": _label,
    "labels": _label,
    "lock": _lock,
    "milestone": _milestone,
    "move": _move,
    "react": _react,
    "reassign": _reassign,
    "relabel": _relabel,
    "relate": _relate_as("relates_to"),
    "remove_due_date": _remove_due_date,
    "remove_label": _unlabel,
    "remove_milestone": _remove_milestone,
    "reopen": _reopen,
    "subscribe": _subscribe,
    "title": _title,
    "todo": _todo,
    "unassign": _unassign,
    "unlabel": _unlabel,
    "unlink": _unlink,
    "unlock": _unlock,
    "unsubscribe": _unsubscribe,
}
