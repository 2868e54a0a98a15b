"""The other launches that matter to one: those for the same, and those for another version.

Part of the one reader. It must not judge what follows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.domain import requests, superseding
from bot.domain.markers import Keyring, Marker
from bot.domain.observed import Issue, Kin, Observed
from bot.domain.opening import identity
from bot.domain.process import Process
from bot.domain.record import Record
from bot.domain.steering import inbox, run
from bot.gitlab import bodies
from bot.gitlab.find import Finder


class Others:
    """Looks for other launches among the root issues that are open.

    `copy` gives the local copy of a launch's record, `noted` the record in its status note.
    """

    def __init__(
        self,
        finder: Finder,
        keyring: Keyring,
        copy: Callable[[str], Record | None],
        noted: Callable[[str, Issue], Record | None],
    ) -> None:
        self._finder = finder
        self._keyring = keyring
        self._copy = copy
        self._noted = noted

    def kin(self, process: Process, inputs: Mapping[str, str], launch: str) -> Iterator[Kin]:
        """The unfinished launches that differ from this one in their version alone."""
        if process.supersedes is None:
            return
        for marker, raw in self._finder.roots(process.root.project, state="opened"):
            if marker.launch != launch:
                kept = self._copy(marker.launch) or self._noted(marker.launch, bodies.issue(raw))
                if kept and superseding.is_kin(process, inputs, kept):
                    yield Kin(marker.launch, kept.inputs[process.supersedes], raw["web_url"])

    def rival(self, process: Process, given: requests.Request, launch: str) -> Issue | None:
        """The root issue of another launch for the same, if there is one."""
        if given.problems:
            return None
        wanted = identity(process, given.inputs)
        for marker, raw in self._finder.roots(process.root.project, state="opened"):
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
        kept = self._copy(marker.launch)
        if kept and kept.process == process.name:
            now = self._keyring.digest(*identity(process, kept.inputs))
            return self._keyring.matches(now, *wanted)
        return self._keyring.matches(marker.key, *wanted)
