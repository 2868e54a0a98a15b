"""The web application: webhook receiver, health and metrics.

Only the receiver is for strangers; a proxy in front need pass nothing but `POST /webhooks/gitlab`.
It takes what it needs as plain callables, and must not know where they come from.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import anyio
import anyio.to_thread
import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.routing import Route

from bot.gitlab.events import Watch
from bot.web.metrics import Metrics
from bot.web.receiver import Receiver
from bot.web.signatures import Authenticator

WEBHOOKS = "/webhooks/gitlab"

Readiness = Callable[[], Mapping[str, str | None]]
"""What has to be well for the bot to work, each with its problem or None; it may block."""

_log = structlog.get_logger(__name__)


def create_app(
    *,
    accept: Callable[[str | None, Sequence[str]], bool],
    authenticator: Authenticator,
    watch: Callable[[], Watch],
    readiness: Readiness,
    metrics: Metrics,
    clock: Callable[[], datetime],
    docs: bool = False,
) -> FastAPI:
    """Join the routes.

    `accept` stores a delivery's id and keys durably and says whether it was new; `docs` shows the
    API's description, which has no place in production.
    """
    app = FastAPI(
        title="Launchbot",
        docs_url="/docs" if docs else None,
        openapi_url="/openapi.json" if docs else None,
        redoc_url=None,
    )
    receiver = Receiver(accept, authenticator, watch, clock, metrics.delivery)
    # A plain route: FastAPI's own would cost more than all that the receiver does.
    app.router.routes.append(Route(WEBHOOKS, receiver.receive, methods=["POST"]))
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
