"""What can be done with a commit besides reading it: cherry-pick, revert, comment.

https://docs.gitlab.com/api/commits/ and https://docs.gitlab.com/api/discussions/#commits
"""

import hashlib
from typing import Any

from bot.simulator import (
    hook_code,
    hooks,
    merging,
    present,
    present_requests,
    pushing,
    quick_actions,
    trees,
)
from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.api.notes import read_position
from bot.simulator.api.repository import pushed
from bot.simulator.errors import ApiError, forbidden, not_found
from bot.simulator.model import Project, User
from bot.simulator.model_code import Commit, Tag
from bot.simulator.paging import paged
from bot.simulator.permissions import DEVELOPERS, OWNERS, can_comment_code, has
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]
_SORRY = (
    "Sorry, we cannot %s this commit automatically. This commit may already have been %sed, or a"
    " more recent commit may have updated some of its content."
)


def cherry_pick(call: Call) -> Any:
    """Put the changes of a commit on top of a branch; 400 where they do not fit or are there."""
    entry = _place(call)[1]
    usual = f"{entry.message}\n\n(cherry picked from commit {entry.id})"
    text = call.params.text("message") or usual
    return _again(call, "cherry-pick", text, trees.before(entry), entry)


def revert(call: Call) -> Any:
    """Put the opposite of a commit on top of a branch."""
    entry = _place(call)[1]
    text = f'Revert "{git.title(entry)}"\n\nThis reverts commit {entry.id}'
    return _again(call, "revert", text, entry, trees.before(entry))


def list_comments(call: Call) -> Answer:
    """The comments on a commit, oldest first."""
    notes = [note for thread in _threads(call).values() for note in thread["notes"]]
    return paged(call, notes, _comment)


def create_comment(call: Call) -> Any:
    """A comment on a commit, or on a line of it."""
    params = call.params
    text = params.required_text("note")
    path = params.text("path") or None
    if path:
        params.require("line")
    line, kind = params.integer("line"), params.choice("line_type", ("new", "old"), "new")
    text, done = _tag(call, text)
    if not text:
        return Answer(done, 202)
    place = {"path": path, "line": line, "line_type": kind}
    if not _is_there(_place(call)[1], path, line or 0, old=kind == "old"):
        place = dict.fromkeys(place)
    return _comment(_open(call, text, place)["notes"][0])


def _is_there(entry: Commit, path: str | None, line: int, *, old: bool) -> bool:
    """Whether a commit changed a file that has this line, before or after."""
    for change in git.changes_of(entry):
        if change.new_path == path:
            content = (change.old if old else change.new) or b""
            return 0 < line <= len(content.splitlines())
    return False


def list_discussions(call: Call) -> Answer:
    """The threads on a commit."""
    return paged(call, list(_threads(call).values()), dict)


def get_discussion(call: Call) -> Any:
    """One thread."""
    return _thread(call)


def create_discussion(call: Call) -> Any:
    """Open a thread, on a line of the difference where a position is sent."""
    text, done = _tag(call, call.params.required_text("body"))
    if not text:
        return Answer(done, 202)
    more: Entry = {"type": "DiscussionNote"}
    if call.params.has("position"):
        files = trees.with_renames(git.changes_of(_place(call)[1]))
        more = {"type": "DiffNote", "position": read_position(call, files)}
    return _open(call, text, more)


def reply(call: Call) -> Any:
    """Answer in a thread."""
    thread = _thread(call)
    kind = thread["notes"][0]["type"] or "DiscussionNote"
    note = _note(call, call.params.required_text("body"), {"type": kind})
    thread["notes"].append(note)
    thread["notes"][0]["type"], thread["individual_note"] = kind, False
    _tell(call, note)
    return note


def get_note(call: Call) -> Any:
    """One note of a thread."""
    return _noted(call)


def update_note(call: Call) -> Any:
    """The author changes the text."""
    note = _own(call)
    note["body"] = call.params.required_text("body")
    note["updated_at"] = iso(call.sim.clock.now())
    return note


def delete_note(call: Call) -> None:
    """The author removes a note; a thread without notes is gone."""
    thread, note = _thread(call), _own(call)
    thread["notes"].remove(note)
    if not thread["notes"]:
        del _threads(call)[thread["id"]]


def _place(call: Call) -> tuple[Project, Commit]:
    project = finders.code(call)
    return project, finders.commit(project, call.vars["sha"])


