"""Comments of a review that wait until their author publishes them. Knows nothing of HTTP.

https://docs.gitlab.com/api/draft_notes/
"""

from typing import Any

from bot.simulator import notes
from bot.simulator.model import MergeRequest, Note, User
from bot.simulator.simulator import Simulator

Entry = dict[str, Any]


def shelf(sim: Simulator, item: MergeRequest) -> dict[str, Entry]:
    """All that wait on a merge request, by number."""
    return sim.state.kept.shelf("merge_requests", item.id, "draft_notes")


def own(sim: Simulator, user: User, item: MergeRequest) -> list[Entry]:
    """Those of one user."""
    return [entry for entry in shelf(sim, item).values() if entry["author_id"] == user.id]


def thread(item: MergeRequest, number: str | None) -> list[Note]:
    """The notes of a thread, none where there is no such thread."""
    return [note for note in item.notes if number and note.discussion_id == number]


def publish(sim: Simulator, user: User, item: MergeRequest, entry: Entry) -> None:
    """Let everybody see one; its thread is resolved or open then, as it says."""
    answered = thread(item, entry["discussion_id"])
    how: Entry = {"reply_to": answered, "position": entry["position"]}
    notes.write(sim, user, item, entry["note"], thread=bool(entry["position"]), **how)
    resolved = (sim.clock.now(), user) if entry["resolve_discussion"] else (None, None)
    for note in thread(item, entry["discussion_id"]):
        note.resolved_at, note.resolved_by = resolved
    del shelf(sim, item)[str(entry["id"])]


def publish_all(sim: Simulator, user: User, item: MergeRequest) -> None:
    """Let everybody see all of one user's."""
    for entry in own(sim, user, item):
        publish(sim, user, item, entry)
