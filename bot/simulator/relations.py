"""Links between issues, and merge requests that wait for others. Knows nothing of HTTP.

https://docs.gitlab.com/api/issue_links/ and
https://docs.gitlab.com/api/merge_requests/#create-a-merge-request-dependency
"""

from bot.simulator import system_notes
from bot.simulator.model import Issue, Link, MergeRequest, User
from bot.simulator.present_issues import reference
from bot.simulator.simulator import Simulator

KINDS = ("relates_to", "blocks", "is_blocked_by")
_HERE = {
    "relates_to": "marked this issue as related to",
    "blocks": "marked this issue as blocking",
    "is_blocked_by": "marked this issue as blocked by",
}
_THERE = {"relates_to": "relates_to", "blocks": "is_blocked_by", "is_blocked_by": "blocks"}


def linked(one: Issue, other: Issue) -> Link | None:
    """The relation between two issues, whichever way it points."""
    return next((link for link in one.links.values() if other in (link.source, link.target)), None)


def relate(sim: Simulator, actor: User, source: Issue, target: Issue, kind: str) -> Link:
    """Link two issues that are not linked; both get a note."""
    now = sim.clock.now()
    first, second = (target, source) if kind == "is_blocked_by" else (source, target)
    link = Link(
        id=sim.state.next_id("link"),
        source=first,
        target=second,
        kind="blocks" if kind == "is_blocked_by" else kind,
        created_at=now,
        updated_at=now,
    )
    source.links[link.id] = target.links[link.id] = link
    _tell(sim, actor, source, target, _HERE[kind])
    _tell(sim, actor, target, source, _HERE[_THERE[kind]])
    return link


def unlink(sim: Simulator, actor: User, link: Link) -> None:
    """Remove a relation; both issues get a note."""
    del link.source.links[link.id], link.target.links[link.id]
    _tell(sim, actor, link.source, link.target, "removed the relation with")
    _tell(sim, actor, link.target, link.source, "removed the relation with")


def block(sim: Simulator, first: MergeRequest, then: MergeRequest) -> None:
    """Let a merge request wait for another, unless they wait for each other already."""
    if not are_tied(first, then):
        then.blockers[sim.state.next_id("merge_request_block")] = first


def unblock(one: MergeRequest, other: MergeRequest) -> None:
    """Let neither wait for the other."""
    for waiting, first in ((one, other), (other, one)):
        waiting.blockers = {n: entry for n, entry in waiting.blockers.items() if entry is not first}


def are_tied(one: MergeRequest, other: MergeRequest) -> bool:
    """Whether one waits for the other."""
    return other in one.blockers.values() or one in other.blockers.values()


def _tell(sim: Simulator, actor: User, at: Issue, other: Issue, words: str) -> None:
    body = f"{words} {reference(other, at.project)}"
    system_notes.add(sim, at, actor, body, mentioned_from=other)
    system_notes.touch(sim, at)
