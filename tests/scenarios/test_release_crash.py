"""The process dies anywhere while releases start launches, and hooks are lost, doubled, reordered.

A release leaves no issue that asks again: what is found of it after a death is its tag alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.cli.demo.world import ProjectPlan, WorldPlan
from bot.domain.process import Process
from bot.simulator import Delivery
from tests.scenarios import small
from tests.scenarios.acts import Left, saved_at_moments
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Saved
from tests.scenarios.product import begin
from tests.scenarios.product import told as told_so

PLAYS = 4
"""In how many tests the deaths are spread."""
ONE, TWO = ("acme",), ("acme", "bolt")


@cache
def process(partners: tuple[str, ...]) -> Process:
    """The small process, of which each release starts one launch for each partner."""
    raw = small.process().model_dump(exclude_defaults=True)
    day = {"title": "Out", "example": "2027-03-01", "type": "date", "default": "today"}
    inputs = {
        "partner": {"title": "Partner", "example": "acme", "choices": partners},
        "version": {"title": "Version", "example": "1.2", "type": "version"},
        "out": day,
    }
    rule = {"project": "product", "each": "partner", "version": "version", "released": "out"}
    return Process.model_validate(
        {
            **raw,
            "inputs": inputs,
            "identity": ["partner", "version"],
            "root": {**raw["root"], "title": "{{ partner }} {{ version }}", "due": "out"},
            "supersedes": "version",
            "releases": rule,
        }
    )


def plan() -> WorldPlan:
    """The small world, with a product that Bob releases."""
    product = {"product": ProjectPlan(path="product", members={"bob": 40})}
    return small.plan().model_copy(update={"projects": {**small.plan().projects, **product}})


class Releases(MortalPlay):
    """A play of that process."""

    def __init__(
        self, folder: Path, partners: tuple[str, ...] = TWO, *, began: Saved | None = None
    ) -> None:
        super().__init__(folder, process(partners), plan(), began=began)

    def tag(self, *names: str) -> "Releases":
        """Bob releases versions; nobody has told the bot yet."""
        project = self.world.projects["product"]
        for name in names:
            body = {"tag_name": name, "ref": "main"}
            self.people["bob"].client.post(f"/projects/{project}/releases", body)
        return self

    def titles(self) -> list[str]:
        """The titles of the roots that are open."""
        roots = self.issues().get("root", [])
        return sorted(raw["title"] for raw in roots if raw["state"] == "opened")


@cache
def _prepared() -> Saved:
    """The product has a commit to tag, and tells of tags and releases."""
    with TemporaryDirectory() as folder, capture_logs():
        play = Releases(Path(folder))
        begin(play)
        saved = play.save()
        play.close()
    return saved


@cache
def left_behind(partners: tuple[str, ...]) -> Sequence[Left]:
    """What a process leaves behind that dies at any moment of a release, beside an older one."""
    with TemporaryDirectory() as folder, capture_logs():
        play = Releases(Path(folder), partners, began=_prepared())
        play.resync()
        play.tag("v1.2.0").work()
        play.tag("v1.2.1")
        saved = saved_at_moments(play, MortalPlay.work)
        end = end_state(play.sim, times=False)
        play.close()
    return [Left(f"before {name}", at, end) for name, at in saved]


def go_on(folder: Path, partners: tuple[str, ...], lefts: Sequence[Left]) -> None:
    """From each, a new process looks through everything; then all is as if none had died."""
    for number, left in enumerate(lefts):
        place = folder / str(number)
        place.mkdir()
        play = Releases(place, partners, began=left.saved)
        play.resync()
        assert end_state(play.sim, times=False) == left.end, f"died {left.where}"
        if not number:
            play.settle()
        play.close()


def test_death_comes_between_all_calls_and_commits() -> None:
    """Of a release that starts a launch, which supersedes another one."""
    lefts = left_behind(ONE)
    assert {left.where.split()[1].rstrip(",") for left in lefts} == {
        "GET",
        "POST",
        "commit",
        "answer",
    }
    assert len(lefts) > 50


@pytest.mark.parametrize("number", range(PLAYS))
def test_a_death_changes_nothing_in_the_end(tmp_path: Path, number: int) -> None:
    """Each launch is there once, and the older is superseded once, with all that it hands on."""
    go_on(tmp_path, ONE, left_behind(ONE)[number::PLAYS])


def test_a_death_among_several_launches_changes_nothing_either(tmp_path: Path) -> None:
    """Some of a release have begun then, and others not."""
    go_on(tmp_path, TWO, left_behind(TWO)[::9])


@pytest.mark.parametrize("number", range(2))
def test_a_death_without_the_database_changes_nothing_either(tmp_path: Path, number: int) -> None:
    """The tag, the issues and their notes tell what is left to do."""
    lefts = left_behind(ONE)[number::9]
    gone = [replace(left, saved=replace(left.saved, files={})) for left in lefts]
    go_on(tmp_path, ONE, gone)


def test_a_death_while_a_tag_is_told_that_it_starts_nothing(tmp_path: Path) -> None:
    """There is one comment on its commit, with the database or without."""
    with TemporaryDirectory() as folder, capture_logs():
        play = Releases(Path(folder), began=_prepared())
        play.resync()
        play.tag("nightly")
        lefts = [left for _, left in saved_at_moments(play, MortalPlay.work)]
        (text,) = told_so(play)
        play.close()
    for number, left in enumerate([*lefts, *(replace(left, files={}) for left in lefts)]):
        place = tmp_path / str(number)
        place.mkdir()
        play = Releases(place, began=left)
        play.resync()
        assert told_so(play) == [text]
        play.close()
    assert len(lefts) > 5


Fate = Callable[[list[Delivery]], list[Delivery]]
FATES: Mapping[str, Fate] = {
    "lost": lambda _hooks: [],
    "doubled": lambda hooks: [hook for hook in hooks for _ in range(2)],
    "backwards": lambda hooks: hooks[::-1],
    "the first lost": lambda hooks: hooks[1:],
}


def told(folder: Path, fate: Fate, *tags: str) -> dict[str, Any]:
    """What there is in the end when hooks of releases fare like this."""
    folder.mkdir()
    play = Releases(folder, began=_prepared())
    play.resync()
    play.tag(*tags)
    for hook in fate(play.sim.outbox.take()):
        play.sim.outbox.add(hook)
        play.work()
    play.resync()
    assert play.titles() == ["acme 1.2.1", "bolt 1.2.1"]
    before = play.writes()
    play.settle()
    assert play.writes() == before
    found = {name: raw for name, raw in end_state(play.sim, times=False).items() if "#" in name}
    play.close()
    return found


@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize(
    "tags", [("v1.2.1",), ("v1.2.1+ee", "v1.2.1+ce"), ("v1.2.0", "v1.2.1")], ids=" ".join
)
def test_hooks_of_releases_are_hints_only(tmp_path: Path, fate: str, tags: Sequence[str]) -> None:
    """One launch is open for each partner, and no root is there twice."""
    found = told(tmp_path / "play", FATES[fate], *tags)
    titles = [issue["title"] for issue in found.values()]
    assert len(titles) == len(set(titles))
