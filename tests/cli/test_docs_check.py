"""`launchbot docs-check` as a pipeline runs it: a process of its own, against the simulator."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.alignment import note
from bot.domain.alignment.check import CHECKS
from bot.domain.alignment.facts import File, Milestone
from bot.domain.alignment.rules import RULES
from bot.domain.alignment.verdict import Verdict, judge
from bot.domain.markers import Keyring
from bot.gitlab.client import Client
from bot.simulator import Simulator, serve
from tests.domain.alignment.cases import DAY, LONG_BEFORE, MOMENT, case

ROOT_TOKEN = "root-token-0123456789"
KEYS = Keyring((b"k" * 32,))
HOSTILE = 'Docs"; touch pwned; $(touch pwned) `touch pwned` \x1b[31m'
NOBODY = frozenset[int]()
FAILING: dict[str, dict[str, Any]] = {
    "one-launch": {"launches": frozenset({"i900", "i901"})},
    "paths": {"files": (File("src/x.py"),)},
    "section": {"files": (File("doc/x.md"),)},
    "reviewed": {
        "launch": {"day": LONG_BEFORE.date()},
        "reviewed_by": NOBODY,
        "approved_by": NOBODY,
    },
    "approved": {"launch": {"day": LONG_BEFORE.date()}, "approved_by": NOBODY},
    "no-draft": {"launch": {"day": LONG_BEFORE.date()}, "draft": True},
    "needs": {"launch": {"lacking": ("words",)}},
    "confidential": {"launch": {"confidential": True}, "public": True},
    "launch-running": {"launch": {"state": "paused"}},
    "milestone": {"milestone": Milestone(due=LONG_BEFORE.date())},
    "merge-after": {"merge_after": None, "launch": {"day": None}},
    "not-early": {"merged_at": LONG_BEFORE},
    "not-late": {"launch": {"day": LONG_BEFORE.date().replace(month=4)}},
}
"""A case for each rule in which it fails."""


@dataclass
class Site:
    """A documentation project with one merge request, and a bot that may comment there."""

    sim: Simulator
    admin: Client
    bot: Client
    bot_id: int
    project: int
    head: str
    request: int
    note: int

    @property
    def path(self) -> str:
        """The merge request in the API."""
        return f"/projects/{self.project}/merge_requests/1"

    def say(self, verdict: Verdict) -> None:
        """The bot edits its comment."""
        verdict = replace(verdict, head=self.head)
        body = note.body("Hello", verdict, KEYS, self.request)
        self.bot.put(f"{self.path}/notes/{self.note}", {"body": body})

    def job(self, project: int | None = None) -> dict[str, str]:
        """The variables of a job in a merge request pipeline, with a token of its own."""
        runs_in = project or self.project
        answer = httpx2.post(
            f"{self.sim.url}/simulator/jobs", json={"project": runs_in, "username": "root"}
        )
        return {
            "CI_API_V4_URL": f"{self.sim.url}/api/v4",
            "CI_JOB_TOKEN": answer.json()["token"],
            "CI_PROJECT_ID": str(runs_in),
            "CI_MERGE_REQUEST_PROJECT_ID": str(self.project),
            "CI_MERGE_REQUEST_PROJECT_URL": f"{self.sim.url}/docs",
            "CI_MERGE_REQUEST_IID": "1",
            "CI_MERGE_REQUEST_EVENT_TYPE": "detached",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "",
            "CI_MERGE_REQUEST_TITLE": HOSTILE,
            "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": HOSTILE,
            "CI_COMMIT_SHA": self.head,
        }


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A simulated GitLab on a real socket."""
    sim = Simulator(ROOT_TOKEN, now=LONG_BEFORE)
    with serve(sim):
        admin = Client(sim.url, ROOT_TOKEN)
        project = admin.post("/projects", {"name": "docs", "path": "docs"})["id"]
        user = admin.post(
            "/users", {"username": "bot", "name": "b", "email": "b@x.test", "password": "p"}
        )["id"]
        admin.post(f"/projects/{project}/members", {"user_id": user, "access_level": 30})
        token = admin.post(
            f"/users/{user}/personal_access_tokens", {"name": "t", "scopes": ["api"]}
        )["token"]
        add = {"action": "create", "file_path": "doc/a.md", "content": "# Acme Cloud\n"}
        start = {"action": "create", "file_path": "README.md", "content": "Hello\n"}
        commit = f"/projects/{project}/repository/commits"
        admin.post(commit, {"branch": "main", "commit_message": "Begin", "actions": [start]})
        body = {"branch": "topic", "start_branch": "main", "commit_message": "Add"}
        admin.post(commit, {**body, "actions": [add]})
        opened = {"source_branch": "topic", "target_branch": "main", "title": HOSTILE}
        raw = admin.post(f"/projects/{project}/merge_requests", opened)
        bot = Client(sim.url, token)
        path = f"/projects/{project}/merge_requests/1/notes"
        made = bot.post(path, {"body": "Hello"})["id"]
        yield Site(sim, admin, bot, user, project, raw["sha"], raw["id"], made)


