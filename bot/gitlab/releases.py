"""Releases of the products whose images are kept current, by GET only.

A tag is looked up as GitLab's release; one that is none starts nothing. It must not decide what a
release starts; `bot.domain.releases` does.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.domain.process import Process
from bot.domain.releases import Idle, Release, Start, judged
from bot.gitlab.client import Client
from bot.gitlab.directory import Directory

_LATE = timedelta(days=7)
"""How long a release that nobody has told us of may start a launch."""

_LONGEST = 200
"""How many characters a tag may have, to be a key in the queue."""


class Releases:
    """Finds releases, and the launches that they start."""

    def __init__(
        self, client: Client, directory: Directory, processes: Mapping[str, Process]
    ) -> None:
        self._client = client
        self._directory = directory
        self._processes = processes

    def read(self, project: int, tag: str) -> Release | None:
        """The release of a tag; None if it is none."""
        if project not in self.products():
            return None
        raw = self._client.get_or_none(f"/projects/{project}/releases/{quote(tag, safe='')}")
        if raw is None:
            return None
        return Release(project, raw["tag_name"], datetime.fromisoformat(raw["released_at"]))

    def judged(self, release: Release) -> tuple[Start | Idle, ...]:
        """The launches that a release starts, and what it starts none for."""
        return tuple(judged(self._processes, self._directory.installation(), release))

    def product(self, path: str) -> int | None:
        """The project of a path, if its releases start launches."""
        raw = self._client.get_or_none(f"/projects/{quote(path, safe='')}")
        return raw["id"] if raw and raw["id"] in self.products() else None

    def recent(self, project: int, now: datetime) -> tuple[str, ...]:
        """The tags of what a project released of late; of other projects none."""
        if project not in self.products():
            return ()

        def is_of_late(raw: dict[str, Any]) -> bool:
            return datetime.fromisoformat(raw["released_at"]) > now - _LATE

        path, query = f"/projects/{project}/releases", {"order_by": "released_at", "sort": "desc"}
        tags = (raw["tag_name"] for raw in self._client.first(path, is_of_late, **query))
        return tuple(tag for tag in tags if len(tag) <= _LONGEST)

    def products(self) -> frozenset[int]:
        """The projects whose releases start launches, as far as GitLab shows them."""
        return products(self._processes, self._directory.installation().projects)


def products(processes: Mapping[str, Process], projects: Mapping[str, int]) -> frozenset[int]:
    """The projects of this installation whose releases start launches, by their ids."""
    names = {process.releases.project for process in processes.values() if process.releases}
    return frozenset(projects[name] for name in names & projects.keys())
