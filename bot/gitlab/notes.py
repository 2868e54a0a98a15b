"""Comments, the kept definition and the status note, each written once.

Before it writes the record it looks whether that has moved on since it was read.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from bot.domain import record
from bot.domain.actions import KeepDefinition, PostNote, React, WriteStatus
from bot.domain.markers import Keyring
from bot.domain.observed import Issue, Status
from bot.domain.process import ROOT
from bot.domain.record import Place, Record
from bot.domain.rendering import linked, resolve
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotAllowed, NotVisible
from bot.gitlab.find import Finder, issue_path
from bot.gitlab.standing import Conflict, Item, Standing

_HOUR = timedelta(hours=1)
_MOST_AN_HOUR = 10
_MOST_REPLIES_AN_HOUR = 30
"""People who ask a lot are answered, and two bots that ask each other are stopped."""
_REPLY = "part=note.answer."
_NOT_THERE = "What I have to say links to an issue that GitLab does not show me."
_ENOUGH = "I have commented there so often within an hour that I leave it in peace."


class Notes:
    """Writes the bot's notes on the issues of a launch."""

    def __init__(
        self, client: Client, finder: Finder, keyring: Keyring, standing: Standing
    ) -> None:
        self._client = client
        self._finder = finder
        self._keyring = keyring
        self._standing = standing
        self._launch = standing.observed.launch
        self._full: set[str] = set()

    def say(self, action: PostNote) -> None:
        """Comment on an issue once for each key, or edit the comment that the plan names.

        Where replies are too many already, the issue is not read again for each of them.
        """
        item, addresses = self._standing.item(action.part), self._standing.addresses()
        if item is None:
            return
        if action.reply_to and item.path in self._full:
            self._standing.refuse(action.key, action.part, _ENOUGH)
            return
        if linked(action.text) - addresses.keys():
            self._standing.refuse(action.key, action.part, _NOT_THERE)
            return
        marker = bodies.note_marker(self._launch, action.key, item.id)
        body = bodies.body(resolve(action.text, addresses), marker, self._keyring)
        try:
            if action.note is not None:
                self._rewrite(item, action.note, body)
            else:
                self._post_once(item, action, body)
        except NotAllowed as problem:
            self._standing.refuse(action.key, action.part, problem.why)

    def react(self, action: React) -> None:
        """Put an emoji on a comment; there already, or the comment gone, is as good."""
        item = self._standing.item(action.part)
        path = f"{_notes(item)}/{action.note}/award_emoji" if item else ""
        with suppress(NotAllowed, NotVisible):
            self._client.post(path, {"name": action.emoji})

    def _post_once(self, item: Item, action: PostNote, body: str) -> None:
        notes = self._finder.notes_on(item.path)
        if action.key in bodies.said(notes, self._launch, self._keyring, item.id):
            return
        thread = self._thread(item, action.reply_to) if action.reply_to else None
        if action.reply_to and thread is None:
            return
        since = self._standing.observed.now - _HOUR
        ours = [note for note in notes if not note["system"]]
        alike = [note for note in ours if (_REPLY in note["body"]) == bool(thread)]
        most = _MOST_REPLIES_AN_HOUR if thread else _MOST_AN_HOUR
        if sum(datetime.fromisoformat(n["created_at"]) > since for n in alike) >= most:
            self._standing.refuse(action.key, action.part, _ENOUGH)
            self._full |= {item.path} if thread else set()
            return
        self._client.post(thread or _notes(item), {"body": body})

    def _thread(self, item: Item, note: int) -> str | None:
        """Where a comment is answered; None if it has been deleted, so that nobody waits."""
        path = f"{item.path}/discussions"
        for thread in self._client.list(path):
            if any(entry["id"] == note for entry in thread["notes"]):
                return f"{path}/{thread['id']}/notes"
        return None

    def _rewrite(self, item: Item, note: int, body: str) -> int:
        """Edit a comment of ours; one that a former bot user wrote gets a successor."""
        try:
            self._client.put(f"{_notes(item)}/{note}", {"body": body})
        except NotAllowed:
            return int(self._client.post(_notes(item), {"body": body})["id"])
        return note

    def keep_definition(self, action: KeepDefinition) -> None:
        """Keep a definition in a note of its own, unless it is kept already."""
        root = self._standing.issues[ROOT]
        kept = record.hide(action.text)
        if any(kept in note["body"] for note in self._finder.notes(root.project, root.iid)):
            return
        body = bodies.definition_body(action.text, self._launch, self._keyring, root.id)
        self._client.post(_notes(_item(root)), {"body": body})

    def write_status(self, action: WriteStatus) -> None:
        """Write overview and record, over those that were read and no others."""
        root, standing = self._standing.issues[ROOT], self._standing
        self._expect_unmoved(root)
        kept = self._next(action.record)
        text = resolve(action.text, standing.addresses())
        body = bodies.status_body(text, kept, self._keyring, root.id)
        if standing.status is None:
            note = int(self._client.post(_notes(_item(root)), {"body": body})["id"])
        else:
            note = self._rewrite(_item(root), standing.status.note, body)
        standing.status, standing.record = Status(note, text, kept, root.id), kept

    def _next(self, wanted: Record) -> Record:
        """The record with the next revision, and the places of what was opened by now."""
        before = self._standing.record
        known = {part: _place(issue) for part, issue in self._standing.issues.items()}
        revision = (before.revision if before else 0) + 1
        return wanted.model_copy(update={"revision": revision, "parts": {**known, **wanted.parts}})

    def _expect_unmoved(self, root: Issue) -> None:
        shown = self._standing.status
        if shown is None:
            self._expect_none(root)
            return
        try:
            raw = self._client.get(f"{_notes(_item(root))}/{shown.note}")
        except NotVisible as problem:
            raise Conflict("the status note is gone") from problem
        status = bodies.status(raw, self._launch, self._keyring, shown.root)
        if not status or status.record != shown.record:
            raise Conflict("the status note has changed")

    def _expect_none(self, root: Issue) -> None:
        """No status note that is whole; a broken one stays where it is."""
        for note in self._finder.notes(root.project, root.iid):
            status = bodies.status(note, self._launch, self._keyring, root.id)
            if status and status.record:
                raise Conflict("a status note has appeared")


def _notes(item: Item) -> str:
    return f"{item.path}/notes"


def _item(issue: Issue) -> Item:
    return Item(issue_path(issue.project, issue.iid), issue.id)


def _place(issue: Issue) -> Place:
    return Place(id=issue.id, project=issue.project, iid=issue.iid)
