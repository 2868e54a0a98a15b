"""Which function carries out which command: a row for every verb of the table."""

from collections.abc import Mapping

from bot.domain.commands.command import Command
from bot.domain.steering import (
    asking,
    course,
    inputs,
    overrides,
    ownership,
    schedule,
    tasks,
    votes,
)
from bot.domain.steering.order import Effect, Order, Result


def _preview(order: Order) -> Result:
    planned = order.command.planned or Command("help")
    return asking.preview(order.giving(planned), EFFECTS[planned.verb])


EFFECTS: Mapping[str, Effect] = {
    "start": course.restart,
    "set": inputs.change,
    "status": asking.status,
    "why": asking.why,
    "assign": ownership.assign,
    "effort": schedule.effort,
    "due": schedule.due,
    "done": tasks.done,
    "undo": tasks.undo,
    "skip": tasks.skip,
    "unlock": overrides.unlock,
    "close": overrides.close,
    "waiting": course.waiting,
    "partner": course.replied,
    "escalate": course.escalate,
    "docs": inputs.docs,
    "date": schedule.date,
    "go": votes.go,
    "no-go": votes.no_go,
    "live": votes.live,
    "pause": course.pause,
    "resume": course.resume,
    "cancel": course.cancel,
    "delegate": ownership.delegate,
    "reinstate": ownership.reinstate,
    "plan": _preview,
    "help": asking.explain,
}
"""What each command does, by its verb."""
