"""A simulated GitLab on a real socket, and the environment of an installation that works in it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

from bot import loader
from bot.cli.demo.world import World, WorldPlan, seed
from bot.domain.process import Process
from bot.gitlab.client import Client
from bot.simulator import Simulator, serve

NAME = "first-time-image"


@dataclass(frozen=True, slots=True)
class Installed:
    """The simulated GitLab, its world, and the settings of the bot."""

    sim: Simulator
    world: World
    process: Process
    environment: dict[str, str]

    def request(self) -> tuple[int, int]:
        """Alice asks for a launch."""
        plan = self.world.plan.request
        project = self.world.projects[plan.project]
        text, label = self.world.request_text(self.process), self.process.labels.request
        return self.world.actors[plan.by].file(project, plan.title, text, label)


@contextmanager
def installed(folder: Path) -> Iterator[Installed]:
    """Everything but the bot itself."""
    plan = WorldPlan.load(loader.shipped_folder() / NAME)
    sim = Simulator("root-token-0123456789", now=plan.starts)
    with serve(sim):
        world = seed(plan, sim.url, Client(sim.url, "root-token-0123456789"))
        config = folder / "launchbot.yml"
        with config.open("w", encoding="utf-8") as file:
            YAML(typ="safe").dump(plan.configuration().model_dump(exclude_defaults=True), file)
        environment = {
            "LAUNCHBOT_CONFIG": str(config),
            "LAUNCHBOT_GITLAB_URL": sim.url,
            "LAUNCHBOT_GITLAB_TOKEN": world.bot_token,
            "LAUNCHBOT_SECRET_KEYS": secrets.token_hex(32),
            "LAUNCHBOT_WEBHOOK_SECRET": "hook-secret",
            "LAUNCHBOT_DATABASE_URL": f"sqlite:///{folder / 'launchbot.db'}",
        }
        yield Installed(sim, world, loader.load(None).processes[NAME], environment)
