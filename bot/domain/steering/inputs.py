"""Commands on what a launch is about: `set`."""

from collections.abc import Mapping

from bot.domain.commands.command import code
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


def taken(process: Process, given: Mapping[str, str]) -> str:
    """The inputs as they were understood."""
    pairs = (f"**{process.inputs[name].title}** is {code(value)}" for name, value in given.items())
    return f"{', '.join(pairs)}."
