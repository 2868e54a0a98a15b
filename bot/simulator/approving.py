"""Giving and taking back approvals. That it may be done is settled before; no HTTP.

https://docs.gitlab.com/api/merge_request_approvals/
"""

from bot.simulator import hooks, merging, system_notes
from bot.simulator.model import MergeRequest, User
from bot.simulator.permissions import DEVELOPERS, has
from bot.simulator.simulator import Simulator


def may_approve(sim: Simulator, user: User, item: MergeRequest) -> bool:
    """Developers approve, each once, where nothing is set against them (Premium)."""
    settings = item.project.approval_settings if sim.premium else {}
    own = user is item.author and settings.get("merge_requests_author_approval") is False
    committed = settings.get("merge_requests_disable_committers_approval") and any(
        commit.committer_email == user.email for commit in merging.commits(item)
    )
    may = has(sim, user, item.project, DEVELOPERS) and not (own or committed)
    return may and user.id not in item.approvals


def approve(sim: Simulator, user: User, item: MergeRequest) -> None:
    """Approve; what waits for this merges."""
    item.approvals[user.id] = (user, sim.clock.now())
    system_notes.add(sim, item, user, "approved this merge request")
    action = "approval" if merging.missing_approvals(sim, item) else "approved"
    hooks.merge_request_changed(sim, user, item, action, {})
    merging.auto_merge(sim, item.project)


def unapprove(sim: Simulator, user: User, item: MergeRequest) -> None:
    """Take an approval back."""
    missing = merging.missing_approvals(sim, item)
    del item.approvals[user.id]
    system_notes.add(sim, item, user, "unapproved this merge request")
    enough = missing == 0 and (merging.missing_approvals(sim, item) > 0 or not item.approvals)
    hooks.merge_request_changed(sim, user, item, "unapproved" if enough else "unapproval", {})
