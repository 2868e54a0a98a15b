"""`launchbot serve`: receiver, queue and workers, until it is told to stop."""

import signal
import socket
from types import FrameType
from typing import NoReturn

import structlog
import typer

from bot.bootstrap import Bot, web_app
from bot.cli.installed import assembled
from bot.cli.listening import cannot_listen
from bot.domain.errors import PermanentError, TransientError
from bot.web.server import server

_log = structlog.get_logger(__name__)


def serve() -> None:
    """Listen to GitLab's webhooks and run the launches. Settings come from the environment."""
    bot = assembled("serving")
    app = web_app(bot)
    listener = _listener(bot)
    _greet(bot)
    bot.engine.run(bot.reconciler, standing=["resync"])
    # uvicorn shuts down in order and then raises the signal once more, for us.
    signal.signal(signal.SIGTERM, _leave)
    try:
        server(app).run([listener])
    finally:
        listener.close()
        if not bot.engine.stop():
            bot.reconciler.leave()


def _leave(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _listener(bot: Bot) -> socket.socket:
    host, port = bot.settings.host, bot.settings.port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as problem:
        settings = "LAUNCHBOT_HOST and LAUNCHBOT_PORT"
        raise cannot_listen(f"{host} port {port}", problem, settings) from problem
    port = listener.getsockname()[1]
    typer.echo(f"listening on http://{host}:{port} (webhooks: /webhooks/gitlab)", err=True)
    return listener


def _greet(bot: Bot) -> None:
    """Tell early what keeps the bot from working; it starts all the same, and tries again."""
    try:
        bot.access().directory.check()
    except (TransientError, PermanentError) as problem:
        _log.warning("gitlab_not_usable_yet", why=str(problem))
