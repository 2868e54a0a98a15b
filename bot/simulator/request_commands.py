"""Quick actions on merge requests.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re
from collections.abc import Callable

from bot.simulator import approving, hook_requests, hooks, merging, pipelines
from bot.simulator.command_reading import Effect, Reading, user_names
from bot.simulator.model import MergeRequest, User
from bot.simulator.permissions import DEVELOPERS, can_update, has

_REVIEWS = ("reviewed", "approve", "requested_changes")
_READY = {"mergeable", "ci_still_running"}
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
    it.want("title", value=f"Draft: {plain}" if draft else plain)
    return f"Marked this merge request as {'a draft' if draft else 'ready'}."


def _target_branch(it: Reading, argument: str) -> str:
    item = _request(it)
    if item is None or argument not in item.project.branches:
        return ""
    it.want("target_branch", value=argument)
    return f"Set target branch to {argument}."


def _reviewers(it: Reading) -> list[User]:
    item = it.item
    now = item.reviewers if isinstance(item, MergeRequest) else []
    return list(it.outcome.wanted.get("reviewers", now))


def _assign_reviewer(it: Reading, argument: str) -> str | None:
    if not isinstance(it.item, MergeRequest) or not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    again = [user for user in users if user in it.item.reviewers]
    if again:
        it.later(_asking_again(it, it.item, again))
    if len(again) < len(users):
        it.want("reviewers", value=_reviewers(it) + users if it.sim.premium else users[:1])
    return f"Assigned {user_names(users)} as {_plural('reviewer', users)}."


def _asking_again(it: Reading, item: MergeRequest, users: list[User]) -> Callable[[], object]:
    def step() -> None:
        before = hook_requests.reviewers(item)
        for user in users:
            item.reviews.pop(user.id, None)
            item.approvals.pop(user.id, None)
        changes = {"reviewers": [before, hook_requests.reviewers(item, again=users)]}
        hooks.merge_request_changed(it.sim, it.actor, item, "update", changes)

    return step


def _reassign_reviewer(it: Reading, argument: str) -> str | None:
    if not isinstance(it.item, MergeRequest) or not it.may_set():
        return ""
    users = it.users(argument)
    if not users:
        return None
    it.want("reviewers", value=users if it.sim.premium else users[:1])
    return f"Changed reviewer(s) to {user_names(users)}."


def _unassign_reviewer(it: Reading, argument: str) -> str:
    if not isinstance(it.item, MergeRequest) or not _reviewers(it) or not it.may_set():
        return ""
    users = (it.users(argument) if it.sim.premium else []) or _reviewers(it)
    it.want("reviewers", value=[user for user in _reviewers(it) if user not in users])
    return f"Removed {_plural('reviewer', users)} {user_names(users)}."


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
    if not may or merging.merge_status(it.sim, item) not in _READY:
        return ""
    it.later(lambda: merging.accept(it.sim, it.actor, item))
    return "Merged this merge request."


def _rebase(it: Reading, _argument: str) -> str:
    item = _request(it)
    if item is None or it.new or merging.merged_tree(item) is None:
        return ""
    it.later(lambda: merging.rebase(it.sim, it.actor, item))
    return f"Scheduled a rebase of branch {item.source_branch}."


def _run_pipeline(it: Reading, _argument: str) -> str:
    item = it.item
    able = isinstance(item, MergeRequest) and has(it.sim, it.actor, item.project, DEVELOPERS)
    if not isinstance(item, MergeRequest) or not able:
        return ""
    it.later(lambda: pipelines.for_request(it.sim, it.actor, item))
    return "Created a merge request pipeline."


def _plural(noun: str, users: list[User]) -> str:
    return noun if len(users) == 1 else f"{noun}s"


def _submit_review(it: Reading, argument: str) -> str:
    """Say how the review ended; there are no pending comments here."""
    item, word = it.item, argument.lower() or "reviewed"
    if not isinstance(item, MergeRequest) or word not in _REVIEWS:
        return ""
    if word == "approve" and not approving.may_approve(it.sim, it.actor, item):
        return ""
    if word == "approve":
        it.later(lambda: approving.approve(it.sim, it.actor, item))
    else:
        item.reviews[it.actor.id] = word
    return "Submitted the current review."


EFFECTS: dict[str, Effect] = {
    "approve": _approve,
    "assign_reviewer": _assign_reviewer,
    "draft": _draft,
    "merge": _merge,
    "ready": _ready,
    "reassign_reviewer": _reassign_reviewer,
    "rebase": _rebase,
    "remove_reviewer": _unassign_reviewer,
    "request_review": _assign_reviewer,
    "reviewer": _assign_reviewer,
    "submit_review": _submit_review,
    "run_pipeline": _run_pipeline,
    "target_branch": _target_branch,
    "unapprove": _unapprove,
    "unassign_reviewer": _unassign_reviewer,
}
