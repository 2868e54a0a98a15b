"""The receiver behind a real server: senders that are slow, lie, stop, or send far too much."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection

import httpx2
import pytest

from bot.web import receiver
from bot.web.app import WEBHOOKS, Application
from bot.web.server import server
from tests.web.conftest import SECRET, World

PATIENCE = 10.0
MEBIBYTE = 1024 * 1024
KNOWN = f"X-Gitlab-Token: {SECRET}\r\n"

Address = tuple[str, int]


@contextmanager
def served(app: Application) -> Iterator[Address]:
    """The application on a free port."""
    serving = server(app)
    serving.config.timeout_graceful_shutdown = 1
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serving.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()
        serving.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


@pytest.fixture
def address(world: World) -> Iterator[Address]:
    """Where the application listens."""
    with served(world.app([SECRET], [])) as found:
        yield found


def opened(address: Address, headers: str, start: bytes = b"") -> socket.socket:
    """A connection on which a delivery has begun."""
    connection = socket.create_connection(address, PATIENCE)
    head = f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode()
    connection.sendall(head + start)
    return connection


def answer(connection: socket.socket) -> bytes:
    """All that the server says until it closes."""
    said = b""
    while piece := connection.recv(65536):
        said += piece
    return said


def count(address: Address, outcome: str) -> float:
    """How many deliveries came to this."""
    page = httpx2.get(f"http://{address[0]}:{address[1]}/metrics").text
    found = re.search(rf'deliveries_total{{outcome="{outcome}"}} (\S+)', page)
    return float(found[1]) if found else 0


def deliver(address: Address, body: bytes, secret: str = SECRET) -> httpx2.Response:
    """An honest delivery."""
    url = f"http://{address[0]}:{address[1]}{WEBHOOKS}"
    return httpx2.post(url, content=body, headers={"x-gitlab-token": secret})


def test_body_that_takes_too_long_is_given_up(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is for all of it, so that a byte now and then does not help."""
    monkeypatch.setattr(receiver, "BODY_SECONDS", 0.2)
    with opened(address, f"{KNOWN}Content-Length: 1000\r\n", b"{") as connection:
        said = answer(connection)
    assert said.startswith(b"HTTP/1.1 408")
    assert count(address, "too_slow") == 1


def test_stranger_who_dribbles_is_refused_and_cut_off(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a moment of politeness."""
    monkeypatch.setattr(receiver, "POLITE_SECONDS", 0.1)
    with opened(address, "Content-Length: 1000\r\n", b"{") as connection:
        assert answer(connection).startswith(b"HTTP/1.1 401")


def test_others_are_served_meanwhile(
    address: Address, world: World, request_hook: Callable[..., bytes]
) -> None:
    """Two hundred connections that never end hold up nobody."""
    with ExitStack() as stack:
        for number in range(200):
            headers = f"{KNOWN if number % 2 else ''}Content-Length: 1000\r\n"
            stack.enter_context(opened(address, headers, b"{"))
        start = time.monotonic()
        assert deliver(address, request_hook()).status_code == 200
        assert time.monotonic() - start < receiver.BODY_SECONDS / 2
    assert world.queued() == ["issue:5/23"]


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 413), ("wrong", 401)])
def test_enormous_body_gets_a_clear_refusal(address: Address, secret: str, status: int) -> None:
    """Its sender hears the answer, although it sends all of it first."""
    response = deliver(address, b" " * (64 * MEBIBYTE), secret)
    assert response.status_code == status
    assert response.json()["message"]


def test_body_without_a_length_is_measured_as_it_comes(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chunks declare nothing."""
    monkeypatch.setattr(receiver, "MAX_BODY", 2 * MEBIBYTE)
    monkeypatch.setattr(receiver, "POLITE_SECONDS", 0.1)
    with opened(address, f"{KNOWN}Transfer-Encoding: chunked\r\n") as connection:
        for _ in range(3):
            connection.sendall(b"%x\r\n" % MEBIBYTE + b" " * MEBIBYTE + b"\r\n")
        assert answer(connection).startswith(b"HTTP/1.1 413")


def test_who_asks_before_sending_is_told_at_once(address: Address) -> None:
    """No `100 Continue` invites a body that would be refused."""
    headers = "Content-Length: 1000\r\nExpect: 100-continue\r\n"
    with opened(address, headers) as connection:
        assert answer(connection).startswith(b"HTTP/1.1 401")


def test_body_that_is_cut_off_is_dropped(address: Address, world: World) -> None:
    """Nothing is queued for half a delivery."""
    opened(address, f"{KNOWN}Content-Length: 1000\r\n", b'{"object_kind": "issue"').close()
    end = time.monotonic() + PATIENCE
    while not count(address, "cut_off"):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert world.queued() == []


def test_body_longer_than_declared_is_malformed(address: Address) -> None:
    """The rest is no request."""
    headers = f"{KNOWN}Content-Length: 1\r\nConnection: close\r\n"
    with opened(address, headers, b"{} and more") as connection:
        assert answer(connection).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    "start",
    [
        f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\nX-Endless: ",
        f"POST {WEBHOOKS}?",
        f"POST {WEBHOOKS} HTTP/1.1\r\n{KNOWN}Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\nX: ",
    ],
    ids=["header", "address", "trailer"],
)
def test_head_without_end_is_cut_off(address: Address, start: str) -> None:
    """Nobody fills the memory with what is kept before anybody looks at it."""
    with socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(start.encode())
        with pytest.raises(OSError, match=r"reset|pipe"):
            connection.sendall(b"x" * (64 * MEBIBYTE))


