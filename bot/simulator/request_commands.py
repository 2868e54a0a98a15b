"""Quick actions on merge requests.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re

from bot.simulator import approving, merging, pipelines, rebasing
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.model import MergeRequest
from bot.simulator.permissions import DEVELOPERS, can_update, has

_REVIEWS = ("reviewed", "requested_changes")
_UNMERGEABLE = "This merge request is currently in an unmergeable state, and cannot be rebased."
_DRAFT = re.compile(r"^\s*(?:\[draft\]|\(draft\)|draft:)\s*", re.IGNORECASE)


def _request(it: Reading) -> MergeRequest | None:
    """The merge request, for who may change it; none while it is being made."""
    item = it.item
    able = isinstance(item, MergeRequest) and can_update(it.sim, it.actor, item)
    return item if isinstance(item, MergeRequest) and able else None


def _draft(it: Reading, _argument: str) -> str:
    return _set_draft(it, draft=True)


def _ready(it: Reading, _argument: str) -> str:
    return _set_draft(it, draft=False)


def _set_draft(it: Reading, *, draft: bool) -> str:
    item = _request(it)
    if item is None:
        return ""
    plain = _DRAFT.sub("", item.title)
    if item.draft == draft:
        return "No change to this merge request's draft status."
    word = "draft" if draft else "ready"
    it.want("title", value=f"Draft: {plain}" if draft else plain, wip_event=word)
    return f"Marked this merge request as {'a draft' if draft else 'ready'}."


def _target_branch(it: Reading, argument: str) -> str:
    item = _request(it)
    if item is None or argument not in item.project.branches:
        return ""
    it.want("target_branch", value=argument)
    return f"Set target branch to {argument}."


def _approve(it: Reading, _argument: str) -> str:
    item = it.item
    if not isinstance(item, MergeRequest) or not approving.may_approve(it.sim, it.actor, item):
        return ""
    it.later(lambda: approving.approve(it.sim, it.actor, item))
    return "Approved the current merge request."


def _unapprove(it: Reading, _argument: str) -> str:
    item = it.item
    if not isinstance(item, MergeRequest) or it.actor.id not in item.approvals:
        return ""
    it.later(lambda: approving.unapprove(it.sim, it.actor, item))
    return "Unapproved the current merge request."


def _merge(it: Reading, _argument: str) -> str:
    item = it.item
    if not isinstance(item, MergeRequest) or it.new:
        return ""
    may = merging.may_merge(it.sim, it.actor, item.project, item.target_branch)
    waits = merging.can_wait(it.sim, item)
    if not may or not (waits or merging.merge_status(it.sim, item) == "mergeable"):
        return ""
    if not it.sha:
        return "The `/merge` quick action requires the SHA of the head of the branch."
    if it.sha != item.head.id:
        return "Branch has been updated since the merge was requested."
    it.later(lambda: _accept(it, item), merge=it.sha)
    if waits:
        return "Scheduled to merge this merge request (Merge when checks pass)."
    return "Merged this merge request."


def _accept(it: Reading, item: MergeRequest) -> None:
    """Merge, unless the same text rebases, before this command or after it."""
    if "rebase" not in it.outcome.told:
        merging.accept(it.sim, it.actor, item)


def _rebase(it: Reading, _argument: str) -> str:
    item = _request(it)
    if item is None or it.new or item.state != "opened":
        return ""
    if merging.merged_content(item) is None:
        return _UNMERGEABLE
    it.later(lambda: rebasing.rebase(it.sim, it.actor, item), rebase=True)
    return f"Scheduled a rebase of branch {item.source_branch}."


def _run_pipeline(it: Reading, _argument: str) -> str:
    item = it.item
    able = isinstance(item, MergeRequest) and has(it.sim, it.actor, item.project, DEVELOPERS)
    if not isinstance(item, MergeRequest) or not able:
        return ""
    it.later(lambda: pipelines.for_request(it.sim, it.actor, item))
    return "Created a merge request pipeline."


def _submit_review(it: Reading, argument: str) -> str:
    """Publish the pending comments and say how the review ended."""
    item, word = it.item, argument.lower() or "reviewed"
    if not isinstance(item, MergeRequest):
        return ""
    it.outcome.publishes = True
    said = "Submitted the current review."
    if word in _REVIEWS:
        item.reviews[it.actor.id] = word
    if word != "approve":
        return said
    if not approving.may_approve(it.sim, it.actor, item):
        return f"{said} Failed to approve the current merge request."
    it.later(lambda: approving.approve(it.sim, it.actor, item))
    return f"{said} Approved the current merge request."


def _request_changes(it: Reading, _argument: str) -> str:
    """A reviewer wants something else."""
    item = it.item
    if not isinstance(item, MergeRequest) or it.new or it.actor not in item.reviewers:
        return ""
    item.reviews[it.actor.id] = "requested_changes"
    return "Changes requested to the current merge request."


EFFECTS: dict[str, Effect] = {
    "approve": _approve,
    "draft": _draft,
    "merge": _merge,
    "ready": _ready,
    "rebase": _rebase,
    "request_changes": _request_changes,
    "submit_review": _submit_review,
    "run_pipeline": _run_pipeline,
    "target_branch": _target_branch,
    "unapprove": _unapprove,
}
