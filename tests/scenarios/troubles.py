"""Faults that must leave no trace, each at a moment of the bot's work; see `mortal`.

What ends with its round: calls that go wrong, lost hooks, a wrong clock, a lost membership.
"""

import json
import random
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.domain.process import ROOT
from bot.simulator import Delivery
from bot.simulator.model import Note
from tests.scenarios.deeds import issue
from tests.scenarios.mortal import MortalPlay

CALLS: Mapping[str, Mapping[str, Any]] = {
    "lost": {"kind": "timeout_after"},
    "never": {"kind": "timeout_before"},
    "late": {"kind": "commit_later", "seconds": 60},
    "502": {"kind": "status", "status": 502, "after_write": True},
    "500": {"kind": "status", "status": 500},
    "401": {"kind": "status", "status": 401},
    "429": {"kind": "status", "status": 429},
    "slow": {"kind": "status", "status": 429, "headers": {"Retry-After": "30"}},
    "page": {"kind": "status", "status": 502, "body": "<html>down</html>"},
}
HOURS = (5, -5, -2, 3, -6, 2)
"""What failed while a clock was ahead by less may wait for an hour more."""
RECORD = re.compile(r"<!-- launchbot:record .*? -->", re.DOTALL)
REPORTER = 20


class TroubledPlay(MortalPlay):
    """A play to which faults can happen, and for which they can be made to stop."""

    chance: random.Random | None = None
    """Decides the fate of each hook; None: all arrive."""
    broken: list[str]
    """Status notes that a maintainer broke, as they were left."""
    held: list[Delivery]
    late: bool = False
    down: bool = False

    def __init__(self, *args: Any, **more: Any) -> None:
        self.broken, self.held = [], []
        super().__init__(*args, **more)

    def send(self, delivery: Delivery) -> int:
        """Send a hook, or lose it, or hold it back to send it thrice and out of order."""
        if self.late:
            self.held.append(delivery)
            return 200
        if self.chance is None:
            return super().send(delivery)
        fate = self.chance.random()
        self.held += [delivery] if fate > 0.3 else []
        if fate < 0.6:
            return 200
        several, self.held = self.held * 3, []
        self.chance.shuffle(several)
        return max(super(TroubledPlay, self).send(each) for each in several)

    def bot_name(self) -> str:
        """The name of the bot's present user."""
        return self.sim.state.tokens[self.world.bot_token].user.username

    def status_notes(self) -> list[Note]:
        """The status notes of the first launch that stand in its issue and are whole.

        A former bot user's is one, too, and has a successor as soon as there is news.
        """
        root = issue(self, ROOT)
        return [
            note
            for note in (root.notes if root else ())
            if " launch=i1 part=status " in note.body and note.body not in self.broken
        ]

    def status_note(self) -> Note | None:
        """The newest of them that the bot wrote as the user that it is now."""
        found = [n for n in self.status_notes() if n.author.username == self.bot_name()]
        return max(found, key=lambda note: note.id, default=None)

    def copied_status_note(self) -> Note | None:
        """The same, if the bot has a copy of the very record in it."""
        note = self.status_note()
        copy = json.loads(self.bot.store.record("i1") or "{}").get("revision")
        return note if note and copy and f'"revision":{copy},' in note.body else None

    def stop_faults(self) -> None:
        """From now on all goes well; hooks that are held back stay so."""
        self.sim.faults.clear()
        self.moments.watch()
        self.skew, self.chance, self.late, self.down = timedelta(), None, False, False
        self.admit()

    def admit(self) -> None:
        """The bot is a member everywhere."""
        user = self.sim.state.tokens[self.world.bot_token].user
        for number in self.world.projects.values():
            if user.id not in self.sim.state.projects[number].members:
                body = {"user_id": user.id, "access_level": REPORTER}
                self.admin.post(f"/projects/{number}/members", body)


Trouble = Callable[[TroubledPlay, int], object]


def die(play: TroubledPlay, _number: int) -> None:
    """The process dies; just as an answer is lost, only after what was asked for is done."""
    statuses = [status for *_, user, status in play.sim.calls.log if user == play.bot_name()]
    if statuses and not statuses[-1]:
        play.sim.clock.advance(timedelta(minutes=1))
    play.moments.die()


