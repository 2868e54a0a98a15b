"""A newer launch ends an unfinished older one that is the same otherwise.

Each looks at the other by itself, so that it does not matter which of them is seen first.
It must not change the other one: the older ends itself, and the newer takes over from it.
"""

from collections.abc import Mapping

from bot.domain import handover, messages, versions
from bot.domain.ending import ended
from bot.domain.observed import Kin, Observed
from bot.domain.process import ROOT, Definition, Process
from bot.domain.record import Deed, Record

_ACTOR = "launchbot"


def is_kin(
    process: Definition, inputs: Mapping[str, str], other: Record, *, live: bool = False
) -> bool:
    """Whether another launch differs in nothing but what tells the newer from the older.

    It is unfinished, or went `live`.
    """
    names = {*process.identity} - {process.supersedes}
    same = all(
        inputs.get(name, "").casefold() == other.inputs.get(name, "").casefold() for name in names
    )
    states = {"live"} if live else {"running", "paused"}
    return same and other.process == process.name and other.state in states


def newer(process: Process, observed: Observed, inputs: Mapping[str, str]) -> Kin | None:
    """The newest launch that supersedes one with these inputs."""
    version = inputs.get(process.supersedes or "", "")
    found = [kin for kin in observed.kin if versions.is_newer(kin.version, version)]
    return max(found, key=_rank, default=None)


def enough(process: Process, observed: Observed, inputs: Mapping[str, str]) -> Kin | None:
    """The newest launch that has the version of these inputs or a newer one, however written."""
    version = inputs.get(process.supersedes or "", "")
    found = [kin for kin in observed.kin if not versions.is_newer(version, kin.version)]
    return max(found, key=_rank, default=None)


def older(process: Process, observed: Observed, inputs: Mapping[str, str]) -> tuple[Kin, ...]:
    """The launches that one with these inputs supersedes, the newest of them last."""
    version = inputs.get(process.supersedes or "", "")
    found = [kin for kin in observed.kin if versions.is_newer(version, kin.version)]
    return tuple(sorted((k for k in found if not k.live), key=_rank))


def _rank(kin: Kin) -> tuple[tuple[int, ...], bool]:
    return versions.rank(kin.version)


def judged(process: Process, observed: Observed, record: Record) -> Record:
    """The record, ended where a newer launch has begun: its issues close, with a note."""
    by = newer(process, observed, record.inputs)
    if by is None or record.state not in {"running", "paused"}:
        return record
    deed = Deed(by=_ACTOR, at=observed.now, why=f"superseded by {by.version}")
    tasks = handover.open_tasks(process, observed.phases)
    text = messages.superseded(process, by, tuple(tasks))
    return ended(process, observed, record, deed).owing(ROOT, "superseded", text)
