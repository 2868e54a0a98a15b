"""Commands on the course of a launch: who has the ball, escalating, pausing and cancelling."""

import re

from bot.domain import fields, messages
from bot.domain.actions import Successor
from bot.domain.commands.command import code
from bot.domain.ending import ended
from bot.domain.observed import Observed
from bot.domain.process import ROOT
from bot.domain.record import Managed, Record
from bot.domain.steering.order import Done, Order, Result, Undone

_WAITING = "waiting.partner"
_NUMBERED = re.compile(r"(?P<base>i[0-9]+)-(?P<number>[0-9]+)")


def waiting(order: Order) -> Result:
    """The partner has the ball."""
    return Done(order.decided(_WAITING))


def replied(order: Order) -> Result:
    """The ball is back here."""
    if _WAITING not in order.record.deeds:
        return Undone("Nobody has said that this waits for the partner.")
    return Done(order.record.without_deeds(_WAITING))


def escalate(order: Order) -> Result:
    """Ask the next people in line for help, with the facts so far."""
    rungs = order.process.escalation or (order.process.root.role,)
    step = sum(name.startswith("escalate.") for name in order.record.deeds)
    if step >= len(rungs):
        last = order.process.roles[rungs[-1]].title
        return Undone(f"Nobody is left to ask: **{last}** is the last in line.")
    record = order.decided(f"escalate.{step + 1}")
    text = messages.escalated(order.process, order.observed, record, rungs[step], order.deed())
    return Done(record.owing(ROOT, "escalated", text))


def pause(order: Order) -> Result:
    """Stop the launch for a time."""
    return Done(order.decided("pause").model_copy(update={"state": "paused"}))


def resume(order: Order) -> Result:
    """Go on with a paused launch."""
    if order.record.state != "paused":
        return Undone("The launch is not paused.")
    return Done(resumed(order.record))


def resumed(record: Record) -> Record:
    """The record of a launch that goes on."""
    return record.without_deeds("pause").model_copy(update={"state": "running"})


def cancel(order: Order) -> Result:
    """End the launch without going live: its issues are closed, and the request is free again."""
    record = ended(order.process, order.observed, order.record, order.deed())
    return Done(record.owing(ROOT, "cancelled", messages.cancelled(order.process, order.deed())))


def restart(order: Order) -> Result:
    """Begin anew after a launch was cancelled: the request asks again."""
    if order.record.state != "cancelled":
        return Undone(f"This launch has begun already; {_status(order)} shows how it stands.")
    ask, label = fields.key("request", fields.ASK), order.process.labels.request
    if order.target != order.process.name:
        return Undone(f"This request is for {code(order.process.name)}; open another one.")
    now = fields.seen(order.process, order.observed).get(ask, "")
    return Done(order.record.with_field(ask, Managed(want=label, was=now, by="person")))


def _status(order: Order) -> str:
    return code(f"/{order.scope.head} status")


def successor(observed: Observed, record: Record) -> Successor | None:
    """The launch that follows a cancelled one, if its request is to be seen and asks again."""
    request = observed.request
    if request is None or not is_restarted(record):
        return None
    match = _NUMBERED.fullmatch(observed.launch)
    base, number = (match["base"], int(match["number"])) if match else (observed.launch, 1)
    place = (request.project, request.iid)
    return Successor(f"{base}-{number + 1}", place, record.deeds["cancel"].at)


def is_restarted(record: Record) -> bool:
    """Whether the request of a cancelled launch asks again."""
    ask = record.fields.get(fields.key("request", fields.ASK))
    return record.state == "cancelled" and ask is not None and bool(ask.want)
