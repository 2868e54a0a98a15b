"""What people say and do on the issues of a launch, and who they are: part of the one reader.

Comments are read only where something may be new: GitLab touches an issue at most once a minute
for them (https://docs.gitlab.com/api/issues/), and counts them always.
It must not judge; who may do what is decided elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain import fields, markers
from bot.domain.alignment.linked import named
from bot.domain.commands.command import Command, MergeRequest
from bot.domain.markers import Keyring
from bot.domain.observed import Comment, Member, Observed, Person
from bot.domain.process import ROOT, Process
from bot.domain.record import Place, Record
from bot.domain.steering import inbox, run
from bot.domain.steering.ownership import concerned
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotVisible
from bot.gitlab.directory import Directory
from bot.gitlab.documents import request_path
from bot.gitlab.find import OVERLAP, Looked, issue_path

_Raws = Mapping[str, dict[str, Any]]


class Listener:
    """Reads comments, their authors, and who moved what by hand."""

    def __init__(self, client: Client, directory: Directory, keyring: Keyring) -> None:
        self._client = client
        self._directory = directory
        self._keyring = keyring

    def heard(
        self, process: Process | None, seen: Observed, raws: _Raws, looked: Looked
    ) -> Observed:
        """What was seen, with what people said and did, and which issues were read for it."""
        before, read_at = dict(looked), self._client.time()
        kept = seen.record()
        comments, answered = dict[str, tuple[Comment, ...]](), set[str]()
        for part, raw in raws.items():
            if _is_read(raw, before.get(part)):
                continue
            notes = self._notes(part, raw, _since(kept, before.get(part)))
            comments[part] = tuple(self._comments(notes, raw))
            answered |= set(self._answered(notes, raw, part, kept))
            if read_at:
                before[part] = (read_at, raw.get("user_notes_count"))
        said = replace(
            seen,
            comments=comments,
            answered=frozenset(answered),
            read_at=read_at,
            looked=tuple(before.items()),
        )
        return self._identified(process, said, raws)

    def requested(self, seen: Observed, raw: dict[str, Any]) -> Observed:
        """What was seen of an issue without a launch, with all comments on it."""
        notes = self._notes("request", raw, None)
        said = replace(
            seen,
            comments={"request": tuple(self._comments(notes, raw))},
            answered=frozenset(self._answered(notes, raw, "request", None)),
            read_at=self._client.time(),
        )
        authors = {("request", comment.author.id) for comment in said.comments["request"]}
        return replace(said, members=self._members(authors, {"request": raw}))

    def _notes(
        self, part: str, raw: dict[str, Any], since: datetime | None
    ) -> Sequence[dict[str, Any]]:
        """The comments on an issue or merge request from a time on, newest first."""

        def is_new(note: Mapping[str, Any]) -> bool:
            return since is None or datetime.fromisoformat(note["updated_at"]) > since

        where = request_path if named(part) else issue_path
        path = f"{where(raw['project_id'], raw['iid'])}/notes"
        return self._client.first(path, is_new, sort="desc", order_by="updated_at")

    def _comments(self, notes: Iterable[dict[str, Any]], raw: dict[str, Any]) -> Iterator[Comment]:
        """The comments of others that may hold commands.

        Those that are older than their issue were copied with it: whoever clones an issue has not
        said what others said on the first one.
        """
        ours = self._directory.bot_users()
        word = f"/{self._directory.installation().command}".casefold()
        for note in notes:
            by_us = note["author"]["id"] in ours
            if by_us or note["system"] or bodies.is_copied(note, raw):
                continue
            if word in note["body"].casefold():
                yield bodies.comment(note)

    def _answered(
        self, notes: Iterable[dict[str, Any]], raw: dict[str, Any], part: str, kept: Record | None
    ) -> Iterator[str]:
        """The keys of our own comments there; those of a moved issue name where it was."""
        place = kept.parts.get(part) if kept else None
        here = {raw["id"], place.id if place else raw["id"]}
        for note in notes:
            if note["author"]["id"] in self._directory.bot_users():
                found = markers.find(note["body"], self._keyring)
                yield from (bodies.note_key(m) for m in found if m.issue in here)

    def _identified(self, process: Process | None, said: Observed, raws: _Raws) -> Observed:
        """The same with the people whom judging needs."""
        kept = said.record()
        letters = tuple(inbox.letters(said, kept))
        hands = dict(self._hands(process, said, kept, raws)) if process and kept else {}
        authors = {(letter.part, letter.comment.author.id) for letter in letters}
        authors |= {(hand.partition(".")[0], person.id) for hand, person in hands.items()}
        given = tuple(run.commands(process, said, letters)) if process else ()
        names = {command.user[1:].casefold() for _, command in given if "@" in command.user}
        named = {name: person for name in names if (person := self._directory.person(name))}
        answering = set(_answering(process, given, named, raws)) if process else set()
        return replace(
            said,
            hands=hands,
            members=self._members(authors | answering, raws),
            named=named,
            requests=dict(self._requests(given, raws)),
        )

    def _requests(
        self, given: Iterable[tuple[str, Command]], raws: _Raws
    ) -> Iterator[tuple[tuple[str, MergeRequest], Place]]:
        """The merge requests that commands name, where GitLab shows them."""
        for part, request in ((part, command.request) for part, command in given):
            path = request.path(self._client.url) if request else None
            if request is None or path is None:
                continue
            project = path or raws[part]["project_id"]
            if raw := self._client.get_or_none(request_path(project, request.iid)):
                place = Place(id=raw["id"], project=raw["project_id"], iid=raw["iid"])
                yield (part, request), place

    def _members(
        self, people: Iterable[tuple[str, int]], raws: _Raws
    ) -> dict[tuple[str, int], Member]:
        return {
            (part, user): self._member(raws[part]["project_id"], user)
            for part, user in sorted(people)
        }

    def _member(self, project: int, user: int) -> Member:
        """How somebody stands to a project (https://docs.gitlab.com/api/members/)."""
        try:
            found = self._client.get(f"/projects/{project}/members/all/{user}")
            shown = self._client.get(f"/users/{user}")
        except NotVisible:
            return Member()
        active = found.get("state", "active") == shown.get("state", "active") == "active"
        is_bot = bool(shown.get("bot")) or user in self._directory.bot_users()
        return Member(int(found["access_level"]), not active, is_bot)

    def _hands(
        self, process: Process, said: Observed, kept: Record, raws: _Raws
    ) -> Iterator[tuple[str, Person]]:
        """Who closed, reopened or relabelled a part, where that has to be judged."""
        for part in (ROOT, *said.phases):
            issue, gate = said.issue(part), kept.phase(part).gate
            is_over = kept.state == "live" if part == ROOT else gate == "done"
            if issue is None or part not in raws:
                continue
            if issue.closed and not is_over:
                yield from self._by(f"{part}.closed", raws[part].get("closed_by"))
            if not issue.closed and part != ROOT and is_over:
                events = self._events(raws[part], "resource_state_events")
                done = [event for event in events if event["state"] == "reopened"]
                yield from self._by(f"{part}.reopened", done[-1]["user"] if done else None)
            if part != ROOT and _is_relabelled(process, said, kept, part):
                events = self._events(raws[part], "resource_label_events")
                yield from self._by(f"{part}.gate", events[-1]["user"] if events else None)

    def _events(self, raw: dict[str, Any], kind: str) -> list[dict[str, Any]]:
        return self._client.list(f"{issue_path(raw['project_id'], raw['iid'])}/{kind}")

    def _by(self, hand: str, user: dict[str, Any] | None) -> Iterator[tuple[str, Person]]:
        if user and user["id"] not in self._directory.bot_users():
            yield hand, Person(user["id"], user["username"])


def _answering(
    process: Process, given: Sequence[tuple[str, Command]], named: Mapping[str, Person], raws: _Raws
) -> Iterator[tuple[str, int]]:
    """Whom commands name to answer for something, with the parts that they would work on."""
    for _, command in given:
        person = named.get(command.user[1:].casefold())
        for part in concerned(process, command.target) if person and command.target else ():
            if person and part in raws:
                yield part, person.id


def _since(kept: Record | None, looked: tuple[datetime, int | None] | None) -> datetime | None:
    """From when on comments are new."""
    known = [kept.floor] if kept and kept.floor else []
    known += [looked[0] - OVERLAP] if looked else []
    return max(known, default=None)


def _is_read(raw: Mapping[str, Any], looked: tuple[datetime, int | None] | None) -> bool:
    """Whether nobody can have commented since an issue was read; an edit touches it, too."""
    if looked is None or raw.get("user_notes_count") is None:
        return False
    at, count = looked
    touched = datetime.fromisoformat(raw["updated_at"])
    return touched < at - OVERLAP and raw["user_notes_count"] == count


def _is_relabelled(process: Process, said: Observed, kept: Record, part: str) -> bool:
    field = kept.fields.get(fields.key(part, fields.GATE))
    shown = fields.seen(process, said).get(fields.key(part, fields.GATE))
    return field is not None and shown not in {field.want, field.was, None}
