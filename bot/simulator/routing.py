"""Which function answers which path. Knows templates and nothing of what is behind them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.simulator.errors import ApiError, unauthorized
from bot.simulator.model import Token, User
from bot.simulator.params import Params
from bot.simulator.simulator import Simulator


@dataclass(frozen=True, slots=True)
class Answer:
    """What to send back when the usual status for the method does not fit, or headers matter.

    A body of None is an empty one, or with `json` the JSON text `null`.
    """

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call: who asks (`caller` is None without a token), for what, with what.

    `unmodified_since` is when the caller last saw what is to be removed.
    """

    sim: Simulator
    method: str
    base_url: str
    path: str
    query: str
    params: Params
    caller: User | None
    token: Token | None
    unmodified_since: datetime | None = None
    vars: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> User:
        """The caller, who must have a token."""
        if self.caller is None:
            raise unauthorized()
        return self.caller


Handler = Callable[[Call], Any]

_NUMBERED = frozenset({"users"})
"""Where `:id` is a number: nothing answers a path with another word there."""


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path template such as `/projects/:id/issues`, and what answers it."""

    method: str
    template: str
    handler: Handler


class Router:
    """A tree of path segments; a fixed segment goes before a variable one."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def find(self, method: str, segments: list[str]) -> tuple[Handler, dict[str, str]]:
        """The handler and the path variables; ApiError 404 or 405 where there is none."""
        node, values = self._walk(self._root, segments)
        if node is None:
            raise _no_such_path()
        if method not in node.handlers:
            allow = {"Allow": ", ".join(["OPTIONS", *sorted(node.handlers)])}
            if method == "OPTIONS":  # answered for every path, without asking who calls
                raise ApiError(204, None, allow)
            raise ApiError(405, {"error": "405 Not Allowed"}, allow)
        handler, names = node.handlers[method]
        found = dict(zip(names, values, strict=True))
        if segments[0] in _NUMBERED and not found.get("id", "0").isdecimal():
            raise _no_such_path()
        return handler, found

    def _add(self, route: Route) -> None:
        node, names = self._root, []
        for segment in route.template.strip("/").split("/"):
            if segment.startswith(":"):
                names.append(segment[1:])
                node.variable = node.variable or _Node()
                node = node.variable
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.handlers[route.method] = (route.handler, names)

    def _walk(self, node: "_Node", segments: list[str]) -> tuple["_Node | None", list[str]]:
        if not segments:
            return (node if node.handlers else None), []
        head, *rest = segments
        if head in node.fixed:
            found, values = self._walk(node.fixed[head], rest)
            if found:
                return found, values
        if node.variable is None:
            return None, []
        found, values = self._walk(node.variable, rest)
        return found, [head, *values]


def _no_such_path() -> ApiError:
    return ApiError(404, {"error": "404 Not Found"})


@dataclass(slots=True)
class _Node:
    fixed: dict[str, "_Node"] = field(default_factory=dict)
    variable: "_Node | None" = None
    handlers: dict[str, tuple[Handler, list[str]]] = field(default_factory=dict)
