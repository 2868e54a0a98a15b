"""Quick actions for the state, text, dates, discussion and followers of a thing.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re
from functools import partial

from bot.simulator import emoji, mentions, reactions
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.due_words import read_day
from bot.simulator.model import Issue
from bot.simulator.permissions import can_administer, can_update
from bot.simulator.present_issues import subscribed

_EMOJI = re.compile(r":(?P<name>[\w+-]+):")


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
    if not isinstance(it.item, Issue) or it.item.confidential:
        return ""
    if not (it.new or it.may_set()):  # whoever opens an issue may
        return ""
    it.want("confidential", value=True)
    return "Made this issue confidential."


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
    found = _EMOJI.search(argument)
    name = emoji.named(found["name"]) if found else None
    if name is None:
        return None
    it.later(lambda: reactions.toggle(it.sim, it.actor, it.item, name), emoji_award=name)
    return f"Toggled :{name}: emoji reaction."


EFFECTS: dict[str, Effect] = {
    "award": _react,
    "close": _close,
    "confidential": _confidential,
    "done": _done,
    "due": _due,
    "lock": _lock,
    "react": _react,
    "remove_due_date": _remove_due_date,
    "reopen": _reopen,
    "subscribe": _subscribe,
    "title": _title,
    "todo": _todo,
    "unlock": _unlock,
    "unsubscribe": _unsubscribe,
}
