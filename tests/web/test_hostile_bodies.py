"""The bot as a real process, and senders who mean it harm, on loopback.

64 MiB, with lies about lengths, 10,000 levels deep, cut off, dribbled on hundreds of connections: a
clear refusal within a second, while others are served and memory stays as it was.
"""

import base64
import json
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from bot.domain.markers import Keyring, Marker
from bot.store.store import Store
from bot.web.app import WEBHOOKS
from tests.web.conftest import SECRET, World

MEBIBYTE = 1024 * 1024
PATIENCE = 2.0
"""A second for the bot, and one for a machine that is busy with other tests."""

ALLOWANCE = 64 * MEBIBYTE
CONNECTIONS = 200
TOKEN = "whsec_" + base64.b64encode(b"n" * 32).decode()
KEY = "k" * 32


@dataclass(frozen=True, slots=True)
class Server:
    """A running bot, without a GitLab to talk to."""

    address: tuple[str, int]
    pid: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.address[0]}:{self.address[1]}"

    def deliver(self, body: bytes) -> int:
        """An authentic delivery; the status of its answer."""
        return httpx2.post(self.url + WEBHOOKS, content=body, headers=signed(body)).status_code

    def opened(self, headers: str, start: bytes = b"") -> socket.socket:
        """A connection on which a delivery has begun."""
        connection = socket.create_connection(self.address, 5)
        head = f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode("latin-1")
        connection.sendall(head + start)
        return connection

    def is_well(self) -> bool:
        """Whether it still serves others, and soon."""
        began = time.monotonic()
        alive = httpx2.get(self.url + "/healthz").status_code == 200
        taken = self.deliver(b'{"object_kind": "issue"}') == 200
        return alive and taken and time.monotonic() - began < PATIENCE

    def memory(self, what: str = "VmRSS") -> int:
        """How much memory it has now, or had at most since that was reset."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith(what))
        return int(line.split()[1]) * 1024

    def grows(self, deed: Callable[[], object]) -> int:
        """By how much its memory grows, at most, while something is done to it.

        0 where the system does not tell.
        """
        if not Path("/proc/self/clear_refs").exists():
            deed()
            return 0
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")
        before = self.memory()
        deed()
        return self.memory("VmHWM") - before


def signed(body: bytes, *, wrong: bool = False) -> dict[str, str]:
    """The headers of a delivery that GitLab signed, or that somebody else did."""
    now = datetime.now(UTC)  # noqa: TID251 -- a real process has the real time
    key = "whsec_" + base64.b64encode(b"x" * 32).decode() if wrong else TOKEN
    delivery = f"d{time.monotonic_ns()}"
    return {
        "webhook-id": delivery,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key).sign(delivery, now, body.decode()),
        "x-gitlab-event": "Issue Hook",
    }


def lines(headers: dict[str, str]) -> str:
    """Headers as they are sent."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`launchbot serve` with a signing token, on a free port; its GitLab does not answer."""
    folder = tmp_path_factory.mktemp("bot")
    (folder / "launchbot.yml").write_text(
        "projects: {partnerships: 1, packaging: 2, marketing: 3, docs: 4}\n"
        "roles: {partnerships: [a], packaging: [b], partner-marketing: [c], technical-writing: [d]}"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "LAUNCHBOT_CONFIG": str(folder / "launchbot.yml"),
        "LAUNCHBOT_GITLAB_URL": "http://127.0.0.1:9",
        "LAUNCHBOT_GITLAB_TOKEN": "not-used-here",
        "LAUNCHBOT_SECRET_KEYS": KEY,
        "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": TOKEN,
        "LAUNCHBOT_DATABASE_URL": f"sqlite:///{folder / 'launchbot.db'}",
        "LAUNCHBOT_LOG_LEVEL": "error",
        "LAUNCHBOT_PORT": "0",
    }
    with (folder / "errors").open("w+") as errors:
        command = [sys.executable, "-m", "bot", "serve"]
        running = subprocess.Popen(command, env=environment, stderr=errors)
        try:
            yield Server(_address(running, folder / "errors"), running.pid)
            assert running.poll() is None
        finally:
            running.terminate()
            running.wait(15)
        assert "Traceback" not in (folder / "errors").read_text()


