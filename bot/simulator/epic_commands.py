"""Quick actions for the epic of an issue (Premium).

https://docs.gitlab.com/user/project/quick_actions/
Only epics can be parents here, and only issues and tasks their children.
"""

import re

from bot.simulator import editing, epics
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.model import Issue, Namespace
from bot.simulator.model_epics import Epic
from bot.simulator.permissions import PLANNING, can_read, has

_SHORT = re.compile(r"(?P<path>[\w./-]*)&(?P<iid>\d+)")
_URL = re.compile(r"/groups/(?P<path>[\w./-]+?)/-/epics/(?P<iid>\d+)")
_NO_PARENT = "This parent item does not exist or you don't have sufficient permission."


def _issue(it: Reading) -> Issue | None:
    """The issue, where it can have a parent and the user may give it one."""
    item = it.item
    able = it.sim.premium and it.may_set()
    return item if isinstance(item, Issue) and able and item.issue_type != "incident" else None


def _set_as(said: str) -> Effect:
    def set_parent(it: Reading, argument: str) -> str | None:
        item = _issue(it)
        if item is None:
            return ""
        if not argument:
            return None
        epic = _named(it, argument)
        if epic is None:
            return _NO_PARENT
        if item.epic is epic:
            return f"#{item.iid} has already been added to parent &{epic.iid}."
        it.later(lambda: epics.put_in(it.sim, it.actor, epic, item))
        return said

    return set_parent


def _remove_parent(it: Reading, _argument: str) -> str:
    item = _issue(it)
    if item is None or item.epic is None:
        return ""
    it.later(lambda: epics.take_out(it.sim, it.actor, item))
    return "Parent item removed successfully."


def promote(it: Reading, item: Issue) -> str:
    """A new epic in the project's group, and the issue is closed."""
    group = item.project.namespace
    if not it.sim.premium or group.owner or not has(it.sim, it.actor, group, PLANNING):
        return "Failed to promote this work item: You have insufficient permissions."
    it.later(lambda: _promote(it, item, group))
    return "Promoted successfully."


def _promote(it: Reading, item: Issue, group: Namespace) -> None:
    epic = epics.create(it.sim, it.actor, group, item.title)
    epic.description = item.description
    epic.labels = [label for label in item.labels if label.holder in group.lineage()]
    epics.add_note(it.sim, it.actor, epic, f"promoted from issue #{item.iid}", system=True)
    editing.close(it.sim, it.actor, item)


def _named(it: Reading, text: str) -> Epic | None:
    """The epic of this reference or address, in the project's group unless another is named."""
    found = _URL.search(text) or _SHORT.search(text)
    if found is None:
        return None
    here = it.item.project.namespace
    place = it.sim.state.holder_at(found["path"]) if found["path"] else here
    if not isinstance(place, Namespace) or not can_read(it.sim, it.actor, place):
        return None
    epic = place.epics.get(int(found["iid"]))
    hidden = epic is not None and epic.confidential and not has(it.sim, it.actor, place, PLANNING)
    return None if hidden else epic


EFFECTS: dict[str, Effect] = {
    "epic": _set_as("Added an issue to an epic."),
    "remove_parent": _remove_parent,
    "set_parent": _set_as("Parent item set successfully."),
}
