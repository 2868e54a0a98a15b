"""What a launch keeps of itself: its record, in the status note, and its definition; with copies.

Part of the one reader. It must not judge what is kept.
"""

from typing import Protocol

from bot.domain import markers
from bot.domain.markers import Keyring
from bot.domain.observed import Issue, Status
from bot.domain.process import ROOT, Process
from bot.domain.record import Record, reveal
from bot.gitlab import bodies
from bot.gitlab.client import JSON, Client
from bot.gitlab.directory import Directory
from bot.gitlab.find import Finder, Found, issue_path


class Shelf(Protocol):
    """Keeps what was read before at hand; may forget it."""

    def definition(self, sha: str) -> str | None:
        """The definition with this digest, if it is at hand."""
        ...

    def keep_definition(self, sha: str, text: str) -> None:
        """Have a definition at hand from now on."""
        ...

    def record(self, launch: str) -> str | None:
        """The copy of a launch's record, if it is at hand."""
        ...


class Kept:
    """Reads what launches keep."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        finder: Finder,
        keyring: Keyring,
        shelf: Shelf,
    ) -> None:
        self._client = client
        self._directory = directory
        self._finder = finder
        self._keyring = keyring
        self._shelf = shelf

    def copy(self, launch: str) -> Record | None:
        """The local copy of the record; one that cannot be read is none."""
        try:
            return Record.model_validate_json(self._shelf.record(launch) or "")
        except ValueError:
            return None

    def record(self, launch: str, root: Issue) -> Record | None:
        """The record of another launch: the local copy, else what its status note holds."""
        if copy := self.copy(launch):
            return copy
        status = self.status(Found(launch), root)
        return status.record if status else None

    def status(self, found: Found, root: Issue) -> Status | None:
        """The newest status note of a launch."""
        if status := self._by_id(found, root):
            return status
        notes = self._finder.notes(root.project, root.iid)
        own = [bodies.status(note, found.launch, self._keyring, root.id) for note in notes]
        all_found = [status for status in own if status] or [
            status for note in notes if (status := self._inherited(found.launch, note))
        ]
        return max(
            all_found,
            key=lambda status: status.record.revision if status.record else -1,
            default=None,
        )

    def definition(self, root: Issue, digest: str) -> Process | None:
        """The definition with this digest, at hand or in a note on the root issue."""
        if process := bodies.definition(self._shelf.definition(digest) or "", digest):
            return process
        for note in self._finder.notes(root.project, root.iid):
            if process := bodies.definition(reveal(note["body"]), digest):
                self._shelf.keep_definition(digest, process.canonical())
                return process
        return None

    def process_name(self, launch: str, root: Issue) -> str | None:
        """The name of the process that a launch started with, as a note on the root issue says."""
        notes = self._finder.notes(root.project, root.iid)
        names = (bodies.process_name(note, launch, self._keyring, root.id) for note in notes)
        return next((name for name in names if name), None)

    def _by_id(self, found: Found, root: Issue) -> Status | None:
        """The status note by its id; one of a former bot user may have a successor."""
        if found.status is None:
            return None
        raw = self._client.get_or_none(f"{issue_path(root.project, root.iid)}/notes/{found.status}")
        if raw is None or raw["author"]["id"] != self._directory.bot_users()[0]:
            return None
        status = bodies.status(raw, found.launch, self._keyring, root.id)
        return status if status and status.record else None

    def _inherited(self, launch: str, note: JSON) -> Status | None:
        """A status note that came along when its root was moved here; a clone's does not count."""
        for marker in markers.find(note["body"], self._keyring):
            status = bodies.status(note, launch, self._keyring, marker.issue or 0)
            place = status.record.parts.get(ROOT) if status and status.record else None
            raw = self._client.get_or_none(issue_path(place.project, place.iid)) if place else None
            if raw and raw.get("moved_to_id"):
                return status
        return None
