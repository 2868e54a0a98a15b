"""The web server: uvicorn, with a bound on what it keeps of a request before anybody looks at it.

What is posted to one address and arrives in one read is answered without ASGI, whose tasks, events
and messages cost more than all else: GitLab sends nearly every delivery like that.
It must not know what the application does.
"""

import asyncio
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

MAX_HEAD = 64 * 1024
"""How much a request may have besides its body: its address and headers, and what follows them."""

MOST_AHEAD = 100
"""So many requests may be sent ahead on a connection, before the first of them is answered."""

_IDLE = 75
"""A connection may be idle for so many seconds: longer than proxies keep theirs, mostly for 60.

Who ends it first must be the proxy; a delivery on a connection that just ended would be lost.
"""

Headers = Sequence[tuple[bytes, bytes]]
"""Names, in lower case, and values."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a request."""

    status: int
    headers: Headers
    body: bytes

    async def send(self, send: Send, *, close: bool = False) -> None:
        """Say it as ASGI has it; `close` ends the connection after it."""
        headers = [*self.headers, (b"connection", b"close")] if close else self.headers
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


class Served(Protocol):
    """An ASGI application that can take what is posted to one address without ASGI, too."""

    taken_at: str
    """The path of that address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any request."""

    def take(self, headers: Headers, body: bytes, answer: Callable[[Answer], None]) -> None:
        """A request to that address, of which everything is there; to be answered at any time."""


class BoundedProtocol(HttpToolsProtocol):
    """HTTP as uvicorn reads it with httptools, which alone would keep headers without end.

    What frames the pieces of a chunked body may be as large as the body itself.
    """

    _left = MAX_HEAD
    _reading = False
    _held: tuple[RequestResponseCycle, ASGI3Application] | None = None

    def __init__(self, config: uvicorn.Config, *args: Any, **more: Any) -> None:
        super().__init__(config, *args, **more)
        self._served = cast("Served", config.app)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """As uvicorn does it, but for the addresses of both ends: nobody here asks for them.

        To find them out takes a tenth of a delivery that has a connection of its own.
        """
        self.connections.add(self)
        self.transport = transport
        self.flow = FlowControl(transport)
        self.scheme = "http"

    def data_received(self, data: bytes) -> None:
        """Some bytes of one request or of several."""
        self._left -= len(data)
        self._reading = True
        super().data_received(data)
        self._reading = False
        self._go_on()
        if self._left < 0 and not self.transport.is_closing():
            self.send_400_response("The headers are too large.")
        if len(self.pipeline) > MOST_AHEAD:
            # Nobody may be there to read a word on why: uvicorn reads on, and keeps it all.
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A new request."""
        self._left = MAX_HEAD
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """A piece of a body: the application bounds that itself."""
        self._left += 2 * len(body)
        super().on_body(body)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Wait for the end of this read, where all of the request may have come with it.

        A sender that does not read what it is answered has to wait, for which ASGI has the means.
        """
        scope = cycle.scope
        is_posted = (scope["path"], scope["method"]) == (self._served.taken_at, "POST")
        if self._reading and is_posted and not self.flow.write_paused:
            self._held = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _go_on(self) -> None:
        """The read is over: what came whole is taken, and the rest of it is for ASGI."""
        if self._held is None:
            return
        (cycle, app), self._held = self._held, None
        if cycle.more_body:
            super()._start_asgi_task(cycle, app)
        else:
            answer = functools.partial(self._answer, cycle)
            self._served.take([*cycle.scope["headers"]], bytes(cycle.body), answer)

    def _answer(self, cycle: RequestResponseCycle, answer: Answer) -> None:
        """Write an answer, unless nobody is there any more to read it."""
        cycle.response_complete = True
        if self.transport.is_closing():
            return
        headers = [*self.server_state.default_headers, *answer.headers]
        if not cycle.keep_alive:
            headers.append((b"connection", b"close"))
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join((STATUS_LINE[answer.status], *lines, b"\r\n", answer.body)))
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()


def server(app: Served) -> uvicorn.Server:
    """A server for the application, to be run on a socket that listens."""
    config = uvicorn.Config(
        app,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=_IDLE,
    )
    return uvicorn.Server(config)
