"""Snippets of people and projects, with comments on those of projects.

https://docs.gitlab.com/api/snippets/, https://docs.gitlab.com/api/project_snippets/ and
https://docs.gitlab.com/api/discussions/#project-snippets
Their comments run no quick actions.
"""

import hashlib
from typing import Any

from bot.simulator import hook_code, hooks, present
from bot.simulator.api import finders
from bot.simulator.api.project_lists import VISIBILITIES
from bot.simulator.errors import forbidden, invalid, invalid_fields, not_found
from bot.simulator.model import Project
from bot.simulator.paging import paged
from bot.simulator.permissions import MAINTAINERS, MEMBERS, feature_on, has
from bot.simulator.routing import Answer, Call, Route
from bot.simulator.text import iso

Entry = dict[str, Any]


def list_snippets(call: Call) -> Answer:
    """A project's snippets, or the caller's own."""
    return _listed(call, [e for e in _shelf(call).values() if is_visible(call, e)])


def list_public(call: Call) -> Answer:
    """Everybody's public ones."""
    found = call.sim.state.kept.everywhere("snippets")
    return _listed(call, [entry for entry in found if entry["visibility"] == "public"])


def list_all(call: Call) -> Answer:
    """All that the caller may see: for administrators those of everybody."""
    found = call.sim.state.kept.everywhere("snippets")
    own = [e for e in found if call.user.admin or e["author"]["id"] == call.user.id]
    return _listed(call, own)


def get_snippet(call: Call) -> Any:
    """One snippet."""
    return shown(call, _snippet(call))


def create_snippet(call: Call) -> Any:
    """A snippet of one file, or of several."""
    project, params = _project(call), call.params
    if project and not has(call.sim, call.user, project, MEMBERS):
        raise forbidden()
    params.require("title")
    files = _sent_files(call)
    if not files:
        raise invalid("files, content are missing, exactly one parameter must be provided")
    number, now = call.sim.state.next_id("snippet"), iso(call.sim.clock.now())
    entry: Entry = {"id": number, "title": params.required_text("title"), "contents": files}
    entry |= {"description": params.text("description"), "created_at": now, "updated_at": now}
    entry["visibility"] = params.choice("visibility", VISIBILITIES, "private")
    entry["author"] = present.user_basic(call.sim, call.user)
    entry |= {"project_id": project.id if project else None, "threads": {}}
    _shelf(call)[str(number)] = entry
    return shown(call, entry)


def update_snippet(call: Call) -> Any:
    """Its author or a Maintainer changes it."""
    entry, params = _own(call), call.params
    for name in ("title", "description"):
        entry[name] = params.text(name, entry[name])
    entry["visibility"] = params.choice("visibility", VISIBILITIES, entry["visibility"])
    files: dict[str, str] = entry["contents"]
    first = next(iter(files))
    name = params.text("file_name") or first
    if name != first or params.has("content"):
        text = params.text("content", files[first]) or ""
        entry["contents"] = files = {name: text} | {k: v for k, v in files.items() if k != first}
    for action in params.values.get("files") or []:
        _act(files, action)
    entry["updated_at"] = iso(call.sim.clock.now())
    return shown(call, entry)


def delete_snippet(call: Call) -> None:
    """Its author or a Maintainer removes it."""
    entry = _own(call)
    del _shelf(call)[str(entry["id"])]


def raw(call: Call) -> str:
    """The text of the first file."""
    return str(next(iter(_snippet(call)["contents"].values())))


def raw_file(call: Call) -> str:
    """The text of one file."""
    files: dict[str, str] = _snippet(call)["contents"]
    if call.vars["file"] not in files:
        raise not_found("File")
    return files[call.vars["file"]]


def list_notes(call: Call) -> Answer:
    """The comments on a snippet."""
    notes = [note for thread in _threads(call).values() for note in thread["notes"]]
    return paged(call, notes, dict)


def list_discussions(call: Call) -> Answer:
    """The threads on a snippet."""
    return paged(call, list(_threads(call).values()), dict)


def get_discussion(call: Call) -> Any:
    """One thread."""
    return _thread(call)


