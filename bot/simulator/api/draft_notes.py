"""Comments of a review that nobody else sees until they are published.

https://docs.gitlab.com/api/draft_notes/
"""

from typing import Any

from bot.simulator import drafts, notes, positions, present_requests
from bot.simulator.api import finders
from bot.simulator.api.notes import read_position
from bot.simulator.errors import bad_request, forbidden, invalid, not_found
from bot.simulator.paging import paged
from bot.simulator.permissions import can_comment
from bot.simulator.routing import Answer, Call, Route


def list_drafts(call: Call) -> Answer:
    """The caller's own."""
    return paged(call, _own(call), _shown)


def get_draft(call: Call) -> Any:
    """One of the caller's own."""
    return _shown(_draft(call))


def create_draft(call: Call) -> Any:
    """A comment for later: on the whole, on a line, or as an answer in a thread."""
    item, params = finders.merge_request(call), call.params
    text = params.required_text("note")
    if not can_comment(call.sim, call.user, item):
        raise forbidden()
    thread = params.text("in_reply_to_discussion_id")
    if thread and not drafts.thread(item, thread):
        raise bad_request("in_reply_to_discussion_id is invalid")
    position = read_position(call, present_requests.files(item)) if params.has("position") else None
    number = call.sim.state.next_id("draft_note")
    entry: drafts.Entry = {
        "id": number,
        "author_id": call.user.id,
        "merge_request_id": item.id,
        "resolve_discussion": bool(params.flag("resolve_discussion")),
        "discussion_id": thread,
        "note": text,
        "commit_id": params.text("commit_id"),
        "line_code": positions.line_code(position),
        "position": position,
    }
    drafts.shelf(call.sim, item)[str(number)] = entry
    return _shown(entry)


def update_draft(call: Call) -> Any:
    """Change the text, which is needed, and the line: without a position it loses its own."""
    item, params = finders.merge_request(call), call.params
    if params.has("note") and not params.text("note"):
        raise invalid("note is empty")
    if not params.has("note"):
        raise bad_request("Missing params to modify")
    entry = _draft(call)
    position = read_position(call, present_requests.files(item)) if params.has("position") else None
    code = positions.line_code(position) or entry["line_code"]
    entry |= {"note": params.text("note"), "position": position, "line_code": code}
    return _shown(entry)


def delete_draft(call: Call) -> None:
    """Forget one."""
    gone = str(_draft(call)["id"])
    del drafts.shelf(call.sim, finders.merge_request(call))[gone]


def publish(call: Call) -> Answer:
    """Let everybody see one."""
    drafts.publish(call.sim, call.user, finders.merge_request(call), _draft(call))
    return Answer(None, 204)


def publish_all(call: Call) -> Answer:
    """Let everybody see all of the caller's, with a last word and how the review ends."""
    item, params = finders.merge_request(call), call.params
    state = params.choice("reviewer_state", ("requested_changes", "reviewed"))
    internal = bool(params.flag("internal"))
    drafts.publish_all(call.sim, call.user, item)
    if params.text("note"):
        notes.write(call.sim, call.user, item, params.required_text("note"), internal=internal)
    if state:
        item.reviews[call.user.id] = state
    return Answer(None, 204)


def _shown(entry: drafts.Entry) -> dict[str, Any]:
    """One as the API has it: a position of nulls where it is about no line."""
    return entry | {"position": entry["position"] or _NOWHERE}


def _own(call: Call) -> list[drafts.Entry]:
    return drafts.own(call.sim, call.user, finders.merge_request(call))


def _draft(call: Call) -> drafts.Entry:
    for entry in _own(call):
        if str(entry["id"]) == call.vars["draft_note_id"]:
            return entry
    raise not_found()


_NOWHERE = {
    "base_sha": None,
    "start_sha": None,
    "head_sha": None,
    "old_path": None,
    "new_path": None,
    "position_type": "text",
    "old_line": None,
    "new_line": None,
    "line_range": None,
}
_AT = "/projects/:id/merge_requests/:iid/draft_notes"

ROUTES = (
    Route("GET", _AT, list_drafts),
    Route("POST", _AT, create_draft),
    Route("POST", f"{_AT}/bulk_publish", publish_all),
    Route("GET", f"{_AT}/:draft_note_id", get_draft),
    Route("PUT", f"{_AT}/:draft_note_id", update_draft),
    Route("DELETE", f"{_AT}/:draft_note_id", delete_draft),
    Route("PUT", f"{_AT}/:draft_note_id/publish", publish),
)
