"""`issue_cloned`: root or phase issue is cloned with its notes; the copy is ignored."""

import pytest

from tests.scenarios.play import Play


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
