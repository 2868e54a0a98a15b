"""Two worlds in which people do the same: in one all goes well, in the other much goes wrong.

A script is rounds; in each people do something, the bot works on it and faults happen to it, then
they stop, and one resync later both worlds must be the same. Written out, a script is one line:

    python -m tests.scenarios.mixed '0: ask.1 ! die.17 / tick.3 close.1 ! deaf.0 outage.4'

The number in front says how many acts of `acts.ACTS` are over when it begins; the number of a deed
chooses among its ways, that of a fault the moment of the bot's work and the way.

What changes the end for good happens in both worlds: a new token, a record and its copy lost.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import stamina
from structlog.testing import capture_logs

from bot.domain.process import ROOT
from tests.scenarios.acts import ACTS
from tests.scenarios.deeds import ASIDE, DEEDS, PARTS, comment, issue, pick
from tests.scenarios.end_state import end_state
from tests.scenarios.mortal import MortalPlay
from tests.scenarios.play import Saved
from tests.scenarios.troubles import TROUBLES, UNHEARD, WIPES, TroubledPlay

COMMAND = ".venv/bin/python -m tests.scenarios.mixed"
APART = ({"command", "expel"},)
"""While the bot sees less it answers what it sees."""

BUSY = ("replace-token", "lose-record", "resume")
"""What operators do, in both worlds alike."""

_REBUILT = re.compile(
    r'((?:part=note\.[a-z]+\.[a-z]+\.|"(?:first_turn|[a-z]+\.[a-z]+)": ))'
    r"1\d{9}(?: issue=\d+ sig=[0-9a-f]{64})?"
)
"""The time in a rebuilt record, and in the signed keys of the comments that it owes."""
_STATUS = re.compile(r"^note by launchbot\d*: (?=.* part=status )", re.DOTALL)
"""Who wrote a status note."""
_MARK = re.compile(r"(?<= part=status) issue=\d+ sig=[0-9a-f]{64}")
"""On which issue it was written; one that came along in a move keeps that until there is news."""
_LINK = re.compile(r"\[([^\]]+)\]\(http://gitlab\.test/[^)]+/-/issues/\d+\)")
"""Of an issue that was hidden when something was said only the name is known."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens, and the number that says where, when and how."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}.{self.number}"

    @classmethod
    def read(cls, text: str) -> "Step":
        """The step that is written like this."""
        name, _, number = text.partition(".")
        if name not in {*DEEDS, *BUSY, *TROUBLES, *aside()}:
            raise SystemExit(f"nothing is called {name!r}")
        return cls(name, int(number or 0))


@dataclass(slots=True)
class Round:
    """What people do before the bot looks, and what goes wrong while it works."""

    deeds: list[Step] = field(default_factory=list)
    troubles: list[Step] = field(default_factory=list)

    def fits(self, name: str) -> bool:
        """Whether a fault still leaves no trace beside the others, and what operators do.

        Note and database gone together are a record lost: `lose-record`. A resumption waits in
        the database, as `resume` alone does.
        """
        beside = {step.name for step in (*self.deeds, *self.troubles)}
        if name in aside() and name in beside:
            return False  # Which of two titles is the last would be left to chance.
        if any(name in pair and beside & (pair - {name}) for pair in APART):
            return False
        if name in WIPES:
            return beside.isdisjoint({*UNHEARD, "resume"})
        return name not in UNHEARD or beside.isdisjoint(WIPES)

    def __str__(self) -> str:
        return f"{' '.join(map(str, self.deeds))} ! {' '.join(map(str, self.troubles))}".strip()

    @classmethod
    def read(cls, text: str) -> "Round":
        """The round that is written like this."""
        deeds, _, troubles = text.partition("!")
        return cls(*([Step.read(word) for word in part.split()] for part in (deeds, troubles)))


def aside() -> list[str]:
    """The names of what people do while the bot is at work."""
    return [f"aside-{name}" for name in ASIDE]


@cache
def begun(acts: int) -> Saved:
    """A world in which so many acts of a launch are over."""
    with TemporaryDirectory() as folder:
        play = MortalPlay(Path(folder))
        for deed in list(ACTS.values())[:acts]:
            deed(play)
        saved = play.save()
        play.close()
        return saved


