"""Quick actions for time, weight, type, severity, columns, and taking over metadata.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re

from bot.simulator import durations, mentions
from bot.simulator.command_reading import Effect, Reading, label_names
from bot.simulator.model import Issuable, Issue, MergeRequest
from bot.simulator.permissions import can_see
from bot.simulator.present_issues import reference
from bot.simulator.text import references

_DATE = re.compile(r"\s+\d{4}-\d{2}-\d{2}$")
_TYPES = ("issue", "incident", "task")
_SEVERITIES = {"s1": "critical", "s2": "high", "s3": "medium", "s4": "low"}


def _estimate(it: Reading, argument: str) -> str:
    seconds = durations.read(argument)
    if seconds is None or seconds < 0 or not it.may_set():
        return ""
    it.want("time_estimate", value=seconds)
    return f"Set time estimate to {durations.write(seconds)}."


def _remove_estimate(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_estimate", value=0)
    return "Removed time estimate."


def _spend(it: Reading, argument: str) -> str:
    seconds = durations.read(_DATE.sub("", argument))
    if not seconds or not it.may_set():
        return ""
    total = it.outcome.wanted.get("time_spent", it.item.time_spent) + seconds
    if total < 0:
        return ""
    it.want("time_spent", value=total)
    verb = "Added" if seconds > 0 else "Subtracted"
    return f"{verb} {durations.write(abs(seconds))} spent time."


def _remove_time_spent(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_spent", value=0)
    return "Removed spent time."


def _weight(it: Reading, argument: str) -> str:
    if not isinstance(it.item, Issue) or not argument.isdigit():
        return ""
    if not it.sim.premium or not it.may_set():
        return ""
    it.want("weight", value=int(argument))
    return f"Set weight to {int(argument)}."


def _clear_weight(it: Reading, _argument: str) -> str:
    item = it.item
    if not isinstance(item, Issue) or item.weight is None or not it.may_set():
        return ""
    it.want("weight", value=None)
    return "Cleared weight."


def _type(it: Reading, argument: str) -> str:
    kind = argument.lower()
    if not isinstance(it.item, Issue) or kind not in _TYPES or not it.may_set():
        return ""
    if it.item.issue_type == kind:
        return ""
    it.want("issue_type", value=kind)
    return "Type changed successfully."


def _promote_to_incident(it: Reading, _argument: str) -> str:
    said = _type(it, "incident")
    return said and "Issue has been promoted to incident."


def _severity(it: Reading, argument: str) -> str:
    word = _SEVERITIES.get(argument.lower(), argument.lower())
    item = it.item
    known = word in {*_SEVERITIES.values(), "unknown"}
    if not isinstance(item, Issue) or item.issue_type != "incident" or not known:
        return ""
    it.want("severity", value=word.upper())
    return f"Severity updated to {word.capitalize()}."


def _board_move(it: Reading, argument: str) -> str:
    """Into a column of the project's only board: its label instead of the other columns'."""
    labels, boards = it.labels(argument), list(it.item.project.boards.values())
    if not isinstance(it.item, Issue) or len(labels) != 1 or len(boards) != 1 or not it.may_set():
        return ""
    columns = [entry.label for entry in boards[0].lists.values()]
    if labels[0] not in columns:
        return ""
    it.want("add_labels", value=[*it.outcome.wanted.get("add_labels", []), labels[0]])
    others = [label for label in columns if label is not labels[0]]
    it.want("remove_labels", value=it.outcome.wanted.get("remove_labels", []) + others)
    return f"Moved issue to {label_names(labels)} column in the board."


def _copy_metadata(it: Reading, argument: str) -> str:
    sources = [item for item in _named(it, argument) if item.project is it.item.project]
    if not sources or not it.may_set():
        return ""
    source = sources[0]
    wanted = it.outcome.wanted
    it.want("add_labels", value=wanted.get("add_labels", []) + list(source.labels))
    if source.milestone:
        it.want("milestone", value=source.milestone)
    return f"Copied labels and milestone from {reference(source, it.item.project)}."


def _named(it: Reading, argument: str) -> list[Issuable]:
    found = [
        mentions.find_reference(it.sim, it.item, *entry)
        for entry in references(argument, it.sim.url)
    ]
    kinds = (Issue, MergeRequest)
    return [x for x in found if isinstance(x, kinds) and can_see(it.sim, it.actor, x)]


EFFECTS: dict[str, Effect] = {
    "board_move": _board_move,
    "clear_weight": _clear_weight,
    "copy_metadata": _copy_metadata,
    "estimate": _estimate,
    "estimate_time": _estimate,
    "promote_to_incident": _promote_to_incident,
    "remove_estimate": _remove_estimate,
    "remove_time_estimate": _remove_estimate,
    "remove_time_spent": _remove_time_spent,
    "severity": _severity,
    "spend": _spend,
    "spend_time": _spend,
    "type": _type,
    "weight": _weight,
}
