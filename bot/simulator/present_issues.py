"""How issues and what hangs on them look in API answers: notes, awards, events, links, to-dos.

https://docs.gitlab.com/api/issues/ and its neighbours. Nothing here changes anything.
"""

from functools import lru_cache
from typing import Any

from bot.simulator import colors, durations, present
from bot.simulator.model import (
    Award,
    Issuable,
    Issue,
    Label,
    Link,
    Note,
    Project,
    ResourceEvent,
    Todo,
    User,
    WeightEvent,
)
from bot.simulator.permissions import can_see
from bot.simulator.simulator import Simulator
from bot.simulator.state import kind_of
from bot.simulator.text import iso, iso_day, tasks


def web_url(sim: Simulator, item: Issuable) -> str:
    """The page of an issue or merge request."""
    kind = "issues" if isinstance(item, Issue) else "merge_requests"
    return f"{sim.url}/{item.project.full_path}/-/{kind}/{item.iid}"


def api_url(sim: Simulator, item: Issuable) -> str:
    """The API address of an issue or merge request."""
    kind = "issues" if isinstance(item, Issue) else "merge_requests"
    return f"{sim.url}/api/v4/projects/{item.project.id}/{kind}/{item.iid}"


def reference(item: Issuable, seen_from: object = None) -> str:
    """`#1` from the same project, `project#1` from its group, else with the full path."""
    short = f"{'#' if isinstance(item, Issue) else '!'}{item.iid}"
    if seen_from is item.project:
        return short
    if seen_from is item.project.namespace:
        return f"{item.project.path}{short}"
    return f"{item.project.full_path}{short}"


_NOT_BASIC = frozenset(
    (
        *("has_tasks", "task_status", "_links", "references", "severity", "subscribed"),
        *("moved_to_id", "imported", "imported_from", "service_desk_reply_to"),
    )
)
"""What only an issue that was itself asked for is shown with."""


def issue(
    sim: Simulator, item: Issue, viewer: User | None, seen_from: object = None
) -> dict[str, Any]:
    """An issue; `seen_from` is the project or group that was asked, None for all of them."""
    count, done = task_counts(item.description)
    shown = shared(sim, item, viewer, seen_from) | {
        "due_date": iso_day(item.due_date),
        "start_date": iso_day(item.start_date),
        "confidential": item.confidential,
        "type": item.issue_type.upper(),
        "issue_type": item.issue_type,
        "merge_requests_count": sum(
            can_see(sim, viewer, request) for request in item.closing_requests.values()
        ),
        "severity": item.severity,
        "moved_to_id": item.moved_to.id if item.moved_to else None,
        "service_desk_reply_to": None,
        "blocking_issues_count": _blocks(item),
        "has_tasks": count > 0,
        "_links": _links(sim, item),
    }
    if count:
        shown["task_status"] = f"{done} of {count} checklist items completed"
    return shown | _premium(sim, item) if sim.premium else shown


def issue_basic(sim: Simulator, item: Issue, viewer: User | None) -> dict[str, Any]:
    """An issue as searches, milestones and links show it."""
    return {k: v for k, v in issue(sim, item, viewer).items() if k not in _NOT_BASIC}


def _premium(sim: Simulator, item: Issue) -> dict[str, Any]:
    epic, shown = item.epic, None
    if epic:
        url = f"/groups/{epic.group.full_path}/-/epics/{epic.iid}"
        shown = {"id": epic.id, "iid": epic.iid, "title": epic.title, "url": url}
        shown |= {"group_id": epic.group.id, "web_url": f"{sim.url}{url}"}
        shown |= {"human_readable_end_date": None, "human_readable_timestamp": None}
    number = epic.iid if epic else None
    return {"weight": item.weight, "epic_iid": number, "epic": shown, "iteration": None}


