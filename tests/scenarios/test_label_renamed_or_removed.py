"""`label_renamed_or_removed`: reported or restored once, nothing re-created silently."""

from urllib.parse import quote

import pytest

from tests.scenarios.play import Play


def labels(play: Play, project: str) -> set[str]:
    """The names of a project's labels."""
    found = play.admin.list(f"/projects/{play.world.projects[project]}/labels")
    return {label["name"] for label in found}


def rename(play: Play, project: str, old: str, new: str | None) -> None:
    """Somebody renames a label of a project, or deletes it."""
    path = f"/projects/{play.world.projects[project]}/labels/{quote(old, safe='')}"
    if new is None:
        play.admin._gitlab.http_delete(path)
    else:
        play.admin.put(path, {"new_name": new})
    play.resync()


@pytest.mark.parametrize("new", ["not yet", None], ids=["renamed", "deleted"])
def test_gate_label_that_is_gone_is_reported(launch: Play, new: str | None) -> None:
    """The status note says so; the label does not come back by itself, and nobody is nagged."""
    rename(launch, "packaging", "gate::locked", new)
    assert "gate::locked" not in labels(launch, "packaging")
    assert '~"gate::locked"' in launch.overview()
    assert launch.said(launch.place("technical")) == []
    before = launch.writes()
    launch.resync()
    assert launch.writes() == before


def test_launch_goes_on_past_a_label_that_is_gone(launch: Play) -> None:
    """The record holds the gate; the next label is there, and is set."""
    rename(launch, "packaging", "gate::locked", None)
    launch.finish("scoping")
    assert launch.gates()["technical"] == "open"
    assert '~"gate::locked"' not in launch.overview()


def test_next_gate_label_that_is_gone_is_reported(launch: Play) -> None:
    """Unlocking does not create the label anew; the gate moves all the same."""
    rename(launch, "partnerships", "gate::done", None)
    launch.admin.post(
        f"/projects/{launch.world.projects['partnerships']}/labels",
        {"name": "unrelated", "color": "#123456"},
    )
    launch.finish("scoping")
    assert "gate::done" not in labels(launch, "partnerships")
    assert launch.gates()["technical"] == "open"
    assert '~"gate::done"' in launch.overview()


def test_launch_label_taken_off_is_restored_once(launch: Play) -> None:
    """The bot finds its issues by it; a person who takes it off again keeps it off."""
    launch.change("technical", remove_labels="cloud-image::launch")
    assert "cloud-image::launch" in launch.issue("technical")["labels"]
    launch.change("technical", remove_labels="cloud-image::launch")
    assert "cloud-image::launch" not in launch.issue("technical")["labels"]


def test_launch_label_that_is_gone_is_reported(launch: Play) -> None:
    """It is not created anew."""
    rename(launch, "packaging", "cloud-image::launch", "old launches")
    assert "cloud-image::launch" not in labels(launch, "packaging")
    assert '~"cloud-image::launch"' in launch.overview()


def test_request_label_that_is_gone_changes_nothing(launch: Play) -> None:
    """The launch has started; what caused it does not matter any more."""
    rename(launch, "partnerships", "cloud-image::request", None)
    before = launch.writes()
    launch.resync()
    assert launch.writes() == before
    launch.finish("scoping")
    assert launch.gates()["technical"] == "open"
