"""HTTP without sockets: the real client talks to a real ASGI application in one process.

requests -> httpx2 -> ASGI. respx can stub the middle; the contract tests run over real sockets
too, so that this transport cannot drift.
"""

import asyncio
from typing import Any

import httpx2
import requests
from requests.adapters import BaseAdapter


class AsgiTransport(httpx2.BaseTransport):
    """Sends a request of httpx2 into an ASGI application, and waits for its answer."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """One exchange; an exception in the application comes out here, as a lost connection."""
        answer: dict[str, Any] = {"body": b""}
        body = request.read()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            answer["body"] += message.get("body", b"")
            answer.update({k: v for k, v in message.items() if k in {"status", "headers"}})

        self._loop.run_until_complete(self._app(_scope(request), receive, send))
        return httpx2.Response(answer["status"], headers=answer["headers"], content=answer["body"])

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()


class HttpxAdapter(BaseAdapter):
    """Lets a session of requests send through a client of httpx2."""

    def __init__(self, client: httpx2.Client) -> None:
        super().__init__()
        self._client = client

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send, and translate the answer and a lost one."""
        try:
            answer = self._client.request(
                request.method or "GET",
                request.url or "",
                headers=dict(request.headers),
                content=request.body,
            )
        except (httpx2.HTTPError, TimeoutError) as problem:
            raise requests.ConnectionError(str(problem), request=request) from problem
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(answer.headers)
        response.url = str(answer.url)
        response.request = request
        response._content = answer.content
        return response

    def close(self) -> None:
        """Close the client."""
        self._client.close()


def session(client: httpx2.Client) -> requests.Session:
    """A session of requests that sends everything through a client of httpx2."""
    made = requests.Session()
    made.trust_env = False  # it looks for proxies and .netrc at every call, and nothing leaves here
    for scheme in ("http://", "https://"):
        made.mount(scheme, HttpxAdapter(client))
    return made


def _scope(request: httpx2.Request) -> dict[str, Any]:
    raw_path = request.url.raw_path.partition(b"?")[0]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": raw_path,
        "root_path": "",
        "query_string": request.url.query,
        "headers": [(key.lower(), value) for key, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (request.url.host, request.url.port or 80),
    }