def shared(
    sim: Simulator, item: Issuable, viewer: User | None, seen_from: object
) -> dict[str, Any]:
    """The keys that issues and merge requests have in common."""
    count, done = task_counts(item.description)
    assignees = [present.user_basic(sim, user) for user in item.assignees]
    return {
        "id": item.id,
        "iid": item.iid,
        "project_id": item.project.id,
        "title": item.title,
        "description": item.description,
        "state": item.state,
        "created_at": iso(item.created_at),
        "updated_at": iso(item.updated_at),
        "closed_at": iso(item.closed_at),
        "closed_by": present.maybe_user(sim, item.closed_by),
        "labels": label_names(item.labels),
        "milestone": present.milestone(sim, item.milestone) if item.milestone else None,
        "author": present.user_basic(sim, item.author),
        "assignees": assignees,
        "assignee": assignees[0] if assignees else None,
        "user_notes_count": sum(1 for note in item.notes if not note.system),
        "upvotes": sum(1 for award in item.awards if award.name == "thumbsup"),
        "downvotes": sum(1 for award in item.awards if award.name == "thumbsdown"),
        "discussion_locked": item.discussion_locked,
        "web_url": web_url(sim, item),
        "time_stats": time_stats(item),
        "task_completion_status": {"count": count, "completed_count": done},
        "references": {
            "short": reference(item, item.project),
            "relative": reference(item, seen_from),
            "full": reference(item),
        },
        "imported": False,
        "imported_from": "none",
        "subscribed": subscribed(item, viewer),
    }


@lru_cache(maxsize=20_000)
def task_counts(description: str | None) -> tuple[int, int]:
    """How many checklist items there are, and how many are ticked."""
    found = tasks(description) if description and "[" in description else []
    return len(found), sum(1 for _, ticked in found if ticked)


def label_names(labels: list[Label]) -> list[str]:
    """Label names in GitLab's order."""
    return sorted(label.name for label in labels)


def label_details(labels: list[Label]) -> list[dict[str, Any]]:
    """Labels as with `with_labels_details=true`."""
    return [
        {
            "id": label.id,
            "name": label.name,
            "color": label.color,
            "description": label.description,
            "description_html": label.description or "",
            "text_color": colors.of_text(label.color),
            "archived": label.archived,
        }
        for label in sorted(labels, key=lambda label: label.name)
    ]


def subscribed(item: Issuable, viewer: User | None) -> bool:
    """Explicitly subscribed or, without a choice, taking part."""
    if viewer is None:
        return False
    return item.subscriptions.get(viewer.id, viewer.id in participants(item))


def participants(item: Issuable) -> dict[int, User]:
    """Who wrote it, has it, commented on it or was mentioned, by user id."""
    people = [item.author, *item.assignees]
    people += [note.author for note in item.notes if not note.system]
    return {user.id: user for user in people} | item.participants


def time_stats(item: Issuable) -> dict[str, Any]:
    """Estimate and time spent, in seconds and in words."""
    return {
        "time_estimate": item.time_estimate,
        "total_time_spent": item.time_spent,
        "human_time_estimate": durations.write(item.time_estimate),
        "human_total_time_spent": durations.write(item.time_spent),
    }


def _links(sim: Simulator, item: Issue) -> dict[str, Any]:
    base = api_url(sim, item)
    return {
        "self": base,
        "notes": f"{base}/notes",
        "award_emoji": f"{base}/award_emoji",
        "project": f"{sim.url}/api/v4/projects/{item.project.id}",
        "closed_as_duplicate_of": api_url(sim, item.duplicated_to) if item.duplicated_to else None,
    }


def _blocks(item: Issue) -> int:
    return sum(1 for link in item.links.values() if link.kind == "blocks" and link.source is item)


def note(sim: Simulator, entry: Note) -> dict[str, Any]:
    """A comment or system note: https://docs.gitlab.com/api/notes/."""
    shown: dict[str, Any] = {
        "id": entry.id,
        "type": entry.type,
        "body": entry.body,
        "attachment": None,
        "author": present.user_basic(sim, entry.author),
        "created_at": iso(entry.created_at),
        "updated_at": iso(entry.updated_at),
        "system": entry.system,
        "noteable_id": entry.noteable.id,
        "noteable_type": kind_of(entry.noteable),
        "project_id": entry.noteable.project.id,
        "resolvable": entry.resolvable,
        "confidential": entry.internal,
        "internal": entry.internal,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": entry.noteable.iid,
        "commands_changes": {},
    }
    if entry.position:
        sha = entry.commit_id or entry.position["head_sha"]
        shown |= {"position": entry.position, "commit_id": sha, "suggestions": []}
    if entry.resolvable:
        shown |= {
            "resolved": entry.resolved_at is not None,
            "resolved_by": present.maybe_user(sim, entry.resolved_by),
            "resolved_at": iso(entry.resolved_at),
        }
    return shown


