"""Commands on tasks: `done`, `undo` and `skip` tick boxes, as people do by hand."""

from bot.domain import fields
from bot.domain.commands.command import code
from bot.domain.process import Located
from bot.domain.progress import Progress
from bot.domain.record import Record
from bot.domain.rendering import plain
from bot.domain.steering.order import Done, Order, Result, Undone, by_hand


def done(order: Order) -> Result:
    """Tick a task, and keep what shows that it is done."""
    if lost := _lost(order):
        return lost
    located, evidence = _task(order), order.confided(plain(order.command.evidence))
    record = _ticked(order, "done").without_deeds(f"skip.{order.target}")
    if evidence:
        kept = {**record.evidence, order.target: evidence}
        record = record.model_copy(update={"evidence": kept})
    return Done(record, " ".join(filter(None, (_needs(order, located), _asks(order, located)))))


def undo(order: Order) -> Result:
    """Take the tick off a task again."""
    if lost := _lost(order):
        return lost
    record = _ticked(order, "open").without_deeds(f"skip.{order.target}")
    kept = {name: shown for name, shown in record.evidence.items() if name != order.target}
    return Done(record.model_copy(update={"evidence": kept}))


def skip(order: Order) -> Result:
    """Cross a task out; of a required one that counts by right of who may override."""
    if lost := _lost(order):
        return lost
    return Done(_ticked(order, "skipped").with_deed(f"skip.{order.target}", order.deed()))


def _ticked(order: Order, box: str) -> Record:
    located = _task(order)
    return by_hand(order, order.record, located.phase, fields.box(order.target), box)


def _task(order: Order) -> Located:
    return order.process.tasks()[order.target]


def _lost(order: Order) -> Undone | None:
    phase = _task(order).phase
    issue = order.observed.phases.get(phase)
    if issue is None:
        return Undone(f"{order.title(phase)} has no issue yet, so that there is no box to tick.")
    name = fields.key(phase, fields.box(order.target))
    if fields.seen(order.process, order.observed).get(name):
        return None
    line = code(f"- [ ] `{order.target}`")
    return Undone(f"The line of {code(order.target)} is gone: add it back as {line}.")


def _needs(order: Order, located: Located) -> str:
    progress = Progress.of(order.process, order.foreseen, order.record)
    waits = ", ".join(progress.waits_for(located.task))
    return f"{code(order.target)} counts once this is done, too: {waits}." if waits else ""


def _asks(order: Order, located: Located) -> str:
    kind, given = located.task.evidence, order.record.evidence.get(order.target)
    if kind == "none" or given or order.command.evidence:
        return ""
    example = "https://..." if kind == "link" else "..."
    again = code(f"/{order.scope.head} done {order.target} {example}")
    return f"{code(order.target)} asks for a {kind} that shows it: {again} adds it."
