"""A process that nobody thought of when the code was written: the one of the tutorial.

It stands in docs/examples, as data alone, and has nothing in common with images.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot import loader
from bot.cli.demo.world import WorldPlan
from bot.domain.fitting import fit
from tests.scenarios.play import Play

FOLDER = Path(__file__).parents[2] / "docs" / "examples" / "technology-partner"
LEVELS = {"alice": 40, "bob": 40, "carol": 40}


def opened(folder: Path, **inputs: str) -> Play:
    """A play of the example, with a world of its own."""
    loaded = loader.load(None, [FOLDER], shipped=False)
    assert loaded.mistakes == ()
    plan = WorldPlan.model_validate(
        {
            "starts": "2027-03-01T09:00:00Z",
            "group": {"name": "Partners", "path": "partners"},
            "people": {"alice": "Alice", "bob": "Bob", "carol": "Carol"},
            "projects": {
                name: {"path": name, "members": LEVELS} for name in ("alliances", "solutions")
            },
            "roles": {"alliances": ["alice"], "solutions": ["bob"], "academy": ["carol"]},
            "request": {
                "project": "alliances",
                "by": "alice",
                "title": "Example Works",
                "inputs": {"company": "Example Works", "listed_on": "2027-06-15", **inputs},
            },
        }
    )
    play = Play(folder, loaded.processes["technology-partner"], plan=plan)
    play.process = fit(play.process, inputs)
    return play


@pytest.mark.parametrize(
    ("inputs", "then"),
    [
        ({}, ["integration"]),
        ({"tier": "select"}, ["integration", "joint-plan"]),
    ],
    ids=["registered", "select"],
)
def test_partner_is_onboarded(tmp_path: Path, inputs: Mapping[str, str], then: list[str]) -> None:
    """The agreement first, then what the tier asks for; the review comes from a task list."""
    play = opened(tmp_path, **inputs)
    play.request()
    assert set(play.issues()) == {"root", "agreement", "integration"}
    assert "Review the security of the integration" in play.issue("integration")["description"]
    assert play.gates() == {"agreement": "open", "integration": "locked"}
    play.finish("agreement")
    assert play.gates() == {"agreement": "done", **dict.fromkeys(then, "open")}
    play.finish(*then).close_issue("root")
    assert "**Live**" in play.overview()
    play.close()


def test_label_says_the_tier(tmp_path: Path) -> None:
    """As well as the text of the request."""
    play = opened(tmp_path, tier="select")
    text = "company: Example Works\nlisted_on: 2027-06-15\n"
    play.request(text, labels="technology-partner::request,tier::select")
    play.finish("agreement")
    assert "joint-plan" in play.issues()
    play.close()