def discussion(sim: Simulator, entries: list[Note]) -> dict[str, Any]:
    """A thread: https://docs.gitlab.com/api/discussions/."""
    return {
        "id": entries[0].discussion_id,
        "individual_note": entries[0].type is None,
        "notes": [note(sim, entry) for entry in entries],
    }


def award(sim: Simulator, entry: Award) -> dict[str, Any]:
    """An emoji reaction: https://docs.gitlab.com/api/emoji_reactions/."""
    kind = "Note" if isinstance(entry.awardable, Note) else kind_of(entry.awardable)
    return {
        "id": entry.id,
        "name": entry.name,
        "user": present.user_basic(sim, entry.user),
        "created_at": iso(entry.created_at),
        "updated_at": iso(entry.created_at),
        "awardable_id": entry.awardable.id,
        "awardable_type": kind,
        "url": None,
    }


def label_event(sim: Simulator, item: Issuable, event: ResourceEvent) -> dict[str, Any]:
    """A label added or removed: https://docs.gitlab.com/api/resource_label_events/."""
    label = event.subject
    shown = None
    if isinstance(label, Label):
        keys = ("id", "name", "color", "description")
        shown = {key: getattr(label, key) for key in keys}
    return _event(sim, item, event) | {"label": shown, "action": event.action}


def state_event(sim: Simulator, item: Issuable, event: ResourceEvent) -> dict[str, Any]:
    """A change of state: https://docs.gitlab.com/api/resource_state_events/."""
    return _event(sim, item, event) | {"state": event.action}


def milestone_event(sim: Simulator, item: Issuable, event: ResourceEvent) -> dict[str, Any]:
    """A milestone set or removed: https://docs.gitlab.com/api/resource_milestone_events/."""
    stone = event.subject
    shown = None if stone is None or isinstance(stone, Label) else present.milestone(sim, stone)
    return _event(sim, item, event) | {"milestone": shown, "action": event.action}


def weight_event(sim: Simulator, item: Issue, event: WeightEvent) -> dict[str, Any]:
    """A change of weight: https://docs.gitlab.com/api/resource_weight_events/."""
    return {
        "id": event.id,
        "user": present.user_basic(sim, event.user),
        "created_at": iso(event.created_at),
        "issue_id": item.id,
        "weight": event.weight,
    }


def _event(sim: Simulator, item: Issuable, event: ResourceEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "user": present.user_basic(sim, event.user),
        "created_at": iso(event.created_at),
        "resource_type": kind_of(item),
        "resource_id": item.id,
    }


def link_kind(link: Link, seen_from: Issue) -> str:
    """The relation as it reads from one of its two issues."""
    if link.kind == "blocks" and link.target is seen_from:
        return "is_blocked_by"
    return link.kind


def linked_issue(sim: Simulator, link: Link, at: Issue, viewer: User | None) -> dict[str, Any]:
    """The issue at the other end, with the relation: https://docs.gitlab.com/api/issue_links/."""
    other = link.target if link.source is at else link.source
    shown = issue(sim, other, viewer, at.project)
    del shown["subscribed"]
    return shown | {
        "issue_link_id": link.id,
        "link_type": link_kind(link, at),
        "link_created_at": iso(link.created_at),
        "link_updated_at": iso(link.updated_at),
    }


def link(sim: Simulator, entry: Link, viewer: User | None) -> dict[str, Any]:
    """A relation with both issues."""
    return {
        "id": entry.id,
        "source_issue": issue_basic(sim, entry.source, viewer),
        "target_issue": issue_basic(sim, entry.target, viewer),
        "link_type": entry.kind,
    }


def todo(sim: Simulator, entry: Todo, target: dict[str, Any]) -> dict[str, Any]:
    """A to-do item: https://docs.gitlab.com/api/todos/."""
    place: Project = entry.target.project
    return {
        "id": entry.id,
        "project": {
            "id": place.id,
            "name": place.name,
            "name_with_namespace": place.full_name,
            "path": place.path,
            "path_with_namespace": place.full_path,
            "created_at": iso(place.created_at),
        },
        "author": present.user_basic(sim, entry.author),
        "action_name": entry.action,
        "target_type": kind_of(entry.target),
        "target": target,
        "target_url": entry.url,
        "body": entry.body,
        "state": entry.state,
        "created_at": iso(entry.created_at),
        "updated_at": iso(entry.updated_at),
    }
