"""The pipeline: GitLab would accept it, and it runs what a person runs."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PIPELINE: dict[str, Any] = YAML(typ="safe").load((ROOT / ".gitlab-ci.yml").read_text())
JOBS: dict[str, dict[str, Any]] = {
    name: job for name, job in PIPELINE.items() if isinstance(job, dict) and "script" in job
}


def make_targets() -> set[str]:
    """The targets of the Makefile that have a recipe."""
    return set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


def called_targets(script: str) -> set[str]:
    """The make targets that a script calls."""
    return set(re.findall(r"^\s*make (?:--silent )?([a-z]+)", script, flags=re.MULTILINE))


def images() -> Iterator[str]:
    """Every image that a job runs in, for every Python of the matrix."""
    for job in [PIPELINE["default"], *JOBS.values()]:
        match job.get("image"):
            case str(image) | {"name": str(image)}:
                yield image


def test_pipeline_is_valid_against_the_published_schema() -> None:
    """GitLab publishes the schema; the checker comes with a copy, so this is offline."""
    result = subprocess.run(
        [
            *(sys.executable, "-m", "check_jsonschema"),
            *("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"),
            ".gitlab-ci.yml",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_job_has_a_stage_of_the_pipeline(name: str) -> None:
    """A job of an unknown stage makes GitLab refuse the whole file, and the schema cannot tell."""
    assert JOBS[name]["stage"] in PIPELINE["stages"]


@pytest.mark.parametrize("name", sorted(JOBS))
def test_every_make_target_that_a_job_calls_exists(name: str) -> None:
    """The pipeline runs the commands of the Makefile."""
    assert called_targets("\n".join(JOBS[name]["script"])) <= make_targets()


def test_the_pipeline_runs_what_has_to_pass_before_a_change_lands() -> None:
    """`.ci/run` and the pipeline ask for the same."""
    required = called_targets((ROOT / ".ci" / "run").read_text())
    everywhere = [
        job
        for job in JOBS.values()
        if not any("schedule" in str(rule) for rule in job.get("rules", []))
    ]
    called = called_targets("\n".join(line for job in everywhere for line in job["script"]))
    assert required == {"lint", "test"}
    assert required <= called


def test_the_local_run_can_be_executed() -> None:
    """It is called by its path."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_tests_run_on_every_python_that_the_project_names() -> None:
    """A version that we say we support is a version that we test."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    prefix = "Programming Language :: Python :: 3."
    named = [
        classifier.rsplit(" ", 1)[1]
        for classifier in project["classifiers"]
        if classifier.startswith(prefix)
    ]
    assert JOBS["test"]["parallel"]["matrix"] == [{"SERIES": named}]
    assert project["requires-python"] == f">={named[0]}"
    assert PIPELINE["variables"]["SERIES"] == named[-1]


def test_images_are_pinned_by_a_tag() -> None:
    """What passed yesterday runs in the same image today."""
    found = list(images())
    assert found
    for image in found:
        name, _, tag = image.partition(":")
        assert name
        assert re.match(r"v?(\d|\$SERIES)", tag), image


def test_a_change_gets_one_pipeline() -> None:
    """A branch with an open merge request does not get a second one."""
    never = [rule for rule in PIPELINE["workflow"]["rules"] if rule.get("when") == "never"]
    assert never == [{"if": "$CI_COMMIT_BRANCH && $CI_OPEN_MERGE_REQUESTS", "when": "never"}]
    assert PIPELINE["default"]["interruptible"] is True
