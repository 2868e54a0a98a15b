"""The CI/CD component: GitLab would accept it, and no input can become a command."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.cli import app
from bot.cli.docs_check import docs_check

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "templates" / "docs-check" / "template.yml").read_text()
HEADER, BODY = TEXT.split("\n---\n")
INPUTS: dict[str, dict[str, Any]] = YAML(typ="safe").load(HEADER)["spec"]["inputs"]
GIVEN = {"bot_user": "42", "image": "registry.example.com/launchbot:1.2.3"}
_INPUT = re.compile(r"\$\[\[ inputs\.(\w+) \]\]")


def included(**inputs: str) -> dict[str, Any]:
    """The component as GitLab includes it: inputs are put in as text, then it is read."""
    defaults = {name: str(spec["default"]) for name, spec in INPUTS.items() if "default" in spec}
    values = {**defaults, **GIVEN, **inputs}
    found: dict[str, Any] = YAML(typ="safe").load(_INPUT.sub(lambda m: values[m[1]], BODY))
    return found


def checked(file: Path) -> subprocess.CompletedProcess[str]:
    """A file against the schema that GitLab publishes; the checker comes with a copy."""
    return subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.gitlab-ci"),
            *("--data-transform", "gitlab-ci", str(file)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_component_is_valid_against_the_published_schema(tmp_path: Path) -> None:
    """Both as it is written and as it is included."""
    header, body = tmp_path / "header.yml", tmp_path / "body.yml"
    header.write_text(HEADER)
    YAML().dump(included(prefix="eu-"), body)
    for file in (header, body):
        result = checked(file)
        assert result.returncode == 0, result.stdout + result.stderr


def test_job_is_called_as_asked() -> None:
    """So that it does not replace a job of the project."""
    assert [*included()] == ["launchbot-docs-check"]
    assert [*included(prefix="eu-", stage="verify")] == ["eu-launchbot-docs-check"]


def test_job_runs_in_merge_request_pipelines_and_blocks() -> None:
    """Elsewhere there is nothing to check; a job that may fail blocks nothing."""
    (job,) = included().values()
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]
    assert job["allow_failure"] is False
    assert set(job["artifacts"]["reports"]) == {"junit", "codequality", "annotations"}
    assert job["artifacts"]["when"] == "always"


def test_no_input_stands_in_the_script() -> None:
    """GitLab puts inputs in as text; they reach the shell as variables, in quotes."""
    (job,) = YAML(typ="safe").load(BODY).values()
    script = "\n".join(job["script"])
    assert "$[[" not in script
    assert not re.search(r'(?<!")\$\w+', script)
    for name, value in job["variables"].items():
        assert name == "GIT_STRATEGY" or _INPUT.fullmatch(value)


def test_command_of_the_job_exists_with_its_options() -> None:
    """A component that calls what is not there fails in every project."""
    (job,) = included().values()
    words = job["script"][0].split()
    assert words[:2] == ["launchbot", "docs-check"]
    assert docs_check in [command.callback for command in app.registered_commands]
    parameters = docs_check.__annotations__
    used = [word[2:].replace("-", "_") for word in words if word.startswith("--")]
    assert set(used) <= set(parameters)


@pytest.mark.parametrize("name", INPUTS)
def test_input_is_described_and_bounded(name: str) -> None:
    """Text has a pattern, so that it can only be what it is for."""
    assert INPUTS[name]["description"]
    if INPUTS[name]["type"] == "string":
        pattern = INPUTS[name]["regex"]
        assert pattern.startswith("^")
        assert pattern.endswith("$")
        assert not re.search(pattern, 'x"; touch pwned')
        assert not re.search(pattern, "x\ny: z")


def test_page_names_every_input() -> None:
    """Nobody has to read the component to use it."""
    page = (ROOT / "docs" / "docs-check.md").read_text()
    assert [name for name in INPUTS if f"`{name}`" not in page] == []


def test_header_and_body_are_two_documents() -> None:
    """As GitLab wants it; the header has the inputs and nothing else."""
    assert len(list(YAML(typ="safe").load_all(StringIO(TEXT)))) == 2
