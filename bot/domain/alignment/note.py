"""The one note on a documentation merge request: the verdict for people, and hidden in it for CI.

It is signed, so that the bot knows its own note whoever edits it. The check in CI has no key:
it believes what the bot's user wrote. A confidential launch shows a generic text and a link.
"""

import json
import re

from pydantic import TypeAdapter, ValidationError

from bot.domain.alignment.rules import RULES
from bot.domain.alignment.verdict import Result, Verdict
from bot.domain.markers import Keyring, Marker, find
from bot.domain.process import ROOT
from bot.domain.rendering import link

PART = "docs-verdict"
"""The part of the marker that the note bears; its `issue` is the id of the merge request."""

_START = "<!-- launchbot:verdict "
_HIDDEN = re.compile(r"<!-- launchbot:verdict (?P<json>\{[^\n<>]*\}) sig=(?P<sig>[0-9a-f]{64}) -->")
_ESCAPED = {ord(char): f"\\u{ord(char):04x}" for char in "<>@&"}
_VERDICT = TypeAdapter(Verdict)
_SIGNS = {"holds": "ok", "waits": "later", "fails": "**not aligned**"}


def text(verdict: Verdict, *, confidential: bool) -> str:
    """What people see."""
    if confidential:
        more = link("Those who may read it find more there", ROOT)
        return (
            "This merge request is checked together with something that is not public yet, so "
            f"that I say nothing about it here. {more}."
        )
    return f"{_headline(verdict)}\n\n| Rule | | What to do |\n|---|---|---|\n{_rows(verdict)}"


def _headline(verdict: Verdict) -> str:
    state = "**aligned**" if verdict.is_aligned() else "**not aligned**"
    return (
        f"The documentation is {state} with {link('its launch', ROOT)}. "
        f"This is about commit `{verdict.head[:8]}`, and I edit this comment when that changes."
    )


def _rows(verdict: Verdict) -> str:
    return "\n".join(map(_row, verdict.results))


def _row(result: Result) -> str:
    told = result.why or RULES[result.rule].asks
    return f"| `{result.rule}` | {_SIGNS[result.outcome]} | {told} |"


def body(shown: str, verdict: Verdict, keyring: Keyring, request: int) -> str:
    """The note on the merge request with this global id: what people see, marker and verdict."""
    value = json.dumps(json.loads(_VERDICT.dump_json(verdict)), separators=(",", ":"))
    hidden = value.translate(_ESCAPED)
    signature = keyring.sign(_signed(hidden, request))
    marker = Marker(verdict.launch, PART, request).render(keyring)
    return f"{shown}\n\n{marker}\n\n{_START}{hidden} sig={signature} -->"


def launch(note: str, keyring: Keyring, request: int) -> str | None:
    """The launch that a note of ours on this merge request is about."""
    found = (mark for mark in find(note, keyring) if (mark.part, mark.issue) == (PART, request))
    return next((marker.launch for marker in found), None)


def genuine(note: str, keyring: Keyring, request: int) -> Verdict | None:
    """The verdict in a note, if we signed it for this merge request."""
    match = _only(note)
    if match is None or not keyring.verify(_signed(match["json"], request), match["sig"]):
        return None
    return read(note)


def read(note: str) -> Verdict | None:
    """The verdict in a note, whoever wrote it; None if there is none, or more than one."""
    match = _only(note)
    try:
        verdict = _VERDICT.validate_json(match["json"]) if match else None
    except ValidationError:
        return None
    return verdict if verdict and verdict.results else None


def _only(note: str) -> re.Match[str] | None:
    found = list(_HIDDEN.finditer(note))
    return found[0] if len(found) == 1 else None


def _signed(hidden: str, request: int) -> str:
    return f"verdict\0{request}\0{hidden}"
