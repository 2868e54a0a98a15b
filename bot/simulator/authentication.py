"""Who is calling: tokens in the places GitLab accepts them.

https://docs.gitlab.com/api/rest/authentication/
"""

import re
from collections.abc import Mapping

from bot.simulator.errors import ApiError, forbidden, unauthorized
from bot.simulator.model import Token, User
from bot.simulator.simulator import Simulator

_SHUT_OUT = ("blocked", "banned", "deactivated")
_READS = ("GET", "HEAD")
_WHOLE = {"api": (*_READS, "POST", "PUT", "PATCH", "DELETE"), "read_api": _READS}
_NARROW = (
    ("read_user", _READS, re.compile(r"/api/v4/(?:users?(?:/.*)?|events|version|metadata)")),
    ("ai_features", _READS, re.compile(r"/api/v4/(?:version|metadata)")),
    ("read_repository", _READS, re.compile(r"/api/v4/projects/[^/]+/repository/files/.*")),
    (
        "self_rotate",
        ("POST",),
        re.compile(
            r"/api/v4/(?:personal_access_tokens|(?:projects|groups)/[^/]+/access_tokens)"
            r"/self/rotate"
        ),
    ),
)
"""Scopes that open a few paths only: https://docs.gitlab.com/security/tokens/access_token_scopes/."""
_CLOSED = re.compile(
    r"/api/v4/(?:search|(?:projects|groups)/[^/]+/(?:labels|milestones|boards|hooks|members|search|-/search)"
    r"|projects/[^/]+/(?:issues|merge_requests)/[^/]+/(?:notes|discussions|links|resource_[a-z]+_events)"
    r"|projects/[^/]+/(?:environments|deployments|jobs|pipeline_schedules|runners"
    r"|merge_requests/[^/]+/versions|repository/commits/[^/]+/statuses))"
    r"(?:/.*)?"
)
"""What GitLab shows nobody without a token, be it public: https://gitlab.com/gitlab-org/gitlab/-/issues/364077."""
_ROTATION = re.compile(r"access_tokens/(?:\d+|self)/rotate$")
_OWN = tuple(f"/api/v4/personal_access_tokens/self{part}" for part in ("", "/associations"))


def authenticate(
    sim: Simulator, method: str, path: str, headers: Mapping[str, str], query: Mapping[str, str]
) -> tuple[User | None, Token | None]:
    """The caller and the token; (None, None) without one. ApiError for a token that is no good."""
    value = _sent_token(headers, query)
    if not value:
        return None, None
    token = sim.state.tokens.get(value)
    if token is None:
        raise unauthorized()
    if token.revoked and _ROTATION.search(path):
        _end_family(sim, token)
    _require_valid(sim, token)
    caller = _sudo(sim, token, headers.get("sudo") or query.get("sudo"))
    if caller is token.user and not _reaches(token, method, path):
        raise _narrow_token(*_opening(path), "api", "read_api")
    token.last_used_at = sim.clock.now()
    return caller, token


def require_caller(method: str, path: str, caller: User | None) -> None:
    """Who changes something needs a token, before anything else is looked at; who reads, seldom.

    Pipelines that are triggered have tokens of their own.
    """
    writes = method not in _READS and not path.endswith("/trigger/pipeline")
    if caller is None and (writes or _CLOSED.fullmatch(path)):
        raise unauthorized()


def _sent_token(headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    bearer = headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return bearer[7:].strip()
    sent = headers.get("private-token") or query.get("private_token")
    return sent or query.get("access_token")


def _require_valid(sim: Simulator, token: Token) -> None:
    if token.revoked:
        raise _bad_token("Token was revoked. You have to re-authorize from the user.")
    if token.expires_at and token.expires_at <= sim.clock.now().date():
        raise _bad_token("Token is expired. You can either do re-authorization or token refresh.")
    if token.user.state in _SHUT_OUT:
        raise forbidden(_shut_out(sim, token.user))


def _shut_out(sim: Simulator, user: User) -> str:
    if user.state != "deactivated":
        return "Your account has been blocked."
    return (
        "Your account has been deactivated by your administrator. "
        f"Please log back in from a web browser to reactivate your account at {sim.url}"
    )


def _end_family(sim: Simulator, used: Token) -> None:
    """Who rotates with a dead token may have stolen it: all that came from it end."""
    for token in sim.state.tokens.values():
        token.revoked = token.revoked or token.family == used.family


def _bad_token(why: str) -> ApiError:
    return ApiError(401, {"error": "invalid_token", "error_description": why})


def _reaches(token: Token, method: str, path: str) -> bool:
    """Whether its scopes let a token do this; every token may look at itself, and end."""
    if path in _OWN or any(method in _WHOLE.get(scope, ()) for scope in token.scopes):
        return True
    return any(
        scope in token.scopes and method in methods and pattern.fullmatch(path)
        for scope, methods, pattern in _NARROW
    )


def _opening(path: str) -> list[str]:
    """The narrow scopes that open something at this path, whatever the method."""
    return [scope for scope, _, pattern in _NARROW if pattern.fullmatch(path)]


def _narrow_token(*scopes: str) -> ApiError:
    """The refusal of a token that has none of these scopes."""
    text = "The request requires higher privileges than provided by the access token."
    body = {"error": "insufficient_scope", "error_description": text, "scope": " ".join(scopes)}
    return ApiError(403, body)


def _sudo(sim: Simulator, token: Token, name: str | None) -> User:
    """An administrator may act as another user, for which the scope `sudo` is enough.

    https://docs.gitlab.com/api/rest/authentication/#sudo
    """
    if not name:
        return token.user
    if not token.user.admin:
        raise forbidden("Must be admin to use sudo")
    if "sudo" not in token.scopes:
        raise _narrow_token("sudo")
    wanted = sim.state.users.get(int(name)) if name.isdecimal() else sim.state.user_named(name)
    if wanted is None:
        raise ApiError(404, {"message": f"404 User with ID or username '{name}' Not Found"})
    return wanted
