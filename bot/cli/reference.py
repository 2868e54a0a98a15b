"""`launchbot reference`: the generated pages of the documentation, for whoever works on it."""

from typing import Annotated, Literal

import typer

from bot.domain.reference import render


def reference(
    topic: Annotated[
        Literal["process", "configuration", "commands"], typer.Argument(show_default=False)
    ],
) -> None:
    """Print the reference page of a topic as Markdown."""
    typer.echo(render(topic), nl=False)
