"""The other launches that matter to one: those for the same, and those for another version.

Part of the one reader. It must not judge what follows.
"""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain import requests, superseding
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Issue, Kin, Observed
from bot.domain.opening import identity
from bot.domain.process import ROOT, Process
from bot.domain.steering import inbox, run
from bot.gitlab import bodies
from bot.gitlab.find import Finder
from bot.gitlab.kept import Kept


class Others:
    """Looks for other launches among root issues."""

    def __init__(self, finder: Finder, keyring: Keyring, kept: Kept) -> None:
        self._finder = finder
        self._keyring = keyring
        self._kept = kept

    def kin(
        self, process: Process, inputs: Mapping[str, str], launch: str, *, begins: bool
    ) -> Iterator[Kin]:
        """The unfinished launches that differ from this one in their version alone.

        Where this one begins, they are read with the issues of their phases.
        """
        for marker, root in self._roots(process, launch, "opened"):
            kept = self._kept.record(marker.launch, root)
            if kept and superseding.is_kin(process, inputs, kept):
                linked = self._finder.linked(root) if begins else []
                found = self._finder.phases(marker.launch, process, linked)
                issues = {name: bodies.issue(raw) for name, raw in found.items()}
                yield Kin(
                    launch=marker.launch,
                    version=kept.inputs[process.supersedes or ""],
                    url=root.url,
                    record=kept,
                    issues={ROOT: root, **issues},
                    private=root.confidential,
                )

    def went_live(self, process: Process, inputs: Mapping[str, str], launch: str) -> Iterator[Kin]:
        """The last of them that is over and went live."""
        for marker, root in reversed([*self._roots(process, launch, "closed")]):
            kept = self._kept.record(marker.launch, root)
            if kept and superseding.is_kin(process, inputs, kept, live=True):
                version = kept.inputs[process.supersedes or ""]
                yield Kin(marker.launch, version, root.url, kept, live=True)
                return

    def _roots(self, process: Process, launch: str, state: str) -> Iterator[tuple[Marker, Issue]]:
        """The roots of other launches, of a process in which one may supersede another."""
        if process.supersedes is not None:
            for marker, raw in self._finder.roots(process.root.project, state=state):
                if marker.launch != launch:
                    yield marker, bodies.issue(raw)

    def rival(
        self, process: Process, given: requests.Request, launch: str, state: str = "opened"
    ) -> Issue | None:
        """The root issue of another launch for the same, if there is one in this state."""
        if given.problems:
            return None
        wanted = identity(process, given.inputs)
        for marker, raw in self._finder.roots(process.root.project, state=state):
            if marker.launch != launch and self._is_for(process, marker, wanted):
                return bodies.issue(raw)
        return None

    def renamed(self, process: Process, heard: Observed) -> Issue | None:
        """The root issue of the other launch for what comments would make this one be for."""
        kept = heard.record()
        letters = inbox.letters(heard, kept) if kept else ()
        said = [command.values for _, command in run.commands(process, heard, letters)]
        given = {name: value for values in said for name, value in values}
        if kept is None or not {*given} & {*process.identity}:
            return None
        return self.rival(
            process, requests.checked(process, {**kept.inputs, **given}), heard.launch
        )

    def _is_for(self, process: Process, marker: Marker, wanted: Sequence[str]) -> bool:
        """Whether a launch is for these values; its marker says for which it began."""
        kept = self._kept.copy(marker.launch)
        if kept and kept.process == process.name:
            now = self._keyring.digest(*identity(process, kept.inputs))
            return self._keyring.matches(now, *wanted)
        return self._keyring.matches(marker.key, *wanted)
