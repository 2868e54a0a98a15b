"""Commands on what a launch is about: `set`, and `docs` for its documentation."""

from collections.abc import Mapping

from bot.domain.commands.command import code
from bot.domain.commands.grammar import render
from bot.domain.process import Process
from bot.domain.steering.order import Done, Order, Result, Undone


def change(order: Order) -> Result:
    """Give or change inputs of a launch that runs."""
    given = dict(order.command.values)
    fixed = [name for name in given if name in order.process.identity]
    if fixed:
        names = " and ".join(code(name) for name in fixed)
        return Undone(
            f"{names} cannot change any more, because it tells launches apart. "
            f"{code(f'/{order.scope.head} cancel because ...')} ends this launch, "
            "and then the request starts another one."
        )
    record = order.decided("set")
    record = record.model_copy(update={"inputs": {**record.inputs, **given}})
    return Done(record, taken(order.process, given))


def docs(order: Order) -> Result:
    """Link the merge request with the documentation."""
    named = order.command.request
    place = order.observed.requests.get((order.part, named)) if named else None
    if place is None:
        return Undone(f"GitLab shows me no merge request {code(render(order.command)[5:])}.")
    record = order.decided("docs")
    linked = (*(known for known in record.docs if known.id != place.id), place)
    return Done(record.model_copy(update={"docs": linked}))


def taken(process: Process, given: Mapping[str, str]) -> str:
    """The inputs as they were understood."""
    pairs = (f"**{process.inputs[name].title}** is {code(value)}" for name, value in given.items())
    return f"{', '.join(pairs)}."
