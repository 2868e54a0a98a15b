"""What quick actions do: turned into changes wanted, steps to take after them, and answers.

https://docs.gitlab.com/user/project/quick_actions/
A command that the user may not give, or that does not apply, changes nothing and says so.
"""

import re
from collections.abc import Callable
from functools import partial

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
from bot.simulator.command_reading import (
    Effect,
    Outcome,
    Reading,
    UnreadableError,
    label_names,
    user_names,
)
from bot.simulator.due_words import read_day
from bot.simulator.model import Issuable, Issue, Label, Project, User
from bot.simulator.permissions import MEMBERS, PLANNING, can_administer, can_read, can_update, has
from bot.simulator.present_issues import reference, subscribed
from bot.simulator.quick_actions import Command
from bot.simulator.simulator import Simulator
from bot.simulator.state import visible_milestones

_NO_TARGET = "Target project or group doesn't exist or doesn't support this item type."
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
    effect, unable = _EFFECTS.get(name), f"Could not apply {name} command."
    if effect is None:
        return
    try:
        usable = not (reading.new and name in _LATER)
        said = effect(reading, argument) if usable else ""
    except UnreadableError as problem:
        said = f"{unable} {problem}."
    if said is not None:
        reading.outcome.messages.append(said or unable)


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


def _title(it: Reading, argument: str) -> str | None:
    if not can_update(it.sim, it.actor, it.item):
        return ""
    if not argument:
        return None
    it.want("title", value=argument)
    return f'Changed the title to "{argument}".'


def _people(it: Reading) -> list[User]:
    return list(it.outcome.wanted.get("assignees", it.item.assignees))


