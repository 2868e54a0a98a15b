"""The ASGI application: who calls, which endpoint, which fault, what goes back.

Endpoints are plain functions; one lock makes each call a transaction. No GitLab rule lives here.
"""

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from bot.simulator import job_tokens, throttling
from bot.simulator.api import API_ROUTES, OUTSIDE_ROUTES
from bot.simulator.authentication import authenticate, require_caller
from bot.simulator.control import ROUTES as CONTROL_ROUTES
from bot.simulator.errors import ApiError
from bot.simulator.faults import Fault
from bot.simulator.model import Token, User
from bot.simulator.params import Params, read
from bot.simulator.routing import Answer, Call, Route, Router
from bot.simulator.simulator import Simulator

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_USUAL_STATUS = {"POST": 201}
_NO_CONTENT = 204
_WITHOUT_BODY = {_NO_CONTENT, 304}
_PREFIX = "/api/v4/"
_API = Router(API_ROUTES)
_CONTROL = Router((*CONTROL_ROUTES, *OUTSIDE_ROUTES))

LoseAnswer = Callable[[Request], Awaitable[None]]


class AnswerLostError(TimeoutError):
    """The caller never gets an answer; raised through an in-process transport."""


async def raise_lost(_request: Request) -> None:
    """Lose an answer in-process: the client sees a timeout."""
    raise AnswerLostError("the simulated GitLab did not answer")


def create_app(sim: Simulator, lose_answer: LoseAnswer = raise_lost) -> Starlette:
    """The application. `lose_answer` is how a call without an answer looks to this transport."""
    server = _Server(sim, lose_answer)
    return Starlette(routes=[WebRoute("/{path:path}", server.answer, methods=_METHODS)])


class _Server:
    def __init__(self, sim: Simulator, lose_answer: LoseAnswer) -> None:
        self.sim = sim
        self.lose_answer = lose_answer

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        path = _raw_path(request)
        if not path.startswith(_PREFIX):
            return self._respond(request.method, self._controlled(request, path, body))
        with self.sim.lock:
            self.sim.clock.run_due()
            user = _username(self.sim, request)
            refusal = throttling.refusal(self.sim, user)
            fault = None if refusal else self._fault(request, path, user)
            reply = refusal or _do(self.sim, partial(self._api, request, path, body), fault)
            self.sim.calls.add(request.method, path, user, reply.status if reply else 0)
        if fault and fault.kind == "delay":
            await asyncio.sleep(fault.seconds)
        if reply is None:
            await self.lose_answer(request)
            reply = Answer(None, 503)
        return self._respond(request.method, reply)

    def _respond(self, method: str, answer: Answer) -> Response:
        """The answer with what every one bears: a number of its own, and GitLab's time."""
        date = format_datetime(self.sim.clock.now(), usegmt=True)
        headers = {"x-request-id": uuid.uuid4().hex, "date": date, **answer.headers}
        return _response(method, answer, {name: _raw(text) for name, text in headers.items()})

    def _fault(self, request: Request, path: str, user: str | None) -> Fault | None:
        target = f"{path}?{request.url.query}" if request.url.query else path
        return self.sim.faults.for_call(request.method, target, user)

    def _api(self, request: Request, path: str, body: bytes) -> Answer:
        return _guarded(lambda: self._run(_API, request, path[len(_PREFIX) :], path, body))

    def _controlled(self, request: Request, path: str, body: bytes) -> Answer:
        with self.sim.lock:
            return _guarded(lambda: self._run(_CONTROL, request, path, path, body))

    def _run(self, router: Router, request: Request, rest: str, path: str, body: bytes) -> Answer:
        segments = [unquote(segment) for segment in rest.strip("/").split("/")]
        method = "GET" if request.method == "HEAD" else request.method
        handler, values = router.find(method, segments)
        kind = request.headers.get("content-type", "")
        params = read(method, request.url.query, kind, body)
        call = _call(self.sim, request, path, params, values)
        if router is _API:
            require_caller(method, path, call.caller)
        self.sim.event_uuid = request.headers.get("x-gitlab-event-uuid")
        try:
            return _as_answer(method, handler(call))
        finally:
            self.sim.event_uuid = None


def _call(
    sim: Simulator, request: Request, path: str, params: Params, values: dict[str, str]
) -> Call:
    user, token = _caller(sim, request, path)
    return Call(
        sim=sim,
        method=request.method,
        base_url=f"{request.url.scheme}://{request.headers.get('host', '')}",
        path=path,
        query=request.url.query,
        params=params,
        caller=user,
        token=token,
        unmodified_since=_moment(request.headers.get("if-unmodified-since")),
        vars=values,
    )


def _moment(text: str | None) -> datetime | None:
    """A time as headers have it; anything else is as good as none."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _caller(sim: Simulator, request: Request, path: str) -> tuple[User | None, Token | None]:
    if job := request.headers.get("job-token"):
        return job_tokens.caller(sim, request.method, path, job), None
    return authenticate(sim, request.method, path, request.headers, request.query_params)


def _do(sim: Simulator, work: Callable[[], Answer], fault: Fault | None) -> Answer | None:
    """Do the call as the fault has it; None when its answer is lost."""
    if fault is None or fault.kind == "delay":
        return work()
    if fault.kind == "status":
        if fault.after_write:
            work()
        return _fault_answer(fault)
    if fault.kind == "timeout_after":
        work()
    elif fault.kind == "commit_later":
        sim.clock.at(sim.clock.now() + timedelta(seconds=fault.seconds), work)
    return None


def _fault_answer(fault: Fault) -> Answer:
    too_many = 429
    usual = "Retry later\n" if fault.status == too_many else {"message": f"{fault.status} Error"}
    return Answer(usual if fault.body is None else fault.body, fault.status, fault.headers)


def _guarded(work: Callable[[], Answer]) -> Answer:
    try:
        return work()
    except ApiError as error:
        return Answer(error.body, error.status, error.headers)


def _as_answer(method: str, result: Any) -> Answer:
    if isinstance(result, Answer):
        return result
    if result is None and method == "DELETE":
        return Answer(None, _NO_CONTENT)
    return Answer(result, _USUAL_STATUS.get(method, 200))


def _response(method: str, answer: Answer, headers: Mapping[str, str]) -> Response:
    if method == "HEAD":
        return Response(b"", answer.status, headers, "application/json")
    if answer.status in _WITHOUT_BODY or (answer.body is None and not answer.json):
        return Response(b"", answer.status, headers)
    if isinstance(answer.body, bytes):
        return Response(answer.body, answer.status, headers, "application/octet-stream")
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers, "text/plain")
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode(), answer.status, headers, "application/json")


def _raw(text: str) -> str:
    """A header that goes out in UTF-8, as GitLab's do: what sends it would take Latin-1 alone."""
    return text.encode().decode("latin-1")


def _raw_path(request: Request) -> str:
    raw = request.scope.get("raw_path") or request.scope["path"].encode()
    return bytes(raw).split(b"?", 1)[0].decode("ascii", "replace")


def _username(sim: Simulator, request: Request) -> str | None:
    try:
        method, path = request.method, _raw_path(request)
        user, _ = authenticate(sim, method, path, request.headers, request.query_params)
    except ApiError:
        return None
    return user.username if user else None


__all__ = ["AnswerLostError", "Route", "create_app", "raise_lost"]
