"""Setting auto-merge and taking it back; `merging` does what it waits for.

https://docs.gitlab.com/user/project/merge_requests/auto_merge/
The notes are in the wording of GitLab's source, which tells no webhook of any of this.
Knows nothing of HTTP.
"""

from bot.simulator import system_notes
from bot.simulator.model import MergeRequest, User
from bot.simulator.simulator import Simulator


def enable(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Let it merge by itself in somebody's name; only the first time is noted."""
    if item.auto_merge_by is None:
        said = f"enabled an automatic merge when all merge checks for {item.head.id} pass"
        system_notes.add(sim, item, actor, said)
    item.auto_merge_by = actor


def cancel(sim: Simulator, actor: User, item: MergeRequest) -> None:
    """Let it merge by itself no longer, because somebody said so."""
    _stop(sim, actor, item, "canceled the automatic merge")


def abort(sim: Simulator, actor: User, item: MergeRequest, why: str) -> None:
    """Let it merge by itself no longer, because of what somebody did."""
    _stop(sim, actor, item, f"aborted the automatic merge because {why}")


def _stop(sim: Simulator, actor: User, item: MergeRequest, said: str) -> None:
    """Where it was set; what was asked for together with it is forgotten."""
    if item.auto_merge_by:
        system_notes.add(sim, item, actor, said)
        item.auto_merge_by = item.should_remove_source_branch = None
