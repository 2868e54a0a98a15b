"""The play of the shipped process that keeps images current, with a product that people tag."""

from pathlib import Path

from bot import loader
from bot.cli.demo.world import ProjectPlan, RequestPlan, WorldPlan
from bot.domain.catalogue import Image, owned
from bot.domain.configuration import Configuration
from bot.domain.fitting import fit
from tests.scenarios.play import Play
from tests.scenarios.product import begin

NAME = "image-maintenance"
ADVISORY = "security::advisory"
PROVIDERS = ["aws-ami", "aws-marketplace", "azure-marketplace"]


class Upkeep(Play):
    """A play in which the installation has an `images.yml`."""

    images: tuple[Image, ...] = ()

    def news(self, part: str) -> list[str]:
        """What the bot said on the issue of a part."""
        return self.said(self.place(part))

    def configuration(self) -> Configuration:
        """What `launchbot.yml` and `images.yml` say."""
        return super().configuration().model_copy(update={"images": self.images})


def opened(folder: Path, *images: Image, **inputs: str) -> Upkeep:
    """A play of the shipped process, in the world of first images."""
    plan = WorldPlan.load(loader.shipped_folder() / "first-time-image")
    product = {"product": ProjectPlan(path="product", members={"alice": 40, "bob": 40})}
    plan = plan.model_copy(update={"projects": {**plan.projects, **product}})
    request = RequestPlan(project="packaging", by="bob", title="New version", inputs=inputs)
    process = loader.load(None).processes[NAME]
    play = Upkeep(folder, process, plan=plan.model_copy(update={"request": request}))
    play.images = images
    play.start()
    play.process = owned(fit(process, inputs), images, inputs)
    return play


def tag(play: Upkeep, *names: str, release: bool = True) -> None:
    """Bob tags versions of the product, and GitLab tells the bot."""
    project, bob = play.world.projects["product"], play.people["bob"].client
    for name in names:
        if release:
            bob.post(f"/projects/{project}/releases", {"tag_name": name, "ref": "main"})
        else:
            bob.post(f"/projects/{project}/repository/tags", {"tag_name": name, "ref": "main"})


def product(folder: Path, *images: Image) -> Upkeep:
    """A play in which the product has a commit to tag, and tells of tags and releases."""
    play = opened(folder, *images, provider="aws-ami", version="19.2.0")
    begin(play)
    return play


def titles(play: Upkeep) -> list[str]:
    """The titles of all root issues."""
    return sorted(raw["title"] for raw in play.issues().get("root", []))