def wipe(play: TroubledPlay, _number: int) -> None:
    """The database is deleted under the running bot, when no write is under way any more."""
    play.sim.clock.advance(timedelta(minutes=1))
    play.delete_database()


def wipe_and_die(play: TroubledPlay, number: int) -> None:
    """The database is deleted, and the process dies."""
    wipe(play, number)
    play.moments.die()


def fail(play: TroubledPlay, number: int) -> None:
    """The next calls go wrong, in one way."""
    times, kind = divmod(number, len(CALLS))
    rule = CALLS[list(CALLS)[kind]]
    play.sim.faults.add(match={"user": play.bot_name()}, times=1 + times % 4, **rule)


def outage(play: TroubledPlay, number: int) -> None:
    """All calls go wrong, in one way, until the faults stop."""
    rule = CALLS[list(CALLS)[number % len(CALLS)]]
    play.sim.faults.add(match={"user": play.bot_name()}, times=None, **rule)
    play.down = True


def jump(play: TroubledPlay, number: int) -> None:
    """The bot's clock jumps."""
    play.skew = timedelta(hours=HOURS[number % len(HOURS)])


def expel(play: TroubledPlay, number: int) -> None:
    """The bot is no member of a project any more, or of none.

    Not while issues are being opened: they would be opened in another order, with other numbers.
    """
    opened = [issue(play, part) is not None for part in (ROOT, "scope", "build")]
    if any(opened) and not all(opened):
        return
    user = play.sim.state.tokens[play.world.bot_token].user
    places = list(play.world.projects.values())
    for project in (places[:1], places[1:], places)[number % 3]:
        play.sim.state.projects[project].members.pop(user.id, None)


def delete_status(play: TroubledPlay, _number: int) -> None:
    """A maintainer deletes the status note, of which the bot has a copy."""
    if note := play.copied_status_note():
        project, iid = note.noteable.project.id, note.noteable.iid
        play.admin._gitlab.http_delete(f"/projects/{project}/issues/{iid}/notes/{note.id}")


def break_status(play: TroubledPlay, number: int) -> None:
    """A maintainer breaks the record in the status note, of which the bot has a copy."""
    if note := play.copied_status_note():
        hidden = note.body[note.body.index("<!-- launchbot:") :]
        harm = (RECORD.sub("", hidden), hidden.replace('"launch"', '"lunch"', 1))[number % 2]
        edit(play, note, f"It is broken.\n\n{harm}")
        play.broken.append(note.body)


def reword_status(play: TroubledPlay, _number: int) -> None:
    """A maintainer replaces the words of the status note."""
    if note := play.status_note():
        edit(play, note, f"All is well.\n\n{note.body[note.body.index('<!-- launchbot:') :]}")


def edit(play: TroubledPlay, note: Note, body: str) -> None:
    """The administrator edits a note."""
    path = f"/projects/{note.noteable.project.id}/issues/{note.noteable.iid}/notes/{note.id}"
    play.admin.put(path, {"body": body})


def shake(play: TroubledPlay, number: int) -> None:
    """Three of ten hooks are lost, the others come thrice, in any order."""
    play.chance = random.Random(number)  # noqa: S311 -- a scenario, no secret


def delay(play: TroubledPlay, _number: int) -> None:
    """Hooks arrive days later."""
    play.late = True


def deaf(play: TroubledPlay, _number: int) -> None:
    """The hooks that are on their way are lost."""
    play.sim.outbox.take()


WIPES = ("wipe", "wipe-and-die")
"""What deletes the database."""

UNHEARD = ("delete-status", "break-status", "reword-status")
"""What GitLab may tell nobody of; the bot sees it when it looks at the launch again."""

TROUBLES: Mapping[str, Trouble] = {
    "die": die,
    "wipe": wipe,
    "wipe-and-die": wipe_and_die,
    "fail": fail,
    "outage": outage,
    "jump": jump,
    "expel": expel,
    "delete-status": delete_status,
    "break-status": break_status,
    "reword-status": reword_status,
    "shake": shake,
    "delay": delay,
    "deaf": deaf,
}
"""What goes wrong."""
