"""Where launches are: found by signed markers in what GitLab lists, by GET only.

It must not look into a launch; the reader does.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.domain import markers
from bot.domain.commands import lines
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Cause, Issue
from bot.domain.process import ROOT, Process
from bot.gitlab.client import Client, NotVisible
from bot.gitlab.directory import Directory

OVERLAP = timedelta(minutes=2)
"""GitLab touches `updated_at` at most once a minute; who looks again looks back further."""


Looked = tuple[tuple[str, tuple[datetime, int | None]], ...]
"""Of each part, when the comments on its issue were read, and how many there were."""

_LATE = timedelta(days=7)
"""How long a comment that nobody has told us of may ask for a launch."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a launch is: its root issue, or the request that may start it.

    `status` is the id of the status note, where it is known; `resumed` ends a pause. `looked` says
    when the comments on its issues were read; those of before `since` are another launch's.
    `docs` is a merge request that may belong to it.
    `cause` is the release that starts it.
    """

    launch: str
    root: tuple[int, int] | None = None
    request: tuple[int, int] | None = None
    status: int | None = None
    resumed: bool = False
    looked: Looked = ()
    since: datetime | None = None
    docs: tuple[int, int] | None = None
    cause: Cause | None = None

    @property
    def key(self) -> str:
        """The key of the queue under which it is worked on."""
        place = self.request
        return f"issue:{place[0]}/{place[1]}" if place else f"launch:{self.launch}"


class Finder:
    """Finds launches, and the issues and notes that bear their markers."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        keyring: Keyring,
        processes: Mapping[str, Process],
    ) -> None:
        self._client = client
        self._directory = directory
        self._keyring = keyring
        self._processes = processes

    def resolve(self, project: int | str, iid: int) -> Found | None:
        """The launch that an issue belongs to, or would start; None if it has to do with none.

        `project` is an id or a path.
        """
        try:
            raw = self._client.get(issue_path(project, iid))
            if found := self._belongs(raw):
                return found
            return _possibly(raw) if self._is_watched(raw) and self._has_command(raw) else None
        except NotVisible:
            return None

    def _has_command(self, raw: dict[str, Any]) -> bool:
        """Whether anybody but the bot wrote a line on an issue that may be a command."""
        head, ours = self._directory.installation().command, self._directory.bot_users()
        notes = self._client.list(f"{issue_path(raw['project_id'], raw['iid'])}/notes")
        texts = (note["body"] for note in notes if note["author"]["id"] not in ours)
        return any(lines.read(text, head) for text in texts)

    def changed(self, project: int, since: datetime | None) -> list[Found]:
        """The launches and requests that changed in a project, in one list call.

        Where a root issue is listed, its launch is found with it.
        """
        query = {"updated_after": (since - OVERLAP).isoformat()} if since else {}
        listed = sorted(self._list(project, **query), key=_age)
        now = self._client.time()
        found = (self._belongs(raw) or _commented(raw, now) for raw in listed)
        roots = dict(self._roots_among(reversed(listed)))
        return [
            item if item.request else replace(item, root=roots.get(item.launch))
            for item in dict.fromkeys(found)
            if item
        ]

    def time(self) -> datetime | None:
        """When GitLab answered last, by its own clock, which is that of its changes."""
        return self._client.time()

    def root_of(self, launch: str) -> tuple[int, int] | None:
        """Where the root issue of a launch stands, found by its marker; the oldest counts."""
        for name in dict.fromkeys(p.root.project for p in self._processes.values()):
            for marker, raw in self.roots(name, state="all"):
                if marker.launch == launch:
                    return raw["project_id"], raw["iid"]
        return None

    def roots(self, name: str, state: str) -> Iterator[tuple[Marker, dict[str, Any]]]:
        """The root issues in the project of this name, with their markers, oldest first.

        Where GitLab lists no issues there are none; it would not let one be opened either.
        """
        project = self._directory.installation().projects.get(name)
        with suppress(NotVisible):
            for marker, raw in self.marked(project, state=state) if project else ():
                if marker.part == ROOT:
                    yield marker, raw

    def successor(self, launch: str, part: str) -> dict[str, Any] | None:
        """Where an issue that was moved stands now, if the bot works there.

        GitLab keeps author and text, so the marker goes along.
        """
        found: list[dict[str, Any]] = []
        for project in dict.fromkeys(self._directory.installation().projects.values()):
            with suppress(NotVisible):
                found += [
                    raw
                    for marker, raw in self.marked(project)
                    if (marker.launch, marker.part) == (launch, part)
                ]
        here = [raw for raw in found if not raw.get("moved_to_id")]
        return max(here, key=lambda raw: int(raw["id"]), default=None)

    def lacks(self, project: int, labels: Collection[str]) -> frozenset[str]:
        """Which of these labels a project does not have."""
        found = self._client.list(f"/projects/{project}/labels") if labels else []
        return frozenset(labels) - {label["name"] for label in found}

    def marked(self, project: int, **query: Any) -> Iterator[tuple[Marker, dict[str, Any]]]:
        """The bot's issues in a project and their markers, oldest first.

        Found by author and not by label, because people rename labels and take them off.
        """
        found = [
            raw
            for author in self._directory.bot_users()
            for raw in self._list(project, author_id=author, **query)
        ]
        for raw in sorted(found, key=_age):
            if marker := self.marker(raw):
                yield marker, raw

    def marker(self, raw: dict[str, Any]) -> Marker | None:
        """The marker of an issue that the bot opened; of two, one was pasted, and none counts."""
        if raw["author"]["id"] not in self._directory.bot_users():
            return None
        found = {*markers.find(raw["description"] or "", self._keyring)}
        return found.pop() if len(found) == 1 else None

    def linked(self, root: Issue) -> list[dict[str, Any]]:
        """The issues that are linked to a root."""
        return self._client.list(f"{issue_path(root.project, root.iid)}/links")

    def phases(
        self, launch: str, process: Process, linked: Iterable[dict[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """The issues of the phases of a launch, among those that are linked to its root."""
        found = ((self.marker(raw), raw) for raw in linked)
        return {
            marker.part: raw
            for marker, raw in found
            if marker and marker.launch == launch and marker.part in process.phases
        }

    def notes(self, project: int, iid: int) -> list[dict[str, Any]]:
        """The bot's notes on an issue, oldest first."""
        return self.notes_on(issue_path(project, iid))

    def notes_on(self, path: str) -> list[dict[str, Any]]:
        """The bot's notes on an issue or merge request, oldest first."""
        notes = self._client.list(f"{path}/notes", sort="asc", order_by="created_at")
        return [note for note in notes if note["author"]["id"] in self._directory.bot_users()]

    def _belongs(self, raw: dict[str, Any]) -> Found | None:
        if marker := self.marker(raw):
            return Found(marker.launch)
        wanted = {process.labels.request for process in self._processes.values()}
        asks = self._is_watched(raw) and wanted & {*raw["labels"]}
        return _possibly(raw) if asks else None

    def _is_watched(self, raw: dict[str, Any]) -> bool:
        """Whether an issue stands where the bot works; a webhook may come from anywhere."""
        return raw["project_id"] in self._directory.installation().projects.values()

    def _roots_among(
        self, listed: Iterable[dict[str, Any]]
    ) -> Iterator[tuple[str, tuple[int, int]]]:
        """Where the root issues of launches stand; who moved away stands there no more."""
        for raw in listed:
            marker = None if raw.get("moved_to_id") else self.marker(raw)
            if marker and marker.part == ROOT:
                yield marker.launch, (raw["project_id"], raw["iid"])

    def _list(self, project: int, **query: Any) -> list[dict[str, Any]]:
        return self._client.list(f"/projects/{project}/issues", scope="all", **query)


def _possibly(raw: dict[str, Any]) -> Found:
    """The launch that an issue may start."""
    return Found(f"i{raw['id']}", request=(raw["project_id"], raw["iid"]))


def _commented(raw: dict[str, Any], now: datetime | None) -> Found | None:
    """The launch that a comment of late may start; older ones have been seen."""
    touched = datetime.fromisoformat(raw["updated_at"])
    is_late = now is None or touched > now - _LATE
    is_open = raw["state"] == "opened" and raw.get("user_notes_count")
    return _possibly(raw) if is_late and is_open else None


def _age(raw: dict[str, Any]) -> tuple[bool, int]:
    """Oldest first; one that was moved away stands behind what came back."""
    return bool(raw.get("moved_to_id")), int(raw["id"])


def issue_path(project: int | str, iid: int) -> str:
    """Where the API has an issue."""
    return f"/projects/{quote(str(project), safe='')}/issues/{iid}"
