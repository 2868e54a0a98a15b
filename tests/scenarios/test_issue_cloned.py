"""`issue_cloned`: root or phase issue is cloned with its notes; the copy is ignored."""

import pytest

from tests.scenarios.play import Play

START = (
    '/launch start first-time-image partner="Example Cloud" provider=example launch_date=2027-06-15'
)


@pytest.mark.parametrize("part", ["root", "scoping", "technical"])
@pytest.mark.parametrize("with_notes", [True, False], ids=["with notes", "bare"])
def test_clone_is_ignored(launch: Play, part: str, with_notes: bool) -> None:
    """It gets no comment and no label, closing it claims nothing, and the launch goes on."""
    project, iid = launch.place(part)
    clone = launch.people["alice"].client.post(
        f"/projects/{project}/issues/{iid}/clone",
        {"to_project_id": launch.world.projects["partnerships"], "with_notes": with_notes},
    )
    launch.work().resync()
    place = (clone["project_id"], clone["iid"])
    notes = len(launch.notes(place))
    launch.people["alice"].close(place)
    launch.work().finish("scoping").resync()
    assert len(launch.notes(place)) == notes
    assert launch.people["alice"].issue(place)["state"] == "closed"
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}


def test_clone_of_a_request_repeats_no_command(play: Play) -> None:
    """Copied comments bear their authors' names, but whoever cloned the issue said them there."""
    project = play.world.projects["partnerships"]
    raw = play.people["alice"].client.post(f"/projects/{project}/issues", {"title": "An idea"})
    place = (project, int(raw["iid"]))
    play.comment(place, START, "alice")
    play.comment(place, "/launch cancel because the partner withdrew", "alice")
    clone = play.people["bob"].client.post(
        f"/projects/{project}/issues/{place[1]}/clone",
        {"to_project_id": project, "with_notes": True},
    )
    play.work().resync()
    copy = (project, int(clone["iid"]))
    assert len(play.issues()["root"]) == 1
    assert play.issue("root")["state"] == "closed"
    play.comment(copy, START, "alice")
    assert len(play.issues()["root"]) == 2
