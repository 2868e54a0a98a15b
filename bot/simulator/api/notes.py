"""Comments and threads on issues and merge requests.

https://docs.gitlab.com/api/notes/ and https://docs.gitlab.com/api/discussions/
"""

from typing import Any

from bot.simulator import (
    drafts,
    notes,
    positions,
    present_issues,
    present_requests,
    threads,
)
from bot.simulator.api import finders
from bot.simulator.errors import bad_request, forbidden, invalid, not_found
from bot.simulator.model import Issuable, MergeRequest, Note
from bot.simulator.paging import paged
from bot.simulator.permissions import (
    DEVELOPERS,
    OWNERS,
    PLANNING,
    can_comment,
    can_edit_note,
    can_see_note,
    has,
)
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.trees import FileChange

_POSITION_TYPES = ("text", "image", "file")


def list_notes(call: Call) -> Answer:
    """All notes, newest first unless asked otherwise."""
    key = call.params.choice("order_by", ("created_at", "updated_at"), "created_at")
    falling = call.params.choice("sort", ("asc", "desc"), "desc") == "desc"
    kinds = ("all_notes", "only_comments", "only_activity")
    kind = call.params.choice("activity_filter", kinds, "all_notes")
    found = [
        note
        for note in _visible(call)
        if kind == "all_notes" or note.system == (kind == "only_activity")
    ]
    found.sort(key=lambda note: (getattr(note, key or "created_at"), note.id), reverse=falling)
    return paged(call, found, lambda note: present_issues.note(call.sim, note))


def get_note(call: Call) -> Any:
    """One note."""
    return present_issues.note(call.sim, finders.note(call, _item(call)))


def create_note(call: Call) -> Any:
    """A comment: 201 with the note, or 202 when there were only quick actions."""
    item = _item(call)
    return _written(call, _write(call, item))


def update_note(call: Call) -> Any:
    """The author or a Maintainer changes the text."""
    note = finders.note(call, _item(call))
    _require_text(call)
    if not can_edit_note(call.sim, call.user, note):
        raise forbidden()
    return _edited(call, note, call.params.text("body") or note.body)


def delete_note(call: Call) -> None:
    """The author or a Maintainer removes a comment."""
    note = finders.note(call, _item(call))
    if not can_edit_note(call.sim, call.user, note):
        raise forbidden()
    finders.unmodified(call, note.updated_at)
    notes.delete(call.sim, note)


def list_discussions(call: Call) -> Answer:
    """All threads, oldest first; a lone comment is a thread of one."""
    threads: dict[str, list[Note]] = {}
    for note in sorted(_visible(call), key=lambda note: (note.created_at, note.id)):
        threads.setdefault(note.discussion_id, []).append(note)
    found = list(threads.values())
    return paged(call, found, lambda entries: present_issues.discussion(call.sim, entries))


def get_discussion(call: Call) -> Any:
    """One thread."""
    return present_issues.discussion(call.sim, _thread(call))


def create_discussion(call: Call) -> Any:
    """Open a thread."""
    item = _item(call)
    how: dict[str, Any] = {"thread": True}
    if isinstance(item, MergeRequest) and call.params.has("position"):
        how["position"] = read_position(call, present_requests.files(item))
        how["commit_id"] = call.params.text("commit_id")
    done = _write(call, item, **how)
    if done.note is None:
        return _written(call, done)
    return present_issues.discussion(call.sim, [done.note])


def reply(call: Call) -> Any:
    """Answer in a thread; an answer to an internal note is internal, system notes take none."""
    entries = _thread(call)
    if entries[0].system:
        raise bad_request("Discussion can not be replied to.")
    done = _write(call, _item(call), reply_to=entries, internal=entries[0].internal)
    return _written(call, done)


def list_thread_notes(call: Call) -> Answer:
    """The notes of a thread, all at once."""
    return Answer([present_issues.note(call.sim, note) for note in _thread(call, "Notes")])


def resolve_discussion(call: Call) -> Any:
    """Resolve or reopen a thread."""
    entries = _thread(call)
    call.params.require("resolved")
    resolved = bool(call.params.flag("resolved"))
    if not entries[0].resolvable:
        raise forbidden()
    _require_resolve(call, entries[0])
    threads.resolve(call.sim, call.user, entries, resolved=resolved)
    return present_issues.discussion(call.sim, entries)


def update_thread_note(call: Call) -> Any:
    """Change a note in a thread, or resolve it: one of the two."""
    note = _thread_note(call)
    call.params.exclude("body", "resolved")
    _require_text(call)
    if not call.params.has("body", "resolved"):
        raise invalid("body, resolved are missing, exactly one parameter must be provided")
    if call.params.has("resolved"):
        _require_resolve(call, note)
        resolved = bool(call.params.flag("resolved"))
        threads.resolve(call.sim, call.user, [note], resolved=resolved)
        return present_issues.note(call.sim, note)
    if not can_edit_note(call.sim, call.user, note):
        raise forbidden()
    return _edited(call, note, call.params.required_text("body"))


