"""The command line: what people and pipelines type.

Commands join parts and print; they must not decide anything themselves.
Data goes to stdout, messages to stderr.
"""

import typer

from bot.cli.check import check
from bot.cli.page import page
from bot.cli.reference import reference

app = typer.Typer(
    name="launchbot",
    help="Runs a process that several teams share, inside GitLab.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("check")(check)
app.command("page")(page)
app.command("reference", hidden=True)(reference)
