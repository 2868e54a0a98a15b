"""`status_note_deleted`: by a maintainer, with and without the local database."""

from pathlib import Path

from bot.domain.catalogue import Image
from tests.scenarios.play import Play
from tests.scenarios.upkeep import product, tag


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


def test_request_that_was_moved_meanwhile_is_read_where_it_is(launch: Play) -> None:
    """A move gives it another id; our comment on it tells what it is."""
    request = launch.record().parts["request"]
    path = f"/projects/{request.project}/issues/{request.iid}"
    launch.admin.put(path, {"remove_labels": launch.process.labels.request})
    launch.admin.post(f"{path}/move", {"to_project_id": launch.world.projects["packaging"]})
    launch.work()
    before = launch.record().inputs
    delete_status(launch)
    launch.lose_database()
    launch.resync()
    assert launch.record().state == "paused"
    assert launch.record().inputs == before


def test_request_that_is_moved_at_that_time_is_read_where_it_is(launch: Play) -> None:
    """Also when the bot hears first of the place that it left."""
    request = launch.record().parts["request"]
    project = launch.world.projects["packaging"]
    delete_status(launch)
    launch.lose_database()
    path = f"/projects/{request.project}/issues/{request.iid}/move"
    moved = launch.admin.post(path, {"to_project_id": project})
    launch.work()
    assert launch.record().state == "paused"
    assert launch.record().parts["request"].id == moved["id"]


def test_launch_without_its_labels_is_rebuilt_too(launch: Play) -> None:
    """Which process it is, the comment that keeps the definition says."""
    labels, parts = launch.process.labels, launch.record().parts
    for part, label in (("request", labels.request), ("root", labels.launch)):
        path = f"/projects/{parts[part].project}/issues/{parts[part].iid}"
        launch.admin.put(path, {"remove_labels": label})
    delete_status(launch)
    launch.lose_database()
    launch.resync()
    assert launch.record().state == "paused"
    assert launch.record().process == launch.process.name
    assert not launch.bot.store.dead()


def test_launch_of_a_release_is_rebuilt_too(tmp_path: Path) -> None:
    """No request says what it is about, but its id does."""
    image = Image(provider="aws-ami", kind="image", editions=("EE",), owner="packaging", live="1.0")
    play = product(tmp_path, image)
    tag(play, "v19.2.0")
    play.work()
    before = play.record().inputs
    delete_status(play)
    play.lose_database()
    play.wait(days=10).resync()
    assert "**Paused**" in play.overview()
    assert play.record().inputs == before
    play.close()


def test_paused_launch_stands_still_until_it_is_resumed(launch: Play) -> None:
    """Gates do not move while it is paused; then they do."""
    delete_status(launch)
    launch.lose_database()
    launch.resync().finish("scoping")
    assert launch.gates()["technical"] == "locked"
    launch.resume()
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert "**Running**" in launch.overview()
