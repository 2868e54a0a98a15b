"""The label lands twice: on one issue, or on two for the same partner. One launch starts."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.scenarios.mortal import MortalPlay


def ask(play: MortalPlay) -> tuple[int, int]:
    """Alice files a request; the bot has not heard of it yet."""
    project = play.world.projects["office"]
    text = play.world.request_text(play.process)
    return play.people["alice"].file(project, "Acme", text, play.process.labels.request)


def one_launch(play: MortalPlay) -> bool:
    """Whether each issue of a launch is there once."""
    return {part: len(found) for part, found in play.issues().items()} == {
        "root": 1,
        "scope": 1,
        "build": 1,
    }


def test_label_that_lands_twice_starts_one_launch(tmp_path: Path) -> None:
    """Taken off and put on again before the bot looks."""
    play = MortalPlay(tmp_path)
    place = ask(play)
    for change in ("remove_labels", "add_labels", "remove_labels", "add_labels"):
        play.people["alice"].change(place, **{change: "ask"})
    play.work().resync()
    assert one_launch(play)
    assert len(play.said(place)) == 1
    play.close()


def test_two_requests_for_the_same_start_one_launch(tmp_path: Path) -> None:
    """The second hears which launch runs already, once."""
    play = MortalPlay(tmp_path)
    first, second = ask(play), ask(play)
    play.work().resync().resync()
    assert one_launch(play)
    (told,) = play.said(second)
    assert play.issue("root")["web_url"] in told
    assert len(play.said(first)) == 1
    play.close()


@pytest.mark.parametrize("requests", [1, 2])
@pytest.mark.parametrize("again", range(5))
def test_two_workers_at_once_start_one_launch(tmp_path: Path, requests: int, again: int) -> None:
    """In threads, as `serve` has them; each with its own connection."""
    play = MortalPlay(tmp_path)
    places = [ask(play) for _ in range(requests)]
    keys = [f"issue:{project}/{iid}" for project, iid in places * 4][again % 2 :]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(play.bot.reconciler, keys))
    play.work().resync()
    assert one_launch(play)
    assert all(len(play.said(place)) == 1 for place in places)
    play.close()
