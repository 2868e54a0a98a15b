"""`second_assignee_on_free`: one assignee is all that GitLab Free keeps."""

from tests.scenarios.conftest import Stage


def test_second_assignee_is_dropped_and_the_first_stays(stage: Stage) -> None:
    """A person adds one; GitLab keeps what it keeps, and the bot does not argue."""
    play = stage(tier="free")
    play.request()
    people = play.world.people
    play.change("technical", assignee_ids=[people["bob"], people["dora"]])
    assert len(play.issue("technical")["assignees"]) == 1
    before = play.writes()
    play.resync().resync()
    assert play.writes() == before


def test_whole_launch_works_on_free(stage: Stage) -> None:
    """From request to live, with nothing that Free lacks."""
    play = stage(tier="free")
    play.request()
    play.finish("scoping", "marketing", "technical").close_issue("root")
    assert "**Live**" in play.overview()
    assert "could not" not in play.overview()
