"""Commands on days: `effort`, `due` and `date`. What was understood is echoed."""

from bot.domain import dates, fields
from bot.domain.commands.command import Target, code
from bot.domain.commands.when import spoken
from bot.domain.process import ROOT
from bot.domain.record import Managed, Record
from bot.domain.steering.order import Done, Order, Result, Undone, by_hand
from bot.domain.wording import counted


def effort(order: Order) -> Result:
    """Say how much work a phase is; its due date follows from when it opened."""
    phase, count = order.target, order.command.business_days
    if order.record.phase(phase).gate == "done":
        return _is_done(order, phase)
    record = _without_choice(order, order.decided(f"effort.{phase}"), phase)
    record = record.model_copy(update={"efforts": {**record.efforts, phase: count}})
    day = dates.due(order.process, order.observed, record, phase)
    follows = f"due on {spoken(day)}" if day else "due that long after it unlocks"
    days = counted(count, "business day")
    return Done(record, f"{order.title(phase)}: {days} of work, {follows}.")


def due(order: Order) -> Result:
    """Set when a phase or a task is due."""
    name, day = order.target, order.day
    if order.command.target == Target("phase", name):
        if order.record.phase(name).gate == "done":
            return _is_done(order, name)
        record = by_hand(order, order.record, name, fields.DUE, day.isoformat())
        return Done(record, f"{order.title(name)} is due on {spoken(day)}.")
    record = order.decided(f"due.{name}")
    record = record.model_copy(update={"task_dues": {**record.task_dues, name: day}})
    return Done(record, f"{code(name)} is due on {spoken(day)}.")


def date(order: Order) -> Result:
    """Move the launch date; what is due before it moves along."""
    name, day = order.process.root.due, order.day
    if name is None:
        return Undone("This process has no launch date.")
    record = by_hand(order, order.record, ROOT, fields.DUE, day.isoformat())
    inputs = {**record.inputs, name: day.isoformat()}
    record = record.model_copy(update={"inputs": inputs}).with_deed("date", order.deed())
    return Done(record, f"The launch date is {spoken(day)}.")


def _is_done(order: Order, phase: str) -> Undone:
    return Undone(f"{order.title(phase)} is done; its date stays as it was.")


def _without_choice(order: Order, record: Record, phase: str) -> Record:
    """The record in which the date of a phase follows again, whoever set it before."""
    name = fields.key(phase, fields.DUE)
    now = fields.seen(order.process, order.observed).get(name, "")
    field = record.fields.get(name, Managed(want=now, was=now))
    return record.with_field(name, field.model_copy(update={"by": "bot"}))
