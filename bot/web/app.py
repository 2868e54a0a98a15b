"""The web application: webhook receiver, health and metrics.

Only the receiver is for strangers; a proxy in front need pass nothing but `POST /webhooks/gitlab`.
It takes what it needs as plain callables, and must not know where they come from.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

import anyio
import anyio.to_thread
import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.gitlab.events import Watch
from bot.web.batches import AcceptAll, Batches
from bot.web.metrics import Metrics
from bot.web.receiver import Receiver
from bot.web.server import Answer, Headers
from bot.web.signatures import Authenticator

WEBHOOKS = "/webhooks/gitlab"

Readiness = Callable[[], Mapping[str, str | None]]
"""What has to be well for the bot to work, each with its problem or None; it may block."""

_log = structlog.get_logger(__name__)


class Application(FastAPI):
    """Deliveries go straight to the receiver: middleware and routing cost more than all it does."""

    taken_at = WEBHOOKS

    def __init__(self, receiver: Receiver, *, docs: bool) -> None:
        super().__init__(
            title="Launchbot",
            docs_url="/docs" if docs else None,
            openapi_url="/openapi.json" if docs else None,
            redoc_url=None,
        )
        self._receiver = receiver
        # Says to whoever does not POST that this is the only way.
        self.router.routes.append(Route(WEBHOOKS, _only_posted, methods=["POST"]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Any request, as ASGI has it."""
        if scope["type"] == "http" and (scope["path"], scope["method"]) == (WEBHOOKS, "POST"):
            await self._receiver.receive(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def take(self, headers: Headers, body: bytes, answer: Callable[[Answer], None]) -> None:
        """A delivery that arrived whole: what answers it without ASGI."""
        self._receiver.take(headers, body, answer)


async def _only_posted(_request: Request) -> Response:  # pragma: no cover -- never routed to
    return Response(status_code=404)


def create_app(
    *,
    accept_all: AcceptAll,
    authenticator: Authenticator,
    watch: Callable[[], Watch],
    readiness: Readiness,
    metrics: Metrics,
    clock: Callable[[], datetime],
    docs: bool = False,
) -> Application:
    """Join the routes.

    `accept_all` stores the ids and keys of deliveries durably, off the event loop, and says which
    were new; `docs` shows the API's description, which has no place in production.
    """
    receiver = Receiver(Batches(accept_all), authenticator, watch, clock, metrics.delivery)
    app = Application(receiver, docs=docs)
    _add_health(app, readiness)
    _add_metrics(app, metrics)
    return app


def _add_health(app: FastAPI, readiness: Readiness) -> None:
    # One check at a time: many callers cost no more threads than one.
    turn = anyio.CapacityLimiter(1)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        """Whether the process answers; if not, it should be started anew."""
        return {"status": "alive"}

    @app.get("/readyz", response_model=dict[str, str], responses={503: {"model": dict[str, str]}})
    async def readyz() -> JSONResponse:
        """Whether the bot can do its work, and what keeps it from that."""
        try:
            problems = await anyio.to_thread.run_sync(readiness, limiter=turn)
        except Exception:  # noqa: BLE001 -- a check that fails is a problem, too
            _log.exception("readiness.failed")
            problems = {"readiness": "the check itself failed, see the log"}
        status = 503 if any(problems.values()) else 200
        return JSONResponse({name: why or "ok" for name, why in problems.items()}, status)


def _add_metrics(app: FastAPI, metrics: Metrics) -> None:
    @app.get("/metrics", response_class=Response)
    async def show() -> Response:
        """The counters, for Prometheus."""
        return Response(
            await anyio.to_thread.run_sync(metrics.render), media_type=CONTENT_TYPE_LATEST
        )