def _again(call: Call, verb: str, text: str, old: trees.Files, new: trees.Files) -> Any:
    """Commit the step from `old` to `new` once more, on the branch that was sent."""
    project, branch = finders.code(call), call.params.required_text("branch")
    head = project.branches.get(branch)
    if head is None:
        raise not_found("Branch")
    if not merging.may_push(call.sim, call.user, project, branch):
        raise forbidden("You are not allowed to push into this branch")
    made = trees.merge(old, head, new)
    if made is None or not trees.changes(head, made):
        problem = {"message": _SORRY % (verb, verb)}
        raise ApiError(400, problem | {"error_code": "conflict" if made is None else "empty"})
    if call.params.flag("dry_run"):
        return Answer({"dry_run": "success"}, 200)
    entry = git.commit(
        call.sim, project, call.user, text, made.tree, parents=(head,), modes=made.modes
    )
    git.set_branch(project, branch, entry)
    pushed(call, project, branch, before=head)
    return present_requests.commit(call.sim, project, entry)


def _tag(call: Call, text: str) -> tuple[str, Entry]:
    """The text after its quick actions, and what they did: `/tag NAME MESSAGE` tags the commit."""
    project, entry = _place(call)
    left, arguments = quick_actions.extract_tag(text)
    said, changes = [], {}
    for argument in arguments:
        name, _, message = argument.partition(" ")
        changes = {"tag_name": name, "tag_message": message.strip() or None}
        said.append(f"Tagged this commit to {name}" + (f' with "{message}".' if message else "."))
        free = name and name not in project.tags and git.is_branch_name(name)
        if free and has(call.sim, call.user, project, DEVELOPERS):
            now = call.sim.clock.now()
            made = Tag(name=name, commit=entry, created_at=now, message=message.strip())
            project.tags[name] = made
            pushing.tag(call.sim, call.user, project, made)
    return left, {"commands_changes": changes, "summary": [" ".join(said)]}


def _threads(call: Call) -> dict[str, Entry]:
    project, entry = _place(call)
    return call.sim.state.kept.shelf("projects", project.id, f"threads of {entry.id}")


def _thread(call: Call) -> Entry:
    found = _threads(call).get(call.vars["discussion_id"])
    if found is None:
        raise not_found("Discussion")
    return found


def _noted(call: Call) -> Entry:
    for note in _thread(call)["notes"]:
        if str(note["id"]) == call.vars["note_id"]:
            found: Entry = note
            return found
    raise not_found("Note")


def _own(call: Call) -> Entry:
    note = _noted(call)
    if note["author"]["id"] != call.user.id and not call.user.admin:
        raise forbidden()
    return note


def _open(call: Call, text: str, position: Entry) -> Entry:
    note = _note(call, text, position)
    number = hashlib.sha1(f"commit/{note['id']}".encode(), usedforsecurity=False).hexdigest()
    thread = {"id": number, "individual_note": note["type"] is None, "notes": [note]}
    _threads(call)[number] = thread
    _tell(call, note)
    return thread


def _tell(call: Call, note: Entry) -> None:
    project, entry = _place(call)
    body = hook_code.note(call.sim, project, entry, call.user, note)
    hooks.fire(call.sim, project, "note_events", body)


def _note(call: Call, text: str, position: Entry) -> Entry:
    project, entry = _place(call)
    author: User = call.user
    if not can_comment_code(call.sim, author, project):
        raise forbidden()
    moment = call.params.moment("created_at") if has(call.sim, author, project, OWNERS) else None
    now = iso(moment or call.sim.clock.now())
    return {
        "id": call.sim.state.next_id("note"),
        "type": None,
        "body": text,
        "attachment": None,
        "author": present.user_basic(call.sim, author),
        "created_at": now,
        "updated_at": now,
        "system": False,
        "noteable_id": None,
        "noteable_type": "Commit",
        "commit_id": entry.id,
        "project_id": project.id,
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": None,
        "commands_changes": {},
        **position,
    }


def _comment(note: Entry) -> Entry:
    keys = {key: note.get(key) for key in ("path", "line", "line_type", "author", "created_at")}
    return {"note": note["body"], **keys}


_AT = "/projects/:id/repository/commits/:sha"

ROUTES = tuple(
    Route(method, f"{_AT}/{path}", handler)
    for method, path, handler in (
        ("POST", "cherry_pick", cherry_pick),
        ("POST", "revert", revert),
        ("GET", "comments", list_comments),
        ("POST", "comments", create_comment),
        ("GET", "discussions", list_discussions),
        ("POST", "discussions", create_discussion),
        ("GET", "discussions/:discussion_id", get_discussion),
        ("POST", "discussions/:discussion_id/notes", reply),
        ("GET", "discussions/:discussion_id/notes/:note_id", get_note),
        ("PUT", "discussions/:discussion_id/notes/:note_id", update_note),
        ("DELETE", "discussions/:discussion_id/notes/:note_id", delete_note),
    )
)