@pytest.fixture
def ready(site: Site) -> Site:
    """The merge request is aligned and held."""
    site.admin.put(site.path, {"merge_after": MOMENT.isoformat()})
    site.say(judge(case()))
    return site


def command(site: Site, wait: int = 0) -> list[str]:
    """The words of the command, as the component writes them."""
    return [
        *("docs-check", "--bot-user", str(site.bot_id), "--wait", str(wait)),
        *("--junit", "out/junit.xml", "--codequality", "out/quality.json"),
        *("--annotations", "out/annotations.json"),
    ]


def start(folder: Path, site: Site, words: list[str], **job: str) -> subprocess.Popen[str]:
    """The check as a process, with the variables of a job and nothing else."""
    here = {"PATH": "", "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**site.job(), **job, **here},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(folder: Path, site: Site, **job: str) -> tuple[int, str, dict[str, str]]:
    """The check as a process: its code, what it says, and its JUnit report by rule."""
    process = start(folder, site, command(site), **job)
    output, _ = process.communicate(timeout=60)
    return process.returncode, *heard(folder, output)


def inside(folder: Path, site: Site, *words: str, **job: str) -> tuple[int, str, dict[str, str]]:
    """The check in this process, which takes less time."""
    with chdir(folder):
        result = CliRunner().invoke(app, [*command(site), *words], env={**site.job(), **job})
    return result.exit_code, *heard(folder, result.output)


def heard(folder: Path, output: str) -> tuple[str, dict[str, str]]:
    """What it says, and what fails in its JUnit report, after a look at its manners."""
    assert "Traceback" not in output
    assert "glcbt-" not in output
    assert "\x1b[31m" not in output
    assert not list(folder.rglob("pwned"))
    suite = ET.parse(folder / "out" / "junit.xml").getroot()[0]  # noqa: S314 -- our own
    failing = [case for case in suite if case[0].tag == "failure"]
    return output, {str(case.get("name")): str(case[0].get("message")) for case in failing}


def test_aligned_merge_request_is_green(ready: Site, tmp_path: Path) -> None:
    """A table, a test case for each rule, no finding, and links."""
    code, output, failures = run(tmp_path, ready)
    assert (code, failures) == (0, {})
    assert [line.split()[1] for line in output.splitlines()[: len(RULES)]] == [*RULES]
    assert "docs-check: aligned" in output
    suite = ET.parse(tmp_path / "out" / "junit.xml").getroot()[0]  # noqa: S314 -- our own
    assert [c.get("name") for c in suite] == [*RULES]
    assert json.loads((tmp_path / "out" / "quality.json").read_text()) == []
    links = json.loads((tmp_path / "out" / "annotations.json").read_text())
    address = f"{ready.sim.url}/docs/-/merge_requests/1"
    assert [link["external_link"]["url"] for link in links["Documentation check"]] == [
        address,
        f"{address}#note_{ready.note}",
    ]


@pytest.mark.parametrize("rule", RULES)
def test_rule_that_fails_is_red(ready: Site, tmp_path: Path, rule: str) -> None:
    """Every rule alone turns the check red, and stands in every report."""
    verdict = judge(case(**FAILING[rule]))
    held = verdict.early and verdict.merge_after
    results = tuple(
        replace(result, outcome="holds") if result.rule != rule else result
        for result in verdict.results
    )
    ready.say(replace(verdict, results=results, early=bool(held), until=MOMENT))
    code, output, failures = inside(tmp_path, ready)
    assert code == 1
    assert [*failures] == [rule]
    assert f"FAILS  {rule}" in output
    (finding,) = json.loads((tmp_path / "out" / "quality.json").read_text())
    assert finding["check_name"] == f"docs-check/{rule}"
    assert finding["severity"] == RULES[rule].severity
    assert DAY.isoformat() not in output or rule != "confidential"


def test_forged_verdict_is_red(ready: Site, tmp_path: Path) -> None:
    """The job checks who wrote it; the bot's user is a parameter of the check."""
    code, _, failures = inside(tmp_path, ready, "--bot-user", str(ready.bot_id + 1))
    assert (code, [*failures]) == (1, ["verdict"])
    assert f"here by {ready.bot_id}" in failures["verdict"]


def test_head_that_the_bot_did_not_see_is_red(ready: Site, tmp_path: Path) -> None:
    """It says which commit the verdict is about."""
    code, _, failures = inside(tmp_path, ready, CI_COMMIT_SHA="c" * 40)
    assert (code, [*failures]) == (1, ["verdict-head"])


def test_hold_that_is_gone_is_red(ready: Site, tmp_path: Path) -> None:
    """Whatever the verdict says: GitLab would let it be merged now."""
    ready.admin.put(ready.path, {"merge_after": ""})
    code, _, failures = inside(tmp_path, ready)
    assert (code, [*failures]) == (1, ["merge-hold"])


def test_variables_that_lack_are_named(ready: Site, tmp_path: Path) -> None:
    """In another pipeline than one of a merge request."""
    code, output, failures = run(tmp_path, ready, CI_MERGE_REQUEST_IID="")
    assert (code, [*failures]) == (1, ["variables"])
    assert "CI_MERGE_REQUEST_IID: empty" in output


def test_token_of_a_job_that_is_over_is_told(ready: Site, tmp_path: Path) -> None:
    """Not the token itself."""
    old = ready.job()["CI_JOB_TOKEN"]
    httpx2.delete(f"{ready.sim.url}/simulator/jobs/{old}")
    code, _, failures = inside(tmp_path, ready, CI_JOB_TOKEN=old)
    assert (code, [*failures]) == (1, ["job-token"])


def test_gitlab_that_cannot_be_reached_is_told(ready: Site, tmp_path: Path) -> None:
    """In one sentence."""
    code, _, failures = inside(tmp_path, ready, CI_API_V4_URL="http://127.0.0.1:9/api/v4")
    assert (code, [*failures]) == (1, ["gitlab"])


def test_fork_is_told_that_a_member_has_to_run_it(ready: Site, tmp_path: Path) -> None:
    """Its job may not read the parent project, until that lets it in."""
    fork = ready.admin.post("/projects", {"name": "fork", "path": "fork"})["id"]
    code, _, failures = inside(tmp_path, ready, **ready.job(fork))
    assert (code, [*failures]) == (1, ["fork"])
    assert "parent project" in failures["fork"]
    allow = f"/projects/{ready.project}/job_token_scope/allowlist"
    ready.admin.post(allow, {"target_project_id": fork})
    assert inside(tmp_path, ready, **ready.job(fork))[0] == 0


def test_foreign_merge_request_is_told(ready: Site, tmp_path: Path) -> None:
    """One that is not there, or that the job may not see."""
    code, _, failures = inside(tmp_path, ready, CI_MERGE_REQUEST_IID="99")
    assert (code, [*failures]) == (1, ["merge-request"])


def test_closed_merge_request_is_red(ready: Site, tmp_path: Path) -> None:
    """There is nothing to merge."""
    ready.admin.put(ready.path, {"state_event": "close"})
    code, _, failures = inside(tmp_path, ready)
    ready.admin.put(ready.path, {"state_event": "reopen"})
    assert (code, [*failures]) == (1, ["open"])


def test_check_waits_for_the_bot(ready: Site, tmp_path: Path) -> None:
    """With progress; it goes on when the verdict on this commit is there."""
    stale = note.body("Hello", replace(judge(case()), head="d" * 40), KEYS, ready.request)
    ready.bot.put(f"{ready.path}/notes/{ready.note}", {"body": stale})
    process = start(tmp_path, ready, command(ready, wait=30))
    assert process.stdout is not None
    assert "s left: verdict-head" in process.stdout.readline()
    ready.say(judge(case()))
    output, _ = process.communicate(timeout=30)
    assert (process.returncode, heard(tmp_path, output)[1]) == (0, {})


def test_report_that_cannot_be_written_is_told(ready: Site, tmp_path: Path) -> None:
    """And the check does not pass."""
    (tmp_path / "file").write_text("")
    process = start(tmp_path, ready, [*command(ready), "--junit", "file/x.xml"])
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "The report file/x.xml cannot be written" in output


def test_explanation_names_what_the_project_needs() -> None:
    """And every rule; it asks GitLab nothing."""
    result = CliRunner().invoke(app, ["docs-check", "--explain"])
    assert result.exit_code == 0
    assert "Pipelines must succeed" in result.output
    assert all(f"  {name} " in result.output for name in (*RULES, *CHECKS))


@pytest.mark.parametrize("words", [[], ["--bot-user", "0"], ["--bot-user", "launchbot"]])
def test_bot_user_has_to_be_given(words: list[str]) -> None:
    """Without it, everybody's verdict would count."""
    assert CliRunner().invoke(app, ["docs-check", *words]).exit_code == 2
