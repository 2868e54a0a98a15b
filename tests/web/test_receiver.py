"""The webhook receiver: what it answers, and what is then in the queue."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from bot.web import receiver
from bot.web.app import WEBHOOKS
from tests.web.conftest import NOW, SECRET, TOKEN, World

Hook = Callable[..., bytes]
KNOWN = {"x-gitlab-token": SECRET, "x-gitlab-event": "Issue Hook"}


def post(client: TestClient, body: bytes, **headers: str) -> int:
    """The status of the answer to a delivery with the right secret."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.post(WEBHOOKS, content=body, headers={**KNOWN, **more})
    assert len(answer.content) < 100
    return answer.status_code


def count(client: TestClient, outcome: str) -> float:
    """How many deliveries came to this, says the page for Prometheus."""
    wanted = f'launchbot_deliveries_total{{outcome="{outcome}"}} '
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(wanted):
            return float(line.removeprefix(wanted))
    return 0


def test_delivery_that_concerns_a_launch_is_queued(
    client: TestClient, world: World, request_hook: Hook
) -> None:
    """It is in the database before the answer leaves."""
    answer = client.post(WEBHOOKS, content=request_hook(), headers=KNOWN)
    assert (answer.status_code, answer.json()) == (200, {})
    assert world.queued() == ["issue:5/23"]
    assert count(client, "accepted") == 1


def test_delivery_that_concerns_nobody_writes_nothing(
    client: TestClient, world: World, request_hook: Hook
) -> None:
    """Told from the payload alone."""
    with closing(sqlite3.connect(str(world.store._file))) as file:
        before = file.execute("PRAGMA data_version").fetchone()
        assert post(client, request_hook("bug"), webhook_id="d1") == 200
        assert post(client, b'{"object_kind": "pipeline"}', webhook_id="d2") == 200
        assert post(client, b"{}", webhook_id="d3") == 200
        assert file.execute("PRAGMA data_version").fetchone() == before
    assert world.queued() == []
    assert count(client, "irrelevant") == 3


@pytest.mark.parametrize("header", ["webhook_id", "idempotency_key"])
def test_delivery_sent_again_is_queued_once(
    client: TestClient, world: World, request_hook: Hook, header: str
) -> None:
    """It keeps its id, in either header."""
    assert post(client, request_hook(), **{header: "d1"}) == 200
    assert world.queued() == ["issue:5/23"]
    assert post(client, request_hook(), **{header: "d1"}) == 200
    assert world.queued() == []
    assert count(client, "repeated") == 1


def test_webhook_id_comes_before_the_idempotency_key(
    client: TestClient, world: World, request_hook: Hook
) -> None:
    """An old GitLab sends the second only, a very old one neither."""
    post(client, request_hook(), webhook_id="d1", idempotency_key="d2")
    assert not world.store.accept("d1", [], NOW)
    assert world.store.accept("d2", [], NOW)
    world.queued()
    for _ in range(2):
        post(client, request_hook())
        assert world.queued() == ["issue:5/23"]


@pytest.mark.parametrize("headers", [{}, {"x-gitlab-token": "wrong"}, {"x-gitlab-token": ""}])
def test_stranger_is_refused(
    client: TestClient, world: World, request_hook: Hook, headers: dict[str, str]
) -> None:
    """With a word on why, as GitLab shows it to whoever set up the hook."""
    answer = client.post(WEBHOOKS, content=request_hook(), headers=headers)
    assert answer.status_code == 401
    assert "secret" in answer.json()["message"]
    assert world.queued() == []
    assert count(client, "unauthenticated") == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 10_000])
def test_malformed_body_is_refused(client: TestClient, body: bytes) -> None:
    """GitLab never sends one."""
    assert post(client, body) == 400
    assert count(client, "malformed") == 1


def test_only_posts_are_taken(client: TestClient) -> None:
    """The address is for webhooks alone."""
    assert client.get(WEBHOOKS).status_code == 405


def large(body: dict[str, Any], size: int = receiver.MAX_READ) -> bytes:
    """A body with a comment of a million characters."""
    return json.dumps({**body, "object_attributes": {"note": "x" * size}}).encode()


@pytest.mark.parametrize(
    ("start", "key"),
    [
        ({"object_kind": "note", "user": {"id": 1}, "project_id": 7}, "project:7"),
        ({"object_kind": "issue", "project": {"id": 8, "name": "x"}}, "project:8"),
        ({"object_kind": "issue", "user": {"name": '"project_id": 9'}}, "resync"),
        ({"project": {"id": None}}, "resync"),
    ],
    ids=["note", "issue", "told by a user", "unknown"],
)
def test_oversized_body_is_not_parsed_and_its_project_is_looked_through(
    client: TestClient, world: World, start: dict[str, Any], key: str
) -> None:
    """GitLab would switch the hook off for a 413, for everybody."""
    assert post(client, large(start)) == 200
    assert world.queued() == [key]
    assert count(client, "oversized") == 1


def test_oversized_body_sent_again_is_queued_once(client: TestClient, world: World) -> None:
    """It has an id like every other."""
    for _ in range(2):
        assert post(client, large({"project_id": 7}), webhook_id="d1") == 200
    assert world.queued() == ["project:7"]


