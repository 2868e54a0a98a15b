"""The web server: uvicorn, with a bound on what it keeps of a request before anybody looks at it.

It must not know what the application does.
"""

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD = 64 * 1024
"""How much a request may have besides its body: its address and headers, and what follows them."""


class BoundedProtocol(HttpToolsProtocol):
    """HTTP as uvicorn reads it with httptools, which alone would keep headers without end.

    What frames the pieces of a chunked body may be as large as the body itself.
    """

    _left = MAX_HEAD

    def data_received(self, data: bytes) -> None:
        """Some bytes of one request or of several."""
        self._left -= len(data)
        super().data_received(data)
        if self._left < 0 and not self.transport.is_closing():
            self.send_400_response("The headers are too large.")

    def on_message_begin(self) -> None:
        """A new request."""
        self._left = MAX_HEAD
        super().on_message_begin()

    def on_body(self, body: bytes) -> None:
        """A piece of a body: the application bounds that itself."""
        self._left += 2 * len(body)
        super().on_body(body)


def server(app: ASGIApp) -> uvicorn.Server:
    """A server for the application, to be run on a socket that listens."""
    config = uvicorn.Config(
        app, http=BoundedProtocol, ws="none", log_config=None, access_log=False, backlog=2048
    )
    return uvicorn.Server(config)
