"""A web application over a real store, and what there is to be heard."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from bot.domain.markers import Keyring
from bot.gitlab.events import Watch
from bot.store.store import Store
from bot.web.app import Application, create_app
from bot.web.metrics import Metrics
from bot.web.signatures import Authenticator

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SECRET = "the plain secret"
TOKEN = "whsec_" + base64.b64encode(b"n" * 32).decode()
WATCH = Watch(Keyring((b"k" * 32,)), frozenset({"cloud-image::request"}), frozenset({99}), "launch")


@dataclass
class World:
    """What the application was built from."""

    store: Store
    problems: dict[str, str | None] = field(default_factory=lambda: {"database": None})

    def readiness(self) -> dict[str, str | None]:
        """What is well, and what is not."""
        self.store.check()
        return self.problems

    def app(self, secrets: list[str], tokens: list[str], *, docs: bool = False) -> Application:
        """An application with these secrets."""
        metrics = Metrics(self.store.depth)
        return create_app(
            accept_all=lambda heard: self.store.accept_all(heard, NOW),
            authenticator=Authenticator(secrets, tokens),
            watch=lambda: WATCH,
            readiness=self.readiness,
            metrics=metrics,
            clock=lambda: NOW,
            docs=docs,
        )

    def queued(self) -> list[str]:
        """The keys in the queue; they are taken out."""
        keys = []
        while claim := self.store.claim(NOW):
            keys.append(claim.key)
            self.store.finish(claim, NOW, None)
        return keys


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Logs that nobody set up are written out at length, which takes seconds."""
    with capture_logs():
        yield


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A store in a new file."""
    store = Store.open(f"sqlite:///{tmp_path / 'launchbot.db'}")
    yield World(store)
    store.close()


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    """A client of an application that knows a plain secret."""
    with TestClient(world.app([SECRET], [])) as opened:
        yield opened


@pytest.fixture
def request_hook() -> Callable[..., bytes]:
    """Makes issue events with a trigger label."""

    def make(label: str = "cloud-image::request", **more: Any) -> bytes:
        body = {
            "object_kind": "issue",
            "user": {"id": 1},
            "project": {"id": 5},
            "object_attributes": {"id": 301, "iid": 23},
            "labels": [{"title": label}],
            **more,
        }
        return json.dumps(body).encode()

    return make
