"""What stands in GitLab, in our values, and our texts as GitLab stores them: no I/O.

Markers are read and written here; which action they serve is decided elsewhere.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from bot.domain import markers, record
from bot.domain.beginnings import STARTED
from bot.domain.errors import PermanentError
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Comment, Issue, Note, Person, Status
from bot.domain.process import Process
from bot.domain.record import Record
from bot.domain.rendering import has_quick_action

_HIDDEN = "\n\n<!-- launchbot:"
_NOTE = "note."
STATUS, DEFINITION = "status", "definition"
_DEFINITION_TEXT = (
    "Launchbot keeps the definition that this launch runs by in this comment, "
    "so that a change of the process does not change a launch in the middle. "
    "There is nothing to do here."
)


def issue(raw: dict[str, Any]) -> Issue:
    """An issue of GitLab's API (https://docs.gitlab.com/api/issues/)."""
    return Issue(
        id=raw["id"],
        project=raw["project_id"],
        iid=raw["iid"],
        title=raw["title"],
        description=raw["description"] or "",
        closed=raw["state"] == "closed",
        labels=frozenset(raw["labels"]),
        assignees=tuple(Person(user["id"], user["username"]) for user in raw["assignees"]),
        due=date.fromisoformat(raw["due_date"]) if raw["due_date"] else None,
        confidential=raw["confidential"],
        author=raw["author"]["id"],
        created_at=datetime.fromisoformat(raw["created_at"]),
        url=raw["web_url"],
        moved=bool(raw.get("moved_to_id")),
    )


def moment(text: str | None) -> datetime | None:
    """A moment as the API writes it."""
    return datetime.fromisoformat(text) if text else None


def body(text: str, marker: Marker, keyring: Keyring) -> str:
    """A text of ours with its marker below it, refused if GitLab could run a line of it."""
    return safe(f"{text}\n\n{marker.render(keyring)}")


def safe(text: str) -> str:
    """The text, unless a line starts with a slash word; then it is refused, never sent."""
    if has_quick_action(text):
        raise PermanentError("a text of ours has a line that GitLab could run; it was not sent")
    return text


def visible(text: str) -> str:
    """The part of a text of ours that people see."""
    return text.partition(_HIDDEN)[0]


def status_body(text: str, kept: Record, keyring: Keyring, root: int) -> str:
    """The status note: overview, marker, and the record signed for its root issue."""
    marker = Marker(kept.launch, STATUS, root)
    return safe(record.render(body(text, marker, keyring), kept, keyring, root))


def definition_body(text: str, launch: str, keyring: Keyring, root: int) -> str:
    """The note that keeps a definition; the record holds its digest."""
    marker = Marker(launch, DEFINITION, root)
    return safe(f"{body(_DEFINITION_TEXT, marker, keyring)}\n\n{record.hide(text)}")


def definition(text: str, digest: str) -> Process | None:
    """The process that a text defines, if it is the one with this digest."""
    try:
        process = Process.model_validate_json(text)
    except ValueError:
        return None
    return process if process.digest() == digest else None


def process_name(raw: dict[str, Any], launch: str, keyring: Keyring, root: int) -> str | None:
    """The name of the process that a launch started with, if this is the note that keeps it."""
    if Marker(launch, DEFINITION, root) not in markers.find(raw["body"], keyring):
        return None
    try:
        return Process.model_validate_json(record.reveal(raw["body"])).name
    except ValueError:
        return None


def comment(raw: dict[str, Any]) -> Comment:
    """A comment of GitLab's API (https://docs.gitlab.com/api/notes/)."""
    author = raw["author"]
    return Comment(
        id=raw["id"],
        author=Person(author["id"], author["username"]),
        created_at=datetime.fromisoformat(raw["created_at"]),
        updated_at=datetime.fromisoformat(raw["updated_at"]),
        body=raw["body"],
        internal=bool(raw.get("internal")),
    )


def note_key(marker: Marker) -> str:
    """The key of the comment that bears this marker."""
    return marker.part.removeprefix(_NOTE)


def note_marker(launch: str, key: str, on: int) -> Marker:
    """The marker of a comment, by its key, on the issue with this global id."""
    return Marker(launch, f"{_NOTE}{key}", on)


def status(raw: dict[str, Any], launch: str, keyring: Keyring, root: int) -> Status | None:
    """The status note of a launch, if this is one that stands where it belongs."""
    if Marker(launch, STATUS, root) not in markers.find(raw["body"], keyring):
        return None
    _, kept = record.split(raw["body"], keyring, root)
    ours = kept is not None and kept.launch == launch
    return Status(raw["id"], visible(raw["body"]), kept if ours else None, root)


def said(raw: list[dict[str, Any]], launch: str, keyring: Keyring, on: int) -> dict[str, Note]:
    """Our comments among the notes of an issue, by key; the last of each counts.

    A former bot user's comment cannot be edited, and has a successor when it was to be.
    """
    return {
        key: Note(note["id"], visible(note["body"]))
        for note in raw
        for key in _keys(note["body"], launch, keyring, on)
    }


def came_along(
    raw: dict[str, Any], notes: list[dict[str, Any]], keyring: Keyring
) -> frozenset[str]:
    """The launches that had started from a request before it was moved here; usually one at most.

    A moved issue keeps when it was created, and its notes keep it, too; a clone is younger than
    the notes that were copied into it, and asks anew.
    """
    return frozenset(
        marker.launch
        for note in notes
        if not is_copied(note, raw)
        for marker in markers.find(note["body"], keyring)
        if marker.part == f"{_NOTE}{STARTED}" and marker.issue != raw["id"]
    )


def is_copied(note: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    """Whether a note is older than what it stands on, as in a clone."""
    return datetime.fromisoformat(note["created_at"]) < datetime.fromisoformat(raw["created_at"])


def _keys(text: str, launch: str, keyring: Keyring, on: int) -> Iterator[str]:
    for marker in markers.find(text, keyring):
        if marker.launch == launch and marker.issue == on:
            yield note_key(marker)