class Worlds:
    """The calm world and the troubled one, side by side."""

    def __init__(self, acts: int, folder: Path) -> None:
        self.acts = acts
        self.played: list[Round] = []
        self.calm = self._open(folder / "calm")
        self.troubled = self._open(folder / "troubled")

    def _open(self, folder: Path) -> TroubledPlay:
        folder.mkdir()
        return TroubledPlay(folder, began=begun(self.acts))

    def close(self) -> None:
        """Close both."""
        self.calm.close()
        self.troubled.close()

    def play(self, now: Round) -> None:
        """Play a round in both worlds, and compare them."""
        self.played.append(now)
        try:
            self._play(now)
        except Exception as problem:
            problem.add_note(f"Play it again:\n  {self.command()}")
            raise

    def command(self) -> str:
        """The command that plays all rounds again."""
        return f"{COMMAND} '{self.acts}: {' / '.join(map(str, self.played))}'"

    def _play(self, now: Round) -> None:
        calm, troubled = self.calm, self.troubled
        self._begin_day()
        calm.moments.watch()
        do(calm, now.deeds)
        calm.work()
        moments = max(1, len(calm.moments.names))
        for step in now.troubles:
            step_aside(calm, step)
        calm.work()
        do(troubled, now.deeds)
        planned = arm(troubled, now.troubles, moments)
        troubled.work()
        if troubled.down:
            troubled.pass_time(minutes=40)
        late = [step for steps in planned.values() for step in steps]
        late = [step for step in late if not step_aside(troubled, step)]
        self._end(now, late)

    def _begin_day(self) -> None:
        """Both begin the day at the same time, with what was late the day before."""
        calm, troubled = self.calm, self.troubled
        start = max(calm.sim.clock.now(), troubled.sim.clock.now()) + timedelta(days=1)
        start = start.replace(hour=9, minute=0, second=0, microsecond=0)
        late, troubled.held = troubled.held, []
        for play in (calm, troubled):
            play.sim.clock.set(start)
        for delivery in late:
            troubled.send(delivery)
        for play in (calm, troubled):
            play.work()

    def _end(self, now: Round, late: Sequence[Step]) -> None:
        """The faults stop; what GitLab refused is asked for again the next day.

        `late` is what people do on issues that were not there yet.
        """
        self.troubled.stop_faults()
        both = (self.calm, self.troubled)
        unheard = any(step.name in UNHEARD for step in now.troubles)
        if unheard and all(issue(play, ROOT) for play in both):
            for play in both:
                comment(play, 0)
        self.troubled.pass_time(minutes=10)
        for play in both:
            play.settle()
        if any(step.name == "expel" for step in now.troubles):
            self._begin_day()
            for play in both:
                play.settle()
        for step in late:
            step_aside(self.troubled, step)
        self.troubled.work()
        self._compare()

    def _compare(self) -> None:
        former = _former(self.calm) | _former(self.troubled)
        calm, troubled = state(self.calm, former), state(self.troubled, former)
        assert troubled == calm, difference(calm, troubled)


def do(play: TroubledPlay, deeds: Sequence[Step]) -> None:
    """People and operators do something; the bot has not looked yet.

    Records are lost last, when it is known whether the request still tells what they held.
    """
    for step in sorted(deeds, key=lambda step: step.name == "lose-record"):
        if step.name == "replace-token":
            replace_token(play)
        elif step.name == "lose-record":
            lose_record(play)
        elif step.name == "resume":
            resume(play)
        else:
            DEEDS[step.name](play, step.number)


def replace_token(play: TroubledPlay) -> None:
    """The bot gets a new token, which is a new user."""
    play.stop_faults()
    play.replace_bot_user()


def resume(play: TroubledPlay) -> None:
    """An operator ends the pause of the launch; is there none, the command line refuses."""
    if issue(play, ROOT):
        play.bot.engine.enqueue("resume:i1")


