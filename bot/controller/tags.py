"""Tags: work on the launches that one starts, or say once on its commit why it starts none.

It decides nothing itself, and knows of a tag no more than until when it waits for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

import structlog

from bot.controller.lanes import Lanes
from bot.domain import versions
from bot.domain.actions import Action, Plan
from bot.domain.observed import Observed, Tag
from bot.domain.planner import plan
from bot.domain.releases import PATIENCE, Idle, Start, is_late
from bot.gitlab.access import Access
from bot.gitlab.find import Found

Settle: TypeAlias = Callable[[Found], Plan]
"""Works on a launch; the plan that was left in the end."""

Locate: TypeAlias = Callable[[Found], Found]
"""The same launch, with where its root issue is."""

_Place: TypeAlias = tuple[int, str, str]
"""A tag and its commit: one that is moved to another is a new one."""

_log = structlog.get_logger()


class Tags:
    """Works on tags.

    `access` gives the calling thread its GitLab, `audit` keeps what was done, and `locate` tells
    whether a launch is there.
    """

    def __init__(
        self,
        access: Callable[[], Access],
        audit: Callable[[str, Action], None],
        clock: Callable[[], datetime],
        lanes: Lanes,
        locate: Locate,
    ) -> None:
        self._access = access
        self._audit = audit
        self._clock = clock
        self._lanes = lanes
        self._locate = locate
        self._since: dict[_Place, datetime] = {}
        self._told: dict[_Place, list[Idle]] = {}

    def work(self, project: int, name: str, settle: Settle) -> datetime | None:
        """Work on the launches that a tag starts; when to look again, if ever."""
        tag = self._access().releases.read(project, name)
        if tag is None:
            _log.warning("tag_not_visible", project=project, tag=name)
            return None
        if wait := self._waits(tag):
            return wait
        settled = [*self._settled(tag, settle)]
        idle = [one for one, _ in settled if isinstance(one, Idle)]
        if self._told.get(_place(tag)) != idle:
            self._tell(tag, idle, nothing=0 < len(idle) == len(settled))
            self._told[_place(tag)] = idle
        return min((left.wake_at for _, left in settled if left.wake_at), default=None)

    def _waits(self, tag: Tag) -> datetime | None:
        """Until when a tag is left alone: a release to come, or a version that may become one."""
        now, place = self._clock(), _place(tag)
        if tag.released or not versions.is_final(tag.name):
            self._since.pop(place, None)
            return tag.released if tag.released and tag.released > now else None
        until = self._since.setdefault(place, now) + PATIENCE
        return until if until > now else None

    def _settled(self, tag: Tag, settle: Settle) -> Iterator[tuple[Start | Idle, Plan]]:
        """What a tag starts, each with the plan that is left; what starts nothing is idle."""
        for one in self._begun(tag) or self._access().releases.judged(tag, self._clock()):
            if isinstance(one, Idle):
                yield one, Plan(why_not=one.why)
                continue
            left = settle(self._located(one))
            yield (Idle(one.what, left.why_not) if left.why_not else one), left

    def _begun(self, tag: Tag) -> list[Start]:
        """What goes on although the release that started it was taken back, or is an old one."""
        now = self._clock()
        if tag.released and not is_late(tag, now):
            return []
        every = self._access().releases.judged(replace(tag, released=now), now)
        return [one for one in every if isinstance(one, Start) and self._located(one).root]

    def _located(self, one: Start) -> Found:
        return self._locate(Found(one.launch, cause=one.cause))

    def _tell(self, tag: Tag, idle: list[Idle], *, nothing: bool) -> None:
        """Say in the log what a tag starts nothing for; on its commit only if that is all."""
        for one in idle:
            what = f"{tag.project}/{tag.name} {one.what}".rstrip()
            _log.warning("release_starts_nothing", release=what, why=one.why)
        if nothing:
            with self._lanes.entered(f"tag:{tag.project}/{tag.name}"):
                observed, wanted = self._answer(tag, idle)
                self._apply(observed, wanted)

    def _answer(self, tag: Tag, idle: list[Idle]) -> tuple[Observed, Plan]:
        observed = self._access().releases.observe(tag, idle, self._clock())
        return observed, plan(None, observed)

    def _apply(self, observed: Observed, wanted: Plan) -> None:
        def audit(action: Action) -> None:
            self._audit(observed.launch, action)

        outcome = self._access().writer.apply(observed, wanted, audit)
        for refusal in outcome.refusals:
            _log.warning("comment_on_commit_refused", tag=refusal.want, why=refusal.why)

    def preview(self, path: str, name: str, settle: Settle) -> Iterator[tuple[str, Plan]]:
        """What a tag would start or say, by the path of its project; changes nothing.

        `settle` gives the plan for a launch and carries nothing out.
        """
        releases = self._access().releases
        project = releases.product(path)
        if project is None:
            yield "", Plan(why_not=f"releases of {path} start no process, or it is not shown")
            return
        tag = releases.read(project, name)
        if tag is None:
            why = "GitLab shows no such tag; the bot has to have the Reporter role to see it"
            yield "", Plan(why_not=why)
            return
        yield from self._foretold(tag, settle)

    def _foretold(self, tag: Tag, settle: Settle) -> Iterator[tuple[str, Plan]]:
        """What a tag would start or say; a comment that is there already is not told again."""
        settled = [*self._settled(tag, settle)]
        for one, left in settled:
            yield one.what if isinstance(one, Idle) else f"launch {one.launch}", left
        idle = [one for one, _ in settled if isinstance(one, Idle)]
        if 0 < len(idle) == len(settled):
            _, wanted = self._answer(tag, idle)
            if wanted.actions:
                yield "", wanted


def _place(tag: Tag) -> _Place:
    return tag.project, tag.name, tag.commit
