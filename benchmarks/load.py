"""Sends deliveries to a server on this machine, with as little work of its own as possible.

Plain sockets and requests that are bytes already, so that the server is what is measured.
Every load ends by itself: after a time and after a number of deliveries, whichever is first.
"""

import itertools
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
MOST = 20_000
"""No load sends more deliveries than this."""

_PATIENCE = 10.0
_AWAKE = 0.0005
"""So long before a delivery is due nobody sleeps: to wake up late would count as the server's."""

_LENGTH = b"content-length: "


class WrongAnswerError(Exception):
    """A server answered something else than 200, or not at all: its figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server: its process, where it listens, and the path and secret of its webhook."""

    pid: int
    port: int
    path: str
    secret: str

    def request(self, event: str, body: bytes, number: int, *, close: bool = False) -> bytes:
        """A delivery as GitLab sends it; every one has a number of its own."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\n"
            "Content-Type: application/json\r\nUser-Agent: GitLab/19.1.0\r\n"
            f"Idempotency-Key: {number:032x}\r\nX-Gitlab-Event: {event}\r\n"
            f"X-Gitlab-Event-UUID: {number:032x}\r\nX-Gitlab-Instance: http://gitlab.test\r\n"
            f"X-Gitlab-Webhook-UUID: {number:032x}\r\nX-Gitlab-Token: {self.secret}\r\n"
            f"Content-Length: {len(body)}\r\n"
        )
        return (head + ("Connection: close\r\n\r\n" if close else "\r\n")).encode() + body


@dataclass(slots=True)
class _Line:
    """A connection, when what travels on it was due, and what was heard so far."""

    socket: socket.socket
    due: float = 0.0
    heard: bytes = b""


@dataclass(slots=True)
class Load:
    """Deliveries to one server. `numbers` counts them over all loads, so that none is a repeat.

    `sent` counts how often each was sent.
    """

    target: Target
    deliveries: Sequence[tuple[str, bytes]]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    sent: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.sent = [0] * len(self.deliveries)

    def rate(self, connections: int, seconds: float, *, fresh: bool = False) -> float:
        """Answers per second, with so many deliveries under way at any time.

        `fresh`: each delivery has a connection of its own, as GitLab sends them.
        """
        selector, start, answered = selectors.DefaultSelector(), time.perf_counter(), 0
        for _ in range(connections):
            self._send(selector, self._connected(), self._next(close=fresh))
        while selector.get_map():
            for line in _answered(selector):
                answered += 1
                over = time.perf_counter() - start >= seconds or answered >= MOST
                self._go_on(selector, line, over=over, fresh=fresh)
        return answered / (time.perf_counter() - start)

    def paced(self, per_second: int, seconds: float, connections: int = 16) -> list[float]:
        """How long each answer took, in seconds, counted from when its delivery was due."""
        selector = selectors.DefaultSelector()
        free = [self._connected() for _ in range(connections)]
        requests = [self._next() for _ in range(min(int(per_second * seconds), MOST))]
        start, took = time.perf_counter() + 0.05, list[float]()
        for number, request in enumerate(requests):
            due = start + number / per_second
            while (left := due - time.perf_counter()) > 0 or not free:
                self._collect(selector, free, took, max(left - _AWAKE, 0.0))
            self._send(selector, free.pop(), request, due=due)
        while selector.get_map():
            self._collect(selector, free, took, _PATIENCE)
        for line in free:
            line.socket.close()
        return took

    def burst(self, size: int) -> float:
        """How long the last answer took when so many deliveries are sent at once."""
        selector, lines = selectors.DefaultSelector(), [self._connected() for _ in range(size)]
        requests = [self._next() for _ in range(size)]
        start = time.perf_counter()
        for line, request in zip(lines, requests, strict=True):
            line.socket.sendall(request)
            selector.register(line.socket, selectors.EVENT_READ, line)
        while selector.get_map():
            for line in _answered(selector):
                _hang_up(selector, line)
        return time.perf_counter() - start

    def _go_on(
        self, selector: selectors.BaseSelector, line: _Line, *, over: bool, fresh: bool
    ) -> None:
        if over or fresh:
            _hang_up(selector, line)
        else:
            line.socket.sendall(self._next())
        if fresh and not over:
            self._send(selector, self._connected(), self._next(close=True))

    def _collect(
        self, selector: selectors.BaseSelector, free: list[_Line], took: list[float], wait: float
    ) -> None:
        if not selector.get_map():
            time.sleep(wait)
            return
        for line in _answered(selector, wait):
            took.append(time.perf_counter() - line.due)
            selector.unregister(line.socket)
            free.append(line)

    def _send(
        self, selector: selectors.BaseSelector, line: _Line, request: bytes, *, due: float = 0.0
    ) -> None:
        line.due = due
        line.socket.sendall(request)
        selector.register(line.socket, selectors.EVENT_READ, line)

    def _next(self, *, close: bool = False) -> bytes:
        number = next(self.numbers)
        which = number % len(self.deliveries)
        event, body = self.deliveries[which]
        self.sent[which] += 1
        return self.target.request(event, body, number, close=close)

    def _connected(self) -> _Line:
        made = socket.create_connection((HOST, self.target.port), _PATIENCE)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Line(made)


def _answered(selector: selectors.BaseSelector, wait: float = _PATIENCE) -> Iterable[_Line]:
    """The lines on which a whole answer has come."""
    ready = selector.select(wait)
    if not ready and wait >= _PATIENCE:
        raise WrongAnswerError("no answer came for ten seconds")
    for key, _ in ready:
        line: _Line = key.data
        if _is_whole(line):
            yield line


def _is_whole(line: _Line) -> bool:
    piece = line.socket.recv(65536)
    line.heard += piece
    head, end, body = line.heard.partition(b"\r\n\r\n")
    length = head.lower().partition(_LENGTH)[2].partition(b"\r")[0]
    if not end or len(body) < int(length or 0):
        if not piece:
            raise WrongAnswerError(f"the answer was cut off: {line.heard[:200]!r}")
        return False
    if not head.startswith(b"HTTP/1.1 200"):
        raise WrongAnswerError(f"the answer was {line.heard[:200]!r}")
    line.heard = b""
    return True


def _hang_up(selector: selectors.BaseSelector, line: _Line) -> None:
    selector.unregister(line.socket)
    line.socket.close()
