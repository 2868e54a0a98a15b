"""Resync: find what changed without a hook, and queue it.

It makes good what was lost: deliveries, or the database. It must not work on what it finds.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.controller import backoff
from bot.gitlab.access import Access
from bot.gitlab.client import NotVisible
from bot.gitlab.find import Found
from bot.store.memory import LaunchEntry

_log = structlog.get_logger()


class Seen(Protocol):
    """What is known locally of GitLab, and what waits; all of it may be lost."""

    def recall(self, launch: str) -> LaunchEntry | None:
        """Where a launch was last."""
        ...

    def remember(self, entry: LaunchEntry) -> None:
        """Keep where a launch is."""
        ...

    def stuck(self, beyond: datetime) -> list[str]:
        """The keys that were given up, or failed and are not due before a time."""
        ...

    def watermark(self, project: int) -> datetime | None:
        """Up to when a project has been looked through."""
        ...

    def set_watermark(self, project: int, at: datetime) -> None:
        """Keep up to when a project has been looked through."""
        ...


class Resync:
    """Looks through projects. `access` gives the calling thread its GitLab."""

    def __init__(
        self,
        access: Callable[[], Access],
        memory: Seen,
        enqueue: Callable[[str], None],
        clock: Callable[[], datetime],
        every: timedelta,
    ) -> None:
        self._access = access
        self._memory = memory
        self._enqueue = enqueue
        self._clock = clock
        self._every = every

    def everything(self) -> datetime:
        """Look through every watched project for what changed; when to do it again.

        What was given up is tried again too: nothing else tells that access came back.
        """
        # No pause is that long, but by a clock that was ahead.
        for key in self._memory.stuck(self._clock() + backoff.LONGEST_ASKED):
            self._enqueue(key)
        projects = self._access().directory.refresh(self._clock()).projects
        for project in dict.fromkeys(projects.values()):
            self.project(project)
        return self._clock() + self._every

    def project(self, project: int) -> None:
        """Queue what changed in a project since it was looked through."""
        began = self._clock()
        try:
            changed = self._access().finder.changed(project, self._memory.watermark(project))
            released = [*self._access().releases.recent(project, began)]
        except NotVisible as problem:
            _log.warning("project_not_visible", project=project, why=str(problem))
            return
        for found in changed:
            self._note_root(found)
            self._enqueue(found.key)
        documents = self._access().documents
        if project in documents.projects():
            for name in documents.changed(project, self._memory.watermark(project)):
                self._enqueue(f"docs:{name}")
        for tag in released:
            self._enqueue(f"release:{project}/{tag}")
        # Our own clock may be wrong, and then changes would seem to be older than they are.
        self._memory.set_watermark(project, self._access().finder.time() or began)

    def _note_root(self, found: Found) -> None:
        """Keep where a launch is that nothing is known of: to look for each would cost lists."""
        if found.root is None or self._memory.recall(found.launch) is not None:
            return
        project, iid = found.root
        self._memory.remember(LaunchEntry(found.launch, "", project, iid, None, "running"))
