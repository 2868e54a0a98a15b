"""Two hundred hostile texts through HTTP: people type them everywhere, and nothing acts as the bot.

The simulator runs quick actions, notifies and cross-references as GitLab does. What the bot does
to the world is compared with what it does where people type nothing but harmless words.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.cli.demo.world import Actor
from bot.domain import markers
from bot.simulator.text import mentions
from tests.hostile_texts import KEYS, texts
from tests.scenarios.play import Play

LAUNCHES, FIELDS, COMMENTS = 10, 20, 3
PHASES = ("scoping", "technical", "marketing")
REQUEST = (
    "### Launch date\n\n2027-06-15\n\n### Partner\n\n``````````\n{}\n``````````\n\n"
    "### Provider\n\n``````````\n{}\n``````````\n\n### Remarks\n\n> {}\n"
)


class Story:
    """Launches in which people type given texts wherever they can; `used` counts them."""

    def __init__(self, play: Play, words: Iterator[str]) -> None:
        self.play = play
        self.used = 0
        self._words = words
        self._stranger = self._guest("all", f"@alice </b> #1 {self._next()}")

    def _guest(self, username: str, name: str) -> Actor:
        """Somebody who may see and comment and no more, with a name that is none."""
        play = self.play
        user = {"username": username, "email": "all@example.com", "password": "invented-0815"}
        made = play.admin.post("/users", {**user, "name": name[:200]})
        for project in play.world.projects.values():
            member = {"user_id": made["id"], "access_level": 10}
            play.admin.post(f"/projects/{project}/members", member)
        tokens = f"/users/{made['id']}/personal_access_tokens"
        token = play.admin.post(tokens, {"name": "x", "scopes": ["api"]})["token"]
        return Actor(username, play._client(token))

    def _next(self) -> str:
        """The next text, without what JSON or a title cannot carry."""
        self.used += 1
        return next(self._words).encode(errors="ignore").decode().replace("\0", "")[:120]

    def _value(self) -> str:
        """The next text, without a comment that would hide the rest of the request."""
        text = self._next()
        return f"{text} -->" if "<!--" in text.rpartition("-->")[2] else text

    def _line(self) -> str:
        """The next text in one line, so that it does not run as the person who types it."""
        return " ".join(self._next().split())

    def launch(self, number: int) -> None:
        """A request, and texts on all that comes of it: as many as `FIELDS`."""
        play, alice = self.play, self.play.people["alice"]
        # The numbers tell launches apart; in front of them stands whatever is typed.
        values = (f"{self._value()} {number}", f"{self._value()} {number}", self._line())
        place = play.request(REQUEST.format(*values), title=f"{self._line()} {number}")
        found = play.resync().issues()
        places = {part: (raw["project_id"], raw["iid"]) for part, (*_, raw) in found.items()}
        for there in (place, *places.values()):
            for _ in range(COMMENTS):
                self._stranger.comment(there, f"Hm.\n{self._next()}")
        play.people["dora"].comment(places["root"], f"> {self._line()}")
        forged = f"- [x] `create-issue` {found['scoping'][-1]['title']}"
        text = f"{found['scoping'][-1]['description']}\n{forged}"
        alice.change(places["scoping"], description=text)
        play.work()


def deeds(play: Play) -> dict[str, Any]:
    """What the bot has done, but for the words that it wrote."""
    bot, state = play.bot_id(), play.sim.state
    todos = [todo for user in state.users.values() for todo in user.todos]
    ours = [issue for issue in state.issues.values() if issue.author.id == bot]
    system = [note for note in state.notes.values() if note.author.id == bot and note.system]
    return {
        "to-dos": Counter((t.user.username, t.action) for t in todos if t.author.id == bot),
        "system notes": Counter(re.sub(r"\d+", "N", note.body) for note in system),
        "comments": sum(note.author.id == bot for note in state.notes.values()) - len(system),
        "issues": [
            (
                issue.state,
                issue.confidential,
                issue.due_date,
                sorted(user.username for user in issue.assignees),
                sorted(label.name for label in issue.labels),
            )
            for issue in ours
        ],
        "all issues": len(state.issues),
    }


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Any]:
    """Plays a story in a world of its own."""
    plays: list[Play] = []

    def played(name: str, words: Iterator[str]) -> Story:
        (tmp_path / name).mkdir()
        plays.append(Play(tmp_path / name))
        told = Story(plays[-1], words)
        told.launch(1)
        plays[-1].finish("scoping", "marketing")
        for number in range(2, LAUNCHES + 1):
            told.launch(number)
        plays[-1].resync()
        return told

    yield played
    for play in plays:
        play.close()


def test_bot_does_the_same_whatever_people_type(story: Any) -> None:
    """No command runs as the bot, nobody is notified but whom it would tell anyway."""
    calm = story("calm", iter(lambda: "Acme", ""))
    wild = story("wild", texts(7, LAUNCHES * FIELDS + 1))
    assert calm.used == wild.used == LAUNCHES * FIELDS + 1
    assert deeds(wild.play) == deeds(calm.play)
    _nothing_is_forged(wild.play)
    _nothing_is_named(wild.play)


def _nothing_is_forged(play: Play) -> None:
    """Each launch has one of each issue and one status, and goes on from its own record."""
    assert {part: len(found) for part, found in play.issues().items()} == dict.fromkeys(
        ("root", *PHASES), LAUNCHES
    )
    marks = [markers.first(raw["description"], KEYS) for raw in play.issues()["root"]]
    assert len({mark.launch for mark in marks if mark}) == LAUNCHES
    before = play.writes()
    assert play.resync().writes() == before


def _nothing_is_named(play: Play) -> None:
    """The bot names the owners of open phases where it tells them so, and nobody else."""
    bot = play.bot_id()
    owners = {"alice", "bob", "carol"}
    for issue in play.sim.state.issues.values():
        if issue.author.id == bot:
            assert not mentions(f"{issue.title}\n{issue.description}")
    for note in play.sim.state.notes.values():
        if note.author.id == bot and not note.system:
            assert set(mentions(note.body)) <= owners
            assert "part=status" not in note.body or not mentions(note.body)
