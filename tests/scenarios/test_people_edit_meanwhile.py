"""People edit issues between any two of the bot's calls, and nobody's edit is lost.

The one moment that GitLab leaves open: a due date or assignee that a person sets between the
bot's reading of an issue and its write of that very field, which follows at once. GitLab cannot
be asked to write only if nothing has changed; its history keeps both.
"""

from collections.abc import Container
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.acts import ACTS
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Saved

MOMENTS = 50
"""More than an act has calls of the bot."""

SAID = "alice says commands"
APART = 10
"""So many calls lie between two edits of a play; together the plays edit before every call."""


def day(edit: int) -> str:
    """The due date that an edit sets."""
    return (date(2027, 5, 3) + timedelta(days=edit)).isoformat()


class BusyPlay(MortalPlay):
    """A play in which Alice edits every issue of the launch at some moments of each act."""

    def __init__(self, folder: Path, began: Saved | None = None) -> None:
        self.edits: dict[tuple[int, int], list[int]] = {}
        self.edit = -1
        self.next_call = ""
        super().__init__(folder, began=began)

    def edit_at(self, moments: Container[int]) -> None:
        """Edit between the calls number `moment - 1` and `moment` of the bot."""
        calls = -1

        def meanwhile(_number: int, name: str) -> None:
            nonlocal calls
            calls += name not in {"commit", "answer"}
            if calls in moments and name not in {"commit", "answer"}:
                calls += 1
                self._edit(name)

        self.moments.watch(meanwhile)

    def _edit(self, before: str) -> None:
        """Everything at once that a person may change; `before` is the bot's next call."""
        for place in self._places():
            self.expect_edited(place)
        self.edit += 1
        self.next_call = before
        for place in self._places():
            self.people["alice"].change(place, **self._changes(place))
            self.edits.setdefault(place, []).append(self.edit)

    def expect_edited(self, place: tuple[int, int]) -> None:
        """All edits are there, but for the fields that were just being written; see above."""
        raw, edits = self.people["alice"].issue(place), self.edits.get(place, [])
        assert all(f"Line {edit}\n" in raw["description"] for edit in edits)
        assert {f"label {edit}" for edit in edits} <= set(raw["labels"])
        if not edits:
            return
        assert raw["title"] == f"Title {edits[-1]}"
        if self.next_call != "PUT /projects/{}/issues/{}".format(*place):
            assert raw["due_date"] == day(edits[-1])
            assert [user["username"] for user in raw["assignees"]] == ["carol"]

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
            "due_date": day(self.edit),
            "assignee_ids": [self.world.people["carol"]],
            "add_labels": f"label {self.edit}",
        }


@pytest.mark.parametrize("moment", range(APART))
def test_edit_between_two_calls_stays(tmp_path: Path, moment: int) -> None:
    """Title, text, ticks, labels, dates and assignees are as the person left them."""
    play = BusyPlay(tmp_path)
    for act, deed in ACTS.items():
        if act == SAID:
            continue  # Whoever commands a date changes it, and the test below ticks a box.
        play.edit_at(range(moment, MOMENTS, APART))
        deed(play)
    play.moments.watch()
    play.settle()
    assert play.gates() == {"scope": "done", "build": "done"}
    assert play.issue("root")["state"] == "closed"
    for part in ("scope", "build"):
        play.expect_edited(play.place(part))
    play.close()


def test_only_a_field_that_is_just_being_written_can_be_lost(tmp_path: Path) -> None:
    """That one moment exists, once in the launch, when the due date is set with the gate."""
    missed: list[str] = []
    asked = BusyPlay(tmp_path)
    asked.request()
    began = asked.save()
    asked.close()
    for moment in range(MOMENTS):
        folder = tmp_path / str(moment)
        folder.mkdir()
        play = BusyPlay(folder, began)
        play.edit_at([moment])
        play.finish("scope")
        if play.edits and play.issue("build")["due_date"] != day(0):
            missed.append(play.next_call)
        play.close()
        if not play.edits:
            break
    assert missed == ["PUT /projects/2/issues/1"]


def test_only_a_text_that_is_just_being_written_can_be_lost(tmp_path: Path) -> None:
    """A command ticks a box: one write of the description, on a text read just before it."""
    missed: list[str] = []
    saved = small_launch(tmp_path)
    for moment in range(MOMENTS):
        folder = tmp_path / str(moment)
        folder.mkdir()
        play = MortalPlay(folder, began=saved)
        before = edit_text_at(play, moment)
        play.say("scope", "/launch done talk")
        play.moments.watch()
        text = play.issue("scope")["description"]
        assert "- [x] `talk`" in text
        if before and "A remark" not in text:
            missed.append(before[0])
        play.close()
        if not before:
            break
    assert missed == ["PUT /projects/1/issues/3"]


def small_launch(folder: Path) -> Saved:
    """A launch that has just started, for many plays."""
    first = folder / "first"
    first.mkdir()
    play = MortalPlay(first)
    play.request()
    saved = play.save()
    play.close()
    return saved


def edit_text_at(play: MortalPlay, moment: int) -> list[str]:
    """Alice adds to the description before this call of the bot; what call that was, in time."""
    calls: list[str] = []
    before: list[str] = []
    place = play.place("scope")

    def meanwhile(_number: int, name: str) -> None:
        if name in {"commit", "answer"}:
            return
        calls.append(name)
        if len(calls) == moment + 1:
            before.append(name)
            text = play.people["alice"].issue(place)["description"]
            play.people["alice"].change(place, description=f"A remark.\n\n{text}")

    play.moments.watch(meanwhile)
    return before
