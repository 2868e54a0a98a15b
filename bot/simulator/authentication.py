"""Who is calling: tokens in the places GitLab accepts them.

https://docs.gitlab.com/api/rest/authentication/
"""

from collections.abc import Mapping

from bot.simulator.errors import ApiError, forbidden, unauthorized
from bot.simulator.model import Token, User
from bot.simulator.simulator import Simulator

_SHUT_OUT = ("blocked", "banned", "deactivated")


def authenticate(
    sim: Simulator, method: str, headers: Mapping[str, str], query: Mapping[str, str]
) -> tuple[User | None, Token | None]:
    """The caller and the token; (None, None) without one. ApiError for a token that is no good."""
    value = _sent_token(headers, query)
    if not value:
        return None, None
    token = sim.state.tokens.get(value)
    if token is None:
        raise unauthorized()
    _require_valid(sim, token)
    _require_scope(token, method)
    token.last_used_at = sim.clock.now()
    return _sudo(sim, token, headers.get("sudo") or query.get("sudo")), token


def _sent_token(headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    bearer = headers.get("authorization", "")
    if bearer.lower().startswith("bearer "):
        return bearer[7:].strip()
    return headers.get("private-token") or query.get("private_token")


def _require_valid(sim: Simulator, token: Token) -> None:
    if token.revoked:
        raise _bad_token("Token was revoked. You have to re-authorize from the user.")
    if token.expires_at and token.expires_at <= sim.clock.now().date():
        raise _bad_token("Token is expired. You can either do re-authorization or token refresh.")
    if token.user.state in _SHUT_OUT:
        raise forbidden(f"Your account has been {token.user.state}.")


def _bad_token(why: str) -> ApiError:
    return ApiError(401, {"error": "invalid_token", "error_description": why})


def _require_scope(token: Token, method: str) -> None:
    needed = {"api"} if method not in {"GET", "HEAD"} else {"api", "read_api"}
    if needed & set(token.scopes) or _narrow(token, method):
        return
    text = "The request requires higher privileges than provided by the access token."
    body = {"error": "insufficient_scope", "error_description": text, "scope": "api"}
    raise ApiError(403, body)


def _narrow(token: Token, method: str) -> bool:
    """Scopes that open a few reading paths only; this GitLab lets them read."""
    reading = {"read_user", "read_repository", "self_rotate"}
    return method in {"GET", "HEAD"} and bool(reading & set(token.scopes))


def _sudo(sim: Simulator, token: Token, name: str | None) -> User:
    """An administrator may act as another user: https://docs.gitlab.com/api/rest/authentication/#sudo."""
    if not name:
        return token.user
    if not token.user.admin:
        raise forbidden("Must be admin to use sudo")
    wanted = sim.state.users.get(int(name)) if name.isdecimal() else sim.state.user_named(name)
    if wanted is None:
        raise ApiError(404, {"message": f"404 User with ID or username '{name}' Not Found"})
    return wanted
