"""Existing images are kept current: from a label on an issue to the provider's listing."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import loader
from bot.cli.demo.world import ProjectPlan, RequestPlan, WorldPlan
from bot.domain.catalogue import Image, owned
from bot.domain.configuration import Configuration
from bot.domain.fitting import fit
from tests.scenarios.play import Play
from tests.scenarios.product import begin, told

NAME = "image-maintenance"
EVENT = "release_starts_nothing"
ADVISORY = "security::advisory"
STEPS = {
    "aws-ami": "aws-ami-public",
    "aws-marketplace": "aws-status",
    "azure-marketplace": "azure-go-live",
}


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
        assert "a package was uploaded and not an image" in said
    place = play.request("provider: aws-marketplace\nversion: 19.1.9\n")
    assert "19.1.9 or a newer one already" in play.said(place)[0]
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


def test_version_that_is_live_gets_no_update_from_a_release(tmp_path: Path) -> None:
    """Nor does an older one; a newer one does."""
    image = Image(
        provider="aws-ami", kind="image", editions=("EE",), owner="packaging", live="19.2.0"
    )
    play = product(tmp_path, image)
    tag(play, "v19.1.9", "v19.2.0+ee.0")
    play.work()
    assert titles(play) == []
    tag(play, "v19.2.1")
    play.work()
    assert titles(play) == ["Image update: aws-ami 19.2.1"]
    play.close()


PROVIDERS = ["aws-ami", "aws-marketplace", "azure-marketplace"]


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


def test_advisory_hastens_what_a_release_started(tmp_path: Path) -> None:
    """The label is put on the root of one provider; the others keep their date."""
    play = product(tmp_path)
    tag(play, "v19.2.1")
    play.work()
    urgent, *others = play.issues()["root"]
    place = (urgent["project_id"], urgent["iid"])
    play.people["bob"].change(place, add_labels=ADVISORY)
    play.work()
    assert play.people["bob"].issue(place)["due_date"] == "2027-03-01"
    left = {raw["iid"] for raw in others}
    assert {r["due_date"] for r in play.issues()["root"] if r["iid"] in left} == {"2027-03-04"}
    play.close()


def titles(play: Upkeep) -> list[str]:
    """The titles of all root issues."""
    return sorted(raw["title"] for raw in play.issues().get("root", []))


@pytest.mark.parametrize("told", ["hook", "resync"])
def test_release_starts_an_update_for_every_provider(tmp_path: Path, told: str) -> None:
    """Without a request issue; a lost hook is made good by the next look through everything."""
    play = product(tmp_path)
    tag(play, "v19.2.0")
    if told == "resync":
        play.sim.outbox.flush(lambda _: 200)
    play.resync()
    assert titles(play) == [f"Image update: {name} 19.2.0" for name in PROVIDERS]
    assert {raw["due_date"] for raw in play.issues()["root"]} == {"2027-03-04"}
    assert all("the release" in raw["description"] for raw in play.issues()["root"])
    before = play.writes()
    play.resync().lose_database().resync()
    assert play.writes() == before
    play.close()


def test_ten_tags_in_a_minute_open_what_is_right_once(tmp_path: Path) -> None:
    """Of ten tags four are releases, one of them a candidate; the newest supersedes the others."""
    play = product(tmp_path)
    tag(play, "v19.0.1", "v19.1.1", "v19.2.0", "v19.3.0-rc1")
    tag(play, "v19.2.1", "v19.9", "nightly", "v19.2.0-test", "1", "latest", release=False)
    play.work().resync()
    roots = play.issues()["root"]
    opened_ = sorted(raw["title"] for raw in roots if raw["state"] == "opened")
    assert opened_ == [f"Image update: {name} 19.2.0" for name in PROVIDERS]
    assert len({raw["title"] for raw in roots}) == len(roots)
    play.close()


def test_package_gets_no_update_from_a_release(tmp_path: Path) -> None:
    """Nor does what is live already, or what nobody offers."""
    package = Image(provider="aws-ami", kind="package", editions=("EE",), owner="packaging")
    image = Image(provider="azure-marketplace", kind="image", editions=("EE",), owner="packaging")
    play = product(tmp_path, package, image)
    tag(play, "v19.2.0")
    play.work()
    assert titles(play) == ["Image update: azure-marketplace 19.2.0"]
    play.close()


def test_release_that_starts_nothing_is_told_once(tmp_path: Path) -> None:
    """In the log, with what and why, however often it is looked at."""
    package = Image(provider="aws-ami", kind="package", editions=("EE",), owner="packaging")
    image = Image(provider="azure-marketplace", kind="image", editions=("EE",), owner="packaging")
    play = product(tmp_path, package, image)
    with capture_logs() as logs:
        tag(play, "v19.2.0", "v19.1.0", "v19.3.0-rc1", "nightly")
        play.work().resync().resync()
    logged = [(log["release"], log["why"]) for log in logs if log["event"] == EVENT]
    assert len(logged) == len(set(logged))
    number = play.world.projects["product"]
    for what, why in (
        (f"{number}/v19.2.0 aws-ami", "a package was uploaded"),
        (f"{number}/v19.2.0 aws-marketplace", "`images.yml` has nothing at"),
        (f"{number}/v19.3.0-rc1 ", "is a candidate"),
        (f"{number}/nightly ", "is no version"),
    ):
        assert [why in reason for name, reason in logged if name == what] == [True]
    assert {log["log_level"] for log in logs if log["event"] == EVENT} == {"warning"}
    play.close()


SILENT = "I open nothing:"


def test_tag_that_opens_nothing_is_told_so_on_its_commit(tmp_path: Path) -> None:
    """Once, with every reason, however often it is looked at; nobody is told of what opens."""
    entry = {"kind": "package", "editions": ("EE",), "owner": "packaging"}
    play = product(tmp_path, *(Image(provider=name, **entry) for name in PROVIDERS))
    tag(play, "v19.2.0", "v19.3.0-rc1", "19.2-final.@alice")
    tag(play, "nightly", release=False)
    play.work().resync().lose_database().resync()
    every = sorted(told(play))
    assert [text.partition(SILENT)[0] for text in every] == [
        f"The tag `{name}` is here, and releases of this project start "
        "**Maintaining existing images**. For this one "
        for name in ("19.2-final.@\u2060alice", "nightly", "v19.2.0", "v19.3.0-rc1")
    ]
    reasons = [text.partition(SILENT)[2].split("\n\n")[1] for text in every]
    assert "is no version such as" in reasons[0]
    assert "is no version such as" in reasons[1]
    assert [f"- {name}: " in reasons[2] for name in PROVIDERS] == [True] * len(PROVIDERS)
    assert "is a candidate for a version" in reasons[3]
    assert play.issues() == {}
    play.close()


def test_release_that_opens_something_is_not_commented_on(tmp_path: Path) -> None:
    """One that comes after all do exist has its reason again."""
    play = product(tmp_path)
    tag(play, "v19.2.0")
    play.work()
    assert told(play) == []
    tag(play, "v19.1.0")
    play.work().resync()
    (text,) = told(play)
    assert text.count("version 19.2.0 is under way: http") == len(PROVIDERS)
    play.close()


def test_tag_may_be_made_a_release_within_the_hour(tmp_path: Path) -> None:
    """So nothing is said before; afterwards that it has none, and a late release still counts."""
    play = product(tmp_path)
    tag(play, "v19.2.0", "v19.2.1", release=False)
    play.work().wait(minutes=30)
    tag(play, "v19.2.1")
    play.work()
    assert told(play) == []
    play.wait(minutes=40)
    (text,) = told(play)
    assert "The tag `v19.2.0` is here" in text
    assert "GitLab has no release for this tag yet" in text
    tag(play, "v19.2.2", release=False)
    play.work().wait(hours=2)
    tag(play, "v19.2.2")
    play.work()
    assert {"Image update: aws-ami 19.2.2"} <= set(titles(play))
    play.close()


def test_old_release_that_is_edited_opens_nothing(tmp_path: Path) -> None:
    """Its text was changed, which GitLab tells as a release; nobody has to hear of that."""
    play = product(tmp_path)
    tag(play, "v19.2.0", "nightly")
    play.sim.outbox.take()
    play.sim.clock.advance(timedelta(days=8))
    project, bob = play.world.projects["product"], play.people["bob"].client
    for name in ("v19.2.0", "nightly"):
        bob.put(f"/projects/{project}/releases/{name}", {"description": "More words"})
    play.work()
    assert (play.issues(), told(play)) == ({}, [])
    play.close()


def test_comment_that_is_refused_holds_nothing_up(tmp_path: Path) -> None:
    """It is in the log, and asked for again after the next start."""
    play = product(tmp_path)
    play.sim.faults.add(
        kind="status", match={"path": "comments", "method": "POST"}, status=403, times=None
    )
    with capture_logs() as logs:
        tag(play, "nightly", release=False)
        play.work()
    assert [log["tag"] for log in logs if log["event"] == "comment_on_commit_refused"] == [
        "nightly"
    ]
    play.sim.faults.clear()
    assert told(play) == []
    play.close()


def test_release_and_request_for_the_same_open_one_update(tmp_path: Path) -> None:
    """Whichever comes first."""
    play = product(tmp_path)
    play.request("provider: aws-ami\nversion: v19.2.0\n")
    tag(play, "v19.2.0")
    play.work()
    assert len(titles(play)) == len(PROVIDERS)
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


def live(play: Upkeep) -> None:
    """Every update that is under way goes live."""
    for part in ("image-update", "listing-text", "root"):
        role = play.process.root.role if part == "root" else play.process.phases[part].role
        person = play.world.holder(role)
        for raw in play.issues()[part]:
            place = (raw["project_id"], raw["iid"])
            if raw["state"] == "opened":
                person.tick(place, *set(re.findall(r"- \[ \] `([a-z-]+)`", raw["description"])))
                person.close(place)
        play.work()


@pytest.mark.parametrize("late", ["v19.2.0+ce.0", "19.2.0", "v19.2", "v19.1.9"])
def test_late_release_of_what_is_live_opens_nothing(tmp_path: Path, late: str) -> None:
    """Another tag for the same version, or an older one, also without the database."""
    play = product(tmp_path)
    tag(play, "v19.2.0+ee.0")
    play.work()
    live(play)
    assert {raw["state"] for raw in play.issues()["root"]} == {"closed"}
    before = titles(play)
    tag(play, late)
    play.work().resync().lose_database().resync()
    assert titles(play) == before
    play.close()


@pytest.mark.parametrize("first", ["v19.2.0", "v19.2"])
def test_two_tags_for_one_version_open_one_update(tmp_path: Path, first: str) -> None:
    """As where each edition has a tag of its own."""
    play = product(tmp_path)
    tag(play, first, "v19.2.0+ee.0", "v19.2.0+ce.0", "19.2.0")
    play.work().resync()
    assert len(titles(play)) == len(PROVIDERS)
    play.close()


@pytest.mark.parametrize("order", ["12345", "54321", "31524"])
def test_tags_one_after_the_other_leave_the_newest(tmp_path: Path, order: str) -> None:
    """Whatever their order: one update is open for each provider, and each older one leads on."""
    play = product(tmp_path)
    for patch in order:
        tag(play, f"v19.2.{patch}")
        play.work()
    play.resync()
    roots = play.issues()["root"]
    open_ = sorted(raw["title"] for raw in roots if raw["state"] == "opened")
    assert open_ == [f"Image update: {name} 19.2.5" for name in PROVIDERS]
    for raw in (raw for raw in roots if raw["state"] == "closed"):
        said = play.said((raw["project_id"], raw["iid"]))[-1]
        assert "goes on with version" in said
    for part in ("image-update", "listing-text"):
        states = [raw["state"] for raw in play.issues()[part]]
        assert states.count("opened") == len(PROVIDERS)
    play.close()
