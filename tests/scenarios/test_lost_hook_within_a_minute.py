"""A person acts within a minute of the bot's own edit, and the hook is lost.

GitLab touches `updated_at` at most once a minute for comments, so that a resync that looks only
for what is newer than its last look could miss it. Commands do not exist yet: a tick and a
closing stand for what a person does.
"""

from pathlib import Path

import pytest

from tests.scenarios.mortal import MortalPlay

SECONDS = [0, 1, 30, 59, 60, 61, 119, 121]


@pytest.mark.parametrize("after_the_bot", SECONDS)
@pytest.mark.parametrize("after_the_resync", [0, 1, 59])
def test_what_a_person_did_is_seen_by_the_next_resync(
    tmp_path: Path, after_the_bot: int, after_the_resync: int
) -> None:
    """Whenever it was: before, between or after the bot's edit and its last look."""
    play = MortalPlay(tmp_path)
    play.request()
    play.wait(seconds=after_the_bot).resync()
    play.wait(seconds=after_the_resync)
    alice, scope = play.owner("scope"), play.place("scope")
    alice.tick(scope, "talk", "papers")
    play.sim.outbox.take()
    play.wait(minutes=10).resync()
    assert "2 of 2" in play.overview()
    alice.close(scope)
    play.sim.outbox.take()
    play.resync()
    assert play.gates() == {"scope": "done", "build": "open"}
    play.close()


@pytest.mark.parametrize("seconds", SECONDS)
def test_what_a_person_did_just_before_the_bot_wrote_is_seen(tmp_path: Path, seconds: int) -> None:
    """The bot's own edit moves `updated_at` on, after which the person's is no news by time."""
    play = MortalPlay(tmp_path)
    play.request()
    play.resync()
    alice, scope = play.owner("scope"), play.place("scope")
    alice.tick(scope, "talk", "papers")
    play.sim.outbox.take()
    play.wait(seconds=seconds)
    play.change("scope", due_date="2027-04-01")
    play.wait(minutes=10).resync()
    assert "2 of 2" in play.overview()
    assert play.issue("scope")["due_date"] == "2027-04-01"
    play.close()
