"""`launchbot plan`: what reconcile would do, why, and whom it would notify. Changes nothing."""

from typing import Annotated

import typer

from bot.cli.installed import assembled, chosen

_CHANGES = 2


def plan(
    launch: Annotated[
        str | None, typer.Argument(help="An id, group/project#12, or the address of an issue.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every launch and request.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there is something to do.")
    ] = False,
) -> None:
    """Show what the bot would do now, why, and whom it would notify."""
    bot = assembled()
    pending = 0
    for found in chosen(bot, launch, every=every):
        seen = bot.reconciler.preview(found)
        if seen is None:
            continue
        observed, wanted = seen
        pending += bool(wanted.actions)
        typer.echo(f"launch {observed.launch}\n{_indented(wanted.describe())}")
        if people := wanted.notifies():
            typer.echo(f"  notifies: {', '.join(people)}")
    if detailed_exitcode and pending:
        raise typer.Exit(_CHANGES)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