def _address(running: "subprocess.Popen[bytes]", errors: Path) -> tuple[str, int]:
    for _ in range(300):
        told, _, rest = errors.read_text().partition("http://")
        if " " in rest:
            host, _, port = rest.split()[0].partition(":")
            address = (host, int(port))
            with closing(socket.create_connection(address, 5)):
                return address
        assert running.poll() is None, told
        time.sleep(0.05)
    raise AssertionError(errors.read_text())


def status(connection: socket.socket) -> int:
    """The status of the answer; 0 where the connection was closed without one."""
    said = b""
    try:
        while b"\r\n\r\n" not in said and (piece := connection.recv(65536)):
            said += piece
    except ConnectionError:
        pass
    return int(said.split()[1]) if said.startswith(b"HTTP/1.1 ") else 0


def pour(connection: socket.socket, piece: bytes, count: int) -> None:
    """Send a piece so many times, until somebody answers or closes."""
    left = memoryview(piece)
    for _ in range(count):
        sent = 0
        while sent < len(left):
            readable, _, _ = select.select([connection], [connection], [], 5)
            if readable:
                return
            try:
                sent += connection.send(left[sent : sent + MEBIBYTE], socket.MSG_DONTWAIT)
            except BlockingIOError:
                continue
            except OSError:
                return


HUGE = 64 * MEBIBYTE
SHAPES = {
    "declared": (f"Content-Length: {HUGE}\r\n", b" " * MEBIBYTE),
    "chunked": ("Transfer-Encoding: chunked\r\n", b"100000\r\n" + b" " * MEBIBYTE + b"\r\n"),
    "in large chunks": (
        "Transfer-Encoding: chunked\r\n",
        b"4000000\r\n" + b" " * HUGE + b"\r\n",
    ),
    "declared as small": ("Content-Length: 10\r\n", b" " * MEBIBYTE),
}


