"""`launchbot reconcile`: bring launches to what they should be, once.

Where `serve` runs, it is the one that writes: the work is handed to it.
"""

from typing import Annotated

import typer

from bot.cli.installed import assembled, chosen, require_one
from bot.domain.errors import PermanentError, UserError


def reconcile(
    launch: Annotated[
        str | None, typer.Argument(help="An id, group/project#12, or the address of an issue.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every launch and request.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="End the pause of a launch.")] = False,
) -> None:
    """Do now what `plan` shows; hands it to a running `serve`."""
    require_one(launch, every=every)
    bot = assembled()
    found = chosen(bot, launch, every=every)
    if resume and not any(item.root for item in found):
        raise UserError(
            "Nothing here can be resumed: no launch has started, "
            "or GitLab does not show its root issue to the bot."
        )
    keys = [f"resume:{item.launch}" if resume and item.root else item.key for item in found]
    for key in keys:
        bot.engine.enqueue(key)
    if other := bot.store.holder(bot.clock()):
        typer.echo(f"handed {len(keys)} to the running Launchbot ({other})", err=True)
        return
    bot.engine.drain(bot.reconciler)
    if stuck := [dead for dead in bot.store.dead() if dead.key in keys]:
        raise PermanentError("\n".join(f"{dead.key}: {dead.error}" for dead in stuck))
    typer.echo(f"reconciled {len(keys)}", err=True)
