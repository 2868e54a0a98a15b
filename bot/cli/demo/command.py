"""`launchbot demo`: simulator, bot and a seeded world in one process."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot import loader, telemetry
from bot.cli.demo.guide import Guide
from bot.cli.demo.stage import Stage
from bot.cli.demo.story import Story
from bot.cli.demo.world import WorldPlan
from bot.domain.errors import UserError
from bot.domain.fitting import fit
from bot.domain.process import Process


def demo(
    *,
    script: Annotated[
        bool, typer.Option("--script", help="Play the whole story without a person, and check it.")
    ] = False,
) -> None:
    """Watch a launch go from request to live, on a simulated GitLab."""
    telemetry.set_up("text", "warning", colours=sys.stderr.isatty())
    process, folder = _playable()
    with Stage(process, folder) as stage:
        if not script:
            Guide(stage, Console()).lead()
            return
        Story(stage, Console(soft_wrap=True)).play()
        _close(stage)


def _playable() -> tuple[Process, Path]:
    """The first shipped process that brings a world for the demo."""
    loaded = loader.load(None)
    for name, process in loaded.processes.items():
        folder = loader.shipped_folder() / name
        if (folder / "demo.yml").is_file():
            return fit(process, WorldPlan.load(folder).request.inputs), folder
    raise UserError("No shipped process brings a demo.yml; see `launchbot check`.")


def _close(stage: Stage) -> None:
    issues, hooks = stage.count_issues(), stage.bot.metrics.deliveries()
    writes, reads = stage.count_calls()
    typer.echo(f"\ndemo ok: {issues} issues, {hooks} webhooks, {writes} writes, {reads} reads")
