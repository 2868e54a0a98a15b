"""`launchbot plan`: what reconcile would do, why, and whom it would notify. Changes nothing."""

from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from bot.bootstrap import Bot
from bot.cli.installed import assembled, chosen, require_one, tagged
from bot.domain.actions import Plan
from bot.domain.errors import PermanentError
from bot.gitlab.find import Found

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
    require_one(launch, every=every)
    bot = assembled()
    name = None if every else launch
    pending: list[bool | None] = [
        _show(what or str(name), wanted) for what, wanted in tagged(bot, name)
    ]
    if not pending:
        pending = [*_launches(bot, chosen(bot, launch, every=every))]
    if not pending:
        typer.echo("There is no launch and no request there: nothing to do.", err=True)
    if None in pending:
        raise typer.Exit(_STUCK)
    if detailed_exitcode and any(pending):
        raise typer.Exit(_CHANGES)


def _launches(bot: Bot, launches: Iterable[Found]) -> Iterator[bool | None]:
    """Print the plan of each; whether it has something to do, None if it cannot go on.

    What turns out to be no launch is left out.
    """
    for found in launches:
        try:
            seen = bot.reconciler.preview(found)
        except PermanentError as problem:
            typer.echo(f"launch {found.launch}\n  cannot go on: {problem}")
            yield None
        else:
            if seen is not None:
                yield _show(f"launch {seen[0].launch}", seen[1])


def _show(name: str, wanted: Plan) -> bool:
    """Print a plan; whether it has something to do."""
    typer.echo(f"{name}\n{_indented(wanted.describe())}")
    if people := wanted.notifies():
        typer.echo(f"  notifies: {', '.join(people)}")
    return bool(wanted.actions)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