@pytest.mark.parametrize("sender", ["stranger", "forger", "right headers"])
@pytest.mark.parametrize(("length", "piece"), SHAPES.values(), ids=SHAPES)
def test_enormous_body_is_refused_within_a_second(
    server: Server, length: str, piece: bytes, sender: str
) -> None:
    """Whoever sends it, and however it is wrapped: 401, 413 or 400, and no memory kept."""
    headers = {
        "stranger": "",
        "forger": lines(signed(b"{}", wrong=True)),
        "right headers": lines(signed(b"{}")),
    }[sender]
    found = list[tuple[int, float]]()

    def send() -> None:
        began = time.monotonic()
        with server.opened(headers + length) as connection:
            pour(connection, piece, max(1, HUGE // len(piece)))
            found.append((status(connection), time.monotonic() - began))

    assert server.grows(send) < ALLOWANCE
    assert found[0][0] in {400, 401, 413}
    assert found[0][1] < PATIENCE
    assert server.is_well()


LIES = {
    "negative": ("Content-Length: -1\r\n", b"{}"),
    "a word": ("Content-Length: many\r\n", b"{}"),
    "hexadecimal": ("Content-Length: 0x10\r\n", b"{}"),
    "other digits": ("Content-Length: \xb2\xb3\r\n", b"{}"),
    "without end": (f"Content-Length: {'9' * 4000}\r\n", b"{}"),
    "more than 64 bits": (f"Content-Length: {2**64 + 2}\r\n", b"{}"),
    "two lengths": ("Content-Length: 2\r\nContent-Length: 3\r\n", b"{}"),
    "length and chunks": ("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"),
    "unknown encoding": ("Transfer-Encoding: gzip, sparse\r\n", b"{}"),
    "enormous chunk": ("Transfer-Encoding: chunked\r\n", b"ffffffffffffffff\r\n{}"),
    "chunk of 128 bits": ("Transfer-Encoding: chunked\r\n", b"f" * 32 + b"\r\n{}"),
    "negative chunk": ("Transfer-Encoding: chunked\r\n", b"-1\r\n{}\r\n"),
    "no chunk": ("Transfer-Encoding: chunked\r\n", b"{}"),
    "endless extension": ("Transfer-Encoding: chunked\r\n", b"1;" + b"x" * MEBIBYTE),
    "endless header": (f"X-Long: {'x' * MEBIBYTE}\r\n", b""),
    "many headers": ("".join(f"X-{n}: 1\r\n" for n in range(20_000)), b""),
    "header without colon": ("nonsense\r\n", b""),
    "second request inside": ("Content-Length: 2\r\n", b"{}GET /metrics HTTP/1.1\r\n\r\n"),
}


def test_body_in_tiny_chunks_holds_up_nobody(server: Server) -> None:
    """A byte in each chunk is the dearest way to send; a stranger is cut off, others are served."""
    for headers in ("", lines(signed(b"{}", wrong=True))):
        with server.opened(f"{headers}Transfer-Encoding: chunked\r\n") as connection:
            pour(connection, b"1\r\n \r\n" * 20_000, 2)
            assert server.is_well()
            # Cut off for its framing where all of that is there at once, before anybody looks.
            assert headers or status(connection) in {400, 401}


@pytest.mark.parametrize(("headers", "body"), LIES.values(), ids=LIES)
def test_lies_about_length_are_refused(server: Server, headers: str, body: bytes) -> None:
    """Not one is believed; the connection ends, and others are served."""
    began = time.monotonic()
    with socket.create_connection(server.address, 5) as other:
        head = f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode("latin-1")
        pour(other, head + body, 1)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
        assert status(other) in {0, 400, 401, 408, 413, 431}
    assert time.monotonic() - began < PATIENCE
    assert server.is_well()


DEEP = {
    "lists": b"[" * 10_000,
    "closed lists": b"[" * 10_000 + b"]" * 10_000,
    "objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "in a field we do not read": b'{"object_kind":"issue","x":'
    + b"[" * 10_000
    + b"]" * 10_000
    + b"}",
    "in a field we read": b'{"object_kind":"issue","labels":'
    + b"[" * 10_000
    + b"]" * 10_000
    + b"}",
    "cut in a text": b'{"object_kind":"iss',
    "half a character": b'{"object_kind":"issue","object_attributes":{"description":"\\ud800"}}',
    "no UTF-8 at all": '{"object_kind":"issue","x":"\u00ff"}'.encode("utf-16")[:MEBIBYTE],
    "one key, again and again": b"{" + b'"object_kind":"issue",' * 40_000 + b'"a":1}',
    "labels without end": b'{"object_kind":"issue","labels":[' + b"{}," * 300_000 + b"{}]}",
    "an endless number": b'{"object_kind":"issue","project":{"id":' + b"9" * 900_000 + b"}}",
    "an endless name": b'{"' + b"x" * 1_000_000 + b'":1}',
    "not a number": b'{"object_kind":"issue","project":{"id":NaN}}',
    "nothing": b"",
    "a list": b"[]",
    "just under a mebibyte": b'{"object_kind":"issue","x":"' + b"x" * (MEBIBYTE - 100) + b'"}',
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_authentic_body_of_any_form_is_answered_within_a_second(
    server: Server, body: bytes
) -> None:
    """What is JSON gets a 200, so that GitLab keeps its hook; what is none, a 400."""
    answers = list[int]()
    began = time.monotonic()
    if body.decode("utf-8", "replace").encode() == body:
        growth = server.grows(lambda: answers.append(server.deliver(body)))
        assert growth < ALLOWANCE
        assert answers[0] in {200, 400}
    assert time.monotonic() - began < PATIENCE
    assert server.is_well()


def test_thousands_of_copied_markers_cost_little(server: Server) -> None:
    """A description may hold a megabyte of markers, right ones and forged ones."""
    right = Marker("i1", "root").render(Keyring((KEY.encode(),)))
    for mark in (right, right.replace("i1", "i2"), right[:60], "<!-- launchbot:v1 launch="):
        text = mark * (900_000 // len(mark))
        body = {"object_kind": "issue", "object_attributes": {"description": text, "iid": 1}}
        began = time.monotonic()
        assert server.deliver(json.dumps(body).encode()) == 200
        assert time.monotonic() - began < PATIENCE


def test_bodies_that_are_cut_off_leave_nothing_behind(server: Server) -> None:
    """Connections that break in the middle, hundreds of them."""

    def cut() -> None:
        for number in range(300):
            headers = lines(signed(b"{}")) if number % 2 else ""
            server.opened(f"{headers}Content-Length: 900000\r\n", b"{" * 100_000).close()

    assert server.grows(cut) < ALLOWANCE
    assert server.is_well()


DRIBBLES = {
    "headers": "",
    "a stranger's body": "Content-Length: 900000\r\n\r\n",
    "a forger's body": lines(signed(b"{}", wrong=True)) + "Content-Length: 900000\r\n\r\n",
    "chunks": lines(signed(b"{}")) + "Transfer-Encoding: chunked\r\n\r\n",
}


@pytest.mark.parametrize("start", DRIBBLES.values(), ids=DRIBBLES)
def test_others_are_served_while_hundreds_dribble(server: Server, start: str) -> None:
    """Two hundred connections send a byte now and then, for a while; nobody waits for them."""
    stop = threading.Event()

    def dribble(connections: list[socket.socket]) -> None:
        piece = b"1\r\n \r\n" if "chunked" in start else b"x"
        while not stop.wait(0.05):
            for connection in connections:
                try:
                    connection.send(piece)
                except OSError:
                    continue

    def hold() -> None:
        with ExitStack() as stack:
            connections = [socket.create_connection(server.address, 5) for _ in range(CONNECTIONS)]
            for connection in connections:
                stack.enter_context(connection)
                head = f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\n{start}"
                connection.sendall(head.encode())
            thread = threading.Thread(target=dribble, args=(connections,))
            thread.start()
            try:
                end = time.monotonic() + 2
                while time.monotonic() < end:
                    assert server.is_well()
            finally:
                stop.set()
                thread.join()

    assert server.grows(hold) < ALLOWANCE
    assert server.is_well()


def test_bodies_that_wait_for_their_end_share_one_room(server: Server) -> None:
    """Who forges headers can have a body kept until its end; not two hundred of them at once."""
    forged = lines(signed(b"{}", wrong=True)) + f"Content-Length: {MEBIBYTE}\r\n"

    def hold() -> None:
        with ExitStack() as stack:
            for _ in range(CONNECTIONS):
                stack.enter_context(server.opened(forged, b" " * (MEBIBYTE - 10)))
            assert server.is_well()

    # Kept whole they would be 200 MiB; a good part of what is left is the server's own buffers.
    assert server.grows(hold) < 2 * ALLOWANCE
    assert server.is_well()


# --- Our own API ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_api_keeps_its_own_description(world: World, path: str) -> None:
    """No 5xx, and nothing but what the description promises, whatever is asked."""
    app = world.app([SECRET], [], docs=True)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    assert {*schema} == {"/healthz", "/readyz", "/metrics"}

    @given(schema[path]["GET"].as_strategy())
    def check(case: Any) -> None:
        assert case.call_and_validate().status_code < 500

    check()


_latin = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"))


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The webhook receiver, which the description leaves out."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('db') / 'launchbot.db'}")
    with TestClient(World(store).app([SECRET], []), raise_server_exceptions=True) as client:
        yield client
    store.close()


@given(
    st.sampled_from(["POST", "GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]),
    st.dictionaries(
        st.sampled_from(
            [
                *("x-gitlab-event", "webhook-id", "idempotency-key", "webhook-timestamp"),
                *("webhook-signature", "content-type", "x-gitlab-instance", "expect"),
            ]
        ),
        _latin.map(lambda text: text.encode("latin-1")),
    ),
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["object_kind", "project", "id", "iid", "issue", "labels", "title", "user"]
                ),
                inner,
                max_size=5,
            )
        ),
    ).map(lambda value: json.dumps(value).encode()),
    st.booleans(),
)
def test_no_request_breaks_the_receiver(
    hooks: TestClient,
    method: str,
    headers: dict[str, bytes],
    body: bytes,
    known: bool,
) -> None:
    """Whatever is sent, by whoever: an answer, and none of them a 5xx."""
    secret = {"x-gitlab-token": SECRET.encode()} if known else {}
    sent = [(name.encode(), value) for name, value in {**headers, **secret}.items()]
    answer = hooks.request(method, WEBHOOKS, headers=sent, content=body)
    assert answer.status_code < 500
    if method == "POST" and not known:
        assert answer.status_code == 401
