"""Quick actions for labels, milestones and columns of boards.

https://docs.gitlab.com/user/project/quick_actions/
"""

from bot.simulator.command_reading import (
    Effect,
    Reading,
    UnreadableError,
    label_names,
    milestone_name,
)
from bot.simulator.model import Issue, Label
from bot.simulator.present_issues import reference
from bot.simulator.state import visible_labels, visible_milestones

_REMOVED_ALL = "Removed all labels."


def _label(it: Reading, argument: str) -> str | None:
    if not visible_labels(it.item.project) or not it.may_set():
        return ""
    labels = it.labels(argument)
    if not labels:
        return None
    it.want("add_labels", value=_more(it, "add_labels", labels))
    return f"Added {label_names(labels)}."


def _unlabel(it: Reading, argument: str) -> str | None:
    if not (it.item.labels or it.outcome.wanted.get("add_labels")) or not it.may_set():
        return ""
    if not argument:
        it.want("labels", value=[])
        return _REMOVED_ALL
    labels = it.labels(argument)
    if not labels:
        return _REMOVED_ALL  # GitLab says so too, and removes none
    it.want("remove_labels", value=_more(it, "remove_labels", labels))
    return f"Removed {label_names(labels)}."


def _relabel(it: Reading, argument: str) -> str | None:
    if not it.item.labels or not it.may_set():
        return ""
    labels = it.labels(argument)
    if not labels:
        return None
    it.want("labels", value=_more(it, "labels", labels))
    return f"Replaced all labels with {label_names(labels)}."


def _more(it: Reading, key: str, labels: list[Label]) -> list[Label]:
    return list(dict.fromkeys([*it.outcome.wanted.get(key, []), *labels]))


def _milestone(it: Reading, argument: str) -> str | None:
    usable = visible_milestones(it.item.project)
    if not any(stone.state == "active" for stone in usable) or not it.may_set():
        return ""
    stone = it.milestone(argument)
    if stone is None:
        return None
    it.want("milestone", value=stone)
    return f"Set the milestone to {milestone_name(stone)}."


def _remove_milestone(it: Reading, _argument: str) -> str:
    if it.item.milestone is None or not it.may_set():
        return ""
    it.want("milestone", value=None)
    return f"Removed {milestone_name(it.item.milestone)} milestone."


def _board_move(it: Reading, argument: str) -> str:
    """Into a column of the project's only board: its label instead of the other columns'."""
    labels, boards = it.labels(argument), list(it.item.project.boards.values())
    if not isinstance(it.item, Issue) or len(boards) != 1 or not it.may_set():
        return ""
    columns = [x.subject for x in boards[0].lists.values() if isinstance(x.subject, Label)]
    if len(labels) > 1:
        return "Failed to move this issue because only a single label can be provided."
    if not labels or labels[0] not in columns:
        return "Failed to move this issue because label was not found."
    it.want("add_labels", value=_more(it, "add_labels", labels))
    others = [label for label in it.item.labels if label in columns and label is not labels[0]]
    it.want("remove_labels", value=_more(it, "remove_labels", others))
    return f"Moved issue to ~{labels[0].id} column in the board."


def _copy_metadata(it: Reading, argument: str) -> str | None:
    """Labels and milestone of another issue or merge request of this project."""
    if not it.may_set():
        return ""
    if not argument:
        return None
    sources = it.things(argument)
    if not sources:
        raise UnreadableError("Failed to find work item or merge request")
    source = sources[0]
    if source.project is not it.item.project:
        return None
    it.want("add_labels", value=_more(it, "add_labels", source.labels))
    if source.milestone:
        it.want("milestone", value=source.milestone)
    return f"Copied labels and milestone from {reference(source, it.item.project)}."


EFFECTS: dict[str, Effect] = {
    "board_move": _board_move,
    "copy_metadata": _copy_metadata,
    "label": _label,
    "labels": _label,
    "milestone": _milestone,
    "relabel": _relabel,
    "remove_label": _unlabel,
    "remove_milestone": _remove_milestone,
    "unlabel": _unlabel,
}