def hook(secret: str = SECRET, identity: str = "d1", more: str = "", body: bytes = b"") -> bytes:
    """A whole delivery, as bytes."""
    head = (
        f"POST {WEBHOOKS} HTTP/1.1\r\nHost: x\r\nX-Gitlab-Token: {secret}\r\n"
        f"Idempotency-Key: {identity}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    )
    return head.encode() + body


def exchange(address: Address, *pieces: bytes) -> list[bytes]:
    """Send pieces, each in a read of its own; what is answered, without the time of day."""
    with socket.create_connection(address, PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.05 * (len(pieces) > 1))
        lines = answer(connection).split(b"\r\n")
    return sorted(line for line in lines if not line.startswith(b"date: "))


@pytest.mark.parametrize(
    ("secret", "label", "status"),
    [
        (SECRET, "cloud-image::request", 200),
        (SECRET, "bug", 200),
        ("wrong", "cloud-image::request", 401),
        (SECRET, None, 400),
    ],
    ids=["relevant", "irrelevant", "stranger", "malformed"],
)
def test_delivery_is_judged_alike_however_it_arrives(
    world: World, request_hook: Callable[..., bytes], secret: str, label: str | None, status: int
) -> None:
    """Whole, or piece by piece: the same answer, the same in the queue, the same count."""
    body = request_hook(label) if label else b"{"
    found = []
    for cut in (None, 40, -1):
        sent = hook(secret, f"d{cut}", "Connection: close\r\n", body)
        with served(world.app([SECRET], [])) as address:
            pieces = [sent] if cut is None else [sent[:cut], sent[cut:]]
            said = exchange(address, *pieces)
            again = exchange(address, *pieces)
            counts = [
                count(address, outcome)
                for outcome in (
                    "accepted",
                    "repeated",
                    "irrelevant",
                    "unauthenticated",
                    "malformed",
                )
            ]
        found.append((said, again, counts, world.queued()))
    assert found[0] == found[1] == found[2]
    assert any(line.startswith(b"HTTP/1.1 %d" % status) for line in found[0][0])


def test_deliveries_that_arrive_in_one_piece_are_answered_in_their_order(
    address: Address, world: World, request_hook: Callable[..., bytes]
) -> None:
    """The second does not overtake the first, which waits for the disk."""
    first = hook(identity="d1", body=request_hook())
    second = hook("wrong", body=request_hook())
    third = hook(identity="d3", more="Connection: close\r\n", body=request_hook())
    with socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(first + second + third)
        said = answer(connection)
    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"200", b"401", b"200"]
    assert world.queued() == ["issue:5/23"]


def test_delivery_of_a_sender_who_hangs_up_is_kept(
    address: Address, world: World, request_hook: Callable[..., bytes]
) -> None:
    """It had arrived; there is nobody left to tell."""
    turn = world.store._turn
    with turn, socket.create_connection(address, PATIENCE) as connection:
        connection.sendall(hook(body=request_hook()))
        time.sleep(0.1)
    end = time.monotonic() + PATIENCE
    while not count(address, "accepted"):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert world.queued() == ["issue:5/23"]


def test_sender_who_reads_no_answers_is_heard_no_longer(address: Address) -> None:
    """Answers that nobody takes would fill the memory."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(address)
        connection.settimeout(1)
        with pytest.raises(OSError, match=r"reset|pipe"):
            connection.sendall(hook("wrong") * 100_000)


def test_connection_of_a_proxy_may_be_idle_for_a_while(address: Address) -> None:
    """A proxy that keeps connections delivers over one that was quiet for some seconds."""
    with closing(HTTPConnection(*address, timeout=PATIENCE)) as connection:
        for pause in (6, 0):
            connection.request("GET", "/healthz")
            with connection.getresponse() as told:
                assert told.read()
            time.sleep(pause)
        assert connection.sock
