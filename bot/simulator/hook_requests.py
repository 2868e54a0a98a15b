"""The hook bodies of merge requests, and the parent part of comments.

https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from collections.abc import Collection
from typing import Any

from bot.simulator import hook_bodies, hook_code
from bot.simulator.model import Issuable, Issue, MergeRequest, User
from bot.simulator.simulator import Simulator


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
    action: str,
    changes: dict[str, Any],
    **extra: Any,
) -> dict[str, Any]:
    """A merge request event; `extra` joins the attributes, e.g. `oldrev`."""
    attributes = request_attributes(sim, item) | hook_bodies.time_change(changes)
    attributes |= {"action": action, "actioned_at": sim.clock.now(), "system": False} | extra
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
        body["reviewers"] = reviewers(item)
    return body


def reviewers(item: MergeRequest, *, again: Collection[User] = ()) -> list[dict[str, Any]]:
    """The reviewers and how far each is; `again` are those who were asked once more."""
    return [
        hook_bodies.user(who) | {"state": _review(item, who), "re_requested": who in again}
        for who in item.reviewers
    ]


def _review(item: MergeRequest, who: User) -> str:
    return "approved" if who.id in item.approvals else item.reviews.get(who.id, "unreviewed")


def request_attributes(sim: Simulator, item: MergeRequest) -> dict[str, Any]:
    """The attributes of a merge request."""
    attributes = hook_bodies.common_attributes(sim, item)
    del attributes["discussion_locked"]
    return attributes | {
        "draft": item.draft,
        "work_in_progress": item.draft,
        "head_pipeline_id": None,
        "merge_commit_sha": item.merge_commit_sha,
        "merged_at": item.merged_at,
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
        "prepared_at": item.created_at,
        "blocking_discussions_resolved": hook_bodies.all_resolved(item),
        "first_contribution": False,
        "last_commit": hook_code.commit(sim, item.source_project, item.head),
        "reviewer_ids": [who.id for who in item.reviewers],
        "source": hook_bodies.project(sim, item.source_project),
        "target": hook_bodies.project(sim, item.project),
        "approval_rules": _rules(sim, item),
    }


def _rules(sim: Simulator, item: MergeRequest) -> list[dict[str, Any]]:
    """The rules that count, as Premium sends them."""
    rules = (item.approval_rules or item.project.approval_rules).values() if sim.premium else ()
    return [
        {
            "id": rule.id,
            "approvals_required": rule.required,
            "name": rule.name,
            "rule_type": rule.kind,
            "report_type": None,
            "merge_request_id": item.id,
            "section": None,
            "modified_from_project_rule": False,
            "orchestration_policy_idx": None,
            "vulnerabilities_allowed": 0,
            "scanners": [],
            "severity_levels": [],
            "vulnerability_states": ["new_needs_triage", "new_dismissed"],
            "security_orchestration_policy_configuration_id": None,
            "scan_result_policy_id": None,
            "applicable_post_merge": None,
            "project_id": item.project.id,
            "approval_policy_rule_id": None,
            "updated_at": item.created_at,
            "created_at": item.created_at,
        }
        for rule in rules
    ]