def _require_text(call: Call) -> None:
    """A new text may be left out, but not be empty."""
    if call.params.has("body") and not (call.params.text("body") or "").strip():
        raise invalid("body is empty")


def get_thread_note(call: Call) -> Any:
    """One note of a thread."""
    return present_issues.note(call.sim, _thread_note(call))


def delete_thread_note(call: Call) -> None:
    """Remove a note from a thread."""
    _thread_note(call)
    delete_note(call)


def read_position(call: Call, files: list[FileChange]) -> dict[str, Any]:
    """The line of the difference that was sent; 400 where it is not in there."""
    sent = call.params.sub("position")
    needed = ("base_sha", "start_sha", "head_sha", "position_type")
    missing = [f"position[{name}] is missing" for name in needed if not sent.text(name)]
    if missing:
        raise invalid(", ".join(missing))
    kind = sent.text("position_type")
    if kind not in _POSITION_TYPES:
        raise invalid("position[position_type] does not have a valid value")
    found = {name: sent.text(name) for name in (*needed, "old_path", "new_path")}
    sizes = ("width", "height", "x", "y") if kind == "image" else ("old_line", "new_line")
    position: dict[str, Any] = found | {name: sent.number(name) for name in sizes}
    if kind == "text":
        position["line_range"] = sent.values.get("line_range")
    if not positions.fits(position, files):
        raise bad_request('Note {:line_code=>["can\'t be blank", "must be a valid line code"]}')
    return position


def _item(call: Call) -> Issuable:
    return finders.issue(call) if "/issues/" in call.path else finders.merge_request(call)


def _visible(call: Call) -> list[Note]:
    return [n for n in _item(call).notes if can_see_note(call.sim, call.caller, n)]


def _thread(call: Call, what: str = "Discussion") -> list[Note]:
    found = [n for n in _visible(call) if n.discussion_id == call.vars["discussion_id"]]
    if not found:
        raise not_found(what)
    return found


def _thread_note(call: Call) -> Note:
    note = finders.note(call, _item(call))
    if note.discussion_id != call.vars["discussion_id"]:
        raise not_found("Note")
    return note


def _write(call: Call, item: Issuable, **how: Any) -> notes.Written:
    body = call.params.required_text("body")
    if not can_comment(call.sim, call.user, item):
        raise forbidden()
    old_name = call.params.flag("confidential")
    internal = bool(how.pop("internal", False) or call.params.flag("internal", old_name))
    if internal and not has(call.sim, call.user, item.project, PLANNING):
        raise forbidden()
    if has(call.sim, call.user, item.project, OWNERS):
        how["created_at"] = call.params.moment("created_at")
    how["sha"] = call.params.text("merge_request_diff_head_sha") or ""
    done = notes.write(call.sim, call.user, item, body, internal=internal, **how)
    if done.publishes and isinstance(item, MergeRequest):
        drafts.publish_all(call.sim, call.user, item)
    return done


def _written(call: Call, done: notes.Written) -> Any:
    if done.note is None and not done.summary:
        raise bad_request("Failed to apply commands.")
    if done.note is None:
        body = {"commands_changes": done.commands, "summary": done.summary}
        return Answer(body, 202)
    return present_issues.note(call.sim, done.note) | {"commands_changes": done.commands}


def _edited(call: Call, note: Note, body: str) -> Any:
    done = notes.edit(call.sim, call.user, note, body)
    if done.note is None and not done.summary:
        raise bad_request("Commands did not apply")
    return _written(call, done)


def _require_resolve(call: Call, note: Note) -> None:
    own = call.user in (note.author, note.noteable.author)
    if not own and not has(call.sim, call.user, note.noteable.project, DEVELOPERS):
        raise forbidden()
    if not note.resolvable:
        raise bad_request("Note is not resolvable")


ROUTES = tuple(
    Route(method, f"/projects/:id/{kind}/:iid/{rest}", handler)
    for kind in ("issues", "merge_requests")
    for method, rest, handler in (
        ("GET", "notes", list_notes),
        ("POST", "notes", create_note),
        ("GET", "notes/:note_id", get_note),
        ("PUT", "notes/:note_id", update_note),
        ("DELETE", "notes/:note_id", delete_note),
        ("GET", "discussions", list_discussions),
        ("POST", "discussions", create_discussion),
        ("GET", "discussions/:discussion_id", get_discussion),
        ("PUT", "discussions/:discussion_id", resolve_discussion),
        ("GET", "discussions/:discussion_id/notes", list_thread_notes),
        ("POST", "discussions/:discussion_id/notes", reply),
        ("GET", "discussions/:discussion_id/notes/:note_id", get_thread_note),
        ("PUT", "discussions/:discussion_id/notes/:note_id", update_thread_note),
        ("DELETE", "discussions/:discussion_id/notes/:note_id", delete_thread_note),
    )
)