def test_body_of_just_the_size_is_parsed(
    client: TestClient, world: World, request_hook: Hook
) -> None:
    """The limit is a mebibyte."""
    body = request_hook()
    assert post(client, body + b" " * (receiver.MAX_READ - len(body))) == 200
    assert world.queued() == ["issue:5/23"]


def test_body_that_gitlab_never_sends_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Declared or not, it is not read to its end."""
    monkeypatch.setattr(receiver, "MAX_BODY", 3 * 1024 * 1024)
    monkeypatch.setattr(receiver, "POLITE_SECONDS", 0.01)

    def chunks() -> Iterator[bytes]:
        for _ in range(4):
            yield b" " * 1024 * 1024

    assert post(client, b" " * 4 * 1024 * 1024) == 413
    answer = client.post(WEBHOOKS, content=chunks(), headers=KNOWN)
    assert answer.status_code == 413
    assert count(client, "too_large") == 2


def test_failure_to_store_is_not_called_a_success(
    client: TestClient, world: World, request_hook: Hook
) -> None:
    """The one 5xx: a broken disk, which no sender can cause."""
    with world.store._writing() as connection:
        connection.exec_driver_sql("ALTER TABLE queue RENAME TO elsewhere")
    assert post(client, request_hook(), webhook_id="d1") == 200
    assert post(client, large({"project_id": 7})) == 200
    with world.store._writing() as connection:
        connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO queue")
    assert count(client, "not_stored") == 2
    assert post(client, request_hook(), webhook_id="d1") == 200
    assert world.queued() == ["issue:5/23"]


@pytest.fixture
def signing(world: World) -> Iterator[TestClient]:
    """A client of an application that wants signatures, and knows a plain secret, too."""
    with TestClient(world.app([SECRET], [TOKEN])) as opened:
        yield opened


def sign(body: bytes) -> dict[str, str]:
    """The headers of a signed delivery."""
    return {
        "webhook-id": "d1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(TOKEN).sign("d1", NOW, body.decode()),
    }


def test_signed_delivery_is_queued(signing: TestClient, world: World, request_hook: Hook) -> None:
    """Signature and raw body belong together."""
    body = request_hook()
    assert signing.post(WEBHOOKS, content=body, headers=sign(body)).status_code == 200
    assert world.queued() == ["issue:5/23"]


def test_wrongly_signed_delivery_is_refused(
    signing: TestClient, world: World, request_hook: Hook
) -> None:
    """Also where it is malformed or oversized: a stranger learns nothing."""
    for body in (request_hook() + b" ", b"{", large({"project_id": 7})):
        assert signing.post(WEBHOOKS, content=body, headers=sign(b"{}")).status_code == 401
    assert world.queued() == []


def test_unsigned_delivery_is_refused_once_a_signing_token_is_set(
    signing: TestClient, world: World, request_hook: Hook
) -> None:
    """Even with the right plain secret."""
    assert post(signing, request_hook()) == 401
    assert world.queued() == []


def test_signed_delivery_is_answered_by_its_content(signing: TestClient, world: World) -> None:
    """Malformed is 400, oversized is 200."""
    assert signing.post(WEBHOOKS, content=b"{", headers=sign(b"{")).status_code == 400
    body = large({"project_id": 7})
    assert signing.post(WEBHOOKS, content=body, headers=sign(body)).status_code == 200
    assert world.queued() == ["project:7"]


SECRETS = st.sampled_from([SECRET, "wrong"])
ONE_CLIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@ONE_CLIENT
@given(st.binary() | st.binary().map(lambda raw: b'{"object_kind": "issue"' + raw), SECRETS)
def test_no_body_causes_a_server_error(client: TestClient, body: bytes, secret: str) -> None:
    """Whatever is sent, with or without the secret."""
    status = post(client, body, x_gitlab_token=secret)
    assert status in (200, 400) if secret == SECRET else status == 401


NAMES = st.sampled_from(
    [
        "webhook_id",
        "idempotency_key",
        "webhook_timestamp",
        "webhook_signature",
        "x_gitlab_event",
        "content_type",
        "content_encoding",
        "expect",
    ]
)
VALUES = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=300)


@ONE_CLIENT
@given(st.dictionaries(NAMES, VALUES))
def test_no_header_causes_a_server_error(
    client: TestClient, request_hook: Hook, headers: dict[str, str]
) -> None:
    """Ids of any length, odd types and encodings: what counts is the body."""
    assert post(client, request_hook(), **headers) == 200


def test_body_that_finds_no_room_is_cut() -> None:
    """All bodies that arrive together share one room; what leaves makes room for others."""
    room = receiver._Room(left=10)
    first, second, third = receiver._Body(room), receiver._Body(room), receiver._Body(room)
    first.add(b"12345678")
    second.add(b"123")
    second.add(b"456")
    assert (first.cut, bytes(first.kept)) == (False, b"12345678")
    assert (second.cut, bytes(second.kept), second.size) == (True, b"123", 6)
    second.forget()
    first.forget()
    assert room.left == 10
    third.add(b"123")
    assert not third.cut
