"""The command line: what people and pipelines type.

Commands join parts and print; they must not decide anything themselves.
Data goes to stdout, messages to stderr.
"""

from importlib import metadata
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from typer.core import TyperGroup

from bot.cli.check import check
from bot.cli.demo.command import demo
from bot.cli.docs_check import docs_check
from bot.cli.page import page
from bot.cli.plan import plan
from bot.cli.reconcile import reconcile
from bot.cli.reference import reference
from bot.cli.serve import serve
from bot.cli.simulator import simulator

_NUMBER = "write a whole number"
_WORDS = {"int_parsing": _NUMBER, "int_from_float": _NUMBER}


class Commands(TyperGroup):
    """The commands; what is wrong with an option is told in plain words."""

    def invoke(self, ctx: Any) -> Any:
        """Run what was typed. Raises `typer.BadParameter` where an option does not fit."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as problem:
            if isinstance(problem.__cause__, ValidationError):
                details = problem.__cause__.errors()[0]
                message = details["msg"].removeprefix("Value error, ")
                problem.message = _WORDS.get(details["type"], message)
            raise


app = typer.Typer(
    name="launchbot",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(metadata.version("launchbot"))
        raise typer.Exit


@app.callback()
def launchbot(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Runs a process that several teams share, inside GitLab."""


app.command("demo")(demo)
app.command("serve")(serve)
app.command("check")(check)
app.command("page")(page)
app.command("plan")(plan)
app.command("reconcile")(reconcile)
app.command("docs-check")(docs_check)
app.command("simulator")(simulator)
app.command("reference")(reference)
