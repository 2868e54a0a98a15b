"""`launchbot plan`: what reconcile would do, why, and whom it would notify. Changes nothing."""

from typing import Annotated

import typer

from bot.cli.installed import assembled, chosen, released
from bot.domain.actions import Plan
from bot.domain.errors import PermanentError
from bot.domain.observed import Observed
from bot.domain.releases import Idle

_STUCK, _CHANGES = 1, 2


def plan(
    launch: Annotated[
        str | None,
        typer.Argument(
            help="An id, group/project#12, the address of an issue, or group/project@tag: what a "
            "release starts, or why it starts nothing."
        ),
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every launch and request.")] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there is something to do.")
    ] = False,
) -> None:
    """Show what the bot would do now, why, and whom it would notify."""
    bot = assembled()
    pending = stuck = False
    for found in released(bot, None if every else launch) or chosen(bot, launch, every=every):
        if isinstance(found, Idle):
            typer.echo(f"{found.what or launch}\n  starts nothing: {found.why}")
            continue
        try:
            pending |= _show(bot.reconciler.preview(found))
        except PermanentError as problem:
            stuck = True
            typer.echo(f"launch {found.launch}\n  cannot go on: {problem}")
    if stuck:
        raise typer.Exit(_STUCK)
    if detailed_exitcode and pending:
        raise typer.Exit(_CHANGES)


def _show(seen: tuple[Observed, Plan] | None) -> bool:
    """Print a plan; whether it has something to do."""
    if seen is None:
        return False
    observed, wanted = seen
    typer.echo(f"launch {observed.launch}\n{_indented(wanted.describe())}")
    if people := wanted.notifies():
        typer.echo(f"  notifies: {', '.join(people)}")
    return bool(wanted.actions)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
