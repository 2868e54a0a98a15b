"""The one reader: everything that the planner needs to know about a launch, by GET only.

Issues are recognised by signed markers and by the ids in the record, never by title or label.
It must not write, and must not decide.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.domain import fields, requests
from bot.domain.alignment.linked import part as part_of
from bot.domain.alignment.linked import place
from bot.domain.beginnings import inputs
from bot.domain.errors import PermanentError
from bot.domain.fitting import fit
from bot.domain.markers import Keyring
from bot.domain.observed import Cause, Issue, Note, Observed, Refusal
from bot.domain.process import ROOT, Process
from bot.domain.record import Record
from bot.domain.steering import starting
from bot.gitlab import bodies
from bot.gitlab.client import Client
from bot.gitlab.directory import Directory
from bot.gitlab.documents import Documents
from bot.gitlab.find import Finder, Found, issue_path
from bot.gitlab.hearing import Listener
from bot.gitlab.kept import Kept
from bot.gitlab.others import Others

_HIDDEN = "GitLab does not show it to me"
_MOVED = "it was moved to a project in which I do not work"


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
        kept: Kept,
        documents: Documents,
    ) -> None:
        self._listener = Listener(client, directory, keyring)
        self._documents = documents
        self._client = client
        self._directory = directory
        self._finder = finder
        self._keyring = keyring
        self._processes = processes
        self._kept = kept
        self._others = Others(finder, keyring, kept)

    def observe(
        self, found: Found, now: datetime, refusals: tuple[Refusal, ...] = ()
    ) -> tuple[Process | None, Observed] | None:
        """A launch with its process; None if there is nothing to be seen of a launch yet.

        There is no process where somebody gives commands on an issue that asks for none.

        Raises:
            PermanentError: The launch runs, and what it stands on is not there any more.
        """
        before = Observed(
            now=now,
            launch=found.launch,
            installation=self._directory.installation(),
            refusals=refusals,
            resumed=found.resumed,
            processes=self._processes,
            since=found.since,
            cause=found.cause,
        )
        if found.root:
            return self._running(found, self._root(found, found.root), before)
        if found.resumed:
            raise PermanentError(
                f"launch {found.launch} is not shown to the bot; give access again"
            )
        if found.request:
            return self._requested(found, found.request, before)
        if found.cause:
            return self._released(found.cause, before)
        return None

    def _root(self, found: Found, place: tuple[int, int]) -> dict[str, Any]:
        """The root issue; without it nothing may be opened, or it would all be there twice."""
        raw = self._issue_or_none(*place)
        if raw is None:
            raise PermanentError(
                f"the root issue of launch {found.launch} (number {place[1]} in project "
                f"{place[0]}) is not shown to the bot any more; give access again"
            )
        if raw.get("moved_to_id"):
            return self._finder.successor(found.launch, ROOT) or raw
        return raw

    def _requested(
        self, found: Found, place: tuple[int, int], before: Observed
    ) -> tuple[Process | None, Observed] | None:
        raw = self._issue_or_none(*place)
        if raw is None:
            return None
        request = bodies.issue(raw)
        seen = self._listener.requested(replace(before, request=request), raw)
        by_label = self._requested_process(request.labels)
        asked = starting.hear(seen, by_label)
        if asked.process is None:
            return (None, seen) if asked.answers else None
        notes = self._finder.notes(*place)
        if bodies.came_along(raw, notes, self._keyring):
            return None
        given = requests.read(asked.process, request.description, request.labels, asked.values)
        return by_label, replace(
            seen,
            said=bodies.said(notes, found.launch, self._keyring, request.id),
            rival=self._others.rival(asked.process, given, found.launch),
            kin=tuple(self._others.kin(asked.process, given.inputs, found.launch, begins=True)),
        )

    def _released(self, cause: Cause, before: Observed) -> tuple[Process, Observed]:
        process, launch = self._processes[cause.process], before.launch
        given = requests.checked(process, cause.inputs)
        kin = self._others.kin(process, given.inputs, launch, begins=True)
        live = self._others.went_live(process, given.inputs, launch)
        rival = self._others.rival(process, given, launch, state="all")
        return process, replace(before, rival=rival, kin=(*kin, *live))

    def _running(
        self, found: Found, raw: dict[str, Any], before: Observed
    ) -> tuple[Process, Observed]:
        root = bodies.issue(raw)
        status, copy = self._kept.status(found, root), self._kept.copy(found.launch)
        seen = replace(before, root=root, status=status, copy=copy)
        kept = seen.record()
        linked = {item["id"]: item for item in self._finder.linked(root)}
        request = self._request(found, kept, linked)
        process = self._process(found.launch, root, kept, request)
        phases, unseen = self._phases(found.launch, process, kept, linked)
        raws = {**({"request": request} if request else {}), **phases}
        seen = replace(
            seen,
            request=bodies.issue(request) if request else None,
            phases={name: bodies.issue(phase) for name, phase in phases.items()},
            unseen=unseen,
            linked=frozenset(part for part, issue in raws.items() if issue["id"] in linked),
        )
        seen = replace(seen, gone=self._gone(process, seen, kept))
        seen = replace(seen, said=self._said(found, root, seen.request, kept))
        heard = self._heard(found, process, seen, {ROOT: raw, **raws})
        kin = self._others.kin(process, inputs(process, heard), found.launch, begins=not kept)
        rival = self._others.renamed(process, heard)
        return process, replace(heard, rival=rival, kin=tuple(kin))

    def _heard(
        self, found: Found, process: Process, seen: Observed, raws: Mapping[str, dict[str, Any]]
    ) -> Observed:
        """The same with the documentation, and with what people said on everything that is ours."""
        kept, private = seen.record(), seen.root is not None and seen.root.confidential
        documents = self._docs(found, process, kept)
        seen = replace(seen, docs=self._documents.read(documents, confidential=private))
        known = kept.docs if kept else {}
        ours = {part_of(name): raw for name, raw in documents.items() if name in known}
        heard = self._listener.heard(process, seen, {**raws, **ours}, found.looked)
        if kept is None:
            # It died as it began: what commands on the request gave is nowhere else.
            heard = replace(heard, given=starting.hear(heard, process).values)
        return heard

    def _docs(
        self, found: Found, process: Process, kept: Record | None
    ) -> dict[str, dict[str, Any]]:
        """The merge requests that are linked, and the one that may be."""
        if process.documentation is None:
            return {}
        names = [place(name) for name in (kept.docs if kept else ())]
        return self._documents.shown(dict.fromkeys([*names, *([found.docs] if found.docs else [])]))

    def _said(
        self, found: Found, root: Issue, request: Issue | None, kept: Record | None
    ) -> dict[str, Note]:
        """Our comments, where they tell what cannot be told otherwise."""
        place = root if root.moved else request
        if place is None or (kept and not root.moved):
            return {}
        notes = self._finder.notes(place.project, place.iid)
        return bodies.said(notes, found.launch, self._keyring, place.id)

    def _gone(
        self, process: Process, seen: Observed, kept: Record | None
    ) -> dict[str, frozenset[str]]:
        """The labels that an issue should bear and its project does not have any more."""
        gone: dict[str, frozenset[str]] = {}
        for part in (ROOT, *seen.phases) if kept else ():
            issue = seen.issue(part)
            place = kept.parts.get(part) if kept else None
            if issue is None or place is None or place.project != issue.project:
                continue
            wanted = {process.labels.launch}
            if kept and part != ROOT:
                wanted.add(fields.gate_label(process, kept.phase(part).gate))
            if lost := self._finder.lacks(issue.project, wanted - issue.labels):
                gone[part] = lost
        return gone

    def _process(
        self, launch: str, root: Issue, kept: Record | None, request: dict[str, Any] | None
    ) -> Process:
        process = self._recorded(root, kept) if kept else self._process_of(launch, root, request)
        if process is None:
            raise PermanentError(
                f"launch {launch} has no definition: its process has changed or is not "
                f"installed, and the comment that keeps it is gone from {root.url}"
            )
        return process

    def _recorded(self, root: Issue, kept: Record) -> Process | None:
        """The process that a launch started with."""
        installed = self._processes.get(kept.process)
        installed = fit(installed, kept.inputs) if installed else None
        if installed and installed.digest() == kept.definition:
            return installed
        return self._kept.definition(root, kept.definition)

    def _process_of(
        self, launch: str, root: Issue, request: dict[str, Any] | None
    ) -> Process | None:
        """The process of a launch that has no record: by its request, its label, or its note.

        What the note defines may be forged without the record, which alone knows its digest.
        """
        asked = frozenset(request["labels"] if request else ())
        return (
            self._requested_process(asked)
            or next((p for p in self._processes.values() if p.labels.launch in root.labels), None)
            or self._processes.get(self._kept.process_name(launch, root) or "")
        )

    def _requested_process(self, labels: frozenset[str]) -> Process | None:
        return next((p for p in self._processes.values() if p.labels.request in labels), None)

    def _phases(
        self,
        launch: str,
        process: Process,
        kept: Record | None,
        linked: Mapping[int, dict[str, Any]],
    ) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        if kept is None:
            return self._finder.phases(launch, process, linked.values()), {}
        # Some may have been hidden when the record was rebuilt, which knows nothing of them then.
        others = linked.values() if kept.awaits_resumption() else ()
        found = self._finder.phases(launch, process, others)
        phases = {name: raw for name, raw in found.items() if name not in kept.parts}
        unseen: dict[str, str] = {}
        for name in process.phases:
            if place := kept.parts.get(name):
                raw = linked.get(place.id) or self._issue_or_none(place.project, place.iid)
                moved = raw is not None and raw.get("moved_to_id")
                if moved:
                    raw = self._finder.successor(launch, name)
                if raw is not None:
                    phases[name] = raw
                else:
                    unseen[name] = _MOVED if moved else _HIDDEN
        return phases, unseen

    def _request(
        self, found: Found, kept: Record | None, linked: Mapping[int, dict[str, Any]]
    ) -> dict[str, Any] | None:
        place = kept.parts.get("request") if kept else None
        if place is not None:
            raw = linked.get(place.id) or self._issue_or_none(place.project, place.iid)
        elif found.request:
            raw = self._issue_or_none(*found.request)
            raw = raw and linked.get(raw.get("moved_to_id") or 0, raw)
        else:
            cause = found.launch.partition("-")[0]
            raw = next((r for r in linked.values() if f"i{r['id']}" == cause), None)
            raw = raw or next(self._moved_requests(found.launch, linked.values()), None)
        return raw

    def _moved_requests(
        self, launch: str, linked: Iterable[dict[str, Any]]
    ) -> Iterator[dict[str, Any]]:
        """The request of a launch after a move, which gave it another id: by our comment on it."""
        for raw in linked:
            if self._finder.marker(raw) is None:
                notes = self._finder.notes(raw["project_id"], raw["iid"])
                if launch in bodies.came_along(raw, notes, self._keyring):
                    yield raw

    def _issue_or_none(self, project: int, iid: int) -> dict[str, Any] | None:
        return self._client.get_or_none(issue_path(project, iid))
