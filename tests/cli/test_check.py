"""`launchbot check` tells every mistake, in the form that was asked for, and fails on errors."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.domain.definitions import CONFIGURATION, PARTY, TEXTS

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> Result:
    """The command as somebody types it."""
    return CliRunner().invoke(app, ["check", *arguments])


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no configuration in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAUNCHBOT_CONFIG", raising=False)
    return tmp_path


@pytest.fixture
def party(place: Path) -> Path:
    """A sound process in the working directory."""
    (place / "party").mkdir()
    (place / "party" / "process.yml").write_text(PARTY)
    for name, text in TEXTS.items():
        (place / "party" / name).write_text(text)
    return place / "party"


def spoil(folder: Path, old: str, new: str) -> None:
    """Change the definition in a folder."""
    path = folder / "process.yml"
    path.write_text(path.read_text().replace(old, new))


def test_shipped_processes_pass() -> None:
    """Without a path and configuration, what comes with the program is checked; that is said."""
    result = run("--strict")
    assert result.exit_code == 0
    assert result.stdout.startswith("ok: ")
    assert "process.yml" in result.stdout
    assert result.stderr.startswith("There is no launchbot.yml here")
    assert re.search(r"check passed: 0 errors, 0 warnings in \d+ files?\n", result.stderr)


def test_example_configuration_passes() -> None:
    """Whoever begins with it begins well."""
    result = run("--strict", str(ROOT / "launchbot.example.yml"))
    assert (result.exit_code, result.stderr) == (
        0,
        "check passed: 0 errors, 0 warnings in 7 files\n",
    )


def test_configuration_in_the_working_directory_is_found(place: Path) -> None:
    """It is checked together with the shipped processes."""
    (place / "launchbot.yml").write_text(CONFIGURATION)
    result = run()
    assert result.exit_code == 1
    assert "launchbot.yml:2:8: error[role-without-people]: nobody holds the role" in result.stdout


def test_configuration_may_be_named_in_the_environment(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is named has to be there."""
    monkeypatch.setenv("LAUNCHBOT_CONFIG", str(place / "nowhere.yml"))
    result = run()
    assert result.exit_code == 1
    assert "nowhere.yml:1:1: error[unreadable-file]: there is no such file\n" in result.stdout


@pytest.mark.parametrize("path", ["party", "party/process.yml", "party/"])
@pytest.mark.usefixtures("party")
def test_process_may_be_named_by_folder_or_file(path: str) -> None:
    """Only what is named is checked then."""
    result = run(path)
    assert (result.exit_code, result.stdout) == (0, "ok: party/process.yml\n")


def test_process_is_checked_against_the_configuration(party: Path) -> None:
    """Both are named, or the folder that holds the configuration is."""
    path = party.parent / "launchbot.yml"
    path.write_text(f"{CONFIGURATION}processes: [party]\n")
    assert run("party", "launchbot.yml").exit_code == 0
    assert run("party", "--config", "launchbot.yml").exit_code == 0
    path.write_text(f"{path.read_text()}process_folders: [party]\n")
    assert run(".").exit_code == 0
    path.write_text(path.read_text().replace("band: [di]", "band: []"))
    result = run("party", "launchbot.yml")
    assert result.exit_code == 1
    assert result.stdout == (
        'launchbot.yml:2:45: error[role-without-people]: nobody holds the role "band" of the '
        'process "party"\n'
    )


def test_mistake_is_one_line_with_its_cure(party: Path) -> None:
    """File, line and column first, as editors understand it; the cure last."""
    spoil(party, "role: host\n  project", "role: hots\n  project")
    result = run("party")
    assert result.exit_code == 1
    assert result.stdout == (
        'party/process.yml:19:9: error[unknown-role]: no role "hots" is defined in this file; '
        'allowed: host, cook, band; did you mean "host"?\n'
    )
    assert result.stderr == "check failed: 1 error, 0 warnings in 1 file\n"


def test_warning_fails_only_when_asked(party: Path) -> None:
    """A warning is told, and the check passes; with --strict it fails and says why."""
    (party / "old.md.j2").write_text("x")
    line = "party/old.md.j2:1:1: warning[unused-template]: no issue of the process uses this "
    result = run("party")
    assert result.exit_code == 0
    assert result.stdout == f"{line}template\nok: party/process.yml\n"
    result = run("party", "--strict")
    assert result.exit_code == 1
    assert result.stdout == f"{line}template\n"
    assert result.stderr == (
        "check failed (warnings fail, as asked): 0 errors, 1 warning in 1 file\n"
    )


