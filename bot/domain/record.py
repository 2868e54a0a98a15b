"""What the bot must remember about a launch and GitLab has no field for.

The record is JSON, hidden and signed in the one status note on the root issue.
It holds ids, never paths or references. What it cannot read, it must not guess.
"""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.domain.alignment.linked import How
from bot.domain.markers import Keyring

Gate = Literal["locked", "open", "done"]

_RECORD = re.compile(r"(?P<json>\{[^\n<>]*\}) sig=(?P<signature>[0-9a-f]{64}) -->\s*")
_RECORD_START = "<!-- launchbot:record "
_DATA_START = "<!-- launchbot:data "
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>@&"}


class Value(BaseModel):
    """A frozen part of the record; unknown keys of a newer version are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Value):
    """Where an issue stands, by numeric ids that survive renaming."""

    id: int
    project: int
    iid: int


class Managed(Value):
    """A field that the bot manages on an issue.

    Seen equal to `want`: settled. Equal to `was`: our write is missing. Else: a person's change.
    """

    want: str
    was: str
    by: Literal["bot", "person"] = "bot"

    def settled(self) -> "Managed":
        """The same field, once its write is known to be there."""
        return self.model_copy(update={"was": self.want})


class PhaseRecord(Value):
    """Whether a phase may be worked on, and since when."""

    gate: Gate = "locked"
    opened: datetime | None = None
    done: datetime | None = None


class Owed(Value):
    """A comment that is decided and may not be posted yet; `key` makes it happen once."""

    key: str
    part: str
    text: str


class Deed(Value):
    """What somebody decided by a command: who, when, and why if they said so."""

    by: str
    at: datetime
    why: str = ""


class Holder(Value):
    """Who has something instead of whoever would; `until` is their last day."""

    id: int
    username: str
    until: date | None = None


class Labelled(Value):
    """Inputs that a label on the root or the request has changed: what was before, and is now."""

    label: str
    was: Mapping[str, str] = {}
    now: Mapping[str, str] = {}


class Answer(Value):
    """What a comment with commands is answered with: a reaction, a reply, or both; once."""

    key: str
    part: str
    note: int
    emoji: str = ""
    text: str = ""


class Aim(Value):
    """Day and state of the launch as the documentation knows them; `revision` counts changes."""

    day: str
    state: str
    revision: int


class Refused(Value):
    """What GitLab would not do, and the day on which it was asked."""

    want: str
    why: str
    on: date


class Record(Value):
    """All that is remembered of one launch.

    `floor` is up to when comments have been heard, `heard` which command lines of a comment have
    run. `deeds` are decisions by what they are about, such as `unlock.<phase>`.
    """

    launch: str
    process: str
    definition: str
    revision: int = 0
    state: Literal["running", "paused", "live", "cancelled"] = "running"
    started: datetime
    ready: datetime | None = None
    live: datetime | None = None
    inputs: Mapping[str, str]
    parts: Mapping[str, Place] = {}
    phases: Mapping[str, PhaseRecord] = {}
    fields: Mapping[str, Managed] = {}
    turns: Mapping[str, int] = {}
    first_turn: int = 0
    corrected: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    refused: Mapping[str, Refused] = {}
    floor: datetime | None = None
    heard: Mapping[str, tuple[str, ...]] = {}
    answers: tuple[Answer, ...] = ()
    deeds: Mapping[str, Deed] = {}
    efforts: Mapping[str, int] = {}
    task_owners: Mapping[str, Holder] = {}
    task_dues: Mapping[str, date] = {}
    evidence: Mapping[str, str] = {}
    stand_ins: Mapping[str, Holder] = {}
    labelled: Mapping[str, Labelled] = {}
    docs: Mapping[str, How] = {}
    aim: Aim | None = None

    def phase(self, name: str) -> PhaseRecord:
        """What is remembered of a phase."""
        return self.phases.get(name, PhaseRecord())

    def awaits_resumption(self) -> bool:
        """Whether it was rebuilt, and nobody has said so far that it is right."""
        return self.state == "paused" and self.first_turn > 0

    def with_phase(self, name: str, phase: PhaseRecord) -> "Record":
        """The record with a phase replaced."""
        return self.model_copy(update={"phases": {**self.phases, name: phase}})

    def with_field(self, key: str, field: Managed) -> "Record":
        """The record with a managed field replaced."""
        return self.model_copy(update={"fields": {**self.fields, key: field}})

    def with_deed(self, about: str, deed: Deed) -> "Record":
        """The record with something decided."""
        return self.model_copy(update={"deeds": {**self.deeds, about: deed}})

    def without_deeds(self, *about: str) -> "Record":
        """The record with decisions withdrawn."""
        kept = {name: deed for name, deed in self.deeds.items() if name not in about}
        return self.model_copy(update={"deeds": kept})

    def owing(self, part: str, news: str, text: str) -> "Record":
        """The record with one more comment owed, under a key of its own."""
        turn = self.turns.get(f"{news}.{part}", self.first_turn) + 1
        owed = Owed(key=f"{news}.{part}.{turn}", part=part, text=text)
        turns = {**self.turns, f"{news}.{part}": turn}
        return self.model_copy(update={"owed": (*self.owed, owed), "turns": turns})


def render(text: str, record: Record, keyring: Keyring, root: int) -> str:
    """The body of the status note: visible text, then the record signed for its root issue."""
    body = _escaped(record.model_dump_json(exclude_defaults=True))
    signature = keyring.sign(_signed(body, root))
    return f"{text}\n\n{_RECORD_START}{body} sig={signature} -->"


def split(body: str, keyring: Keyring, root: int) -> tuple[str, Record | None]:
    """The visible text of a status note, and its record if it is whole and signed for this root.

    GitLab may strip white space at the end of a note; that is tolerated.
    """
    text, start, rest = body.rpartition(_RECORD_START)
    if not start:
        return body.rstrip(), None
    match = _RECORD.fullmatch(rest)
    if not match or not keyring.verify(_signed(match["json"], root), match["signature"]):
        return text.rstrip(), None
    try:
        return text.rstrip(), Record.model_validate_json(match["json"])
    except ValueError:
        return text.rstrip(), None


def hide(text: str) -> str:
    """JSON as an HTML comment, invisible to people."""
    return f"{_DATA_START}{_escaped(text)} -->"


def reveal(body: str) -> str:
    """The JSON that `hide` put into a text; empty if there is none."""
    return body.partition(_DATA_START)[2].partition(" -->")[0]


def _escaped(text: str) -> str:
    return json.dumps(json.loads(text), separators=(",", ":")).translate(_ESCAPED)


def _signed(body: str, root: int) -> str:
    return f"record\0{root}\0{body}"
