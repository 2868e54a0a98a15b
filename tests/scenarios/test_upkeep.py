"""Existing images are kept current: from a label on an issue to the provider's listing."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.domain.catalogue import Image
from tests.scenarios.upkeep import ADVISORY, PROVIDERS, Upkeep, opened, product, tag, titles

STEPS = {
    "aws-ami": "aws-ami-public",
    "aws-marketplace": "aws-status",
    "azure-marketplace": "azure-go-live",
}


def dues(play: Upkeep) -> set[str]:
    """When the issues that the bot opened are due."""
    return {raw["due_date"] for found in play.issues().values() for raw in found}


def people(issue: Mapping[str, Any]) -> list[str]:
    """Who is assigned to an issue."""
    return [user["username"] for user in issue["assignees"]]


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
    assert dues(play) == {"2027-03-04"}
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


@pytest.mark.parametrize("part", ["root", "request"])
def test_advisory_that_comes_later_makes_it_due_at_once(tmp_path: Path, part: str) -> None:
    """On the root or on the request; every issue is due then, and a comment says why."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.1")
    request = play.request()
    place = request if part == "request" else play.place("root")
    play.wait(days=1).people["bob"].change(place, add_labels=ADVISORY)
    play.work()
    assert dues(play) == {"2027-03-02"}
    assert "launch date **2027-03-02**" in play.overview()
    assert "**Reason** is `vulnerability`, **Live date** is `2027-03-02`" in play.news("root")[-1]
    play.people["bob"].change(place, remove_labels=ADVISORY)
    play.work()
    assert dues(play) == {"2027-03-04"}
    before = play.writes()
    play.resync().lose_database().resync()
    assert play.writes() == before
    play.close()


def test_advisory_leaves_a_date_that_somebody_set(tmp_path: Path) -> None:
    """The other issues follow what the root says then."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.1")
    play.request()
    play.change("listing-text", due_date="2027-03-10")
    play.change("root", add_labels=ADVISORY)
    assert play.issue("root")["due_date"] == play.issue("image-update")["due_date"] == "2027-03-01"
    assert play.issue("listing-text")["due_date"] == "2027-03-10"
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
        assert "at **aws-ami**, and I open nothing: a package was uploaded there" in said
    place = play.request("provider: aws-marketplace\nversion: 19.1.9\n")
    assert "19.1.9 or a newer one is live" in play.said(place)[0]
    assert play.issues() == {}
    play.request("provider: aws-marketplace\nversion: 19.2.1\n")
    assert len(play.issues()["root"]) == 1
    play.close()


def test_owner_of_an_image_gets_its_update(tmp_path: Path) -> None:
    """The status says what is live and what is to be, the end what to write down."""
    image = Image(
        provider="aws-ami", kind="image", editions=("EE",), owner="partnerships", live="19.1.0"
    )
    play = opened(tmp_path, image, provider="aws-ami", version="19.2.0")
    play.request()
    play.lose_database().resync()
    assert {
        part: people(play.issue(part)) for part in ("root", "image-update", "listing-text")
    } == {
        "root": ["alice"],
        "image-update": ["alice"],
        "listing-text": ["carol"],
    }
    assert "**Live now:** `19.1.0` \N{RIGHTWARDS ARROW} `19.2.0`, in EE\n" in play.overview()
    play.finish("image-update", "listing-text").close_issue("root")
    assert 'write `live: "19.2.0"` for `aws-ami` into `images.yml`' in play.news("root")[-1]
    assert "Live now" not in play.overview()
    play.close()


def test_command_starts_an_update(tmp_path: Path) -> None:
    """On any issue, with what it is about."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.0")
    place = play.request("We should do this.", labels="")
    command = "/launch start image-maintenance provider=aws-marketplace version=19.2.0"
    play.people["bob"].comment(place, command)
    play.work()
    assert titles(play) == ["Image update: aws-marketplace 19.2.0"]
    play.close()


