"""Existing images are kept current: from a label on an issue to the provider's listing."""

import re
from pathlib import Path

import pytest

from bot import loader
from bot.cli.demo.world import RequestPlan, WorldPlan
from bot.domain.catalogue import Image
from bot.domain.configuration import Configuration
from bot.domain.fitting import fit
from tests.scenarios.play import Play

NAME = "image-maintenance"
STEPS = {
    "aws-ami": "aws-ami-public",
    "aws-marketplace": "aws-status",
    "azure-marketplace": "azure-go-live",
}


class Upkeep(Play):
    """A play in which the installation has an `images.yml`."""

    images: tuple[Image, ...] = ()

    def configuration(self) -> Configuration:
        """What `launchbot.yml` and `images.yml` say."""
        return super().configuration().model_copy(update={"images": self.images})


def opened(folder: Path, *images: Image, **inputs: str) -> Upkeep:
    """A play of the shipped process, in the world of first images."""
    plan = WorldPlan.load(loader.shipped_folder() / "first-time-image")
    request = RequestPlan(project="packaging", by="bob", title="New version", inputs=inputs)
    process = loader.load(None).processes[NAME]
    play = Upkeep(folder, process, plan=plan.model_copy(update={"request": request}))
    play.images = images
    play.start()
    play.process = fit(process, inputs)
    return play


def boxes(play: Upkeep) -> set[str]:
    """The ids of the tasks that the issue of the image shows."""
    return set(re.findall(r"- \[ \] `([a-z-]+)`", play.issue("image-update")["description"]))


@pytest.mark.parametrize("provider", STEPS)
def test_update_runs_from_request_to_live(tmp_path: Path, provider: str) -> None:
    """With the steps of the provider, and three business days from the release."""
    play = opened(tmp_path, provider=provider, version="19.2.0")
    play.request()
    assert {part: len(found) for part, found in play.issues().items()} == {
        "root": 1,
        "image-update": 1,
        "listing-text": 1,
    }
    assert boxes(play) & set(STEPS.values()) == {STEPS[provider]}
    assert play.issue("root")["title"] == f"Image update: {provider} 19.2.0"
    assert {raw["due_date"] for found in play.issues().values() for raw in found} == {"2027-03-04"}
    assert "launch date **2027-03-04**" in play.overview()
    play.finish("image-update", "listing-text").close_issue("root")
    assert "**Live**" in play.overview()
    play.close()


def test_vulnerability_is_due_on_the_same_day(tmp_path: Path) -> None:
    """A label on the request says that it is one."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.1")
    play.request(labels="image-update::request,security::advisory")
    assert play.issue("root")["due_date"] == "2027-03-01"
    assert "launch date **2027-03-01**" in play.overview()
    play.close()


def test_release_day_that_is_given_counts(tmp_path: Path) -> None:
    """Whoever asks late has less time, or none."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.1", released="2027-02-19")
    play.request()
    assert play.issue("root")["due_date"] == "2027-02-24"
    play.close()


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({"provider": "google", "version": "19.2"}, "**Provider** is none of aws-ami"),
        ({"provider": "aws-ami", "version": "newest"}, "**Version** is not a version"),
    ],
)
def test_unknown_provider_or_version_opens_nothing(
    tmp_path: Path, inputs: dict[str, str], words: str
) -> None:
    """One comment says what there is."""
    play = opened(tmp_path, **inputs)
    place = play.request()
    assert play.issues() == {}
    (said,) = play.said(place)
    assert words in said
    play.close()


def test_there_is_one_update_for_a_provider_and_a_version(tmp_path: Path) -> None:
    """A second request opens nothing; one for another provider does."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.0")
    play.request()
    place = play.request("provider: AWS AMI\nversion: 19.2.0\n")
    assert len(play.issues()["root"]) == 1
    assert play.issue("root")["web_url"] in play.said(place)[0]
    play.request("provider: azure-marketplace\nversion: 19.2.0\n")
    assert len(play.issues()["root"]) == 2
    play.close()


def test_package_is_no_image(tmp_path: Path) -> None:
    """A release and a vulnerability open nothing, and are told why; so is what is live already."""
    package = Image(provider="aws-ami", kind="package", editions=("EE",), owner="packaging")
    image = Image(
        provider="aws-marketplace", kind="image", editions=("EE",), owner="packaging", live="19.2.0"
    )
    play = opened(tmp_path, package, image, provider="aws-ami", version="19.2.1")
    for labels in ("image-update::request", "image-update::request,security::advisory"):
        place = play.request(labels=labels)
        play.resync()
        (said,) = play.said(place)
        assert "a package was uploaded and not an image" in said
    place = play.request("provider: aws-marketplace\nversion: 19.1.9\n")
    assert "19.1.9 or a newer one already" in play.said(place)[0]
    assert play.issues() == {}
    play.request("provider: aws-marketplace\nversion: 19.2.1\n")
    assert len(play.issues()["root"]) == 1
    play.close()
