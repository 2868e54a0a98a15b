"""A person reverts what the bot did, again and again; the bot yields, and never fights."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.mortal import MortalPlay

TIMES = 6


def unlink(play: MortalPlay) -> MortalPlay:
    """Alice removes every link of the root."""
    project, iid = play.place("root")
    path = f"/projects/{project}/issues/{iid}/links"
    alice = play.people["alice"].client
    for link in alice.list(path):
        alice._gitlab.http_delete(f"{path}/{link['issue_link_id']}")
    return play.work()


REVERTS: dict[str, Callable[[MortalPlay], object]] = {
    "the gate label": lambda play: play.change(
        "build", add_labels="g::open", remove_labels="g::locked"
    ),
    "all gate labels": lambda play: play.change("build", remove_labels="g::locked"),
    "the reopening of a locked phase": lambda play: play.close_issue("build"),
    "the reopening of an incomplete phase": lambda play: play.close_issue("scope"),
    "the reopening of the root": lambda play: play.close_issue("root"),
    "the assignee": lambda play: play.change("scope", assignee_ids=[play.world.people["carol"]]),
    "no assignee": lambda play: play.change("scope", assignee_ids=[]),
    "the due date": lambda play: play.change("scope", due_date="2027-04-01"),
    "no due date": lambda play: play.change("scope", due_date=""),
    "the links": unlink,
}


@pytest.mark.parametrize("what", REVERTS)
def test_what_a_person_reverts_is_corrected_once_at_most(tmp_path: Path, what: str) -> None:
    """From the second time on the person's way stands, however often the bot looks."""
    play = MortalPlay(tmp_path)
    play.request()
    comments = {part: len(play.said(play.place(part))) for part in play.issues()}
    REVERTS[what](play)
    play.resync()
    for _ in range(TIMES):
        REVERTS[what](play)
        before = play.sim.calls.writes
        play.resync()
        assert play.sim.calls.writes == before
    for part, count in comments.items():
        assert len(play.said(play.place(part))) <= count + 1
    play.close()
