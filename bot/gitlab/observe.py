"""The one reader: everything that the planner needs to know about a launch, by GET only.

Issues are recognised by signed markers and by the ids in the record, never by title or label.
It must not write, and must not decide.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.domain import requests
from bot.domain.markers import Keyring
from bot.domain.observed import Issue, Observed, Refusal, Status
from bot.domain.opening import identity
from bot.domain.process import Process
from bot.domain.record import Record
from bot.gitlab import bodies
from bot.gitlab.client import Client, NotVisible
from bot.gitlab.directory import Directory
from bot.gitlab.find import Finder, Found, issue_path


class Definitions(Protocol):
    """Keeps definitions of running launches at hand; may forget them."""

    def definition(self, sha: str) -> str | None:
        """The definition with this digest, if it is at hand."""
        ...

    def keep_definition(self, sha: str, text: str) -> None:
        """Have a definition at hand from now on."""
        ...


class Reader:
    """Reads launches."""

    def __init__(
        self,
        *,
        client: Client,
        directory: Directory,
        finder: Finder,
        keyring: Keyring,
        processes: Mapping[str, Process],
        definitions: Definitions,
    ) -> None:
        self._client = client
        self._directory = directory
        self._finder = finder
        self._keyring = keyring
        self._processes = processes
        self._definitions = definitions

    def observe(
        self, found: Found, now: datetime, refusals: tuple[Refusal, ...] = ()
    ) -> tuple[Process, Observed] | None:
        """A launch with its process; None if it has none, or neither root nor request shows."""
        root = self._issue_or_none(*found.root) if found.root else None
        if root is not None:
            return self._running(found, root, now, refusals)
        if found.root or not found.request:
            return None
        return self._requested(found, found.request, now, refusals)

    def _requested(
        self, found: Found, place: tuple[int, int], now: datetime, refusals: tuple[Refusal, ...]
    ) -> tuple[Process, Observed] | None:
        raw = self._issue_or_none(*place)
        if raw is None:
            return None
        labels = set(raw["labels"])
        process = next((p for p in self._processes.values() if p.labels.request in labels), None)
        if process is None:
            return None
        request = bodies.issue(raw)
        notes = self._finder.notes(*place)
        return process, Observed(
            now=now,
            launch=found.launch,
            installation=self._directory.installation(),
            request=request,
            said=bodies.said(notes, found.launch, self._keyring, request.id),
            rival=self._rival(process, found.launch, request),
            refusals=refusals,
        )

    def _rival(self, process: Process, launch: str, request: Issue) -> Issue | None:
        given = requests.read(process, request.description)
        if given.problems:
            return None
        key = self._keyring.digest(*identity(process, given.inputs))
        for marker, raw in self._finder.roots(process, state="opened"):
            if marker.key == key and marker.launch != launch:
                return bodies.issue(raw)
        return None

    def _running(
        self, found: Found, raw: dict[str, Any], now: datetime, refusals: tuple[Refusal, ...]
    ) -> tuple[Process, Observed] | None:
        root = bodies.issue(raw)
        status = self._status(found, root)
        process = self._process(root, status)
        if process is None:
            return None
        kept = status.record if status else None
        linked = {item["id"]: item for item in self._links(root)}
        phases, unseen = self._phases(found.launch, process, kept, linked)
        request = self._request(found, kept, linked)
        shown = [*([("request", request)] if request else []), *phases.items()]
        return process, Observed(
            now=now,
            launch=found.launch,
            installation=self._directory.installation(),
            request=request,
            root=root,
            phases=phases,
            unseen=unseen,
            linked=frozenset(part for part, issue in shown if issue.id in linked),
            status=status,
            refusals=refusals,
        )

    def _status(self, found: Found, root: Issue) -> Status | None:
        if found.status is not None:
            path = f"{issue_path(root.project, root.iid)}/notes/{found.status}"
            raw = self._get_or_none(path)
            status = bodies.status(raw, found.launch, self._keyring, root.id) if raw else None
            if status is not None:
                return status
        notes = self._finder.notes(root.project, root.iid)
        all_found = [bodies.status(note, found.launch, self._keyring, root.id) for note in notes]
        return max(
            (status for status in all_found if status),
            key=lambda status: status.record.revision if status.record else -1,
            default=None,
        )

    def _process(self, root: Issue, status: Status | None) -> Process | None:
        if status is None or status.record is None:
            return self._process_of(root)
        digest, name = status.record.definition, status.record.process
        installed = self._processes.get(name)
        if installed and installed.digest() == digest:
            return installed
        return self._kept_definition(root, digest)

    def _process_of(self, root: Issue) -> Process | None:
        by_label = (p for p in self._processes.values() if p.labels.launch in root.labels)
        return next(by_label, None)

    def _kept_definition(self, root: Issue, digest: str) -> Process | None:
        text = self._definitions.definition(digest)
        if text is not None:
            return Process.model_validate_json(text)
        for note in self._finder.notes(root.project, root.iid):
            if process := bodies.definition(note["body"], digest):
                self._definitions.keep_definition(digest, process.canonical())
                return process
        return None

    def _phases(
        self,
        launch: str,
        process: Process,
        kept: Record | None,
        linked: Mapping[int, dict[str, Any]],
    ) -> tuple[dict[str, Issue], dict[str, str]]:
        if kept is None:
            return self._marked(launch, process, linked), {}
        phases: dict[str, Issue] = {}
        unseen: dict[str, str] = {}
        for name in process.phases:
            if place := kept.parts.get(name):
                raw = linked.get(place.id) or self._issue_or_none(place.project, place.iid)
                if raw is None:
                    unseen[name] = "GitLab does not show it to me"
                elif raw.get("moved_to_id"):
                    unseen[name] = "it was moved to another project"
                else:
                    phases[name] = bodies.issue(raw)
        return phases, unseen

    def _marked(
        self, launch: str, process: Process, linked: Mapping[int, dict[str, Any]]
    ) -> dict[str, Issue]:
        phases: dict[str, Issue] = {}
        for raw in linked.values():
            marker = self._finder.marker(raw)
            if marker and marker.launch == launch and marker.part in process.phases:
                phases[marker.part] = bodies.issue(raw)
        return phases

    def _request(
        self, found: Found, kept: Record | None, linked: Mapping[int, dict[str, Any]]
    ) -> Issue | None:
        place = kept.parts.get("request") if kept else None
        if place is None:
            raw = self._issue_or_none(*found.request) if found.request else None
        else:
            raw = linked.get(place.id) or self._issue_or_none(place.project, place.iid)
        return bodies.issue(raw) if raw else None

    def _links(self, root: Issue) -> list[dict[str, Any]]:
        return self._client.list(f"{issue_path(root.project, root.iid)}/links")

    def _issue_or_none(self, project: int, iid: int) -> dict[str, Any] | None:
        return self._get_or_none(issue_path(project, iid))

    def _get_or_none(self, path: str) -> dict[str, Any] | None:
        try:
            return self._client.get(path)
        except NotVisible:
            return None
