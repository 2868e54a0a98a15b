"""`launchbot reference`: the generated pages of the documentation, for whoever works on it."""

from typing import Annotated, Literal

import typer

from bot import settings
from bot.domain.reference import render


def reference(
    topic: Annotated[
        Literal["process", "configuration", "commands", "settings"],
        typer.Argument(show_default=False),
    ],
) -> None:
    """Print a generated page of the documentation as Markdown."""
    page = settings.reference() if topic == "settings" else render(topic)
    typer.echo(page, nl=False)
