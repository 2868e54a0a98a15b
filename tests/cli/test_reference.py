"""The generated pages in `docs/` are those that the program prints today."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {
    "process": DOCS / "reference" / "process.md",
    "configuration": DOCS / "reference" / "configuration.md",
    "commands": DOCS / "commands.md",
    "settings": DOCS / "settings-reference.md",
}


@pytest.mark.parametrize("topic", PAGES)
def test_reference_is_not_stale(topic: str) -> None:
    """A change of a model or of the table is a change of its page."""
    result = CliRunner().invoke(app, ["reference", topic])
    assert result.exit_code == 0
    path = PAGES[topic]
    assert path.read_text() == result.stdout, f"{path} is stale; `make docs` writes it anew"


def test_unknown_topic_exits_2() -> None:
    """The topics are named."""
    result = CliRunner().invoke(app, ["reference", "people"])
    assert result.exit_code == 2
    assert "configuration" in result.stderr
