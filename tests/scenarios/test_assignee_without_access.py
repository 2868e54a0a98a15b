"""`assignee_without_access`: GitLab drops the value with 200; told once, no endless writes."""

from tests.scenarios.play import Play


def without_bob(play: Play) -> Play:
    """Bob is no member of the packaging project."""
    bob = play.world.people["bob"]
    play.admin._gitlab.http_delete(f"/projects/{play.world.projects['packaging']}/members/{bob}")
    return play


def test_it_is_told_once_with_the_cure(play: Play) -> None:
    """In the status note; looking again writes nothing."""
    without_bob(play).request()
    assert play.issue("technical")["assignees"] == []
    assert play.overview().count("could not set the assignee of **Technical Implementation**") == 1
    assert "bob" in play.overview()
    before = play.writes()
    play.resync().resync()
    assert play.writes() == before


def test_it_is_tried_again_the_next_day(play: Play) -> None:
    """Once bob is a member, he is assigned, and the status note forgets about it."""
    without_bob(play).request()
    body = {"user_id": play.world.people["bob"], "access_level": 40}
    play.admin.post(f"/projects/{play.world.projects['packaging']}/members", body)
    play.wait(days=1).resync()
    assert [user["username"] for user in play.issue("technical")["assignees"]] == ["bob"]
    assert "could not" not in play.overview()


def test_a_person_may_decide_otherwise(play: Play) -> None:
    """Whoever is assigned by hand stays, and nothing is tried any more."""
    without_bob(play).request()
    dora = play.world.people["dora"]
    play.people["alice"].change(play.place("technical"), assignee_ids=[dora])
    play.work()
    assert "could not" not in play.overview()
    play.wait(days=2).resync()
    assert [user["username"] for user in play.issue("technical")["assignees"]] == ["dora"]
