"""The hook bodies of merge requests, pushes, tags and releases; the parent part of comments.

https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from typing import Any

from bot.simulator import hook_bodies, present
from bot.simulator.model import Commit, Issuable, Issue, MergeRequest, Project, Release, User
from bot.simulator.repository import is_protected
from bot.simulator.simulator import Simulator
from bot.simulator.text import hook_time

_NOWHERE = "0" * 40


def parent(sim: Simulator, item: Issuable) -> dict[str, Any]:
    """What was commented on or reacted to."""
    if isinstance(item, Issue):
        return hook_bodies.issue_attributes(sim, item)
    if isinstance(item, MergeRequest):
        return request_attributes(sim, item)
    raise TypeError(f"not an issue or merge request: {item}")


def merge_request(
    sim: Simulator,
    actor: User,
    item: MergeRequest,
    action: str | None,
    changes: dict[str, Any],
    **extra: Any,
) -> dict[str, Any]:
    """A merge request event; `extra` joins the attributes, e.g. `oldrev`."""
    attributes = request_attributes(sim, item) | extra
    if action:
        now = hook_time(sim.clock.now())
        attributes |= {"action": action, "actioned_at": now, "system": False}
    body = {
        "object_kind": "merge_request",
        "event_type": "merge_request",
        "user": hook_bodies.user(actor),
        "project": hook_bodies.project(sim, item.project),
        "object_attributes": attributes,
        "labels": hook_bodies.labels(item.labels),
        "changes": changes,
        "repository": hook_bodies.repository(sim, item.project),
    }
    if item.assignees:
        body["assignees"] = [hook_bodies.user(who) for who in item.assignees]
    if item.reviewers:
        body["reviewers"] = [_reviewer(item, who) for who in item.reviewers]
    return body


def _reviewer(item: MergeRequest, who: User) -> dict[str, Any]:
    state = "approved" if who.id in item.approvals else item.reviews.get(who.id, "unreviewed")
    return hook_bodies.user(who) | {"state": state, "re_requested": False}


def request_attributes(sim: Simulator, item: MergeRequest) -> dict[str, Any]:
    """The attributes of a merge request."""
    attributes = hook_bodies.common_attributes(sim, item)
    del attributes["discussion_locked"]
    return attributes | {
        "draft": item.draft,
        "work_in_progress": item.draft,
        "head_pipeline_id": None,
        "merge_commit_sha": item.merge_commit_sha,
        "merged_at": hook_time(item.merged_at),
        "merge_error": None,
        "merge_params": {"force_remove_source_branch": str(int(item.remove_source_branch))},
        "merge_status": "can_be_merged" if item.state == "merged" else "unchecked",
        "detailed_merge_status": "not_open" if item.state != "opened" else "unchecked",
        "merge_user_id": item.merged_by.id if item.merged_by else None,
        "merge_when_pipeline_succeeds": item.auto_merge_by is not None,
        "source_branch": item.source_branch,
        "source_project_id": item.source_project.id,
        "squash_commit_sha": item.squash_commit_sha,
        "target_branch": item.target_branch,
        "target_project_id": item.project.id,
        "prepared_at": hook_time(item.created_at),
        "blocking_discussions_resolved": True,
        "first_contribution": False,
        "last_commit": commit(sim, item.source_project, item.head),
        "reviewer_ids": [who.id for who in item.reviewers],
        "source": hook_bodies.project(sim, item.source_project),
        "target": hook_bodies.project(sim, item.project),
        "approval_rules": [],
    }


def commit(sim: Simulator, project: Project, entry: Commit) -> dict[str, Any]:
    """A commit as in merge request and push events."""
    return {
        "id": entry.id,
        "message": entry.message,
        "title": entry.message.splitlines()[0] if entry.message else "",
        "timestamp": entry.created_at.isoformat(timespec="seconds"),
        "url": f"{present.holder_url(sim, project)}/-/commit/{entry.id}",
        "author": {"name": entry.author_name, "email": entry.author_email},
    }


def push(
    sim: Simulator,
    actor: User,
    project: Project,
    ref: str,
    *,
    before: Commit | None,
    after: Commit | None,
    commits: list[Commit],
) -> dict[str, Any]:
    """A push to a branch or tag; `ref` is the full name."""
    kind = "tag_push" if ref.startswith("refs/tags/") else "push"
    return {
        "object_kind": kind,
        "event_name": kind,
        "before": before.id if before else _NOWHERE,
        "after": after.id if after else _NOWHERE,
        "ref": ref,
        "ref_protected": is_protected(project, ref.removeprefix("refs/heads/")),
        "checkout_sha": after.id if after else None,
        "message": None,
        "user_id": actor.id,
        "user_name": actor.name,
        "user_username": actor.username,
        "user_email": actor.public_email or None,
        "user_avatar": present.gravatar(actor),
        "project_id": project.id,
        "project": hook_bodies.project(sim, project),
        "commits": [
            commit(sim, project, entry) | {"added": [], "modified": [], "removed": []}
            for entry in commits
        ],
        "total_commits_count": len(commits),
        "push_options": {},
        "repository": hook_bodies.repository(sim, project),
    }


def release(sim: Simulator, project: Project, entry: Release, action: str) -> dict[str, Any]:
    """A release event; `action` is create, update or delete."""
    url = f"{present.holder_url(sim, project)}/-/releases/{entry.tag.name}"
    return {
        "object_kind": "release",
        "id": sim.state.next_id("release_event"),
        "created_at": hook_time(entry.created_at),
        "description": entry.description,
        "name": entry.name,
        "released_at": hook_time(entry.released_at),
        "tag": entry.tag.name,
        "project": hook_bodies.project(sim, project),
        "url": url,
        "action": action,
        "assets": {"count": 0, "links": [], "sources": []},
        "commit": commit(sim, project, entry.tag.commit),
    }
