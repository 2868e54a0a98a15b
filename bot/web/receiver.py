"""The webhook receiver: authenticate, find what changed, commit, answer.

It must not do the work that a delivery causes: GitLab waits ten seconds, counts every 4xx and 5xx,
and switches off hooks that fail in a row
(https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks).
So every authentic delivery that can be read gets a 200, also one that concerns nobody.

That holds also while the database cannot be written: GitLab would not send the delivery again,
only switch the hook off. The next resync finds what was missed, and `/readyz` tells the operator.
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

import structlog
from starlette.types import Receive, Scope, Send

from bot.gitlab import events
from bot.gitlab.events import MalformedDelivery, Watch
from bot.web.batches import Batches, Delivery
from bot.web.server import Answer, Headers
from bot.web.signatures import Authenticator, Check

MAX_READ = 1024 * 1024
"""A larger body is not parsed: a comment may have a million characters, and we need few."""

MAX_BODY = 25 * 1024 * 1024
"""GitLab sends no larger ones (https://docs.gitlab.com/user/gitlab_com/#webhooks)."""

BODY_SECONDS = 10.0
"""For how long a body may arrive, all in all; after that GitLab has given up itself."""

MAX_KEPT = 16 * 1024 * 1024
"""How much is kept of all bodies that arrive at one time: whose they are is not known before their
end. What finds no room is treated as too large to parse."""

POLITE_SECONDS = 0.5
"""For how long the rest of a refused body is read, so that its sender hears the answer."""

_READ = {
    name.encode(): name
    for name in (
        *("x-gitlab-token", "webhook-id", "webhook-timestamp", "webhook-signature"),
        *("x-gitlab-event", "idempotency-key", "content-length", "expect"),
    )
}
_PREFIX = 64 * 1024
_PROJECT = re.compile(rb'"project_id":\s*(\d{1,18})\b|"project":\s*\{\s*"id":\s*(\d{1,18})\b')

_log = structlog.get_logger(__name__)
_level = logging.getLogger(__name__)


class Outcome(Enum):
    """What came of a delivery: its name in metrics, its status, and a word for the sender."""

    ACCEPTED = ("accepted", 200, "")
    REPEATED = ("repeated", 200, "")
    IRRELEVANT = ("irrelevant", 200, "")
    OVERSIZED = ("oversized", 200, "")
    MALFORMED = ("malformed", 400, "The body is no JSON object.")
    CUT_OFF = ("cut_off", 400, "The body was cut off.")
    UNAUTHENTICATED = ("unauthenticated", 401, "The secret or the signature is missing or wrong.")
    TOO_SLOW = ("too_slow", 408, "The body took too long.")
    TOO_LARGE = ("too_large", 413, "The body is too large.")
    NOT_STORED = ("not_stored", 200, "")

    def __init__(self, label: str, status: int, message: str) -> None:
        self.label = label
        body = json.dumps({"message": message} if message else {}).encode()
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        self.answer = Answer(status, headers, body)
        """Small, because GitLab keeps it."""


@dataclass(frozen=True, slots=True)
class _Request:
    """A delivery: its headers, and its body, piece by piece."""

    headers: Mapping[str, str]
    receive: Receive


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A delivery that is to be stored, and what has come of it once it is."""

    delivery: Delivery
    then: Outcome


@dataclass(slots=True)
class _Room:
    """What may still be kept of bodies, all connections together."""

    left: int = MAX_KEPT


@dataclass(slots=True)
class _Body:
    """A body as it arrives: its size, and as much of it as is needed; `cut` if that is not all."""

    room: _Room
    size: int = 0
    kept: bytearray = field(default_factory=bytearray)
    cut: bool = False

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.cut:
            return
        if self.size > MAX_READ or len(chunk) > self.room.left:
            start = bytes(self.kept[:_PREFIX]) + chunk[:_PREFIX]
            self.forget()
            self.kept += start[:_PREFIX]
            self.cut = True
        else:
            self.kept += chunk
            self.room.left -= len(chunk)

    def forget(self) -> None:
        """Give the room back."""
        if not self.cut:
            self.room.left += len(self.kept)
        self.kept = bytearray()


class _Refused(Exception):  # noqa: N818 -- it is an answer, no error
    """Refused before the whole body was read."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.label)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Receiver:
    """Takes deliveries.

    `batches` stores a delivery's id (if it has one) and its keys durably, and says whether it was
    new. `count` hears of each outcome.
    """

    batches: Batches
    authenticator: Authenticator
    watch: Callable[[], Watch]
    clock: Callable[[], datetime]
    count: Callable[[str], None]
    room: _Room = field(default_factory=_Room)

    async def receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        """`POST /webhooks/gitlab`, as ASGI has it: routing and request objects cost more than this.

        https://asgi.readthedocs.io/en/latest/specs/www.html
        """
        request, close = _Request(_text(scope["headers"]), receive), False
        try:
            outcome = await self._outcome(request)
        except _Refused as refused:
            outcome = refused.outcome
            close = not await _rest_is_read(request, outcome)
        self.count(outcome.label)
        await outcome.answer.send(send, close=close)

    def take(self, headers: Headers, body: bytes, answer: Callable[[Answer], None]) -> None:
        """The same for a delivery that arrived in one read; `answer` hears once it is stored.

        It needs no task that waits for its body, which would cost as much as all the rest.
        """

        def tell(outcome: Outcome) -> None:
            self.count(outcome.label)
            answer(outcome.answer)

        told = _text(headers)
        check = self.authenticator.begin(told, self.clock())
        if check is None:
            return tell(Outcome.UNAUTHENTICATED)
        check.feed(body)
        found = self._judged(told, check, body)
        if isinstance(found, Outcome):
            return tell(found)
        stored = self.batches.accept(found.delivery)
        stored.add_done_callback(lambda done: tell(_come_of(found, done)))
        return None

    async def _outcome(self, request: _Request) -> Outcome:
        check = self.authenticator.begin(request.headers, self.clock())
        if check is None:
            raise _Refused(Outcome.UNAUTHENTICATED)
        body = _Body(self.room)
        try:
            await _read(request, check, body)
            found = self._judged(request.headers, check, bytes(body.kept), cut=body.cut)
            if isinstance(found, Outcome):
                return found
            stored = self.batches.accept(found.delivery)
            await asyncio.wait((stored,))
            return _come_of(found, stored)
        finally:
            body.forget()

    def _judged(
        self, headers: Mapping[str, str], check: Check, body: bytes, *, cut: bool = False
    ) -> Outcome | _Wanted:
        """What a delivery comes to, or what of it is to be stored; `cut`: this is its start."""
        if not check.passed():
            return Outcome.UNAUTHENTICATED
        if cut:
            return _Wanted((_identity(headers), (_resync_key(body),)), Outcome.OVERSIZED)
        try:
            event = events.read(headers.get("x-gitlab-event", ""), body, self.watch())
        except MalformedDelivery:
            return Outcome.MALFORMED
        if _level.isEnabledFor(logging.DEBUG):
            _log.debug("delivery.heard", keys=event.keys, why=event.why)
        if not event.keys:
            return Outcome.IRRELEVANT
        return _Wanted((_identity(headers), event.keys), Outcome.ACCEPTED)


def _text(headers: Headers) -> dict[str, str]:
    """The headers that are read here, as Latin-1; of several with one name the first counts."""
    return {_READ[k]: v.decode("latin-1") for k, v in reversed(headers) if k in _READ}


def _identity(headers: Mapping[str, str]) -> str | None:
    """The same delivery keeps its id when it is sent again, old versions send none."""
    return headers.get("webhook-id") or headers.get("idempotency-key") or None


def _come_of(wanted: _Wanted, stored: asyncio.Future[bool]) -> Outcome:
    """What a delivery came to when it was to be stored."""
    problem = stored.exception()
    if problem is not None:
        _log.error("delivery.not_stored", keys=wanted.delivery[1], exc_info=problem)
        return Outcome.NOT_STORED
    return wanted.then if stored.result() else Outcome.REPEATED


async def _read(request: _Request, check: Check, body: _Body) -> None:
    """Read the body, bounded in size and time."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > MAX_BODY:
        raise _Refused(Outcome.TOO_LARGE)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while await _read_piece(request, check, body):
                pass
    except TimeoutError:
        raise _Refused(Outcome.TOO_SLOW) from None


async def _read_piece(request: _Request, check: Check, body: _Body) -> bool:
    """Read a piece of the body; whether there is more of it."""
    message = await request.receive()
    if message["type"] != "http.request":
        raise _Refused(Outcome.CUT_OFF)
    chunk = message.get("body", b"")
    body.add(chunk)
    check.feed(chunk)
    if body.size > MAX_BODY:
        raise _Refused(Outcome.TOO_LARGE)
    return bool(message.get("more_body", False))


async def _rest_is_read(request: _Request, outcome: Outcome) -> bool:
    """Read on for a moment, keeping nothing: a sender that is still sending hears no answer.

    Who asked first whether to send (`Expect`) is told at once.
    """
    if outcome in (Outcome.TOO_SLOW, Outcome.CUT_OFF) or "expect" in request.headers:
        return False
    try:
        async with asyncio.timeout(POLITE_SECONDS):
            while (message := await request.receive())["type"] == "http.request":
                if not message.get("more_body", False):
                    return True
    except TimeoutError:
        pass
    return False


def _resync_key(start: bytes) -> str:
    """What to look through for a body that is too large to parse: its project, else all.

    Quotes inside a JSON text are escaped, so that no comment can be taken for the field.
    """
    found = _PROJECT.search(start)
    return f"project:{int(found[1] or found[2])}" if found else "resync"
