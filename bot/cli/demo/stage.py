"""The demo's stage: simulator, web receiver and engine, running in one process over real HTTP.

The bot is the one that `serve` runs; only its clock is the simulator's, so that days can pass.
"""

import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn

from bot.bootstrap import Bot, Installation, assemble, web_app
from bot.cli.demo.world import BOT, Actor, WorldPlan, seed
from bot.domain.process import Process
from bot.gitlab.client import Client
from bot.settings import Settings
from bot.simulator import Simulator, serve

_STILL = 0.15
_LONGEST = 10.0
_POLL = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """An issue of the launch, as whoever tells the story finds it."""

    place: tuple[int, int]
    raw: dict[str, Any]


class Stage:
    """A context manager: on entry everything runs, on exit it is gone."""

    def __init__(self, process: Process, folder: Path) -> None:
        self.process = process
        self.plan = WorldPlan.load(folder)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        secret = secrets.token_hex(16)
        self.root_token = f"demo-{secrets.token_hex(8)}"
        self.sim = Simulator(self.root_token, now=self.plan.starts)
        self._stack.enter_context(serve(self.sim))
        self.world = seed(self.plan, self.sim.url, Client(self.sim.url, self.root_token))
        self.bot = self._assemble(folder, secret)
        listener = socket.create_server(("127.0.0.1", 0))
        self.bot_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.bot.engine.run(self.bot.reconciler)
        self._stack.callback(self.bot.engine.stop)
        self._listen(listener)
        self.world.watch(f"{self.bot_url}/webhooks/gitlab", secret)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def settle(self) -> None:
        """Wait until nobody has anything left to do: no hook, no key, no call."""
        end = time.monotonic() + _LONGEST
        before, since = -1, time.monotonic()
        while time.monotonic() < end:
            calls = self.sim.calls.reads + self.sim.calls.writes
            if calls != before or self._busy():
                before, since = calls, time.monotonic()
            elif time.monotonic() - since > _STILL:
                return
            time.sleep(_POLL)

    def let_days_pass(self, days: int) -> None:
        """Move the clock of GitLab and of the bot."""
        self.sim.clock.advance(timedelta(days=days))
        self.bot.engine.beat()
        self.bot.engine.enqueue("resync")
        self.settle()

    def comment(self, who: Actor, place: tuple[int, int], text: str) -> list[str]:
        """Somebody comments a moment later; the emoji that the bot puts on it."""
        self.sim.clock.advance(timedelta(seconds=1))
        note = who.comment(place, text)
        self.settle()
        path = f"/projects/{place[0]}/issues/{place[1]}/notes/{note}/award_emoji"
        return [str(award["name"]) for award in self.world.admin.list(path)]

    def parts(self) -> dict[str, Part]:
        """The issues of every launch that was started, `root` and phases, by name."""
        found: dict[str, Part] = {}
        for marker, raw in self._marked():
            found.setdefault(marker, Part((raw["project_id"], raw["iid"]), raw))
        return found

    def notes_of_bot(self) -> list[dict[str, Any]]:
        """Everything that the bot has commented anywhere, oldest first."""
        notes = [
            note
            for raw in self._issues()
            for note in self.world.admin.list(
                f"/projects/{raw['project_id']}/issues/{raw['iid']}/notes"
            )
        ]
        ours = (note for note in notes if note["author"]["username"] == BOT and not note["system"])
        return sorted(ours, key=lambda note: int(note["id"]))

    def count_issues(self) -> int:
        """How many issues there are in all projects."""
        return sum(1 for _ in self._issues())

    def count_calls(self) -> tuple[int, int]:
        """How often the bot wrote and read."""
        methods = [method for method, _, user, _ in [*self.sim.calls.log] if user == BOT]
        reads = sum(method == "GET" for method in methods)
        return len(methods) - reads, reads

    def _marked(self) -> Iterator[tuple[str, dict[str, Any]]]:
        finder = self.bot.access().finder
        for raw in self._issues():
            if marker := finder.marker(raw):
                yield marker.part, raw

    def _issues(self) -> Iterator[dict[str, Any]]:
        for project in self.world.projects.values():
            yield from self.world.admin.list(f"/projects/{project}/issues", sort="asc")

    def _busy(self) -> bool:
        due = self.bot.store.next_due()
        return bool(self.sim.outbox.pending) or (due is not None and due <= self.bot.clock())

    def _assemble(self, folder: Path, secret: str) -> Bot:
        settings = Settings.load(
            {
                "LAUNCHBOT_GITLAB_URL": self.sim.url,
                "LAUNCHBOT_GITLAB_TOKEN": self.world.bot_token,
                "LAUNCHBOT_SECRET_KEYS": secrets.token_hex(32),
                "LAUNCHBOT_WEBHOOK_SECRET": secret,
                "LAUNCHBOT_DATABASE_URL": f"sqlite:///{folder / 'launchbot.db'}",
            }
        )
        installation = Installation(self.plan.configuration(), {self.process.name: self.process})
        return assemble(settings, installation, clock=self.sim.clock.now)

    def _listen(self, listener: socket.socket) -> None:
        config = uvicorn.Config(web_app(self.bot), log_level="warning", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(_LONGEST)
            listener.close()

        self._stack.callback(stop)


def until(condition: Callable[[], bool]) -> bool:
    """Whether a condition comes true in time."""
    end = time.monotonic() + _LONGEST
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(_POLL)
    return True
