"""Commands that override a gate, `unlock` and `close`: recorded, and shown wherever it matters."""

from bot.domain import fields
from bot.domain.alignment import launches
from bot.domain.commands.command import code
from bot.domain.steering.order import Done, Order, Result, Undone, by_hand


def unlock(order: Order) -> Result:
    """Open a phase before what it waits for is done."""
    gate = order.record.phase(order.target).gate
    if gate != "locked":
        return Undone(f"{order.title(order.target)} is {gate} already.")
    return Done(order.decided(f"unlock.{order.target}"))


def close(order: Order) -> Result:
    """Count a phase as done although something is missing."""
    gate, issue = order.record.phase(order.target).gate, order.observed.phases.get(order.target)
    documentation = order.process.documentation
    written = documentation and documentation.phase == order.target
    untimely = launches.untimely(order.process, order.foreseen, order.record)
    if gate == "done" and written and any(untimely):
        return Done(order.decided(f"close.{order.target}"))
    if gate == "done":
        return Undone(f"{order.title(order.target)} is done already.")
    if gate == "locked":
        first = code(f"/{order.scope.head} unlock {order.target} because ...")
        return Undone(f"{order.title(order.target)} is locked; {first} opens it first.")
    if issue is None:
        return Undone(f"{order.title(order.target)} has no issue yet.")
    record = order.decided(f"close.{order.target}")
    if issue.closed:
        return Done(record)
    return Done(by_hand(order, record, order.target, fields.STATE, "closed"))