def test_command_for_nothing_known_is_answered(tmp_path: Path) -> None:
    """With what there is; nothing opens."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.0")
    place = play.request("We should do this.", labels="")
    play.people["bob"].comment(
        place, "/launch start image-maintenance provider=google version=19.2.0"
    )
    play.work()
    assert titles(play) == []
    assert any("is none of aws-ami" in said for said in play.said(place))
    play.close()


def test_newer_version_supersedes_an_unfinished_older_one(tmp_path: Path) -> None:
    """A note leads from one to the other; what was open is open in the newer, and it ends."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.0")
    play.request()
    play.tick("update-issue")
    place = play.place("root")
    request = play.request("provider: aws-ami\nversion: 19.2.1\n")
    older, newer = play.issues()["root"]
    assert (older["state"], newer["state"]) == ("closed", "opened")
    assert [raw["state"] for raw in play.issues()["image-update"]] == ["closed", "opened"]
    said = play.said(place)[-1]
    assert newer["web_url"] in said
    assert "`update-image`" in said
    assert "`update-issue`" not in said
    (first, *_) = play.said((newer["project_id"], newer["iid"]))
    assert older["web_url"] in first
    assert "`update-image`" in play.issues()["image-update"][1]["description"]
    assert len(play.said(request)) == 1
    before = play.writes()
    play.resync().lose_database().resync()
    assert play.writes() == before
    play.close()


def test_older_version_opens_nothing_beside_a_newer_one(tmp_path: Path) -> None:
    """A request is told where the newer one is; a late release says nothing."""
    play = product(tmp_path)
    tag(play, "v19.2.0")
    play.work()
    place = play.request("provider: aws-ami\nversion: 19.1.9\n")
    assert "under way already with version" in play.said(place)[0]
    tag(play, "v19.1.8")
    play.work()
    assert titles(play) == [f"Image update: {name} 19.2.0" for name in PROVIDERS]
    play.close()


def test_newer_version_takes_over_whom_and_what_people_chose(tmp_path: Path) -> None:
    """Who does it, whom it waits for and how urgent it is; nothing is ticked there."""
    play = opened(tmp_path, provider="aws-ami", version="19.2.0")
    play.request()
    play.change("listing-text", assignee_ids=[play.world.people["alice"]])
    play.change("root", add_labels=ADVISORY)
    play.say("image-update", "/launch assign update-docs @alice", who="bob")
    play.say("root", "/launch waiting partner because of a pending change set", who="bob")
    play.tick("update-issue")
    tag_older = play.place("root")
    play.request("provider: aws-ami\nversion: 19.2.1\n")
    older, newer = play.issues()["root"]
    assert (older["state"], newer["state"]) == ("closed", "opened")
    (_, text), (_, image) = (play.issues()[part] for part in ("listing-text", "image-update"))
    assert people(text) == ["alice"]
    assert "[x]" not in image["description"]
    assert newer["due_date"] == "2027-03-01"
    told, *_ = play.said((newer["project_id"], newer["iid"]))
    for words in (
        older["web_url"],
        "go on here: `update-image`",
        "**Image description** is with `alice`",
        "`update-docs` is with `alice`",
        "**Reason** is `vulnerability`",
        "waits for the partner, says `bob`: of a pending change set",
    ):
        assert words in told
    assert "in charge there" in play.said(tag_older)[-1]
    before = play.writes()
    play.resync().lose_database().resync()
    assert play.writes() == before
    play.close()


def test_version_that_follows_a_confidential_one_is_confidential(tmp_path: Path) -> None:
    """A release has no request that could say so."""
    play = product(tmp_path)
    play.request("provider: aws-ami\nversion: 19.2.0\n", confidential=True)
    tag(play, "v19.2.1")
    play.work()
    newer = [raw for raw in play.issues()["root"] if "aws-ami 19.2.1" in raw["title"]]
    others = [raw for raw in play.issues()["root"] if "aws-ami" not in raw["title"]]
    assert [raw["confidential"] for raw in newer] == [True]
    assert [raw["confidential"] for raw in others] == [False, False]
    play.close()
