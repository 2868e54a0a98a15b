"""Reconcile: observe one launch, plan, apply.

It repeats what the others do and decides nothing itself.
Keys name what changed: `launch:<id>`, `issue:<project>/<iid>`, `docs:<project>:<iid>` (a merge
request), `release:<project>/<tag>`, `project:<id>`, `resync`;
`resume:<id>` ends the pause of a launch.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from pydantic import TypeAdapter, ValidationError

from bot.controller.lanes import Lanes, Rests
from bot.controller.resync import Resync, Seen
from bot.controller.tags import Tags
from bot.domain.actions import Action, Plan, Successor, describe
from bot.domain.alignment.linked import place
from bot.domain.errors import PermanentError, TransientError
from bot.domain.observed import Observed, Refusal
from bot.domain.planner import plan
from bot.domain.process import Process
from bot.gitlab.access import Access
from bot.gitlab.client import NotVisible
from bot.gitlab.find import Found, Looked
from bot.gitlab.standing import Conflict, Outcome
from bot.store.memory import LaunchEntry

_ROUNDS = 5
_START = "start"
_LOOKED = TypeAdapter[Looked](Looked)
_log = structlog.get_logger()


class Memory(Seen, Rests, Protocol):
    """What the reconciler keeps locally; all of it may be lost."""

    def keep_record(self, launch: str, text: str) -> None:
        """Keep a copy of a launch's record."""
        ...

    def audit(self, launch: str, at: datetime, action: str, reason: str) -> None:
        """Keep what was done and why."""
        ...


