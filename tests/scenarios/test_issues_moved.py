"""`issues_moved`: root or a phase issue is moved to another project, watched or not."""

from datetime import timedelta
from pathlib import Path

from tests.scenarios.acts import play_all
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Play


def move(play: Play, part: str, project: int) -> dict[str, object]:
    """An administrator moves the issue of a part; the bot works."""
    at, iid = play.place(part)
    moved = play.admin.post(f"/projects/{at}/issues/{iid}/move", {"to_project_id": project})
    play.work()
    return moved


def unwatched(play: Play) -> int:
    """A project of the same group that the configuration does not name."""
    group = play.admin.list("/groups")[0]["id"]
    body = {"name": "attic", "path": "attic", "namespace_id": group, "visibility": "private"}
    return int(play.admin.post("/projects", body)["id"])


def test_moved_phase_is_followed(launch: Play) -> None:
    """Its tasks count where it stands now, and closing the old issue was no claim."""
    launch.finish("scoping")
    move(launch, "technical", launch.world.projects["docs"])
    assert launch.gates()["technical"] == "open"
    assert len(launch.said(launch.place("technical"))) == 1
    launch.finish("marketing", "technical")
    assert launch.gates() == {"scoping": "done", "technical": "done", "marketing": "done"}


def test_moved_root_is_followed(launch: Play) -> None:
    """The launch goes on from the new issue, with one status note there."""
    move(launch, "root", launch.world.projects["docs"])
    launch.finish("scoping")
    assert launch.place("root")[0] == launch.world.projects["docs"]
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert "| \N{WHITE HEAVY CHECK MARK} done |" in launch.overview()
    launch.finish("marketing", "technical").close_issue("root")
    assert "**Live**" in launch.overview()


def test_moved_root_is_found_without_the_database(launch: Play) -> None:
    """The record in the copied note names the old issue; GitLab says where that went."""
    move(launch, "root", launch.world.projects["docs"])
    launch.lose_database()
    launch.finish("scoping")
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert "**Running**" in launch.overview()


def test_phase_moved_out_of_sight_pauses_the_launch(launch: Play) -> None:
    """Nothing is opened anew; the status note says what is missing, and what would help."""
    before = {part: len(found) for part, found in launch.issues().items()}
    move(launch, "technical", unwatched(launch))
    launch.finish("scoping")
    assert {part: len(found) for part, found in launch.issues().items()} == before
    assert "I cannot see the issue of **Technical Implementation**" in launch.overview()
    assert "moved" in launch.overview()


def test_phase_moved_back_is_followed_again(launch: Play) -> None:
    """When it returns to a watched project, the launch goes on with it."""
    attic = unwatched(launch)
    moved = move(launch, "technical", attic)
    path = f"/projects/{attic}/issues/{moved['iid']}/move"
    launch.admin.post(path, {"to_project_id": launch.world.projects["packaging"]})
    launch.work().resync()
    assert "I cannot see" not in launch.overview()
    launch.finish("scoping")
    assert launch.gates()["technical"] == "open"


def test_root_moved_out_of_sight_is_said_where_it_was(launch: Play) -> None:
    """Once, on the old issue; the phases are left as they are."""
    old = launch.place("root")
    move(launch, "root", unwatched(launch))
    launch.resync().resync()
    told = [text for text in launch.said(old) if "moved" in text]
    assert len(told) == 1
    launch.tick(*launch.required("scoping")).close_issue("scoping")
    assert launch.gates()["technical"] == "locked"


def test_moved_request_asks_for_nothing_new(tmp_path: Path) -> None:
    """Neither at once, nor when its launch is over, the database lost, and somebody comments."""
    play = play_all(MortalPlay(tmp_path))
    body = {"to_project_id": play.world.projects["factory"]}
    new = play.admin.post("/projects/1/issues/1/move", body)
    place = (new["project_id"], new["iid"])
    play.work()
    play.people["alice"].comment(place, "Where is it?")
    play.work().restart(forget=True)
    play.work()
    assert len(play.issues()["root"]) == 1
    assert len(play.notes(place)) == 1
    play.close()


def test_cloned_request_asks_for_a_launch_of_its_own(tmp_path: Path) -> None:
    """Its copied comments tell of another launch; what it asks for now is read anew."""
    play = play_all(MortalPlay(tmp_path))
    play.sim.clock.advance(timedelta(hours=1))
    body = {"to_project_id": play.world.projects["factory"], "with_notes": True}
    play.people["alice"].client.post("/projects/1/issues/1/clone", body)
    play.work()
    assert len(play.issues()["root"]) == 2
    play.close()