def _assign(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    it.want("assignees", value=_people(it) + users if it.sim.premium else users[:1])
    return f"Assigned {user_names(users if it.sim.premium else users[:1])}."


def _unassign(it: Reading, argument: str) -> str:
    if not _people(it) or not it.may_set():
        return ""
    users = (it.users(argument) if it.sim.premium else []) or _people(it)
    it.want("assignees", value=[user for user in _people(it) if user not in users])
    return f"Removed {'assignee' if len(users) == 1 else 'assignees'} {user_names(users)}."


def _reassign(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    it.want("assignees", value=users)
    return f"Changed assignee(s) to {user_names(users)}."


def _label(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    labels = it.labels(argument)
    if not labels:
        return None
    it.want("add_labels", value=it.outcome.wanted.get("add_labels", []) + labels)
    return f"Added {label_names(labels)} {_plural(labels)}."


def _unlabel(it: Reading, argument: str) -> str | None:
    wanted = it.outcome.wanted
    if not (it.item.labels or wanted.get("add_labels")) or not it.may_set():
        return ""
    if not argument:
        it.want("labels", value=[])
        return "Removed all labels."
    labels = it.labels(argument)
    it.want("remove_labels", value=it.outcome.wanted.get("remove_labels", []) + labels)
    return f"Removed {label_names(labels)} {_plural(labels)}." if labels else None


def _relabel(it: Reading, argument: str) -> str | None:
    if not it.item.labels or not it.may_set():
        return ""
    labels = it.labels(argument)
    if not labels:
        return None
    it.want("labels", value=labels)
    return f"Replaced all labels with {label_names(labels)} {_plural(labels)}."


def _due(it: Reading, argument: str) -> str | None:
    if not isinstance(it.item, Issue) or not it.may_set():
        return ""
    if not argument:
        return None
    day = read_day(argument, it.sim.clock.now().date())
    if day is None:
        return "Failed to set due date because the date format is invalid."
    it.want("due_date", value=day)
    return f"Set the due date to {day.strftime('%b')} {day.day}, {day.year}."


def _remove_due_date(it: Reading, _argument: str) -> str:
    dated = isinstance(it.item, Issue) and (it.item.due_date or it.outcome.wanted.get("due_date"))
    if not dated or not it.may_set():
        return ""
    it.want("due_date", value=None)
    return "Removed the due date."


def _confidential(it: Reading, _argument: str) -> str:
    if not isinstance(it.item, Issue) or it.item.confidential or not it.may_set():
        return ""
    it.want("confidential", value=True)
    return "Made this issue confidential."


def _milestone(it: Reading, argument: str) -> str | None:
    title = argument.lstrip("%").strip('"')
    usable = visible_milestones(it.item.project)
    if not any(stone.state == "active" for stone in usable) or not it.may_set():
        return ""
    stones = [s for s in usable if title in (s.title, str(s.iid) if argument[0] == "%" else "")]
    if not stones:
        return None
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
    here = it.item
    if not isinstance(here, Issue) or not it.may_plan():
        return ""
    target, reason = _target(it, argument or "?")
    if target is None or target is here.project:
        return f"Unable to move. {reason or _NO_TARGET}"
    it.later(lambda: moving.move(it.sim, it.actor, here, target))
    return f"Moved this issue to {target.full_path}."


def _clone(it: Reading, argument: str) -> str:
    here, words = it.item, argument.split()
    with_notes = "--with_notes" in words
    paths = [word for word in words if word != "--with_notes"]
    if not isinstance(here, Issue) or not it.may_plan():
        return ""
    if len(paths) > 1:
        return "Failed to clone this item: wrong parameters."
    target, reason = _target(it, paths[0] if paths else "")
    if target is None:
        return f"Unable to clone. {reason}"
    it.later(lambda: moving.clone(it.sim, it.actor, here, target, with_notes=with_notes))
    return f"Cloned this issue to {target.full_path}."


def _target(it: Reading, path: str) -> tuple[Project | None, str]:
    """Where to move or clone to, or why not there."""
    place = it.sim.state.project_at(path) if path else it.item.project
    if place is None or not can_read(it.sim, it.actor, place):
        return None, _NO_TARGET
    if not has(it.sim, it.actor, place, PLANNING):
        return None, "Insufficient permissions."
    return place, ""


def _todo(it: Reading, _argument: str) -> str:
    if _has_todo(it):
        return ""
    step = partial(mentions.add_todo, it.sim, it.actor, it.actor, it.item, "marked")
    it.later(step, todo_event="add")
    return "Added a to-do item."


def _done(it: Reading, _argument: str) -> str:
    if not _has_todo(it):
        return ""
    it.later(lambda: mentions.resolve_todos(it.sim, it.actor, it.item), todo_event="done")
    return "Marked to-do item as done."


def _has_todo(it: Reading) -> bool:
    return any(todo.target is it.item and todo.state == "pending" for todo in it.actor.todos)


def _subscribe(it: Reading, _argument: str) -> str:
    if subscribed(it.item, it.actor):
        return ""
    it.item.subscriptions[it.actor.id] = True
    it.outcome.told["subscription_event"] = "subscribe"
    return "Subscribed to notifications."


def _unsubscribe(it: Reading, _argument: str) -> str:
    if not subscribed(it.item, it.actor):
        return ""
    it.item.subscriptions[it.actor.id] = False
    it.outcome.told["subscription_event"] = "unsubscribe"
    return "Unsubscribed from notifications."


def _react(it: Reading, argument: str) -> str | None:
    found = _EMOJI.fullmatch(argument)
    name = emoji.named(found["name"]) if found else None
    if name is None:
        return None
    it.later(lambda: reactions.toggle(it.sim, it.actor, it.item, name), emoji_award=name)
    return f"Toggled :{name}: emoji reaction."


def _plural(labels: list[Label]) -> str:
    return "label" if len(labels) == 1 else "labels"


_LATER = frozenset(
    """
    approve award clone close done duplicate lock merge move react reassign rebase relabel
    remove_due_date remove_estimate remove_label remove_milestone remove_reviewer
    remove_time_estimate remove_time_spent reopen run_pipeline submit_review subscribe title todo
    unapprove unassign unassign_reviewer unlabel unlink unlock unsubscribe
    """.split()  # noqa: SIM905 -- thirty names read better without quotes
)
"""What does not apply to something that is just being made."""

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
