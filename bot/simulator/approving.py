"""Giving and taking back approvals. That it may be done is settled before; no HTTP.

https://docs.gitlab.com/api/merge_request_approvals/
"""

from bot.simulator import approval_rules, hooks, merging, system_notes
from bot.simulator.model import Holder, MergeRequest, Namespace, Project, User
from bot.simulator.permissions import DEVELOPERS, has
from bot.simulator.simulator import Simulator

USUAL = {
    "reset_approvals_on_push": False,
    "selective_code_owner_removals": False,
    "disable_overriding_approvers_per_merge_request": False,
    "merge_requests_author_approval": True,
    "merge_requests_disable_committers_approval": False,
    "require_reauthentication_to_approve": False,
}
"""What counts where nothing is set: each the lenient way."""


def forced_from(holder: Holder, name: str) -> Namespace | None:
    """The nearest group above that has a switch the strict way, which nobody below can undo."""
    above = holder.namespace.lineage() if isinstance(holder, Project) else holder.lineage()[1:]
    return next(
        (g for g in above if g.approval_settings.get(name, USUAL[name]) != USUAL[name]), None
    )


def effective(holder: Holder) -> dict[str, bool]:
    """The switches that count in a project or group: its own, or stricter ones from above."""
    return {
        name: not usual if forced_from(holder, name) else holder.approval_settings.get(name, usual)
        for name, usual in USUAL.items()
    }


def may_approve(sim: Simulator, user: User, item: MergeRequest) -> bool:
    """Developers approve, each once, where nothing is set against them (Premium)."""
    settings = effective(item.project) if sim.premium else USUAL
    own = user is item.author and not settings["merge_requests_author_approval"]
    committed = settings["merge_requests_disable_committers_approval"] and any(
        commit.committer_email == user.email for commit in merging.commits(item)
    )
    may = has(sim, user, item.project, DEVELOPERS) and not (own or committed)
    return may and user.id not in item.approvals


def approve(sim: Simulator, user: User, item: MergeRequest) -> None:
    """Approve; what waits for this merges."""
    item.approvals[user.id] = (user, sim.clock.now())
    system_notes.add(sim, item, user, "approved this merge request")
    action = "approval" if approval_rules.missing(sim, item) else "approved"
    hooks.merge_request_changed(sim, user, item, action, {})
    merging.auto_merge(sim, item.project)


def unapprove(sim: Simulator, user: User, item: MergeRequest) -> None:
    """Take an approval back."""
    missing = approval_rules.missing(sim, item)
    del item.approvals[user.id]
    system_notes.add(sim, item, user, "unapproved this merge request")
    enough = missing == 0 and (approval_rules.missing(sim, item) > 0 or not item.approvals)
    hooks.merge_request_changed(sim, user, item, "unapproved" if enough else "unapproval", {})
