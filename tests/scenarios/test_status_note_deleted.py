"""`status_note_deleted`: by a maintainer, with and without the local database."""

from tests.scenarios.play import Play


def delete_status(play: Play) -> None:
    """A maintainer deletes the status note; the bot learns of it at its next look."""
    project, iid = play.place("root")
    path = f"/projects/{project}/issues/{iid}/notes/{play.status()['id']}"
    play.admin._gitlab.http_delete(path)


def test_deleted_note_is_restored(launch: Play) -> None:
    """From the local copy: nothing is lost, nothing is said or opened twice."""
    launch.finish("scoping").change("technical", due_date="2027-05-03")
    before = launch.world_as_seen()
    delete_status(launch)
    launch.reconcile()
    assert launch.world_as_seen() == before


def test_without_a_copy_it_is_rebuilt_and_paused(launch: Play) -> None:
    """The launch waits, and says what it could not know."""
    launch.finish("scoping")
    delete_status(launch)
    launch.lose_database()
    launch.resync()
    assert "**Paused**" in launch.overview()
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    told = launch.said(launch.place("root"))[-1]
    assert "paused" in told
    assert "`/launch resume` goes on" in told
    before = launch.writes()
    launch.resync()
    assert launch.writes() == before


def test_paused_launch_stands_still_until_it_is_resumed(launch: Play) -> None:
    """Gates do not move while it is paused; then they do."""
    delete_status(launch)
    launch.lose_database()
    launch.resync().finish("scoping")
    assert launch.gates()["technical"] == "locked"
    launch.resume()
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert "**Running**" in launch.overview()
