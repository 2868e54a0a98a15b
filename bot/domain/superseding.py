"""A newer launch ends an unfinished older one that is the same otherwise.

Each looks at the other by itself, so that it does not matter which of them is seen first.
It must not change the other one: the older ends itself, and its open tasks are open in the newer.
"""

from collections.abc import Iterator, Mapping

from bot.domain import checklists, messages, versions
from bot.domain.ending import ended
from bot.domain.observed import Kin, Observed
from bot.domain.process import ROOT, Definition, Process
from bot.domain.record import Deed, Record

_ACTOR = "launchbot"


def is_kin(process: Definition, inputs: Mapping[str, str], other: Record) -> bool:
    """Whether another launch differs in nothing but what tells the newer from the older."""
    names = {*process.identity} - {process.supersedes}
    same = all(
        inputs.get(name, "").casefold() == other.inputs.get(name, "").casefold() for name in names
    )
    return same and other.process == process.name and other.state in {"running", "paused"}


def newer(process: Process, observed: Observed, inputs: Mapping[str, str]) -> Kin | None:
    """The newest launch that supersedes one with these inputs."""
    version = inputs.get(process.supersedes or "", "")
    found: Kin | None = None
    for kin in observed.kin:
        if versions.is_newer(kin.version, found.version if found else version):
            found = kin
    return found


def older(process: Process, observed: Observed, inputs: Mapping[str, str]) -> tuple[Kin, ...]:
    """The launches that one with these inputs supersedes."""
    version = inputs.get(process.supersedes or "", "")
    return tuple(kin for kin in observed.kin if versions.is_newer(version, kin.version))


def judged(process: Process, observed: Observed, record: Record) -> Record:
    """The record, ended where a newer launch has begun: its issues close, with a note."""
    by = newer(process, observed, record.inputs)
    if by is None or record.state not in {"running", "paused"}:
        return record
    deed = Deed(by=_ACTOR, at=observed.now, why=f"superseded by {by.version}")
    text = messages.superseded(process, by, tuple(_open(process, observed)))
    return ended(process, observed, record, deed).owing(ROOT, "superseded", text)


def _open(process: Process, observed: Observed) -> Iterator[str]:
    for name, issue in observed.phases.items():
        boxes = checklists.read(issue.description)
        for task in process.phases[name].required():
            if boxes.get(task.id) != "done":
                yield task.id
