"""Tags and releases of the product: what they open, and what they are told where they do not."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.catalogue import Image
from tests.scenarios.product import told
from tests.scenarios.upkeep import ADVISORY, PROVIDERS, Upkeep, product, tag, titles

EVENT = "release_starts_nothing"


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
        (f"{number}/v19.2.0 aws-marketplace", "`images.yml` has nothing there"),
        (f"{number}/v19.3.0-rc1", "is a candidate"),
        (f"{number}/nightly", "is no version"),
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
        f"Releases of this project start **Maintaining existing images**. For the tag `{name}` "
        for name in ("19.2-final.@\u2060alice", "nightly", "v19.2.0", "v19.3.0-rc1")
    ]
    reasons = [text.partition(SILENT)[2].split("\n\n")[1] for text in every]
    assert "is no version such as" in reasons[0]
    assert "is no version such as" in reasons[1]
    assert [f"- **{name}**: " in reasons[2] for name in PROVIDERS] == [True] * len(PROVIDERS)
    assert "is a candidate for a version" in reasons[3]
    assert play.issues() == {}
    play.close()


def test_tags_that_differ_in_upper_case_are_each_told(tmp_path: Path) -> None:
    """GitLab has both; so has it both ways to write a letter."""
    play = product(tmp_path)
    for name in ("nightly", "Nightly", "caf\u00e9", "cafe\u0301"):
        tag(play, name, release=False)
        play.work()
    play.resync().lose_database().resync()
    assert len(told(play)) == 4
    play.close()


def test_tag_that_is_moved_is_told_on_its_new_commit(tmp_path: Path) -> None:
    """A version has an hour there again; where it was, nothing is said any more."""
    play = product(tmp_path)
    project, bob = play.world.projects["product"], play.people["bob"].client
    tag(play, "nightly", "v19.2.0", release=False)
    play.work().wait(minutes=30)
    assert len(told(play)) == 1
    file = {"branch": "main", "content": "2", "commit_message": "Go on"}
    bob.post(f"/projects/{project}/repository/files/b", file)
    for name in ("nightly", "v19.2.0"):
        play.delete(f"/projects/{project}/repository/tags/{name}")
        tag(play, name, release=False)
    play.work().wait(minutes=40)
    assert ["the tag `nightly`" in text for text in told(play)] == [True]
    play.wait(minutes=30)
    assert len(told(play)) == 2
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
    assert "For the tag `v19.2.0` I open nothing" in text
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


@pytest.mark.parametrize("lost", [False, True])
def test_release_that_is_taken_back_is_told_nothing(tmp_path: Path, *, lost: bool) -> None:
    """What it started goes on, so that its tag cannot be said to open nothing."""
    play = product(tmp_path)
    tag(play, "v19.2.0")
    play.work()
    before = titles(play)
    play.delete(f"/projects/{play.world.projects['product']}/releases/v19.2.0")
    if lost:
        play.lose_database()
    play.work().resync().wait(days=4).resync()
    assert (titles(play), told(play)) == (before, [])
    foretold = play.bot.reconciler.preview_tag("cloud/product", "v19.2.0")
    assert [what.startswith("launch r") for what, _ in foretold] == [True] * len(PROVIDERS)
    play.close()


def test_update_that_takes_more_than_a_week_goes_on(tmp_path: Path) -> None:
    """Nobody is told that its release starts nothing, whatever becomes of its text."""
    play = product(tmp_path)
    tag(play, "v19.2.0")
    path = f"/projects/{play.world.projects['product']}/releases/v19.2.0"
    with capture_logs() as logs:
        play.work().wait(days=8)
        play.people["bob"].client.put(path, {"description": "More words"})
        play.work().resync()
    assert [log for log in logs if log["event"] == EVENT] == []
    assert told(play) == []
    play.close()


def test_tag_is_foretold_until_it_is_told(tmp_path: Path) -> None:
    """With the comment that it will get; afterwards with the reason alone."""
    play = product(tmp_path)
    tag(play, "nightly", release=False)
    foretold = [wanted for _, wanted in play.bot.reconciler.preview_tag("cloud/product", "nightly")]
    assert [bool(wanted.actions) for wanted in foretold] == [False, True]
    assert told(play) == []
    play.work()
    (wanted,) = (left for _, left in play.bot.reconciler.preview_tag("cloud/product", "nightly"))
    assert wanted.describe().startswith("starts nothing: nightly is no version")
    play.close()


def test_tag_that_the_bot_may_not_see_is_in_the_log(tmp_path: Path) -> None:
    """As where it is a Guest: then no release opens anything, and somebody has to be told."""
    play = product(tmp_path)
    member = f"/projects/{play.world.projects['product']}/members/{play.bot_id()}"
    play.admin.put(member, {"access_level": 10})
    with capture_logs() as logs:
        tag(play, "v19.2.0")
        play.work()
    assert [log["tag"] for log in logs if log["event"] == "tag_not_visible"] == ["v19.2.0"]
    assert play.issues() == {}
    play.close()


def test_comment_that_is_refused_holds_nothing_up(tmp_path: Path) -> None:
    """It is in the log; after the next start it is tried again as soon as the tag is heard of."""
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
    tag(play, "nightly")
    play.work()
    assert told(play) == []
    play.lose_database().resync()
    assert len(told(play)) == 1
    play.close()


def test_release_and_request_for_the_same_open_one_update(tmp_path: Path) -> None:
    """Whichever comes first."""
    play = product(tmp_path)
    play.request("provider: aws-ami\nversion: v19.2.0\n")
    tag(play, "v19.2.0")
    play.work()
    assert len(titles(play)) == len(PROVIDERS)
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
