"""`status_note_edited`: by a maintainer, with and without the local database."""

import pytest

from tests.scenarios.play import Play


def edit_status(play: Play, body: str) -> int:
    """A maintainer edits the status note."""
    project, iid = play.place("root")
    note = int(play.status()["id"])
    play.admin.put(f"/projects/{project}/issues/{iid}/notes/{note}", {"body": body})
    return note


def test_edited_words_are_put_right(launch: Play) -> None:
    """What people see is written anew; the record is whole."""
    before = launch.overview()
    edit_status(launch, launch.status()["body"].replace("Running", "Done and dusted"))
    launch.reconcile()
    assert launch.overview() == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda body: body.replace('"open"', '"done"'),
        lambda body: body.partition("<!-- launchbot:record")[0],
        lambda body: body.replace("<!-- launchbot:record", "<!-- launchbot:rekord"),
    ],
    ids=["forged", "cut", "broken"],
)
def test_broken_record_is_restored_beside_it(launch: Play, harm: object) -> None:
    """A broken record is never overwritten: the copy goes into a new note, and the launch on."""
    assert callable(harm)
    broken = harm(launch.status()["body"])
    note = edit_status(launch, broken)
    launch.reconcile()
    project, iid = launch.place("root")
    assert (
        launch.admin.get(f"/projects/{project}/issues/{iid}/notes/{note}")["body"]
        == broken.rstrip()
    )
    assert "**Running**" in launch.live_overview()
    launch.finish("scoping")
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}


def test_without_a_copy_a_broken_record_pauses(launch: Play) -> None:
    """What markers and labels tell is kept, the launch is paused, and it is said."""
    edit_status(launch, launch.status()["body"].replace('"open"', '"done"'))
    launch.lose_database()
    launch.resync()
    assert "**Paused**" in launch.live_overview()
    assert "paused" in launch.said(launch.place("root"))[-1]


def test_older_record_put_back_does_not_turn_back_time(launch: Play) -> None:
    """Its signature is right, and the local copy is newer."""
    old = launch.status()["body"]
    launch.finish("scoping")
    edit_status(launch, old)
    launch.reconcile()
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    assert len(launch.said(launch.place("technical"))) == 1
    assert "finished" in launch.live_overview()
