"""A comment is heard once, whatever happens to it, to its issue, to the hooks and to the bot."""

from datetime import timedelta

from tests.scenarios.play import Play

COUNT = "/launch escalate because nobody answers"
"""A command that people would notice twice."""


def told(play: Play) -> int:
    """How often the command has run."""
    return sum("asks for your help" in text for text in play.said(play.place("root")))


def test_hooks_that_come_twice_or_never(launch: Play) -> None:
    """A resync finds what no hook tells of, and nothing twice."""
    place = launch.place("scoping")
    launch.people["alice"].comment(place, COUNT)
    launch.sim.outbox.pending.clear()
    launch.resync()
    assert told(launch) == 1
    launch.resync().reconcile().resync()
    assert told(launch) == 1


def test_the_database_is_lost(launch: Play) -> None:
    """Which lines have run stands in the record."""
    said = launch.say("root", COUNT)
    status = launch.say("scoping", "/launch status")
    launch.lose_database().resync()
    assert told(launch) == 1
    assert said.reactions() == ["white_check_mark"]
    assert len(status.replies()) == 1


def test_an_edit_runs_only_lines_that_are_new(launch: Play) -> None:
    """Each distinct line once, however often the comment is edited."""
    said = launch.say("scoping", "/launch due scoping 2027-03-20")
    launch.change("scoping", due_date="2027-03-25")
    said.edit("Sorry.\n\n/launch due scoping 2027-03-20\n/launch done create-issue x")
    assert launch.issue("scoping")["due_date"] == "2027-03-25"
    assert "- [x] `create-issue`" in launch.issue("scoping")["description"]
    launch.tick("create-issue", box=" ")
    said.edit("/launch done create-issue x\n\n/launch due scoping 2027-03-20")
    assert "- [ ] `create-issue`" in launch.issue("scoping")["description"]
    assert launch.issue("scoping")["due_date"] == "2027-03-25"


def test_chatter_is_not_answered_and_costs_no_write(launch: Play) -> None:
    """Nor are commands in quotes, code, or mail below a reply."""
    before = launch.writes()
    texts = (
        "How is it going?",
        "> /launch cancel because no",
        "```\n/launch cancel because no\n```",
        "    /launch cancel because no",
        "On Monday 1 March 2027, alice wrote:\n/launch cancel because no",
        "Write `/launch cancel` here, or\n- /launch cancel because no",
        "/launchcancel because no",
    )
    for text in texts:
        said = launch.say("root", text)
        assert said.answer() == ([], ""), text
    assert launch.writes() == before + len(texts)
    assert "**Running**" in launch.overview()


def test_a_deleted_comment_runs_nothing(launch: Play) -> None:
    """What was deleted before it was read never ran; after it, it stays done."""
    place = launch.place("root")
    note = launch.people["alice"].comment(place, COUNT)
    path = f"/projects/{place[0]}/issues/{place[1]}/notes/{note}"
    launch.delete(path).work().resync()
    assert told(launch) == 0


def test_a_moved_issue_does_not_run_its_comments_again(launch: Play) -> None:
    """Its notes have other ids there."""
    launch.say("technical", "/launch due technical 2027-05-05", "bob")
    asked = launch.say("technical", "/launch status")
    assert len(asked.replies()) == 1
    launch.change("technical", due_date="2027-05-06")
    project, iid = launch.place("technical")
    target = launch.world.projects["marketing"]
    launch.admin.post(f"/projects/{project}/issues/{iid}/move", {"to_project_id": target})
    launch.resync()
    assert launch.place("technical")[0] == target
    assert launch.issue("technical")["due_date"] == "2027-05-06"
    replies = [text for text in launch.said(launch.place("technical")) if "has the ball" in text]
    assert len(replies) == 1


def test_a_rebuilt_record_runs_nothing_of_before(launch: Play) -> None:
    """It cannot know what ran; people are told so."""
    launch.say("root", COUNT)
    note = launch.status()["id"]
    project, iid = launch.place("root")
    launch.delete(f"/projects/{project}/issues/{iid}/notes/{note}")
    launch.lose_database().resync()
    assert told(launch) == 1
    assert "**Paused**" in launch.overview()
    assert launch.say("root", "/launch resume").reactions() == ["white_check_mark"]
    assert "**Running**" in launch.overview()


def test_a_comment_within_a_minute_of_the_bots_own_whose_hook_is_lost(launch: Play) -> None:
    """GitLab does not touch the issue for it; the next resync finds it all the same."""
    launch.say("root", "/launch waiting partner")
    launch.sim.clock.advance(timedelta(seconds=20))
    launch.people["alice"].comment(launch.place("root"), COUNT)
    launch.sim.outbox.pending.clear()
    launch.wait(minutes=11).resync()
    assert told(launch) == 1
