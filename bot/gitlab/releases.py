"""Tags of the products whose images are kept current, by GET only.

It must not decide what a tag starts; `bot.domain.releases` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from bot.domain.markers import Keyring
from bot.domain.observed import Observed, Tag
from bot.domain.process import Process
from bot.domain.releases import LATE, LONGEST, Idle, Start, judged
from bot.gitlab import bodies, commits
from bot.gitlab.client import Client
from bot.gitlab.directory import Directory


class Releases:
    """Finds tags, and the launches that they start."""

    def __init__(
        self,
        client: Client,
        directory: Directory,
        processes: Mapping[str, Process],
        keyring: Keyring,
    ) -> None:
        self._client = client
        self._directory = directory
        self._processes = processes
        self._keyring = keyring

    def read(self, project: int, name: str) -> Tag | None:
        """A tag of a product, with when it was released, if it was; None if there is none."""
        if project not in self.products():
            return None
        at = f"/projects/{project}/{{}}/{quote(name, safe='')}"
        released = self._client.get_or_none(at.format("releases"))
        raw = released or self._client.get_or_none(at.format("repository/tags"))
        if raw is None:
            return None
        commit = (raw.get("commit") or {}).get("id", "")
        return Tag(project, name, commit, bodies.moment((released or {}).get("released_at")))

    def judged(self, tag: Tag, now: datetime) -> tuple[Start | Idle, ...]:
        """The launches that a tag starts, and what it starts none for."""
        return tuple(judged(self._processes, self._directory.installation(), tag, now))

    def observe(self, tag: Tag, idle: Sequence[Idle], now: datetime) -> Observed:
        """A tag that starts nothing, with why, and whether that is told on its commit."""
        comments = self._client.list(commits.path(tag)) if tag.commit else []
        told = commits.is_told(tag, (raw["note"] for raw in comments), self._keyring)
        why = tuple((one.what, one.why) for one in idle)
        return Observed(
            now=now,
            launch=f"r{tag.project}",
            installation=self._directory.installation(),
            processes=self._processes,
            tag=replace(tag, idle=why, is_told=told),
        )

    def product(self, path: str) -> int | None:
        """The project of a path, if its releases start launches."""
        raw = self._client.get_or_none(f"/projects/{quote(path, safe='')}")
        return raw["id"] if raw and raw["id"] in self.products() else None

    def recent(self, project: int, now: datetime) -> tuple[str, ...]:
        """The tags of what a project released of late; of other projects none."""
        if project not in self.products():
            return ()

        def is_of_late(raw: dict[str, Any]) -> bool:
            return datetime.fromisoformat(raw["released_at"]) > now - LATE

        path, query = f"/projects/{project}/releases", {"order_by": "released_at", "sort": "desc"}
        tags = (raw["tag_name"] for raw in self._client.first(path, is_of_late, **query))
        return tuple(tag for tag in tags if len(tag) <= LONGEST)

    def products(self) -> frozenset[int]:
        """The projects whose releases start launches, as far as GitLab shows them."""
        return products(self._processes, self._directory.installation().projects)


def products(processes: Mapping[str, Process], projects: Mapping[str, int]) -> frozenset[int]:
    """The projects of this installation whose releases start launches, by their ids."""
    names = {process.releases.project for process in processes.values() if process.releases}
    return frozenset(projects[name] for name in names & projects.keys())
