"""`launchbot simulator`: only the simulated GitLab, for trying any client against it."""

import re
from typing import Annotated, Literal

import typer

from bot.cli.listening import cannot_listen
from bot.domain.errors import UserError
from bot.simulator import Served, Simulator
from bot.simulator import serve as serve_simulator

_SHORTEST = 8
_TOKEN = re.compile(rf"[!-~]{{{_SHORTEST},}}")


def simulator(
    *,
    root_token: Annotated[
        str,
        typer.Option(
            help=f"The token of its administrator, `root`: {_SHORTEST} characters of ASCII or more,"
            " without blanks."
        ),
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 8929,
    tier: Annotated[Literal["free", "premium"], typer.Option(help="Its licence.")] = "premium",
) -> None:
    """Run an empty simulated GitLab on this machine until it is interrupted."""
    if not _TOKEN.fullmatch(root_token):
        wanted = f"{_SHORTEST} characters of ASCII or more, without blanks"
        raise UserError(f"Give --root-token, a text of {wanted}.")
    with _served(Simulator(root_token, tier), port) as served:
        typer.echo(f"simulated GitLab at {served.url} (API: {served.url}/api/v4)", err=True)
        try:
            served.wait()
        except KeyboardInterrupt:
            typer.echo("stopped", err=True)


def _served(simulator: Simulator, port: int) -> Served:
    try:
        return serve_simulator(simulator, port=port)
    except OSError as problem:
        raise cannot_listen(f"port {port}", problem, "--port") from problem