def create_discussion(call: Call) -> Any:
    """Open a thread."""
    return _open(call, "DiscussionNote")


def create_note(call: Call) -> Any:
    """A lone comment, which is a thread of one."""
    return _open(call, None)["notes"][0]


def reply(call: Call) -> Any:
    """Answer in a thread."""
    note = _new_note(call, "DiscussionNote")
    _thread(call)["notes"].append(note)
    _tell(call, note)
    return note


def get_note(call: Call) -> Any:
    """One comment."""
    return _note(call)[1]


def update_note(call: Call) -> Any:
    """Its author changes a comment."""
    note = _note(call)[1]
    if note["author"]["id"] != call.user.id and not call.user.admin:
        raise forbidden()
    note |= {"body": call.params.required_text("body"), "updated_at": iso(call.sim.clock.now())}
    return note


def delete_note(call: Call) -> None:
    """Its author removes a comment; a thread without any is gone."""
    thread, note = _note(call)
    if note["author"]["id"] != call.user.id and not call.user.admin:
        raise forbidden()
    thread["notes"].remove(note)
    if not thread["notes"]:
        del _threads(call)[thread["id"]]


def _open(call: Call, kind: str | None) -> Entry:
    note = _new_note(call, kind)
    number = hashlib.sha1(f"snippet/{note['id']}".encode(), usedforsecurity=False).hexdigest()
    thread = {"id": number, "individual_note": kind is None, "notes": [note]}
    _threads(call)[number] = thread
    _tell(call, note)
    return thread


def _tell(call: Call, note: Entry) -> None:
    project, entry = _project(call), _snippet(call)
    if project:
        body = hook_code.snippet_note(call.sim, project, entry, call.user, note)
        hooks.fire(call.sim, project, "note_events", body)


def _new_note(call: Call, kind: str | None) -> Entry:
    text, now = call.params.required_text("body"), iso(call.sim.clock.now())
    entry = _snippet(call)
    return {
        "id": call.sim.state.next_id("note"),
        "type": kind,
        "body": text,
        "attachment": None,
        "author": present.user_basic(call.sim, call.user),
        "created_at": now,
        "updated_at": now,
        "system": False,
        "noteable_id": entry["id"],
        "noteable_type": "Snippet",
        "project_id": entry["project_id"],
        "resolvable": False,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": None,
        "commands_changes": {},
    }


def _sent_files(call: Call) -> dict[str, str]:
    params, sent = call.params, call.params.values.get("files")
    if params.has("content"):
        return {params.text("file_name") or "snippetfile1.txt": params.text("content") or ""}
    if not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        return {}
    if any("file_path" not in entry or "content" not in entry for entry in sent):
        raise invalid("files[0][file_path] is missing, files[0][content] is missing")
    return {str(entry["file_path"]): str(entry["content"]) for entry in sent}


def _act(files: dict[str, str], action: Entry) -> None:
    """One change of the files: create, update, move or delete."""
    path, old = str(action.get("file_path", "")), str(action.get("previous_path", ""))
    match action.get("action"):
        case "delete" if path in files and len(files) > 1:
            del files[path]
        case "move" if old in files:
            text = files.pop(old)
            files[path] = str(action.get("content", text))
        case "create" | "update" if path:
            files[path] = str(action.get("content", ""))
        case _:
            raise invalid_fields(files=["is invalid"])


def _project(call: Call) -> Project | None:
    """The project meant, whose snippets have to be on."""
    if "/projects/" not in call.path:
        return None
    project = finders.project(call)
    if not feature_on(call.sim, call.caller, project, "snippets"):
        raise forbidden()
    return project


def _shelf(call: Call) -> dict[str, Entry]:
    project, kept = _project(call), call.sim.state.kept
    place, number = ("projects", project.id) if project else ("users", call.user.id)
    return kept.shelf(place, number, "snippets")


def _snippet(call: Call) -> Entry:
    project = _project(call)
    for entry in call.sim.state.kept.everywhere("snippets"):
        here = entry["project_id"] == (project.id if project else entry["project_id"])
        if str(entry["id"]) == call.vars["snippet_id"] and here and is_visible(call, entry):
            return entry
    raise not_found("Snippet")


