"""Joins the parts: settings and configuration in, a bot that can be started out.

The one place where time and randomness enter, and where each thread gets its own GitLab client.
It decides nothing and touches nothing by itself.
"""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

from bot import loader
from bot.controller.embedded import EmbeddedEngine
from bot.controller.reconciler import Reconciler
from bot.domain.configuration import Configuration
from bot.domain.errors import UserError
from bot.domain.markers import Keyring
from bot.domain.process import Process
from bot.gitlab.access import Access, connect
from bot.gitlab.client import Client
from bot.settings import Settings
from bot.store.store import Store

Clock = Callable[[], datetime]
Sessions = Callable[[], requests.Session]


def system_clock() -> datetime:
    """The time that it is, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- time enters here


@dataclass(frozen=True, slots=True)
class Installation:
    """What an installation runs: its configuration and its processes."""

    configuration: Configuration
    processes: Mapping[str, Process]


def load(settings: Settings) -> Installation:
    """The configuration and the processes. Raises `UserError` with the mistakes in them."""
    loaded = loader.load(settings.config)
    errors = [mistake for mistake in loaded.mistakes if mistake.severity == "error"]
    if errors or loaded.configuration is None:
        lines = "\n".join(f"  {m.file}:{m.line}:{m.column}: {m.message}" for m in errors)
        raise UserError(f"The configuration is not valid:\n{lines}\nSee `launchbot check`.")
    return Installation(loaded.configuration, loaded.processes)


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot, joined and not yet started."""

    settings: Settings
    installation: Installation
    keyring: Keyring
    store: Store
    engine: EmbeddedEngine
    reconciler: Reconciler
    access: Callable[[], Access]
    clock: Clock


def assemble(
    settings: Settings,
    installation: Installation,
    *,
    clock: Clock = system_clock,
    sessions: Sessions = requests.Session,
) -> Bot:
    """Join the parts. Raises `UserError` where a setting that all commands need is missing."""
    keyring = _keyring(settings)
    store = Store.open(settings.database_url.get_secret_value())
    access = _access(settings, installation, keyring, store, sessions)
    engine = EmbeddedEngine(
        store, clock=clock, draw=random.SystemRandom().random, workers=settings.workers
    )
    reconciler = Reconciler(
        access=access,
        memory=store,
        enqueue=engine.enqueue,
        clock=clock,
        resync_every=timedelta(minutes=installation.configuration.resync_minutes),
    )
    return Bot(settings, installation, keyring, store, engine, reconciler, access, clock)


def _keyring(settings: Settings) -> Keyring:
    keys = tuple(key.get_secret_value().encode() for key in settings.secret_keys)
    if not keys:
        raise UserError(
            "LAUNCHBOT_SECRET_KEYS is not set. It signs what the bot writes; make one with "
            "`openssl rand -hex 32` and keep it: without it the bot does not know its own issues."
        )
    return Keyring(keys)


def _access(
    settings: Settings,
    installation: Installation,
    keyring: Keyring,
    store: Store,
    sessions: Sessions,
) -> Callable[[], Access]:
    if settings.gitlab_token is None:
        raise UserError("LAUNCHBOT_GITLAB_TOKEN is not set: the bot needs a token of its own.")
    token, local = settings.gitlab_token.get_secret_value(), threading.local()

    def access() -> Access:
        if not hasattr(local, "access"):
            client = Client(
                settings.gitlab_url,
                token,
                ca_file=_text(settings.gitlab_ca_file),
                session=sessions(),
            )
            local.access = connect(
                client, installation.configuration, installation.processes, keyring, store
            )
        made: Access = local.access
        return made

    return access


def _text(path: Path | None) -> str | None:
    return str(path) if path else None
