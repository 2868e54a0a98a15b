"""Setting auto-merge and taking it back; `merging` does what it waits for.

https://docs.gitlab.com/user/project/merge_requests/auto_merge/
The notes are in the wording of GitLab's source. Knows nothing of HTTP.
"""

from bot.simulator import hook_bodies, hooks, system_notes
from bot.simulator.model import MergeRequest, User
from bot.simulator.simulator import Simulator


def enable(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Let it merge by itself in somebody's name; setting it again says nothing."""
    if item.auto_merge_by is None:
        said = f"enabled an automatic merge when all merge checks for {item.head.id} pass"
        system_notes.add(sim, item, actor, said)
    _set(sim, actor, item, by=actor)


def cancel(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Let it merge by itself no longer, because somebody said so."""
    if item.auto_merge_by:
        system_notes.add(sim, item, actor, "canceled the automatic merge")
    _set(sim, actor, item, by=None)


def abort(sim: Simulator, actor: User, item: MergeRequest, why: str) -> None:
    """Let it merge by itself no longer, because of what somebody did; where it was set."""
    if item.auto_merge_by is None:
        return
    system_notes.add(sim, item, actor, f"aborted the automatic merge because {why}")
    item.auto_merge_by = None


def _set(sim: Simulator, actor: User, item: MergeRequest, *, by: User | None) -> None:
    before = hook_bodies.snapshot(item)
    item.auto_merge_by = by
    changes = hook_bodies.differences(before, hook_bodies.snapshot(item))
    if changes:
        hooks.merge_request_changed(sim, actor, item, "update", changes)