def is_visible(call: Call, entry: Entry) -> bool:
    """Public and internal ones, one's own, and as a member those of a project."""
    user = call.caller
    if user and (user.admin or entry["author"]["id"] == user.id):
        return True
    project = call.sim.state.projects.get(entry["project_id"])
    if project and has(call.sim, user, project, MEMBERS):
        return True
    return bool(entry["visibility"] == "public" or (user and entry["visibility"] == "internal"))


def _own(call: Call) -> Entry:
    entry, project = _snippet(call), _project(call)
    maintains = project is not None and has(call.sim, call.user, project, MAINTAINERS)
    if entry["author"]["id"] != call.user.id and not (call.user.admin or maintains):
        raise forbidden()
    return entry


def _listed(call: Call, found: list[Entry]) -> Answer:
    after, before = call.params.text("created_after"), call.params.text("created_before")
    kept = [
        entry
        for entry in reversed(found)
        if (not after or entry["created_at"] >= after)
        and (not before or entry["created_at"] <= before)
    ]
    return paged(call, kept, lambda entry: shown(call, entry))


def shown(call: Call, entry: Entry) -> Entry:
    """A snippet with its addresses, without its text."""
    project = call.sim.state.projects.get(entry["project_id"])
    base = present.holder_url(call.sim, project) if project else call.sim.url
    url = f"{base}/-/snippets/{entry['id']}"
    files = [{"path": name, "raw_url": f"{url}/raw/main/{name}"} for name in entry["contents"]]
    shown = {key: value for key, value in entry.items() if key not in ("contents", "threads")}
    host = present.host(call.sim)
    return shown | {
        "web_url": url,
        "raw_url": f"{url}/raw",
        "ssh_url_to_repo": f"git@{host}:snippets/{entry['id']}.git",
        "http_url_to_repo": f"{call.sim.url}/snippets/{entry['id']}.git",
        "file_name": files[0]["path"],
        "files": files,
        "imported": False,
        "imported_from": "none",
    }


def _threads(call: Call) -> dict[str, Entry]:
    found: dict[str, Entry] = _snippet(call)["threads"]
    return found


def _thread(call: Call) -> Entry:
    found = _threads(call).get(call.vars["discussion_id"])
    if found is None:
        raise not_found("Discussion")
    return found


def _note(call: Call) -> tuple[Entry, Entry]:
    """A comment and its thread."""
    threads = [_thread(call)] if "discussion_id" in call.vars else _threads(call).values()
    for thread in threads:
        for note in thread["notes"]:
            if str(note["id"]) == call.vars["note_id"]:
                return thread, note
    raise not_found("Note")


_PLACES = ("/snippets", "/projects/:id/snippets")
_ONE = f"{_PLACES[1]}/:snippet_id"

ROUTES = (
    Route("GET", "/snippets/public", list_public),
    Route("GET", "/snippets/all", list_all),
    *(
        Route(method, f"{place}{rest}", handler)
        for place in _PLACES
        for method, rest, handler in (
            ("GET", "", list_snippets),
            ("POST", "", create_snippet),
            ("GET", "/:snippet_id", get_snippet),
            ("PUT", "/:snippet_id", update_snippet),
            ("DELETE", "/:snippet_id", delete_snippet),
            ("GET", "/:snippet_id/raw", raw),
            ("GET", "/:snippet_id/files/:ref/:file/raw", raw_file),
        )
    ),
    Route("GET", f"{_ONE}/notes", list_notes),
    Route("POST", f"{_ONE}/notes", create_note),
    Route("GET", f"{_ONE}/discussions", list_discussions),
    Route("POST", f"{_ONE}/discussions", create_discussion),
    Route("GET", f"{_ONE}/discussions/:discussion_id", get_discussion),
    Route("POST", f"{_ONE}/discussions/:discussion_id/notes", reply),
    *(
        Route(method, f"{_ONE}/{at}notes/:note_id", handler)
        for at in ("", "discussions/:discussion_id/")
        for method, handler in (("GET", get_note), ("PUT", update_note), ("DELETE", delete_note))
    ),
)
