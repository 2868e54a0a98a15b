"""The hook bodies of merge requests, and the parent part of comment and emoji bodies.

https://docs.gitlab.com/user/project/integrations/webhook_events/#merge-request-events
"""

from typing import Any

from bot.simulator import hook_bodies
from bot.simulator.model import Issuable, Issue, MergeRequest, User
from bot.simulator.simulator import Simulator


def parent(sim: Simulator, item: Issuable) -> dict[str, Any]:
    """What was commented on or reacted to."""
    if isinstance(item, Issue):
        return hook_bodies.issue_attributes(sim, item)
    return hook_bodies.common_attributes(sim, item)


def merge_request(
    sim: Simulator,
    actor: User,
    item: MergeRequest,
    action: str | None,
    changes: dict[str, Any],
    **extra: Any,
) -> dict[str, Any]:
    """A merge request event."""
    raise NotImplementedError