def lose_record(play: TroubledPlay) -> None:
    """The status notes are deleted, and so is the database.

    Not where the request is gone, too: that such a launch goes on is not promised.
    """
    if not _shows_request(play):
        return
    for note in play.status_notes():
        project, iid = note.noteable.project.id, note.noteable.iid
        play.admin._gitlab.http_delete(f"/projects/{project}/issues/{iid}/notes/{note.id}")
    play.restart(forget=True)


def _shows_request(play: TroubledPlay) -> bool:
    """Whether the request has its label, or is linked to the root."""
    root, request = issue(play, ROOT), issue(play, "request")
    if root is None or request is None:
        return request is not None
    labels = {label.name for label in request.labels}
    return play.process.labels.request in labels or not root.links.keys().isdisjoint(request.links)


def arm(play: TroubledPlay, troubles: Sequence[Step], moments: int) -> dict[int, list[Step]]:
    """Let each trouble happen at its moment; those whose moment has not come yet."""
    planned: dict[int, list[Step]] = {}
    for step in troubles:
        planned.setdefault(step.number % moments, []).append(step)

    def meanwhile(number: int, _name: str) -> None:
        steps = planned.get(number, [])
        while steps:
            step = steps.pop(0)
            if step.name in TROUBLES:
                TROUBLES[step.name](play, step.number // moments)
            elif not step_aside(play, step):
                planned.setdefault(number + 1, []).append(step)

    play.moments.watch(meanwhile)
    return planned


def step_aside(play: TroubledPlay, step: Step) -> bool:
    """A person does something of which the bot takes no notice, if the issue is there by now."""
    (part,) = pick(step.number, PARTS)
    there = step.name in aside() and issue(play, part) is not None
    if there:
        ASIDE[step.name.removeprefix("aside-")](play, step.number)
    return there


def _former(play: TroubledPlay) -> set[str]:
    """Status notes that have a successor beside them; the last one counts, whoever the bot was.

    A former bot user's has one at the first news, be they only that the bot saw less, and one that
    was moved here while the bot did not see from where.
    """
    return {note.body for note in sorted(play.status_notes(), key=lambda note: note.id)[:-1]}


def state(play: TroubledPlay, former: set[str]) -> dict[str, Any]:
    """What there is, without what tells nothing: when a record was rebuilt, and broken ones."""
    seen = end_state(play.sim, times=False, without={*play.broken, *former})
    # What the bot said while it saw less was true, and stays; GitLab then notes no mention.
    mention = r"^system note by launchbot\d*: mentioned in "
    while_blind = re.compile(rf" part=note\.(moved|cannot) |{mention}")
    for shown in seen.values():
        if isinstance(shown, dict):
            notes = (note for note in shown["notes"] if not while_blind.search(note))
            shown["notes"] = sorted(map(_plain, notes))
    return seen


def _plain(note: str) -> str:
    """A note without what tells nothing."""
    without = ((_STATUS, "the bot: "), (_MARK, ""), (_LINK, r"\1"), (_REBUILT, r"\1 then"))
    for pattern, instead in without:
        note = pattern.sub(instead, note)
    return note


def difference(calm: dict[str, Any], troubled: dict[str, Any]) -> str:
    """What the worlds do not share, line by line."""
    here, there = (
        json.dumps(each, indent=1).replace("\\n", "\n").splitlines() for each in (calm, troubled)
    )
    lines = unified_diff(here, there, "calm", "troubled", lineterm="", n=2)
    return "\n".join(["the worlds differ", *lines])


def read(script: str) -> tuple[int, list[Round]]:
    """The script that is written like this."""
    acts, _, rounds = script.partition(":")
    return int(acts), [Round.read(text) for text in rounds.split("/")]


@contextmanager
def opened(acts: int) -> Iterator[Worlds]:
    """Two worlds that begin after so many acts."""
    with TemporaryDirectory() as folder, stamina.set_testing(True, attempts=3, cap=True):
        worlds = Worlds(acts, Path(folder))
        try:
            yield worlds
        finally:
            worlds.close()


def play(script: str) -> None:
    """Play a script."""
    acts, rounds = read(script)
    with opened(acts) as worlds:
        for each in rounds:
            worlds.play(each)


if __name__ == "__main__":
    with capture_logs():
        play(sys.argv[1])
