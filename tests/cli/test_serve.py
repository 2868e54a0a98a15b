"""`launchbot serve` as a real process, with real sockets and signals."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.cli.installation import Installed, installed


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installed]:
    """An installation in which no bot runs."""
    with installed(tmp_path) as site:
        yield site


def process(environment: dict[str, str]) -> "subprocess.Popen[str]":
    """Start the command."""
    command = [sys.executable, "-m", "bot", "serve"]
    return subprocess.Popen(
        command,
        env={"PATH": "/usr/bin:/bin", "LAUNCHBOT_PORT": "0", **environment},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """An installation that nobody changes, for starts that are refused."""
    with installed(tmp_path_factory.mktemp("settings")) as site:
        yield site


@contextmanager
def served(site: Installed) -> Iterator[str]:
    """The address of a running bot; it is told to stop in the end, and does."""
    running = process(site.environment)
    try:
        assert running.stderr is not None
        told = running.stderr.readline()
        address = re.search(r"http://\S+", told)
        assert address, told + running.stderr.read()
        yield address[0]
        running.send_signal(signal.SIGTERM)
        assert running.wait(15) in {0, -signal.SIGTERM}
    finally:
        running.kill()
        running.communicate()


def test_label_starts_a_launch(site: Installed) -> None:
    """Receiver, queue, workers: a request that is heard of by a webhook becomes four issues."""
    with served(site) as address:
        assert requests.get(f"{address}/healthz", timeout=5).status_code == 200
        assert requests.get(f"{address}/readyz", timeout=5).json() == {
            "database": "ok",
            "workers": "ok",
            "gitlab": "ok",
        }
        site.world.watch(f"{address}/webhooks/gitlab", "hook-secret")
        site.request()
        opened = [f"/projects/{site.world.projects['marketing']}/issues"]
        end = time.monotonic() + 15
        while not site.world.admin.list(opened[0]) and time.monotonic() < end:
            time.sleep(0.05)
        assert len(site.world.admin.list(opened[0])) == 1


def test_request_made_while_it_was_down_is_found_at_the_start(site: Installed) -> None:
    """Nobody told it; the first look through the projects finds it."""
    site.request()
    with served(site):
        project = site.world.projects["marketing"]
        end = time.monotonic() + 15
        while not site.world.admin.list(f"/projects/{project}/issues") and time.monotonic() < end:
            time.sleep(0.05)
        assert len(site.world.admin.list(f"/projects/{project}/issues")) == 1


def test_log_tells_at_the_start_of_a_project_that_is_not_there(site: Installed) -> None:
    """In the words of /readyz, at which nobody may look."""
    config = Path(site.environment["LAUNCHBOT_CONFIG"])
    config.write_text(config.read_text().replace("cloud/docs", "cloud/dox"))
    running = process(site.environment)
    assert running.stderr is not None
    address = re.search(r"http://\S+", running.stderr.readline())
    assert address
    assert requests.get(f"{address[0]}/healthz", timeout=15).status_code == 200
    running.kill()
    log = running.communicate()[1]
    assert "gitlab_not_usable_yet" in log
    assert "`projects` of launchbot.yml: docs; correct them" in log


def test_wrong_secret_is_refused(site: Installed) -> None:
    """401, whatever it says."""
    with served(site) as address:
        answer = requests.post(
            f"{address}/webhooks/gitlab", json={}, headers={"X-Gitlab-Token": "no"}, timeout=5
        )
        assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"LAUNCHBOT_WEBHOOK_SECRET": ""}, "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN"),
        ({"LAUNCHBOT_SECRET_KEYS": ""}, "LAUNCHBOT_SECRET_KEYS is not set"),
        ({"LAUNCHBOT_GITLAB_TOKEN": ""}, "LAUNCHBOT_GITLAB_TOKEN is not set"),
        ({"LAUNCHBOT_CONFIG": "/nowhere.yml"}, "/nowhere.yml"),
        ({"LAUNCHBOT_HOST": "192.0.2.1"}, "Cannot listen on 192.0.2.1"),
        ({"LAUNCHBOT_WEBHOK_SECRET": "x"}, "LAUNCHBOT_WEBHOOK_SECRET"),
    ],
    ids=["no hook secret", "no keys", "no token", "no configuration", "bad host", "typing mistake"],
)
def test_start_without_what_it_needs_is_refused(
    settings: Installed, changes: dict[str, str], told: str
) -> None:
    """Exit 1, one clear message, no traceback, no secret."""
    running = process({**settings.environment, **changes})
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert told in errors
    assert "Traceback" not in errors
    assert settings.environment["LAUNCHBOT_GITLAB_TOKEN"] not in errors


def test_everything_that_is_missing_is_told_at_once(settings: Installed) -> None:
    """One start tells all of it."""
    needed = ("GITLAB_TOKEN", "SECRET_KEYS", "WEBHOOK_SECRET")
    running = process({**settings.environment, **{f"LAUNCHBOT_{name}": "" for name in needed}})
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert [name for name in needed if f"LAUNCHBOT_{name}" not in errors] == []


def test_invalid_configuration_is_refused_with_its_place(site: Installed) -> None:
    """File, line and column of each mistake."""
    config = Path(site.environment["LAUNCHBOT_CONFIG"])
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}\nrols: {{}}\n", encoding="utf-8")
    running = process(site.environment)
    _, errors = running.communicate(timeout=20)
    assert running.returncode == 1
    assert re.search(r"launchbot\.yml:\d+:\d+: ", errors)
    assert "Traceback" not in errors
