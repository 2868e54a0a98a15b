"""Moving and cloning issues.

https://docs.gitlab.com/user/project/issues/managing_issues/
Knows nothing of HTTP or rights.
"""

from bot.simulator import editing, notes_copy, system_notes
from bot.simulator.editing import Wanted
from bot.simulator.model import Award, Issue, Label, Milestone, Project, User
from bot.simulator.present_issues import reference
from bot.simulator.simulator import Simulator
from bot.simulator.state import find_label, visible_milestones


def move(sim: Simulator, actor: User, item: Issue, target: Project) -> Issue:
    """A new issue in the target with all that hung on the old one, which is closed."""
    kept = {"author": item.author, "created_at": item.created_at}
    new = editing.new_issue(sim, actor, target, {"title": item.title} | kept)
    notes_copy.copy(sim, item.notes, new)
    new.label_events = list(item.label_events)
    new.state_events = list(item.state_events)
    new.milestone_events = list(item.milestone_events)
    new.awards = [_copied(sim, award, new) for award in item.awards]
    _move_links(item, new)
    editing.begin(sim, actor, new, _carried(item, target))
    system_notes.add(sim, new, actor, f"moved from {reference(item)}", mentioned_from=item)
    system_notes.add(sim, item, actor, f"moved to {reference(new)}", mentioned_from=new)
    item.moved_to = new
    editing.close(sim, actor, item)
    return new


def clone(sim: Simulator, actor: User, item: Issue, target: Project, *, with_notes: bool) -> Issue:
    """A copy by the actor; the original stays as it is."""
    new = editing.new_issue(sim, actor, target, {"title": item.title})
    if with_notes:
        notes_copy.copy(sim, item.notes, new)
    editing.begin(sim, actor, new, _carried(item, target))
    system_notes.add(sim, new, actor, f"cloned from {reference(item)}", mentioned_from=item)
    system_notes.add(sim, item, actor, f"cloned to {reference(new)}", mentioned_from=new)
    return new


def _carried(item: Issue, target: Project) -> Wanted:
    """Labels and milestone go along where the target knows the same name."""
    labels: list[Label] = [
        found for label in item.labels if (found := find_label(target, label.name))
    ]
    stones: list[Milestone] = visible_milestones(target)
    title = item.milestone.title if item.milestone else None
    return {
        "description": item.description,
        "labels": labels,
        "assignees": list(item.assignees),
        "milestone": next((stone for stone in stones if stone.title == title), None),
        "due_date": item.due_date,
        "start_date": item.start_date,
        "confidential": item.confidential,
        "discussion_locked": item.discussion_locked,
        "weight": item.weight,
        "issue_type": item.issue_type,
    }


def _copied(sim: Simulator, award: Award, to: Issue) -> Award:
    return Award(
        id=sim.state.next_id("award"),
        name=award.name,
        user=award.user,
        created_at=award.created_at,
        awardable=to,
    )


def _move_links(old: Issue, new: Issue) -> None:
    for link in list(old.links.values()):
        if link.source is old:
            link.source = new
        else:
            link.target = new
        new.links[link.id] = old.links.pop(link.id)
