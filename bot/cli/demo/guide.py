"""The guided demo: a person plays the teams, the bot answers. Prompts, nothing else."""

from rich.console import Console

from bot.cli.demo.stage import Stage


class Guide:
    """Leads a person through a launch."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console

    def lead(self) -> None:
        """Offer what can be done until the person leaves."""