class Reconciler:
    """Brings launches to what they should be, one key at a time.

    `access` gives the calling thread its GitLab; `enqueue` puts a key into the queue.
    """

    def __init__(
        self,
        *,
        access: Callable[[], Access],
        memory: Memory,
        enqueue: Callable[[str], None],
        clock: Callable[[], datetime],
        resync_every: timedelta,
    ) -> None:
        self._access = access
        self._memory = memory
        self._enqueue = enqueue
        self._clock = clock
        self._resync = Resync(access, memory, enqueue, clock, resync_every)
        self._lanes = Lanes(clock, memory)
        self._tags = Tags(access, self._audit, clock, self._lanes, self.locate)

    def __call__(self, key: str) -> datetime | None:  # noqa: PLR0911 -- one for each kind
        """Work on a key; when to come back to it, if ever."""
        kind, _, rest = key.partition(":")
        match kind:
            case "launch":
                return self.reconcile(self.locate(Found(rest)))
            case "issue":
                project, _, iid = rest.partition("/")
                found = self.find(project, int(iid))
                return self.reconcile(found) if found else None
            case "resume":
                return self.reconcile(replace(self.locate(Found(rest)), resumed=True))
            case "docs":
                return self._reconcile_documents(*place(rest))
            case "release":
                project, _, tag = rest.partition("/")
                return self._tags.work(int(project), tag, self._settled)
            case "project":
                self._resync.project(int(rest))
                return None
            case _:
                return self._resync.everything()

    def _reconcile_documents(self, project: int, iid: int) -> datetime | None:
        """Every launch that a merge request belongs to, or did; when to look again."""
        again = [
            self.reconcile(replace(self.locate(Found(launch)), docs=(project, iid)))
            for launch in self._access().documents.launches(project, iid)
        ]
        return min((moment for moment in again if moment), default=None)

    def leave(self) -> None:
        """The process ends, though it is at work: the next one leaves that alone for a minute."""
        self._lanes.leave()

    def find(self, project: int | str, iid: int) -> Found | None:
        """The launch that an issue belongs to, or would start."""
        found = self._access().finder.resolve(project, iid)
        return self.locate(found) if found else None

    def locate(self, found: Found) -> Found:
        """The same, with where its root issue is: from memory, else by its marker in GitLab."""
        entry = self._memory.recall(found.launch)
        if entry is not None:
            root, looked = (entry.root_project, entry.root_iid), _looked(entry.looked)
            return replace(found, root=root, status=entry.status_note, looked=looked)
        return replace(found, root=self._access().finder.root_of(found.launch))

    def preview(self, found: Found) -> tuple[Observed, Plan] | None:
        """What reconcile would do now; changes nothing."""
        seen = self._access().reader.observe(found, self._clock())
        return (seen[1], plan(*seen)) if seen else None

    def preview_tag(self, project: str, tag: str) -> Iterator[tuple[str, Plan]]:
        """What a tag would start, or say, by the path of its project; changes nothing."""

        def foretold(found: Found) -> Plan:
            seen = self.preview(found)
            return seen[1] if seen else Plan()

        return self._tags.preview(project, tag, foretold)

    def reconcile(self, found: Found) -> datetime | None:
        """Observe, plan and apply until nothing is left to do; when to look again."""
        return self._settled(found).wake_at

    def _settled(self, found: Found) -> Plan:
        """The plan that is left when nothing else is to be done now."""
        with self._lanes.entered(*_lanes(found)):
            refusals: tuple[Refusal, ...] = ()
            for _ in range(_ROUNDS):
                try:
                    found = self.locate(found)
                    seen = self._access().reader.observe(found, self._clock(), refusals)
                    if seen is None:
                        return Plan()
                    wanted = plan(*seen)
                    if found.root:
                        self._overtake(wanted)
                    if wanted.successor:
                        return self._succeed(wanted.successor)
                    if not self._is_work(found, wanted):
                        self._remember(*seen, _as_it_is(seen[1]))
                        return wanted
                    refusals = self._apply(*seen, wanted)
                except (Conflict, NotVisible):
                    continue
                if not (refusals or wanted.again):
                    self._overtake(wanted)
                    return wanted
        raise TransientError("the launch does not come to rest; it is looked at again later")

    def _overtake(self, wanted: Plan) -> None:
        """Let the launches look at themselves that this one supersedes."""
        for launch in wanted.overtakes:
            self._enqueue(f"launch:{launch}")

    def _succeed(self, successor: Successor) -> Plan:
        """Work on the launch that follows a cancelled one."""
        place, since = successor.request, successor.since
        following = Found(successor.launch, request=place, since=since)
        return self._settled(self.locate(following))

    def _is_work(self, found: Found, wanted: Plan) -> bool:
        if wanted.blocked:
            raise PermanentError(f"launch {found.launch} is blocked: {wanted.blocked}")
        return bool(wanted.actions)

    def _apply(
        self, process: Process | None, observed: Observed, wanted: Plan
    ) -> tuple[Refusal, ...]:
        def audit(action: Action) -> None:
            self._audit(observed.launch, action)

        outcome = self._access().writer.apply(observed, wanted, audit)
        self._remember(process, observed, outcome)
        _log.info(
            "launch_reconciled",
            launch=observed.launch,
            actions=len(wanted.actions),
            refused=[refusal.key for refusal in outcome.refusals],
        )
        return tuple(outcome.refusals)

    def _audit(self, launch: str, action: Action) -> None:
        self._memory.audit(launch, self._clock(), describe(action), action.reason)

    def _remember(self, process: Process | None, observed: Observed, outcome: Outcome) -> None:
        if outcome.root is None:
            return
        project, iid = outcome.root
        record = outcome.record
        state = record.state if record else "running"
        if record is not None and record != observed.copy:
            self._memory.keep_record(observed.launch, record.model_dump_json())
        entry = LaunchEntry(
            launch=observed.launch,
            process=process.name if process else "",
            root_project=project,
            root_iid=iid,
            status_note=outcome.status,
            state=state,
            looked=_LOOKED.dump_json(observed.looked).decode(),
        )
        if self._memory.recall(observed.launch) != entry:
            self._memory.remember(entry)


def _looked(text: str) -> Looked:
    """When comments were read, as kept; what cannot be read is read again."""
    try:
        return _LOOKED.validate_json(text)
    except ValidationError:
        return ()


def _lanes(found: Found) -> tuple[str, ...]:
    """Launches start one at a time, so that two requests for the same see each other."""
    return (found.launch,) if found.root else (found.launch, _START)


def _as_it_is(observed: Observed) -> Outcome:
    root, status = observed.root, observed.status
    place = (root.project, root.iid) if root else None
    return Outcome(place, status.note if status else None, observed.record())
