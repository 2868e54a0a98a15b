"""Quick actions for time, weight, type, severity, columns, and taking over metadata.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re
from datetime import date

from bot.simulator import durations, mentions
from bot.simulator.command_reading import Effect, Reading, UnreadableError, label_names
from bot.simulator.model import Issuable, Issue, MergeRequest
from bot.simulator.permissions import can_see
from bot.simulator.present_issues import reference
from bot.simulator.text import references

_NO_ESTIMATE = "Removed time estimate."
_DATE = re.compile(r"\s+\d{4}-\d{2}-\d{2}$")
_TYPES = ("issue", "incident", "task")
_PROMOTIONS = {("issue", "incident"), ("task", "issue")}
_SEVERITIES = {"s1": "critical", "s2": "high", "s3": "medium", "s4": "low"}


def _estimate(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    seconds = durations.read(argument)
    if seconds is None or seconds < 0:
        return None
    it.want("time_estimate", value=seconds)
    return f"Set time estimate to {durations.write(seconds)}." if seconds else _NO_ESTIMATE


def _remove_estimate(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_estimate", value=0)
    return _NO_ESTIMATE


def _spend(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    seconds = durations.read(_DATE.sub("", argument))
    if not seconds or not _is_past(it, argument):
        return None
    total = it.outcome.wanted.get("time_spent", it.item.time_spent) + seconds
    if total < 0:
        return None
    it.want("time_spent", value=total)
    verb = "Added" if seconds > 0 else "Subtracted"
    return f"{verb} {durations.write(abs(seconds))} spent time."


def _is_past(it: Reading, argument: str) -> bool:
    """Whether time was spent today or before, where a day is named."""
    found = _DATE.search(argument)
    try:
        return not found or date.fromisoformat(found.group().strip()) <= it.sim.clock.now().date()
    except ValueError:
        return False


def _remove_time_spent(it: Reading, _argument: str) -> str:
    if not it.may_set():
        return ""
    it.want("time_spent", value=0)
    return "Removed spent time."


def _weight(it: Reading, argument: str) -> str | None:
    if not isinstance(it.item, Issue) or not it.sim.premium or not it.may_set():
        return ""
    if not argument.isdigit():
        return None
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
    return said and "Issue has been promoted to incident"


def _promote_to(it: Reading, argument: str) -> str:
    """Issues become incidents, tasks issues; there are no epics here."""
    kind, item = argument.lower(), it.item
    if not isinstance(item, Issue) or (item.issue_type, kind) not in _PROMOTIONS:
        return ""
    return _type(it, kind) and "Promoted successfully."


def _severity(it: Reading, argument: str) -> str:
    word = _SEVERITIES.get(argument.lower(), argument.lower())
    item = it.item
    if not isinstance(item, Issue) or not it.may_set() or not _is_incident(it, item):
        return ""
    if word not in {*_SEVERITIES.values(), "unknown"}:
        return "No severity matches the provided parameter"
    it.want("severity", value=word.upper())
    return f"Severity updated to {word.capitalize()}."


def _is_incident(it: Reading, item: Issue) -> bool:
    return bool(it.outcome.wanted.get("issue_type", item.issue_type) == "incident")


def _board_move(it: Reading, argument: str) -> str:
    """Into a column of the project's only board: its label instead of the other columns'."""
    labels, boards = it.labels(argument), list(it.item.project.boards.values())
    if not isinstance(it.item, Issue) or len(boards) != 1 or not it.may_set():
        return ""
    columns = [entry.label for entry in boards[0].lists.values()]
    if len(labels) > 1:
        return "Failed to move this issue because only a single label can be provided."
    if not labels or labels[0] not in columns:
        return "Failed to move this issue because label was not found."
    it.want("add_labels", value=[*it.outcome.wanted.get("add_labels", []), labels[0]])
    others = [label for label in columns if label is not labels[0]]
    it.want("remove_labels", value=it.outcome.wanted.get("remove_labels", []) + others)
    return f"Moved issue to {label_names(labels)} column in the board."


def _copy_metadata(it: Reading, argument: str) -> str | None:
    if not it.may_set():
        return ""
    sources = _named(it, argument)
    if argument and not sources:
        raise UnreadableError("Failed to find work item or merge request")
    if not sources or sources[0].project is not it.item.project:
        return None
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
    "promote_to": _promote_to,
    "promote_to_incident": _promote_to_incident,
    "remove_estimate": _remove_estimate,
    "remove_time_estimate": _remove_estimate,
    "remove_time_spent": _remove_time_spent,
    "severity": _severity,
    "spend": _spend,
    "spent": _spend,
    "spend_time": _spend,
    "type": _type,
    "weight": _weight,
}
