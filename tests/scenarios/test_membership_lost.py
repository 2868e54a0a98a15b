"""`membership_lost`: the bot loses access to one project, or to all."""

from pathlib import Path

import pytest

from tests.scenarios import mixed
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Play
from tests.scenarios.test_status_note_deleted import delete_status

REPORTER = 20


def drop(play: Play, *projects: str) -> None:
    """The bot is no member of these projects any more."""
    for project in projects:
        path = f"/projects/{play.world.projects[project]}/members/{play.bot_id()}"
        play.admin._gitlab.http_delete(path)


def add(play: Play, *projects: str) -> None:
    """The bot is a member again."""
    for project in projects:
        body = {"user_id": play.bot_id(), "access_level": REPORTER}
        play.admin.post(f"/projects/{play.world.projects[project]}/members", body)


def test_one_lost_project_is_said_and_nothing_opens_anew(launch: Play) -> None:
    """The status note names the phase; when access returns the launch goes on."""
    launch.may_give_up = True
    drop(launch, "packaging")
    launch.resync()
    launch.finish("scoping")
    assert len(launch.issues()["technical"]) == 1
    assert "I cannot see the issue of **Technical Implementation**" in launch.overview()
    assert launch.gates()["marketing"] == "open"
    add(launch, "packaging")
    launch.wait(minutes=30).resync()
    assert launch.gates()["technical"] == "open"
    assert "cannot see" not in launch.overview()


def test_all_lost_is_waited_for(launch: Play) -> None:
    """Nothing is created, nothing is forgotten; the launch goes on when access returns."""
    launch.may_give_up = True
    everything = tuple(launch.world.projects)
    drop(launch, *everything)
    launch.finish("scoping")
    launch.resync()
    add(launch, *everything)
    launch.wait(minutes=30).resync()
    assert {part: len(found) for part, found in launch.issues().items()} == dict.fromkeys(
        ("root", "scoping", "technical", "marketing"), 1
    )
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}


def test_all_lost_without_the_database(launch: Play) -> None:
    """Also when the bot remembers nothing of it."""
    launch.may_give_up = True
    everything = tuple(launch.world.projects)
    drop(launch, *everything)
    launch.lose_database()
    launch.resync()
    add(launch, *everything)
    launch.wait(minutes=30).resync().finish("scoping")
    assert len(launch.issues()["root"]) == 1
    assert launch.gates()["technical"] == "open"


def test_record_is_lost_while_a_project_is_hidden(launch: Play) -> None:
    """It is rebuilt from what is seen; what comes back is in it before anybody resumes."""
    launch.finish("scoping")
    delete_status(launch)
    drop(launch, "packaging")
    launch.lose_database().resync()
    assert launch.record().phase("technical").gate == "locked"
    add(launch, "packaging")
    launch.wait(minutes=30).resync()
    assert launch.record().state == "paused"
    kept = {name: launch.record().phase(name).gate for name in launch.process.phases}
    assert kept == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert "| locked |" not in launch.overview()
    launch.resume()
    assert {part: len(found) for part, found in launch.issues().items()} == dict.fromkeys(
        ("root", "scoping", "technical", "marketing"), 1
    )


def test_resumption_waits_while_the_root_is_hidden(launch: Play) -> None:
    """Whoever resumed a launch need not do so again, also when the bot knows nothing of it."""
    launch.may_give_up = True
    delete_status(launch)
    launch.lose_database()
    drop(launch, *launch.world.projects)
    launch.bot.engine.enqueue("resume:i1")
    launch.work()
    add(launch, *launch.world.projects)
    launch.wait(minutes=30).resync()
    assert launch.record().state == "running"


@pytest.mark.parametrize("moment", [10, 14, 21])
def test_resumption_waits_when_the_root_is_hidden_meanwhile(moment: int) -> None:
    """Not only before the bot looks: the launch runs as the one that was never hidden."""
    mixed.play(f"4: lose-record.0 resume.0 ! expel.{moment}")


def test_hidden_root_is_waited_for_without_the_database(tmp_path: Path) -> None:
    """The request is there and says that the launch has started: nothing is opened or said."""
    play = MortalPlay(tmp_path)
    factory, text = play.world.projects["factory"], play.world.request_text(play.process)
    play.people["alice"].file(factory, "An image", text, play.process.labels.request)
    play.work()
    before = play.world_as_seen()
    drop(play, "office")
    play.restart(forget=True)
    writes = play.work().writes()
    play.pass_time(minutes=10).resync()
    assert play.writes() == writes
    assert [dead.error for dead in play.bot.store.dead()] == [
        "launch i1 is blocked: it has started, and GitLab does not show its root issue to the bot"
    ]
    add(play, "office")
    assert play.settle().world_as_seen() == before
    play.close()
