"""The bodies of webhooks.

https://docs.gitlab.com/user/project/integrations/webhook_events/
Builds plain data from the model; decides neither whether nor where to send it.
"""

from typing import Any

from bot.simulator import durations, positions, present, present_issues
from bot.simulator.model import (
    Award,
    Issuable,
    Issue,
    Label,
    Milestone,
    Note,
    Project,
    User,
)
from bot.simulator.simulator import Simulator
from bot.simulator.state import kind_of
from bot.simulator.text import iso_day

_ASSOCIATED = ("labels", "assignees", "reviewers", "reviewer_ids", "total_time_spent")
VISIBILITY = {"private": 0, "internal": 10, "public": 20}
_STATE_IDS = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}


def user(who: User) -> dict[str, Any]:
    """A user; the address is shown only when it is public."""
    return {
        "id": who.id,
        "name": who.name,
        "username": who.username,
        "avatar_url": present.gravatar(who),
        "email": who.public_email or "[REDACTED]",
    }


def project(sim: Simulator, place: Project) -> dict[str, Any]:
    """A project with the deprecated address keys."""
    url = present.holder_url(sim, place)
    ssh = present.ssh_url(sim, place)
    return {
        "id": place.id,
        "name": place.name,
        "description": place.description,
        "web_url": url,
        "avatar_url": None,
        "git_ssh_url": ssh,
        "git_http_url": f"{url}.git",
        "namespace": place.namespace.name,
        "visibility_level": VISIBILITY[place.visibility],
        "path_with_namespace": place.full_path,
        "default_branch": place.default_branch,
        "ci_config_path": None,
        "homepage": url,
        "url": ssh,
        "ssh_url": ssh,
        "http_url": f"{url}.git",
    }


def repository(sim: Simulator, place: Project) -> dict[str, Any]:
    """The deprecated `repository` key."""
    return {
        "name": place.name,
        "url": present.ssh_url(sim, place),
        "description": place.description,
        "homepage": present.holder_url(sim, place),
    }


def label(entry: Label) -> dict[str, Any]:
    """A label."""
    in_project = isinstance(entry.holder, Project)
    return {
        "id": entry.id,
        "title": entry.name,
        "color": entry.color,
        "project_id": entry.holder.id if in_project else None,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
        "template": False,
        "description": entry.description,
        "type": "ProjectLabel" if in_project else "GroupLabel",
        "group_id": None if in_project else entry.holder.id,
    }


def labels(entries: list[Label]) -> list[dict[str, Any]]:
    """Labels by name."""
    return [label(entry) for entry in sorted(entries, key=lambda entry: entry.name)]


def snapshot(item: Issuable) -> dict[str, Any]:
    """The values that `changes` reports, as they are now."""
    values = {
        "description": item.description,
        "last_edited_at": item.last_edited_at,
        "last_edited_by_id": item.last_edited_by.id if item.last_edited_by else None,
        "milestone_id": item.milestone.id if item.milestone else None,
        "state_id": _STATE_IDS[item.state],
        "time_estimate": item.time_estimate,
        "title": item.title,
        "updated_at": item.updated_at,
        "updated_by_id": item.updated_by.id if item.updated_by else None,
        "labels": labels(item.labels),
        "assignees": [user(who) for who in item.assignees],
        "total_time_spent": item.time_spent,
    }
    return values | (_issue_values(item) if isinstance(item, Issue) else _request_values(item))


def _issue_values(item: Issue) -> dict[str, Any]:
    return {
        "closed_at": item.closed_at,
        "confidential": item.confidential,
        "discussion_locked": item.discussion_locked,
        "due_date": iso_day(item.due_date),
        "start_date": iso_day(item.start_date),
        "moved_to_id": item.moved_to.id if item.moved_to else None,
        "duplicated_to_id": item.duplicated_to.id if item.duplicated_to else None,
        "weight": item.weight,
    }


def _request_values(item: Any) -> dict[str, Any]:
    return {
        "blocking_discussions_resolved": all_resolved(item),
        "draft": item.draft,
        "target_branch": item.target_branch,
        "source_branch": item.source_branch,
        "merge_user_id": item.merged_by.id if item.merged_by else None,
        "merge_when_pipeline_succeeds": item.auto_merge_by is not None,
        "merge_commit_sha": item.merge_commit_sha,
        "reviewer_ids": [who.id for who in item.reviewers],
        "reviewers": [user(who) for who in item.reviewers],
    }


