"""Turning labels and milestones of a project into those of its group. Knows nothing of HTTP.

https://docs.gitlab.com/user/project/labels/#promote-a-project-label-to-a-group-label and
https://docs.gitlab.com/api/milestones/#promote-a-milestone-to-group-milestone
"""

from collections.abc import Container
from itertools import chain

from bot.simulator.model import Issuable, Label, Milestone, Namespace, Project
from bot.simulator.simulator import Simulator


def label(sim: Simulator, group: Namespace, old: Label) -> Label:
    """A new label of the group, instead of all of that name in its projects."""
    projects, now = sim.state.projects_in(group), sim.clock.now()
    gone = [e for p in projects for e in p.labels.values() if e.name == old.name]
    number = sim.state.next_id("label")
    made = Label(
        id=number, name=old.name, color=old.color, holder=group, created_at=now, updated_at=now
    )
    made.description, made.priority = old.description, old.priority
    made.subscribers = {number for entry in gone for number in entry.subscribers}
    for project in projects:
        _relabel(project, gone, made)
    group.labels[number] = made
    return made


def _relabel(project: Project, gone: Container[Label], made: Label) -> None:
    """Put one label in the place of others, wherever they were."""
    for item in _items(project):
        item.labels = _swapped(item.labels, gone, made)
        for event in item.label_events:
            event.subject = made if event.subject in gone else event.subject
    for board in project.boards.values():
        board.labels = _swapped(board.labels, gone, made)
        for column in board.lists.values():
            column.subject = made if column.subject in gone else column.subject
    project.labels = {n: entry for n, entry in project.labels.items() if entry not in gone}


def _swapped(labels: list[Label], gone: Container[Label], made: Label) -> list[Label]:
    return list(dict.fromkeys(made if entry in gone else entry for entry in labels))


def milestone(sim: Simulator, group: Namespace, old: Milestone) -> Milestone:
    """A new, active milestone of the group, instead of all of that title in its projects."""
    number, iid = sim.state.next_id("milestone"), sim.state.next_iid(group, "milestone")
    now = sim.clock.now()
    made = Milestone(
        id=number, iid=iid, title=old.title, holder=group, created_at=now, updated_at=now
    )
    made.description, made.start_date, made.due_date = old.description, old.start_date, old.due_date
    for project in sim.state.projects_in(group):
        gone = [stone for stone in project.milestones.values() if stone.title == old.title]
        for item in _items(project):
            item.milestone = made if item.milestone in gone else item.milestone
        for stone in gone:
            del project.milestones[stone.id]
    group.milestones[number] = made
    return made


def _items(project: Project) -> list[Issuable]:
    return list(chain(project.issues.values(), project.merge_requests.values()))
