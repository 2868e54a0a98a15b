"""The real process, over a real file and real sockets, is killed with `kill -9` again and again.

How many calls a process lives for comes from the seed in the test's name; the rest is up to the
operating system. A usual run kills ten times, because each start takes a second; `make soak` fifty.
"""

import json
import random
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bot import loader
from tests.cli.installation import NAME, Installed, installed
from tests.scenarios.end_state import end_state

PATIENCE = 30.0
KILLS = 10
LONGEST_LIFE = 60
"""Calls to GitLab, after which a process is killed at the latest."""


class Served:
    """`launchbot serve`, which is started again after it was killed."""

    def __init__(self, site: Installed, folder: Path) -> None:
        self._site = site
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        site.world.watch(f"http://127.0.0.1:{self._port}/webhooks/gitlab", "hook-secret")
        self.start()

    def start(self) -> None:
        """Start, and wait until it listens; GitLab sends it hooks again, as after a while."""
        self._log = (self._folder / "serve.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            env={
                "PATH": "/usr/bin:/bin",
                **self._site.environment,
                "LAUNCHBOT_PORT": str(self._port),
            },
            stderr=self._log,
        )
        wait_until(self._listens)
        with self._site.sim.lock:
            for project in self._site.sim.state.projects.values():
                for hook in project.hooks.values():
                    hook.failures, hook.disabled, hook.disabled_until = 0, False, None
        self._born = len(self._site.sim.calls.log)

    def live(self, calls: int, reached: Callable[[], bool]) -> None:
        """Let it work for so many calls, those of people included, or until something is so."""
        wait_until(lambda: len(self._site.sim.calls.log) >= self._born + calls or reached())

    def kill(self) -> None:
        """`kill -9`, after which the database must be whole."""
        self._process.kill()
        self._process.wait(PATIENCE)
        self._log.close()
        copies = self._folder / "copies"
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        for file in self._folder.glob("launchbot.db*"):
            shutil.copy(file, copies)
        with closing(sqlite3.connect(copies / "launchbot.db")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

    def _listens(self) -> bool:
        assert self._process.poll() is None, (self._folder / "serve.log").read_text("utf-8")
        return "listening on" in (self._folder / "serve.log").read_text("utf-8")


def wait_until(done: Callable[[], bool]) -> None:
    """Real processes take real time."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end
        time.sleep(0.005)


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Installed, Served]]:
    """A GitLab on a socket, and the process that works in it; all with the same keys."""
    folder.mkdir()
    with installed(folder) as site:
        site.environment["LAUNCHBOT_SECRET_KEYS"] = "k" * 32
        leave_out_documentation(folder)
        served = Served(site, folder)
        try:
            yield site, served
        finally:
            served.kill()


def leave_out_documentation(folder: Path) -> None:
    """Documentation has scenarios of its own; this installation has the processes without it."""
    shutil.copytree(loader.shipped_folder(), folder / "processes")
    definition = folder / "processes" / NAME / "process.yml"
    text = definition.read_text("utf-8")
    definition.write_text(text.partition("\ndocumentation:\n")[0], "utf-8")
    with (folder / "launchbot.yml").open("a", encoding="utf-8") as config:
        config.write("process_folders: [processes]\n")


def quiet(site: Installed) -> Callable[[], bool]:
    """Whether nobody has called GitLab for a while."""
    seen, since = -1, 0.0

    def is_quiet() -> bool:
        nonlocal seen, since
        calls = site.sim.calls.reads + site.sim.calls.writes
        if calls != seen:
            seen, since = calls, time.monotonic()
        return time.monotonic() - since > 0.7

    return is_quiet


def play(site: Installed, settle: Callable[[Callable[[], bool]], None]) -> dict[str, Any]:
    """A whole launch as people drive it; what GitLab holds in the end.

    `settle` waits until the bot has done something, whatever happens to it meanwhile.
    """
    places: dict[str, tuple[int, int]] = {}

    def shows(part: str, label: str) -> bool:
        with site.sim.lock:
            issues = [*site.sim.state.issues.values()]
            for issue in issues:
                if f" part={part} " in (issue.description or ""):
                    places[part] = (issue.project.id, issue.iid)
                    return label in {label.name for label in issue.labels}
            return False

    def says(word: str, times: int = 1) -> bool:
        with site.sim.lock:
            notes = [note.body for note in site.sim.state.notes.values()]
            return sum(word in text for text in notes) == times

    def finish(phase: str) -> None:
        actor = site.world.holder(site.process.phases[phase].role)
        actor.tick(places[phase], *(task.id for task in site.process.phases[phase].walk()))
        actor.close(places[phase])
        settle(lambda: shows(phase, site.process.labels.gate.done))

    site.request()
    settle(lambda: all(shows(phase, "") or phase in places for phase in site.process.phases))
    settle(lambda: says("has started"))
    finish("scoping")
    settle(lambda: says("is unlocked", 2))
    finish("marketing")
    finish("technical")
    settle(lambda: says("Close this issue to make the launch live"))
    shows("root", "")
    site.world.holder(site.process.root.role).close(places["root"])
    settle(lambda: says("The launch is **live**"))
    settle(lambda: says('"state":"live"'))
    settle(quiet(site))
    text = json.dumps(end_state(site.sim, times=False)).replace(site.sim.url, "http://gitlab")
    state: dict[str, Any] = json.loads(text)
    return state


def play_and_kill(folder: Path, seed: int) -> tuple[dict[str, Any], int]:
    """A launch whose bot is killed ten times; what GitLab holds in the end, and the kills."""
    chance = random.Random(seed)  # noqa: S311 -- a scenario, no secret
    kills = 0
    with serving(folder) as (site, served):

        def settle(reached: Callable[[], bool]) -> None:
            nonlocal kills
            while kills < KILLS and not reached():
                served.live(chance.randrange(LONGEST_LIFE), reached)
                served.kill()
                served.start()
                kills += 1
            wait_until(reached)

        return play(site, settle), kills


@pytest.mark.hypothesis
@pytest.mark.parametrize("seed", [1])
def test_killed_process_leaves_the_same_launch(tmp_path: Path, seed: int) -> None:
    """However often it dies: the same issues, notes, labels and dates as if it had lived."""
    with serving(tmp_path / "alive") as (site, _):
        wanted = play(site, wait_until)
    launches = 5 if settings().max_examples >= 1000 else 1
    for number in range(launches):
        got, kills = play_and_kill(tmp_path / str(number), seed + number)
        assert got == wanted, f"seed {seed + number}"
        assert kills > KILLS // 2
