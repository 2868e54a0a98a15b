"""People edit issues between any two of the bot's calls, and nobody's edit is lost.

The one moment that GitLab leaves open: a due date or assignee that a person sets between the
bot's reading of an issue and its write of that very field, which follows at once. GitLab cannot
be asked to write only if nothing has changed; its history keeps both.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.acts import ACTS
from tests.scenarios.mortal import MortalPlay

MOMENTS = 50
DATES = ["2027-05-03", "2027-05-04", "2027-05-05", "2027-05-06", "2027-05-07"]


class BusyPlay(MortalPlay):
    """A play in which Alice edits every issue of the launch at one moment of each act."""

    def __init__(self, folder: Path) -> None:
        self.edits: dict[tuple[int, int], list[int]] = {}
        self.edit = -1
        self.next_call = ""
        super().__init__(folder)

    def edit_at(self, moment: int) -> None:
        """Edit between the calls number `moment - 1` and `moment` of the bot."""
        calls = -1

        def meanwhile(_number: int, name: str) -> None:
            nonlocal calls
            calls += name not in {"commit", "answer"}
            if calls == moment and name not in {"commit", "answer"}:
                calls += 1
                self._edit(name)

        self.moments.watch(meanwhile)

    def _edit(self, before: str) -> None:
        """Everything at once that a person may change; `before` is the bot's next call."""
        self.edit += 1
        self.next_call = before
        for place in self._places():
            self.people["alice"].change(place, **self._changes(place))
            self.edits.setdefault(place, []).append(self.edit)

    def _places(self) -> list[tuple[int, int]]:
        return [
            (issue.project.id, issue.iid)
            for issue in self.sim.state.issues.values()
            if issue.author.username == "launchbot" and not issue.title.endswith("Acme")
        ]

    def _changes(self, place: tuple[int, int]) -> dict[str, Any]:
        text = self.people["alice"].issue(place)["description"]
        return {
            "title": f"Title {self.edit}",
            "description": f"Line {self.edit}\n\n{text}".replace("[ ] `call`", "[x] `call`"),
            "due_date": DATES[self.edit],
            "assignee_ids": [self.world.people["carol"]],
            "add_labels": f"label {self.edit}",
        }


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_edit_between_two_calls_stays(tmp_path: Path, moment: int) -> None:
    """Title, text, ticks, labels, dates and assignees are as the person left them."""
    play = BusyPlay(tmp_path)
    for deed in ACTS.values():
        play.edit_at(moment)
        deed(play)
    play.moments.watch()
    play.settle()
    assert play.gates() == {"scope": "done", "build": "done"}
    assert play.issue("root")["state"] == "closed"
    for part in ("scope", "build"):
        raw, edits = play.issue(part), play.edits.get(play.place(part), [])
        assert all(f"Line {edit}\n" in raw["description"] for edit in edits)
        assert {f"label {edit}" for edit in edits} <= set(raw["labels"])
        for last in edits[-1:]:
            assert raw["title"] == f"Title {last}"
            assert raw["due_date"] == DATES[last]
            assert [user["username"] for user in raw["assignees"]] == ["carol"]
    play.close()


def test_only_a_field_that_is_just_being_written_can_be_lost(tmp_path: Path) -> None:
    """That one moment exists, once in the launch, when the due date is set with the gate."""
    missed: list[str] = []
    for moment in range(MOMENTS):
        folder = tmp_path / str(moment)
        folder.mkdir()
        play = BusyPlay(folder)
        play.request()
        play.edit_at(moment)
        play.finish("scope")
        if play.edits and play.issue("build")["due_date"] != DATES[0]:
            missed.append(play.next_call)
        play.close()
        if not play.edits:
            break
    assert missed == ["PUT /projects/2/issues/1"]
