"""What the command line says before any command is chosen."""

import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app

ROOT = Path(__file__).parents[2]


def test_version_is_that_of_the_package() -> None:
    """Who reports a fault, or upgrades, is asked for it."""
    result = CliRunner().invoke(app, ["--version"])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (result.exit_code, result.stdout) == (0, f"{project['version']}\n")


def test_mistyped_command_names_the_one_that_is_meant() -> None:
    """Nobody has to read the whole list for one letter."""
    result = CliRunner().invoke(app, ["chekc"])
    assert result.exit_code == 2
    assert "'check'" in result.stderr


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("check --format xml", "Invalid value for '--format': 'xml' is not one of"),
        ("simulator --root-token x --port many", "'--port': write a whole number"),
        ("docs-check --bot-user launchbot", "'--bot-user': write a whole number"),
    ],
)
def test_option_that_does_not_fit_is_told_in_plain_words(typed: str, told: str) -> None:
    """Not in those of the library that finds it."""
    result = CliRunner().invoke(app, typed.split())
    assert result.exit_code == 2
    assert told in result.stderr
