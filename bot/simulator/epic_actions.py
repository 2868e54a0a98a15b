"""Quick actions in the texts and comments of epics (Premium). No HTTP.

https://docs.gitlab.com/user/project/quick_actions/
State, title, labels, dates, secrecy and children; the others are told that they do not apply.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator import epics, quick_actions
from bot.simulator.command_reading import label_names, labels_named
from bot.simulator.due_words import read_day
from bot.simulator.model import Issue, User
from bot.simulator.model_epics import Epic
from bot.simulator.permissions import PLANNING, can_see, has
from bot.simulator.present_issues import reference
from bot.simulator.simulator import Simulator
from bot.simulator.text import references, sentence


@dataclass(slots=True)
class Reading:
    """One text's commands for an epic, what they changed, and what is to be said."""

    sim: Simulator
    actor: User
    epic: Epic
    changes: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)

    def summary(self) -> list[str]:
        """All that is to be said, in one text."""
        said = " ".join(self.messages)
        return [said] if said else []


def run(sim: Simulator, actor: User, epic: Epic, text: str) -> tuple[str, Reading | None]:
    """The text without its commands, which are done; no reading where there were none."""
    left, commands = quick_actions.extract(text)
    if not commands:
        return left, None
    it = Reading(sim, actor, epic)
    allowed = has(sim, actor, epic.group, PLANNING)
    for name, argument in commands:
        effect = _EFFECTS.get(name)
        said = effect(it, argument) if effect and allowed else ""
        if said is not None:
            it.messages.append(said or f"Could not apply {name} command.")
    epic.updated_at = sim.clock.now()
    return left, it


def set_state(sim: Simulator, epic: Epic, event: str) -> None:
    """Close an epic, or open it again."""
    epic.state = "closed" if event == "close" else "opened"
    epic.closed_at = sim.clock.now() if event == "close" else None


def _close(it: Reading, _argument: str) -> str:
    return _state(it, "close", "opened", "Closed")


def _reopen(it: Reading, _argument: str) -> str:
    return _state(it, "reopen", "closed", "Reopened")


def _state(it: Reading, event: str, before: str, said: str) -> str:
    if it.epic.state != before:
        return ""
    set_state(it.sim, it.epic, event)
    it.changes["state_event"] = event
    return f"{said} this epic."


def _title(it: Reading, argument: str) -> str | None:
    if not argument:
        return None
    it.epic.title = it.changes["title"] = argument
    return f'Changed the title to "{argument}".'


def _label(it: Reading, argument: str) -> str | None:
    found = labels_named(it.epic.group, argument)
    if not found:
        return None
    it.epic.labels = list(dict.fromkeys([*it.epic.labels, *found]))
    it.changes["add_label_ids"] = [label.id for label in found]
    return f"Added {label_names(found)}."


def _unlabel(it: Reading, argument: str) -> str | None:
    if not it.epic.labels:
        return ""
    if not argument:
        it.epic.labels, it.changes["label_ids"] = [], []
        return "Removed all labels."
    gone = labels_named(it.epic.group, argument)
    if not gone:
        return None
    it.epic.labels = [label for label in it.epic.labels if label not in gone]
    it.changes["remove_label_ids"] = [label.id for label in gone]
    return f"Removed {label_names(gone)}."


def _relabel(it: Reading, argument: str) -> str | None:
    found = labels_named(it.epic.group, argument)
    if not it.epic.labels:
        return ""
    if not found:
        return None
    it.epic.labels, it.changes["label_ids"] = found, [label.id for label in found]
    return f"Replaced all labels with {label_names(found)}."


def _confidential(it: Reading, _argument: str) -> str:
    if it.epic.confidential:
        return ""
    it.epic.confidential = it.changes["confidential"] = True
    return "Made this epic confidential."


def _due(it: Reading, argument: str) -> str | None:
    if not argument:
        return None
    day = read_day(argument, it.sim.clock.now().date())
    if day is None:
        return "Failed to set due date because the date format is invalid."
    it.epic.due_date, it.changes["due_date"] = day, day.isoformat()
    return f"Set the due date to {day.strftime('%b')} {day.day}, {day.year}."


def _remove_due_date(it: Reading, _argument: str) -> str:
    if it.epic.due_date is None:
        return ""
    it.epic.due_date = it.changes["due_date"] = None
    return "Removed the due date."


def _add_child(it: Reading, argument: str) -> str | None:
    if not argument:
        return None
    found = [issue for issue in _issues(it, argument) if issue.epic is not it.epic]
    for issue in found:
        epics.put_in(it.sim, it.actor, it.epic, issue)
    return _said("Added", "as a child item", found)


def _remove_child(it: Reading, argument: str) -> str | None:
    if not argument:
        return None
    found = [issue for issue in _issues(it, argument) if issue.epic is it.epic]
    for issue in found:
        epics.take_out(it.sim, it.actor, issue)
    return _said("Removed", "as a child item", found)


def _said(verb: str, end: str, found: list[Issue]) -> str:
    return f"{verb} {sentence([reference(issue) for issue in found])} {end}." if found else ""


def _issues(it: Reading, argument: str) -> list[Issue]:
    """The issues named with their project, or by address, that the user plans."""
    state = it.sim.state
    named = [
        (state.project_at(path) or state.project_at(f"{it.epic.group.full_path}/{path}"), number)
        for path, sign, number in references(argument, it.sim.url)
        if path and sign == "#"
    ]
    found = [place.issues[number] for place, number in named if place and number in place.issues]
    return [
        issue
        for issue in found
        if can_see(it.sim, it.actor, issue) and has(it.sim, it.actor, issue.project, PLANNING)
    ]


_EFFECTS: dict[str, Callable[[Reading, str], str | None]] = {
    "add_child": _add_child,
    "close": _close,
    "confidential": _confidential,
    "due": _due,
    "label": _label,
    "labels": _label,
    "relabel": _relabel,
    "remove_child": _remove_child,
    "remove_due_date": _remove_due_date,
    "remove_label": _unlabel,
    "reopen": _reopen,
    "title": _title,
    "unlabel": _unlabel,
}
