"""The simulator over real HTTP: a server thread, and a thread that delivers webhooks.

The only part that opens connections.
"""

import contextlib
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

import requests
import uvicorn
from starlette.requests import Request

from bot.simulator.app import create_app
from bot.simulator.outbox import Delivery
from bot.simulator.simulator import DEFAULT_URL, Simulator

_HOOK_TIMEOUT = 10
_SENDERS = 4
_POLL = 0.2
_ENDING = 10

_IDLE = 65
"""A connection may be idle for so many seconds, as nginx is set up with a GitLab.

https://docs.gitlab.com/omnibus/settings/nginx/
"""


async def _hang(request: Request) -> None:
    """Lose an answer over HTTP: wait until the client gives up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


class Served:
    """A running simulator; `url` is where. A context manager; `stop` ends it.

    OSError when the port is taken.
    """

    def __init__(self, sim: Simulator, host: str, port: int) -> None:
        self.sim = sim
        app = create_app(sim, lose_answer=_hang)
        # The simulator tells its own time, which may be another than that of the machine.
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            ws="none",
            date_header=False,
            timeout_keep_alive=_IDLE,
        )
        listening = socket.create_server((host, port))
        self._server = uvicorn.Server(config)
        self._stopping = threading.Event()
        self._serving = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        self._sending = threading.Thread(target=self._send_hooks, daemon=True)
        self._serving.start()
        self.url = f"http://{host}:{listening.getsockname()[1]}"
        if sim.url == DEFAULT_URL:
            sim.url = self.url
        self._sending.start()

    def stop(self) -> None:
        """End both threads; waiting deliveries stay in the outbox."""
        self._stopping.set()
        self.sim.outbox.wake()
        self._server.should_exit = True
        self._serving.join(_ENDING)
        self._sending.join(_ENDING)

    def wait(self) -> None:
        """Block until the server ends."""
        self._serving.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _send_hooks(self) -> None:
        with ThreadPoolExecutor(_SENDERS) as pool:
            while not self._stopping.is_set():
                self.sim.outbox.wait(_POLL)
                if self.sim.outbox.paused:
                    self._stopping.wait(_POLL)
                    continue
                for delivery in self.sim.outbox.take():
                    pool.submit(self._send, delivery)

    def _send(self, delivery: Delivery) -> None:
        status = None
        with contextlib.suppress(requests.RequestException):
            status = requests.post(
                delivery.url,
                data=delivery.body,
                headers=delivery.headers,
                timeout=_HOOK_TIMEOUT,
                allow_redirects=False,
            ).status_code
        with self.sim.lock:
            self.sim.outbox.report(delivery, status)


def serve(sim: Simulator, host: str = "127.0.0.1", port: int = 0) -> Served:
    """Start serving, at a free port by default; a simulator with the default URL takes this one."""
    return Served(sim, host, port)
