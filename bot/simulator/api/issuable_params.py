"""Turning the parameters of an issue or merge request into what `editing` understands."""

from bot.simulator.api.labels import make_label
from bot.simulator.editing import Wanted
from bot.simulator.model import Label, Milestone, Project, User
from bot.simulator.permissions import PLANNING, has
from bot.simulator.routing import Call
from bot.simulator.state import find_label, visible_milestones


def shared(call: Call, project: Project) -> Wanted:
    """What issues and merge requests take alike."""
    params = call.params
    wanted: Wanted = {}
    if params.has("title"):
        wanted["title"] = (params.text("title") or "").strip()
    if params.has("description"):
        wanted["description"] = params.text("description")
    for name in ("labels", "add_labels", "remove_labels"):
        if params.has(name):
            wanted[name] = labels(call, project, params.words(name), make=name != "remove_labels")
    if params.has("assignee_ids", "assignee_id"):
        wanted["assignees"] = people(call, "assignee")
    if params.has("milestone_id", "milestone"):
        wanted["milestone"] = _milestone(call, project)
    if params.has("discussion_locked"):
        wanted["discussion_locked"] = params.flag("discussion_locked")
    return wanted


def labels(call: Call, project: Project, names: list[str], *, make: bool = True) -> list[Label]:
    """Labels by name. Unknown ones become project labels, silently, where the caller may."""
    allowed = make and has(call.sim, call.caller, project, PLANNING)
    found = []
    for name in names:
        label = find_label(project, name)
        if label is None and allowed:
            label = make_label(call.sim, project, name)
        if label:
            found.append(label)
    return found


def people(call: Call, role: str) -> list[User]:
    """The users of `<role>_ids`, else of `<role>_id`; 0 and unknown ids are nobody."""
    plural = f"{role}_ids"
    name = plural if call.params.has(plural) else f"{role}_id"
    numbers = call.params.integers(name)
    users = call.sim.state.users
    return [users[number] for number in numbers if number in users]


def _milestone(call: Call, project: Project) -> Milestone | None:
    """A milestone by global id or by title; 0, empty and unknown ones are none."""
    number, title = call.params.integer("milestone_id"), call.params.text("milestone")
    for stone in visible_milestones(project):
        if stone.id == number or (number is None and title and stone.title == title):
            return stone
    return None
