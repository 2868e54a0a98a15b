"""The documentation goes out with the launch, neither before nor late."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.documentation import Documentation
from tests.scenarios.play import Play, documented

MOMENT = datetime(2027, 6, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
def launch(stage: Stage) -> Play:
    """A launch of the process with its documentation, its scope done."""
    play = stage(documented())
    play.request()
    return play.finish("scoping")


@pytest.fixture
def docs(launch: Play) -> Documentation:
    """A merge request that names the launch."""
    return Documentation(launch).open()


def until(play: Play, moment: datetime) -> None:
    """Time passes, and the bot works."""
    play.wait(seconds=int((moment - play.clock()).total_seconds()))


def test_merge_request_that_names_the_launch_is_held_and_judged(docs: Documentation) -> None:
    """By its description; one comment tells people and the check."""
    assert docs.seen()["merge_after"] == "2027-06-15T09:00:00.000Z"
    assert docs.outcomes() == {"reviewed": "waits", "approved": "waits", "needs": "fails"}
    assert "`needs` | **not aligned** | It needs `image-description`" in docs.told()
    assert docs.verdict().head == docs.seen()["sha"]
    before = docs.play.writes()
    docs.play.resync()
    assert docs.play.writes() == before


def test_merge_requests_are_linked_by_reference(launch: Play) -> None:
    """To the root issue or to that of the phase: by trailer, reference or address; to no other."""
    forms = ("Launch: {full}", "Part of {full}, at last.", "See {url}")
    for part in ("root", "technical", "marketing"):
        raw = launch.issue(part)
        for number, form in enumerate(forms):
            text = form.format(full=raw["references"]["full"], url=raw["web_url"])
            docs = Documentation(launch).open(text, f"{part}-{number}")
            assert len(docs.comments()) == (part != "marketing")


def test_merge_request_is_linked_by_command(launch: Play) -> None:
    """It need not name the launch."""
    docs = Documentation(launch).open("The new section.")
    assert docs.comments() == []
    launch.owner("root").comment(launch.place("root"), f"/launch docs cloud/docs!{docs.iid}")
    launch.work()
    assert docs.verdict().launch == "i1"
    assert docs.seen()["merge_after"] == "2027-06-15T09:00:00.000Z"
    docs.change(title="Draft: A page")
    assert docs.outcomes()["no-draft"] == "waits"


def test_paused_launch_turns_the_check_red(docs: Documentation) -> None:
    """And green again when it goes on."""
    play = docs.play
    play.tick("image-description")
    docs.run()
    runs, root = docs.pipelines(), play.place("root")
    for said, failing in (("pause because of a doubt", ["launch-running"]), ("resume", [])):
        play.sim.clock.advance(timedelta(minutes=2))
        play.owner("root").comment(root, f"/launch {said}")
        play.work()
        assert [*docs.check()] == failing
    assert docs.pipelines() == runs + 2


def test_lost_hook_is_made_good_by_resync(launch: Play) -> None:
    """Resync lists the merge requests that changed."""
    docs = Documentation(launch)
    launch.sim.faults.add(kind="drop_hook", times=None)
    docs.open()
    assert docs.comments() == []
    launch.sim.faults.clear()
    launch.resync()
    assert docs.verdict().launch == "i1"


def test_whole_way_of_the_documentation(docs: Documentation) -> None:
    """Reviewed, approved, ready, held until the moment, merged by itself, and then live."""
    play = docs.play
    play.tick("image-description", "release-to-market")
    assert docs.check() == {}
    play.finish("technical")
    assert play.gates()["technical"] == "open"
    assert "Technical writing" not in play.said(play.place("technical"))[-1]
    assert "who is to approve it by 2027-06-10" in play.said(play.place("technical"))[-1]
    docs.approve().merge_when_ready()
    play.close_issue("technical")
    assert play.gates()["technical"] == "done"
    play.finish("marketing")
    until(play, MOMENT)
    assert docs.seen()["state"] == "merged"
    play.work().close_issue("root")
    assert "**live**" in play.said(play.place("root"))[-1]
    assert docs.outcomes() == {}
    before = play.writes()
    play.wait(3).resync()
    assert play.writes() == before


def test_date_moves_by_two_weeks(docs: Documentation) -> None:
    """The hold follows, the green check turns red, and green again when the milestone fits."""
    play = docs.play
    milestones = f"/projects/{docs.project}/milestones"
    june, july = (
        play.admin.post(milestones, {"title": title, "start_date": start, "due_date": due})["id"]
        for title, start, due in (
            ("June", "2027-06-01", "2027-06-20"),
            ("July", "2027-06-21", "2027-07-20"),
        )
    )
    play.tick("image-description")
    docs.change(milestone_id=june).approve().run()
    assert docs.check() == {}
    first, runs = docs.verdict(), docs.pipelines()
    play.change("root", due_date="2027-06-29")
    assert docs.seen()["merge_after"] == "2027-06-29T09:00:00.000Z"
    assert [*docs.check()] == ["milestone"]
    assert docs.pipelines() == runs + 1
    assert docs.verdict().revision == first.revision + 1
    docs.change(milestone_id=july)
    assert docs.check() == {}
    assert docs.pipelines() == runs + 2
    play.resync()
    assert docs.pipelines() == runs + 2
    assert len(docs.comments()) == 1


def test_deadline_that_passes_turns_the_check_red(docs: Documentation) -> None:
    """Nobody did anything: time alone starts the pipeline, once."""
    docs.play.tick("image-description")
    docs.run()
    assert docs.check() == {}
    runs = docs.pipelines()
    until(docs.play, datetime(2027, 6, 4, 0, 0, tzinfo=UTC))
    assert [*docs.check()] == ["reviewed"]
    assert docs.pipelines() == runs + 1
    docs.approve()
    assert docs.check() == {}
    assert docs.pipelines() == runs + 2


def test_bot_that_has_stopped_is_noticed(docs: Documentation) -> None:
    """Its last verdict is believed for two days at most."""
    docs.play.tick("image-description")
    docs.play.sim.clock.set(datetime(2027, 3, 3, 1, 0, tzinfo=UTC))
    assert [*docs.check()] == ["verdict-fresh"]
    docs.play.work()
    assert docs.check() == {}


def test_who_takes_the_hold_away_turns_the_check_red(docs: Documentation) -> None:
    """It is theirs to set; the bot does not quarrel, and the check says what is wrong."""
    docs.play.tick("image-description")
    docs.change(merge_after="")
    assert docs.seen()["merge_after"] is None
    assert [*docs.check()] == ["merge-hold"]
    assert docs.outcomes()["merge-after"] == "fails"
    docs.play.change("root", due_date="2027-06-29")
    assert docs.seen()["merge_after"] == "2027-06-29T09:00:00.000Z"
    assert docs.check() == {}


def test_verdict_that_somebody_edits_is_written_anew(docs: Documentation) -> None:
    """Also when it was taken away."""
    (comment,) = docs.comments()
    for text in (comment["body"].replace("fails", "holds"), "Mine!"):
        docs.play.admin.put(f"{docs.path}/notes/{comment['id']}", {"body": text})
        docs.play.resync()
        assert docs.outcomes()["needs"] == "fails"


def test_new_bot_user_writes_a_comment_of_its_own(docs: Documentation) -> None:
    """It cannot edit the old one, and the check believes the new user."""
    docs.play.replace_bot_user().resync()
    docs.change(title="Draft: A page")
    assert docs.outcomes()["no-draft"] == "waits"
    docs.change(title="A page")
    assert "no-draft" not in docs.outcomes()


def test_description_that_names_many_issues_links_nothing(launch: Play) -> None:
    """A list of everything is no link."""
    root = launch.issue("root")["references"]["full"]
    others = " ".join(f"cloud/packaging#{number}" for number in range(100, 111))
    assert Documentation(launch).open(f"{root} {others}").comments() == []


def test_merge_request_for_two_launches_belongs_to_none(docs: Documentation) -> None:
    """It says so, until one of them is taken out."""
    text = docs.play.world.request_text(docs.play.process).replace("Example Cloud", "Other Cloud")
    docs.play.request(text)
    roots = [raw["references"]["full"] for raw in docs.play.issues()["root"]]
    docs.change(description=" and ".join(roots))
    assert docs.outcomes()["one-launch"] == "fails"
    assert len(docs.comments()) == 1
    docs.change(description=f"Launch: {roots[1]}")
    assert "one-launch" not in docs.outcomes()
    assert docs.verdict().launch != "i1"


def test_bot_without_rights_says_so_and_rests(launch: Play) -> None:
    """A Reporter may comment, and neither hold nor start pipelines."""
    docs = Documentation(launch)
    member = f"/projects/{docs.project}/members/{launch.bot_id()}"
    launch.admin.put(member, {"access_level": 20})
    docs.open()
    assert docs.outcomes()["merge-after"] == "fails"
    assert "I could not" in launch.overview()
    before = launch.writes()
    launch.resync()
    assert launch.writes() == before


def test_confidential_launch_tells_nothing(stage: Stage) -> None:
    """Neither in the comment nor by the hold, where everybody may read it."""
    play = stage(documented())
    play.request(confidential=True)
    docs = Documentation(play)
    play.open(docs.project, "internal")
    docs.open()
    assert docs.seen()["merge_after"] is None
    assert "Example Cloud" not in docs.comments()[0]["body"]
    assert "2027-06" not in docs.comments()[0]["body"]
    assert "not public yet" in docs.told()
    assert docs.outcomes()["confidential"] == "fails"
    assert "Example" not in str(docs.check())


def test_commands_are_heard_on_a_linked_merge_request(docs: Documentation) -> None:
    """Answered there once, also when asked again; on one that is not linked nobody listens."""
    play = docs.play
    asked = docs.say("/launch why documentation", "dora")
    assert "`documentation`" in asked or "Its box is not ticked" in asked
    assert docs.say("/launch date 2027-07-01 because of the partner", "alice") == (
        "The launch date is Thursday, 2027-07-01."
    )
    assert docs.seen()["merge_after"] == "2027-07-01T09:00:00.000Z"
    before = play.writes()
    play.resync().lose_database().resync()
    assert play.writes() == before
    other = Documentation(play).open("Something else.", "other")
    assert other.say("/launch status", "alice") == ""
