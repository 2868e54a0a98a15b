"""Putting issues into epics, and how epics look. Knows nothing of HTTP or rights.

https://docs.gitlab.com/api/epics/ and https://docs.gitlab.com/api/epic_issues/
"""

from typing import Any

from bot.simulator import colors, present, present_issues, system_notes
from bot.simulator.model import Issue, Namespace, User
from bot.simulator.model_epics import Epic
from bot.simulator.simulator import Simulator
from bot.simulator.text import iso, iso_day


def create(sim: Simulator, author: User, group: Namespace, title: str) -> Epic:
    """A new epic with a title and nothing else."""
    now, iid = sim.clock.now(), sim.state.next_iid(group, "epic")
    made = Epic(
        id=sim.state.next_id("epic"),
        iid=iid,
        group=group,
        author=author,
        title=title,
        created_at=now,
        updated_at=now,
    )
    group.epics[iid] = made
    return made


def put_in(sim: Simulator, actor: User, epic: Epic, issue: Issue) -> int:
    """An issue is in one epic at most; the answer is the number of the tie."""
    if issue.epic is epic:
        return next(number for number, entry in epic.issues.items() if entry is issue)
    take_out(sim, actor, issue)
    number = sim.state.next_id("epic_issue")
    epic.issues[number], issue.epic = issue, epic
    name = present_issues.reference(issue)
    add_note(sim, actor, epic, f"added issue {name}", system=True)
    system_notes.add(sim, issue, actor, f"added to epic {reference(epic)}")
    return number


def take_out(sim: Simulator, actor: User, issue: Issue) -> None:
    """An issue is in no epic any longer."""
    epic = issue.epic
    if epic is None:
        return
    epic.issues = {number: entry for number, entry in epic.issues.items() if entry is not issue}
    issue.epic = None
    add_note(sim, actor, epic, f"removed issue {present_issues.reference(issue)}", system=True)
    system_notes.add(sim, issue, actor, f"removed from epic {reference(epic)}")


def reference(epic: Epic) -> str:
    """`group&1`."""
    return f"{epic.group.full_path}&{epic.iid}"


def url(sim: Simulator, epic: Epic) -> str:
    """The page of an epic."""
    return f"{sim.url}/groups/{epic.group.full_path}/-/epics/{epic.iid}"


def add_note(
    sim: Simulator, author: User, epic: Epic, body: str, *, system: bool = False
) -> dict[str, Any]:
    """A comment, or GitLab's own line, as the API shows it."""
    number, now = sim.state.next_id("note"), iso(sim.clock.now())
    epic.notes[number] = {
        "id": number,
        "type": None,
        "body": body,
        "attachment": None,
        "author": present.user_basic(sim, author),
        "created_at": now,
        "updated_at": now,
        "system": system,
        "noteable_id": epic.id,
        "noteable_type": "Epic",
        "project_id": None,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": epic.iid,
        "commands_changes": {},
    }
    return epic.notes[number]


def shown(sim: Simulator, epic: Epic) -> dict[str, Any]:
    """An epic: https://docs.gitlab.com/api/epics/#single-epic."""
    start, due = iso_day(epic.start_date), iso_day(epic.due_date)
    base = f"{sim.url}/api/v4/groups/{epic.group.id}"
    short = f"&{epic.iid}"
    return {
        "id": epic.id,
        "work_item_id": epic.id,
        "iid": epic.iid,
        "color": epic.color,
        "text_color": colors.of_text(epic.color),
        "group_id": epic.group.id,
        "parent_id": None,
        "parent_iid": None,
        "imported": False,
        "imported_from": "none",
        "title": epic.title,
        "description": epic.description,
        "confidential": epic.confidential,
        "author": present.user_basic(sim, epic.author),
        "start_date": start,
        "start_date_is_fixed": start is not None,
        "start_date_fixed": start,
        "start_date_from_inherited_source": None,
        "due_date": due,
        "end_date": due,
        "due_date_is_fixed": due is not None,
        "due_date_fixed": due,
        "due_date_from_inherited_source": None,
        "state": epic.state,
        "web_edit_url": f"{url(sim, epic)}/edit",
        "web_url": url(sim, epic),
        "references": {"short": short, "relative": short, "full": reference(epic)},
        "created_at": iso(epic.created_at),
        "updated_at": iso(epic.updated_at),
        "closed_at": iso(epic.closed_at),
        "labels": present_issues.label_names(epic.labels),
        "upvotes": 0,
        "downvotes": 0,
        "subscribed": False,
        "_links": {
            "self": f"{base}/epics/{epic.iid}",
            "epic_issues": f"{base}/epics/{epic.iid}/issues",
            "group": base,
            "parent": None,
        },
    }
