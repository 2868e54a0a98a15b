"""Going live: `go`, `no-go` and `live`. Closing the root issue is the same act as `live`."""

from collections.abc import Iterable

from bot.domain import fields, gate_messages, messages
from bot.domain.alignment import launches
from bot.domain.process import ROOT, Process
from bot.domain.record import Record
from bot.domain.steering.order import Done, Order, Result, Undone, by_hand


def outstanding(process: Process, record: Record) -> tuple[str, ...]:
    """The roles whose `go` is missing."""
    return tuple(role for role in process.votes if f"go.{role}" not in record.deeds)


def withdrawn(process: Process, record: Record) -> Record:
    """The record without any vote."""
    return record.without_deeds(*(f"{vote}.{r}" for r in process.votes for vote in ("go", "no-go")))


def go(order: Order) -> Result:
    """Vote for going live."""
    return _vote(order, "go", "no-go")


def no_go(order: Order) -> Result:
    """Vote against going live."""
    return _vote(order, "no-go", "go")


def _vote(order: Order, vote: str, other: str) -> Result:
    roles = [role for role in order.process.votes if role in order.giver.roles]
    if not roles:
        voters = _titles(order.process, order.process.votes)
        return Undone(f"Votes come from {voters}." if voters else "This process asks for no votes.")
    if order.record.ready is None:
        return Undone(f"It is too early for votes: {_missing(order)}.")
    record = order.record
    for role in roles:
        record = record.without_deeds(f"{other}.{role}").with_deed(f"{vote}.{role}", order.deed())
    return Done(record)


def live(order: Order) -> Result:
    """Make the launch live, by closing its root issue."""
    if order.record.ready is None:
        return Undone(f"It is too early for going live: {_missing(order)}.")
    if roles := outstanding(order.process, order.record):
        return Undone(f"I wait for the votes of {_titles(order.process, roles)}.")
    if lacks := list(launches.untimely(order.process, order.foreseen, order.record)):
        way = gate_messages.without_documentation(order.process, order.observed)
        return Undone(f"It is too early for going live:\n\n{messages.bullets(lacks)}\n\n{way}")
    return Done(by_hand(order, order.record, ROOT, fields.STATE, "closed"))


def _missing(order: Order) -> str:
    waits = [name for name in order.process.phases if order.record.phase(name).gate != "done"]
    are = "is" if len(waits) == 1 else "are"
    return f"{messages.titles(order.process, order.observed, waits)} {are} not done"


def _titles(process: Process, roles: Iterable[str]) -> str:
    return " and ".join(f"**{process.roles[role].title}**" for role in roles)
