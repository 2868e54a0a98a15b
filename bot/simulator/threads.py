"""Resolving threads, by hand or by an issue that takes them up. No HTTP.

https://docs.gitlab.com/user/discussions/#resolve-a-thread
"""

from bot.simulator import hook_bodies, hooks, merging, present_issues, system_notes
from bot.simulator.model import Issuable, Issue, MergeRequest, Note, User
from bot.simulator.simulator import Simulator


def unresolved(item: Issuable, only: str | None = None) -> list[list[Note]]:
    """The threads that are open, oldest first, or the one of this number."""
    threads: dict[str, list[Note]] = {}
    for note in item.notes:
        if note.resolvable:
            threads.setdefault(note.discussion_id, []).append(note)
    return [
        notes
        for number, notes in threads.items()
        if only in (None, number) and any(note.resolved_at is None for note in notes)
    ]


def resolve(sim: Simulator, actor: User, entries: list[Note], *, resolved: bool) -> None:
    """Resolve or reopen; that the last thread is resolved is an event of the merge request."""
    item = entries[0].noteable
    was_resolved = hook_bodies.all_resolved(item)
    for note in entries:
        note.resolved_at = sim.clock.now() if resolved else None
        note.resolved_by = actor if resolved else None
    if isinstance(item, MergeRequest) and not was_resolved and hook_bodies.all_resolved(item):
        changes = {"blocking_discussions_resolved": {"previous": False, "current": True}}
        hooks.merge_request_changed(sim, actor, item, "update", changes)
        merging.auto_merge(sim, item.project)


def text_of_issue(sim: Simulator, item: MergeRequest, threads: list[list[Note]]) -> str:
    """The description of an issue that takes up these threads."""
    head = f"The following discussions from {present_issues.reference(item, item.project)}"
    return "\n\n".join([f"{head} should be addressed:", *(_task(sim, t[0]) for t in threads)])


def _task(sim: Simulator, note: Note) -> str:
    url = f"{present_issues.web_url(sim, note.noteable)}#note_{note.id}"
    quoted = "\n".join(f"  > {line}" for line in note.body.splitlines())
    return f"- [ ] @{note.author.username} started a [discussion]({url}):\n\n{quoted}"


def take_up(sim: Simulator, actor: User, issue: Issue, threads: list[list[Note]]) -> None:
    """Resolve the threads that an issue was made for; each says so."""
    for thread in threads:
        resolve(sim, actor, thread, resolved=True)
        item = thread[0].noteable
        said = (
            f"created {present_issues.reference(issue, item.project)} to continue this discussion"
        )
        system_notes.add(sim, item, actor, said)
