"""`launchbot page` prints the handbook page of a process, and helps where there is none."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.domain.errors import UserError
from bot.domain.page import render
from bot.loader import load
from tests.domain.definitions import CONFIGURATION, PARTY, TEXTS

SHIPPED = load(None).found


def run(*arguments: str) -> Result:
    """The command as somebody types it."""
    return CliRunner().invoke(app, ["page", *arguments])


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a process of its own, and no configuration yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAUNCHBOT_CONFIG", raising=False)
    (tmp_path / "party").mkdir()
    (tmp_path / "party" / "process.yml").write_text(PARTY)
    for name, text in TEXTS.items():
        (tmp_path / "party" / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_process_has_a_page(name: str) -> None:
    """The page goes to stdout, and nothing else."""
    result = run(name)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == render(SHIPPED[name])


def test_own_process_may_be_named_by_its_folder() -> None:
    """A page can be looked at before anything is configured."""
    result = run("party/")
    assert result.exit_code == 0
    assert result.stdout.startswith("# A party\n")


def test_people_come_from_the_configuration(place: Path) -> None:
    """Where there is an installation, the page names who holds a role."""
    more = "processes: [party]\nprocess_folders: [party]\n"
    (place / "launchbot.yml").write_text(f"{CONFIGURATION}{more}")
    result = run("party")
    assert "| Cook | Cooks. | `bob`, `cy` |" in result.stdout
    assert result.stderr == ""


def test_broken_configuration_leaves_people_out(place: Path) -> None:
    """The page is there all the same, and says why it names nobody."""
    (place / "launchbot.yml").write_text("roles: {}\nprocess_folders: [party]\n")
    result = run("party")
    assert result.exit_code == 0
    assert "bob" not in result.stdout
    assert result.stderr == "The configuration has errors, so the page names no people.\n"


def test_unknown_process_is_told_with_the_nearest() -> None:
    """Whoever mistypes learns what there is."""
    name = min(SHIPPED)
    result = run(f"{name}s")
    assert isinstance(result.exception, UserError)
    assert str(result.exception).startswith(
        f'There is no process "{name}s". Did you mean "{name}"? Known: '
    )


def test_unknown_process_with_nothing_near() -> None:
    """No guess is made where nothing is close."""
    result = run("zzz")
    assert str(result.exception).startswith('There is no process "zzz". Known: ')


def test_broken_process_is_sent_to_check(place: Path) -> None:
    """A page of a definition with errors would tell what is not so."""
    path = place / "party" / "process.yml"
    path.write_text(path.read_text().replace("role: host\n  project", "role: king\n  project"))
    result = run("party/")
    assert str(result.exception) == (
        'The process "party" has 1 error; `launchbot check party` shows them.'
    )


def test_configuration_that_is_not_there_is_told() -> None:
    """A typing mistake is no configuration with errors."""
    result = run("party/", "--config", "nowhere.yml")
    assert isinstance(result.exception, UserError)
    assert "There is no configuration at nowhere.yml" in str(result.exception)


def test_folder_that_nobody_may_look_into_has_no_process() -> None:
    """Nor is it a fault of ours."""
    assert isinstance(run("x" * 300).exception, UserError)