def all_resolved(item: Issuable) -> bool:
    """Whether no thread is open that could be resolved."""
    return all(note.resolved_at or not note.resolvable for note in item.notes)


def time_change(changes: dict[str, Any]) -> dict[str, Any]:
    """How much time was just spent, in seconds and in words."""
    spent = changes.get("total_time_spent", {"previous": 0, "current": 0})
    seconds = spent["current"] - (spent["previous"] or 0)
    return {"time_change": seconds, "human_time_change": durations.write(seconds)}


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Only what changed, as `{key: {previous, current}}`."""
    return {
        key: {"previous": before.get(key), "current": value}
        for key, value in after.items()
        if before.get(key) != value
    }


def first_changes(item: Issuable) -> dict[str, Any]:
    """The `changes` of something new: from nothing to what it is, but for what belongs to it."""
    born = {
        "author_id": item.author.id,
        "created_at": item.created_at,
        "id": item.id,
        "iid": item.iid,
    }
    owner = "project_id" if isinstance(item, Issue) else "target_project_id"
    empty = {"confidential": False, "draft": False, "state_id": 1, "time_estimate": 0}
    empty |= {"blocking_discussions_resolved": True, "merge_when_pipeline_succeeds": False}
    own = {key: value for key, value in snapshot(item).items() if key not in _ASSOCIATED}
    return differences(empty, born | {owner: item.project.id} | own)


def issue(
    sim: Simulator, actor: User, item: Issue, action: str, changes: dict[str, Any]
) -> dict[str, Any]:
    """An issue event; `action` is open, update, close or reopen."""
    attributes = issue_attributes(sim, item) | time_change(changes) | {"action": action}
    kind = "issue" if item.issue_type == "issue" else "work_item"
    body = {
        "object_kind": kind,
        "event_type": f"confidential_{kind}" if item.confidential else kind,
        "user": user(actor),
        "project": project(sim, item.project),
        "object_attributes": attributes,
        "labels": labels(item.labels),
        "changes": changes,
        "repository": repository(sim, item.project),
    }
    return body | people(item)


def people(item: Issuable) -> dict[str, Any]:
    """The assignees, and the deprecated first one; both are left out when there are none."""
    if not item.assignees:
        return {}
    shown = [user(who) for who in item.assignees]
    return {"assignees": shown, "assignee": shown[0]}


def common_attributes(sim: Simulator, item: Issuable) -> dict[str, Any]:
    """The attributes that issues and merge requests have in common."""
    return {
        "author_id": item.author.id,
        "created_at": item.created_at,
        "description": item.description,
        "discussion_locked": item.discussion_locked,
        "id": item.id,
        "iid": item.iid,
        "last_edited_at": item.last_edited_at,
        "last_edited_by_id": item.last_edited_by.id if item.last_edited_by else None,
        "milestone_id": item.milestone.id if item.milestone else None,
        "state_id": _STATE_IDS[item.state],
        "time_estimate": item.time_estimate,
        "title": item.title,
        "updated_at": item.updated_at,
        "updated_by_id": item.updated_by.id if item.updated_by else None,
        "url": present_issues.web_url(sim, item),
        "total_time_spent": item.time_spent,
        "time_change": 0,
        "human_total_time_spent": durations.write(item.time_spent),
        "human_time_change": None,
        "human_time_estimate": durations.write(item.time_estimate),
        "assignee_ids": [who.id for who in item.assignees],
        "assignee_id": item.assignees[0].id if item.assignees else None,
        "labels": labels(item.labels),
        "state": item.state,
    }


def issue_attributes(sim: Simulator, item: Issue) -> dict[str, Any]:
    """The attributes of an issue; the type in words, e.g. `Issue` or `Task`."""
    return common_attributes(sim, item) | {
        "closed_at": item.closed_at,
        "confidential": item.confidential,
        "due_date": iso_day(item.due_date),
        "start_date": iso_day(item.start_date),
        "moved_to_id": item.moved_to.id if item.moved_to else None,
        "duplicated_to_id": item.duplicated_to.id if item.duplicated_to else None,
        "project_id": item.project.id,
        "relative_position": item.relative_position,
        "weight": item.weight,
        "health_status": None,
        "severity": item.severity.lower(),
        "type": item.issue_type.replace("_", " ").title(),
        "customer_relations_contacts": [],
    }


def note(
    sim: Simulator, actor: User, entry: Note, action: str, parent: dict[str, Any]
) -> dict[str, Any]:
    """A comment event; `action` is create or update, `parent` what was commented on."""
    item = entry.noteable
    kind = "confidential_note" if is_confidential(entry) else "note"
    return {
        "object_kind": "note",
        "event_type": kind,
        "user": user(actor),
        "project_id": item.project.id,
        "project": project(sim, item.project),
        "object_attributes": note_attributes(sim, entry) | {"action": action},
        "repository": repository(sim, item.project),
        parent_key(item): parent,
    }


def is_confidential(entry: Note) -> bool:
    """Whether a note counts as confidential: internal, or on a confidential issue."""
    item = entry.noteable
    return entry.internal or (isinstance(item, Issue) and item.confidential)


def parent_key(item: Issuable) -> str:
    """The key under which a commented thing stands."""
    return "issue" if isinstance(item, Issue) else "merge_request"


def note_attributes(sim: Simulator, entry: Note) -> dict[str, Any]:
    """The attributes of a comment."""
    item = entry.noteable
    return {
        "attachment": None,
        "author_id": entry.author.id,
        "change_position": None,
        "commit_id": None,
        "created_at": entry.created_at,
        "discussion_id": entry.discussion_id,
        "id": entry.id,
        "internal": entry.internal,
        "line_code": positions.line_code(entry.position),
        "note": entry.body,
        "noteable_id": item.id,
        "noteable_type": kind_of(item),
        "original_position": entry.position,
        "position": entry.position,
        "project_id": item.project.id,
        "resolved_at": entry.resolved_at,
        "resolved_by_id": entry.resolved_by.id if entry.resolved_by else None,
        "resolved_by_push": None,
        "st_diff": None,
        "system": entry.system,
        "type": entry.type,
        "updated_at": entry.updated_at,
        "updated_by_id": None,
        "description": entry.body,
        "url": f"{present_issues.web_url(sim, item)}#note_{entry.id}",
    }


def emoji(
    sim: Simulator, actor: User, award: Award, action: str, parent: dict[str, Any]
) -> dict[str, Any]:
    """An emoji event; `action` is award or revoke. On a comment, the comment is there too."""
    on_note = isinstance(award.awardable, Note)
    item = award.awardable.noteable if isinstance(award.awardable, Note) else award.awardable
    anchor = f"#note_{award.awardable.id}" if on_note else ""
    body = {
        "object_kind": "emoji",
        "event_type": action,
        "user": user(actor),
        "project_id": item.project.id,
        "project": project(sim, item.project),
        "object_attributes": {
            "user_id": award.user.id,
            "created_at": award.created_at,
            "id": award.id,
            "name": award.name,
            "awardable_type": "Note" if on_note else kind_of(item),
            "awardable_id": award.awardable.id,
            "updated_at": award.created_at,
            "action": action,
            "awarded_on_url": f"{present_issues.web_url(sim, item)}{anchor}",
        },
        parent_key(item): parent,
    }
    if isinstance(award.awardable, Note):
        body["note"] = note_attributes(sim, award.awardable)
    return body


def milestone(sim: Simulator, place: Project, entry: Milestone, action: str) -> dict[str, Any]:
    """A milestone event; `action` is create, close or reopen."""
    return {
        "object_kind": "milestone",
        "event_type": "milestone",
        "project": project(sim, place),
        "object_attributes": {
            "id": entry.id,
            "iid": entry.iid,
            "title": entry.title,
            "description": entry.description,
            "state": entry.state,
            "created_at": entry.created_at,
            "updated_at": entry.updated_at,
            "due_date": iso_day(entry.due_date),
            "start_date": iso_day(entry.start_date),
            "group_id": None if isinstance(entry.holder, Project) else entry.holder.id,
            "project_id": entry.holder.id if isinstance(entry.holder, Project) else None,
        },
        "action": action,
    }