def test_json_has_all_that_is_known(party: Path) -> None:
    """For programs; without mistakes it is an empty list."""
    assert json.loads(run("party", "--format", "json").stdout) == []
    spoil(party, "role: host\n  project", "role: hots\n  project")
    result = run("party", "--format", "json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [
        {
            "file": "party/process.yml",
            "line": 19,
            "column": 9,
            "check": "unknown-role",
            "severity": "error",
            "message": 'no role "hots" is defined in this file',
            "allowed": ["host", "cook", "band"],
            "nearest": "host",
        }
    ]


def test_codequality_is_what_gitlab_reads(party: Path) -> None:
    """Every finding has a fingerprint of its own, which does not change when lines move."""
    (party / "old.md.j2").write_text("x")
    spoil(party, "role: cook", "role: coock")
    first = json.loads(run("party", "--format", "codequality").stdout)
    assert [(row["check_name"], row["severity"], row["location"]) for row in first] == [
        ("unused-template", "minor", {"path": "party/old.md.j2", "lines": {"begin": 1}}),
        ("unknown-role", "major", {"path": "party/process.yml", "lines": {"begin": 44}}),
        ("unknown-role", "major", {"path": "party/process.yml", "lines": {"begin": 48}}),
    ]
    assert 'did you mean "cook"?' in first[1]["description"]
    prints = [row["fingerprint"] for row in first]
    assert len(set(prints)) == 3
    spoil(party, "name: party", "# a line\nname: party")
    again = json.loads(run("party", "--format", "codequality").stdout)
    assert [row["fingerprint"] for row in again] == prints


def test_no_definition_writes_to_the_terminal(party: Path) -> None:
    """Control characters of a file under review are shown, not sent."""
    spoil(party, "role: host\n  project", 'role: "\\e[31m\\nok: all"\n  project')
    result = run("party")
    assert "\x1b" not in result.stdout
    assert 'no role "\\u001b[31m\\u000aok: all"' in result.stdout


@pytest.mark.parametrize(
    "arguments", [["--format", "xml"], ["--no-such-option"]], ids=["format", "option"]
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    """A slip in the command is told apart from a mistake in a file."""
    assert run(*arguments).exit_code == 2


def test_missing_paths_are_mistakes() -> None:
    """A file or folder that is not there fails the check."""
    result = run("nowhere", "nowhere.yml")
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["nowhere", "nowhere.yml"]
    assert run("nowhere").stderr == "check failed: 1 error, 0 warnings\n"


@pytest.mark.parametrize("name", ["x" * 300, f"{'x' * 300}.yml", f"{'x' * 300}/process.yml"])
def test_path_that_nobody_may_look_at_is_a_mistake(name: str) -> None:
    """As one in a folder that may not be entered: the system's reason is told."""
    result = run(name)
    assert (result.exit_code, result.exception.__class__) == (1, SystemExit)
    assert "cannot be read: " in result.stdout
    assert "File name too long" in result.stdout


@pytest.mark.parametrize("text", ["", "- a list\n", "text\n", "5\n"])
def test_configuration_that_is_no_mapping_has_one_mistake(place: Path, text: str) -> None:
    """What would be missing in it is not listed: that would bury what is wrong."""
    (place / "launchbot.yml").write_text(text)
    result = run()
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    assert line.startswith("launchbot.yml:1:1: error[wrong-type]: the file is ")


def test_images_are_checked_with_the_configuration_beside_them(place: Path) -> None:
    """They are a part of it, also where they are named alone."""
    (place / "there").mkdir()
    (place / "there" / "launchbot.yml").write_text("- a list\n")
    (place / "there" / "images.yml").write_text("imges: []\n")
    result = run("there/images.yml")
    assert result.exit_code == 1
    assert [line.split(": ")[:2] for line in result.stdout.splitlines()] == [
        ["there/images.yml:1:1", "error[missing-key]"],
        ["there/images.yml:1:1", "error[unknown-key]"],
        ["there/launchbot.yml:1:1", "error[wrong-type]"],
    ]
