"""A bot that can die at any moment, and a person or a fault that can come in between.

A moment is just before a call to GitLab, a commit in the database or the answer to a webhook.
After one is before the next: in between nothing happens that outlives the process.
What happens at a moment is up to the test; nothing of the bot is replaced.
"""

from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from bot.bootstrap import Bot
from bot.cli.demo.world import WorldPlan
from bot.domain.process import Process
from bot.simulator import Delivery, create_app
from tests.scenarios import small
from tests.scenarios.play import Play, Saved
from tests.transport import AsgiTransport

Meanwhile = Callable[[int, str], object]
"""What happens at a moment: its number since the last `watch`, and its name."""


class Death(BaseException):
    """The process is gone; not an `Exception`, so that no code of ours may hold it up."""


class Moments:
    """Counts moments, and lets something happen at them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.dead = False
        self._meanwhile: Meanwhile = lambda _number, _name: None

    def watch(self, meanwhile: Meanwhile = lambda _number, _name: None) -> None:
        """Count from 0 again."""
        self.names = []
        self._meanwhile = meanwhile

    def pass_by(self, name: str) -> None:
        """A moment has come. Who is dead does nothing any more."""
        if self.dead:
            raise Death
        self.names.append(name)
        self._meanwhile(len(self.names) - 1, name)

    def die(self) -> None:
        """End the process here."""
        self.dead = True
        raise Death

    def at(self, moment: int, deed: Callable[[], object]) -> None:
        """Count from 0 again, and let something happen at a moment."""
        self.watch(lambda number, _: deed() if number == moment else None)

    def die_at(self, numbers: Container[int]) -> None:
        """Count from 0 again, and end the process at these moments."""
        self.watch(lambda number, _: self.die() if number in numbers else None)


class Line(httpx2.BaseTransport):
    """The bot's connection to GitLab, with a moment before each call."""

    def __init__(self, inner: httpx2.BaseTransport, moments: Moments) -> None:
        self._inner = inner
        self._moments = moments

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One call."""
        name = f"{request.method} {request.url.path.removeprefix('/api/v4')}"
        self._moments.pass_by(name)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()


class MortalPlay(Play):
    """A play of the small process with a bot that can die; it is started again at once."""

    def __init__(
        self,
        folder: Path,
        process: Process | None = None,
        plan: WorldPlan | None = None,
        *,
        began: Saved | None = None,
    ) -> None:
        self.moments = Moments()
        self.deaths = 0
        self.skew = timedelta()
        self._lines: list[httpx2.Client] = []
        process, plan = process or small.process(), plan or small.plan()
        super().__init__(folder, process, plan=plan, began=began)
        # What lost its cause in a crash is given up, and tried again by the next resync.
        self.may_give_up = True
        if not began:
            small.label(self.admin, self.process, self.world.projects.values())

    def clock(self) -> datetime:
        """The bot's clock; it may be slow by `skew`."""
        return self.sim.clock.now() - self.skew

    def line(self) -> httpx2.Client:
        """The bot's connection to GitLab."""
        line = Line(AsgiTransport(create_app(self.sim)), self.moments)
        self._lines.append(httpx2.Client(transport=line))
        return self._lines[-1]

    def start(self, **environment: str) -> None:
        """Start the bot, or start it anew with the same database."""
        super().start(**environment)
        draw_no_lots(self.bot)
        watch_commits(self.bot, self.moments)

    def close(self) -> None:
        """Close what is open."""
        super().close()
        for line in self._lines:
            line.close()

    def send(self, delivery: Delivery) -> int:
        """Deliver a webhook; the status of the answer."""
        status = super().send(delivery)
        self.moments.pass_by("answer")
        return status

    def work(self) -> "MortalPlay":
        """Deliver all hooks and let the bot work; where it dies, it is started again."""
        while True:
            try:
                if self.moments.dead:
                    self.revive()
                super().work()
            except Death:
                continue
            else:
                return self

    def settle(self) -> "MortalPlay":
        """Let the bot look through everything once more; after that nothing may be given up."""
        self.resync()
        assert not self.bot.store.dead()
        return self

    def revive(self) -> None:
        """The hooks of that time are lost; a new process starts and looks through everything."""
        self.sim.outbox.take()
        self.deaths += 1
        self.restart()

    def restart(self, *, forget: bool = False) -> None:
        """A new process over the same database, or over none, looks through everything."""
        self._shut()
        if forget:
            self.delete_database()
        self.moments.dead = False
        self.start()
        self.bot.engine.enqueue("resync")

    def delete_database(self) -> None:
        """Delete the database with its logs, whoever has it open."""
        for file in self._folder.glob("launchbot.db*"):
            file.unlink()

    def pass_time(self, **time: float) -> "MortalPlay":
        """Let time pass, with the bot at work whenever something is due."""
        end = self.sim.clock.now() + timedelta(**time)
        while (due := self.bot.store.next_due()) and due <= end - self.skew:
            self.sim.clock.set(max(due + self.skew, self.sim.clock.now() + timedelta(seconds=1)))
            self.work()
        self.sim.clock.set(max(end, self.sim.clock.now()))
        return self.work()

    def _shut(self) -> None:
        self.hang_up()
        self.bot.store.close()
        while self._lines:
            self._lines.pop().close()


def draw_no_lots(bot: Bot) -> None:
    """Let pauses be as long every time, so that a play is the same every time."""
    bot.engine._work = replace(bot.engine._work, draw=lambda: 0.5)


def watch_commits(bot: Bot, moments: Moments) -> None:
    """Have a moment before each commit of a bot's database."""
    begin: Any = bot.store._writing

    @contextmanager
    def writing() -> Iterator[Any]:
        with begin() as connection:
            yield connection
            moments.pass_by("commit")

    bot.store._writing = writing  # type: ignore[method-assign]
