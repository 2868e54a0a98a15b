"""Joins the parts: settings and configuration in, a bot that can be started out.

The one place where time and randomness enter, and where each thread gets its own GitLab client.
It decides nothing and touches nothing by itself.
"""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import requests
import stamina

from bot import loader, telemetry
from bot.controller.embedded import EmbeddedEngine
from bot.controller.pace import Pace
from bot.controller.reconciler import Reconciler
from bot.domain.configuration import Configuration
from bot.domain.errors import PermanentError, TransientError, UserError
from bot.domain.markers import Keyring
from bot.domain.process import Process
from bot.gitlab.access import Access, connect
from bot.gitlab.client import Client
from bot.gitlab.directory import Known
from bot.gitlab.events import Watch
from bot.gitlab.releases import products
from bot.settings import Settings
from bot.store.store import Store
from bot.web.app import Application, create_app
from bot.web.metrics import Metrics
from bot.web.signatures import Authenticator

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


def quiet_retries() -> None:
    """Let no retry be told apart: what is retried and why stands in our own words."""
    stamina.instrumentation.set_on_retry_hooks(())


def set_up_logs(settings: Settings, *, colours: bool) -> None:
    """Log as the settings say, with every secret of theirs taken out."""
    quiet_retries()
    telemetry.set_up(settings.log_format, settings.log_level, settings.secrets(), colours=colours)


def load(settings: Settings) -> Installation:
    """The configuration and the processes. Raises `UserError` with the mistakes in them."""
    if not loader.is_there(settings.config):
        raise UserError(
            f"There is no configuration at {settings.config}. Copy launchbot.example.yml there and "
            "put in your projects and people, or name another file in LAUNCHBOT_CONFIG."
        )
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
    metrics: Metrics
    access: Callable[[], Access]
    known: Known
    clock: Clock


def assemble(
    settings: Settings,
    installation: Installation,
    *,
    clock: Clock = system_clock,
    sessions: Sessions = requests.Session,
) -> Bot:
    """Join the parts. Raises `SettingsError` where a setting that all commands need is missing."""
    settings.require("gitlab")
    keyring = Keyring(tuple(key.get_secret_value().encode() for key in settings.secret_keys))
    store = Store.open(settings.database_url.get_secret_value())
    metrics = Metrics(store.depth)
    pace = Pace()

    def called(method: str, status: int) -> None:
        pace.count()
        metrics.gitlab_call(method, status)

    client, known = _clients(settings, sessions, called), Known()
    access = _for_each_thread(
        lambda: connect(
            client(),
            configuration=installation.configuration,
            processes=installation.processes,
            keyring=keyring,
            shelf=store,
            known=known,
        )
    )
    engine = EmbeddedEngine(
        store,
        clock=clock,
        draw=random.SystemRandom().random,
        workers=settings.workers,
        report=metrics.reconcile,
        pace=pace.wait,
    )
    reconciler = Reconciler(
        access=access,
        memory=store,
        enqueue=engine.enqueue,
        clock=clock,
        resync_every=timedelta(minutes=installation.configuration.resync_minutes),
    )
    return Bot(
        settings=settings,
        installation=installation,
        keyring=keyring,
        store=store,
        engine=engine,
        reconciler=reconciler,
        metrics=metrics,
        access=access,
        known=known,
        clock=clock,
    )


def _clients(
    settings: Settings, sessions: Sessions, called: Callable[[str, int], None]
) -> Callable[[], Client]:
    token = settings.gitlab_token.get_secret_value() if settings.gitlab_token else ""
    ca_file = str(settings.gitlab_ca_file) if settings.gitlab_ca_file else None
    return lambda: Client(
        settings.gitlab_url,
        token,
        ca_file=ca_file,
        session=sessions(),
        on_call=called,
    )


def _for_each_thread(make: Callable[[], Access]) -> Callable[[], Access]:
    """python-gitlab's object is not made for several threads: each gets its own."""
    local = threading.local()

    def access() -> Access:
        if not hasattr(local, "access"):
            local.access = make()
        mine: Access = local.access
        return mine

    return access


def web_app(bot: Bot) -> Application:
    """The receiver. Raises `SettingsError` when no secret is set that GitLab could prove."""
    settings = bot.settings
    settings.require("serving")
    authenticator = Authenticator(
        [secret.get_secret_value() for secret in settings.webhook_secret],
        [token.get_secret_value() for token in settings.webhook_signing_token],
    )
    return create_app(
        accept_all=bot.engine.accept_all,
        authenticator=authenticator,
        watch=_watch(bot),
        readiness=lambda: _readiness(bot),
        metrics=bot.metrics,
        clock=bot.clock,
    )


def _watch(bot: Bot) -> Callable[[], Watch]:
    """What the receiver looks out for, told anew when more is known of GitLab."""
    kept: list[tuple[object, object, Watch]] = []

    def watch() -> Watch:
        me, directory = bot.known.bot, bot.known.installation
        if not kept or kept[0][0] != me or kept[0][1] is not directory:
            kept[:] = [(me, directory, _looked_out_for(bot))]
        return kept[0][2]

    return watch


def _looked_out_for(bot: Bot) -> Watch:
    """The same, by what is known now; who the bot is may not be."""
    processes = bot.installation.processes.values()
    requests_ = {process.labels.request for process in processes}
    opening = {p.label for process in processes for p in process.phases.values() if p.label}
    projects = bot.known.installation.projects if bot.known.installation else {}
    me = {bot.known.bot} if bot.known.bot else set[int]()
    bot_users = me | {*bot.installation.configuration.bot_users}
    names = {p.documentation.project for p in processes if p.documentation}
    return Watch(
        keyring=bot.keyring,
        triggers=frozenset(requests_ | opening),
        bot_users=frozenset(bot_users),
        head=bot.installation.configuration.command,
        docs=frozenset(projects[name] for name in names if name in projects),
        products=products(bot.installation.processes, projects),
    )


def _readiness(bot: Bot) -> Mapping[str, str | None]:
    return {
        "database": _problem(bot.store.check),
        "workers": bot.engine.problem(),
        "gitlab": _problem(bot.access().directory.check),
    }


def _problem(check: Callable[[], object]) -> str | None:
    try:
        check()
    except (UserError, TransientError, PermanentError) as problem:
        return str(problem)
    return None
