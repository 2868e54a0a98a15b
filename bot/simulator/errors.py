"""Refusals, with the body shapes GitLab uses for each.

https://docs.gitlab.com/api/rest/#data-validation-and-error-reporting
"""

from typing import Any


class ApiError(Exception):
    """An answer that is not a success: `status`, JSON `body` (text is sent as text), `headers`."""

    def __init__(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def message(status: int, text: Any) -> ApiError:
    """An error with GitLab's usual `message` key."""
    return ApiError(status, {"message": text})


def invalid(text: str) -> ApiError:
    """A parameter of the wrong form, e.g. `title is missing`: 400 with the key `error`."""
    return ApiError(400, {"error": text})


def invalid_fields(**problems: list[str]) -> ApiError:
    """A value the model refuses: 400 with the problems per field."""
    return message(400, problems)


def bad_request(reason: str) -> ApiError:
    """400 with a reason."""
    return message(400, f"400 Bad request - {reason}")


def unauthorized(reason: str = "") -> ApiError:
    """401: no valid token where one is needed."""
    return message(401, f"401 Unauthorized - {reason}" if reason else "401 Unauthorized")


def forbidden(reason: str = "") -> ApiError:
    """403: the user may see the thing, but not do this."""
    return message(403, f"403 Forbidden - {reason}" if reason else "403 Forbidden")


def not_found(what: str = "") -> ApiError:
    """404, also where the user may not know that the thing exists."""
    return message(404, f"404 {what} Not Found" if what else "404 Not found")


def missing() -> ApiError:
    """404 as GitLab says where it looked on purpose; `not_found` alone is said by its database."""
    return message(404, "404 Not Found")


def conflict(text: str) -> ApiError:
    """409: it is there already."""
    return message(409, text)


def not_modified() -> ApiError:
    """304: the thing already is as asked."""
    return ApiError(304, None)
