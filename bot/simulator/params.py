"""Reading parameters the way GitLab does: query, form or JSON, all in one bag.

Knows nothing of what the parameters mean. A wrong form is a 400 with `{"error": ...}`.
"""

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from bot.simulator.errors import ApiError, invalid
from bot.simulator.model import File
from bot.simulator.text import parse_moment

_WRITING = {"POST", "PUT", "PATCH", "DELETE"}
_TRUE = {"true", "t", "1", "yes", "y", "on"}
_FALSE = {"false", "f", "0", "no", "n", "off"}
_DAY = re.compile(r"(\d{4})-?(\d{1,2})-?(\d{1,2})(?!\d)")
_KEY_PART = re.compile(r"\[([^\]]*)\]")


class Params:
    """The parameters of one call; each reader returns None (or empty) where nothing was sent."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def has(self, *names: str) -> bool:
        """Whether any of these was sent, even as null or empty."""
        return any(name in self.values for name in names)

    def sub(self, name: str) -> "Params":
        """The parameters nested under `name`, as in `not[labels]`."""
        inner = self.values.get(name)
        return Params(inner if isinstance(inner, dict) else {})

    def require(self, *names: str) -> None:
        """Refuse the call when one of these was not sent."""
        missing = [f"{name} is missing" for name in names if self.values.get(name) is None]
        if missing:
            raise invalid(", ".join(missing))

    def require_one(self, *names: str) -> None:
        """Refuse the call when none of these was sent."""
        if not self.has(*names):
            text = "are missing, at least one parameter must be provided"
            raise invalid(f"{', '.join(names)} {text}")

    def exactly_one(self, *names: str) -> str:
        """The one of these that was sent; refuse the call when it was none, or several."""
        if not self.has(*names):
            text = "are missing, exactly one parameter must be provided"
            raise invalid(f"{', '.join(names)} {text}")
        self.exclude(*names)
        return next(name for name in names if name in self.values)

    def exclude(self, *names: str) -> None:
        """Refuse the call when more than one of these was sent."""
        sent = [name for name in names if name in self.values]
        if len(sent) > 1:
            raise invalid(f"{', '.join(sent)} are mutually exclusive")

    def text(self, name: str, default: str | None = None) -> str | None:
        """A string; numbers and booleans are taken as text."""
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, list | dict | File):
            raise invalid(f"{name} is invalid")
        return str(value).lower() if isinstance(value, bool) else str(value)

    def required_text(self, name: str) -> str:
        """A string that must have been sent."""
        self.require(name)
        return self.text(name) or ""

    def integer(self, name: str) -> int | None:
        """A whole number; empty text is none."""
        text = self.text(name)
        return _integer(name, text) if text else None

    def number(self, name: str) -> int | float | None:
        """A number, whole where it was sent so."""
        text = self.text(name)
        if not text:
            return None
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise invalid(f"{name} is invalid") from None

    def required_integer(self, name: str) -> int:
        """A whole number that must have been sent."""
        self.require(name)
        return _integer(name, self.text(name) or "")

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        """A boolean in any of the usual spellings."""
        text = (self.text(name) or "").lower()
        if not text:
            return default
        if text not in _TRUE | _FALSE:
            raise invalid(f"{name} is invalid")
        return text in _TRUE

    def choice(self, name: str, allowed: Iterable[str], default: str | None = None) -> str | None:
        """One of the allowed words."""
        text = self.text(name)
        if text is None:
            return default
        if text not in allowed:
            raise invalid(f"{name} does not have a valid value")
        return text

    def words(self, name: str) -> list[str]:
        """A list of strings, sent as an array or separated by commas (or both), without blanks."""
        value = self.values.get(name)
        sent = value if isinstance(value, list) else [self.text(name) or ""]
        parts = [part.strip() for entry in sent for part in str(entry).split(",")]
        return [part for part in parts if part]

    def integers(self, name: str) -> list[int]:
        """A list of whole numbers, sent as an array or separated by commas."""
        return [_integer(name, word) for word in self.words(name)]

    def moment(self, name: str) -> datetime | None:
        """A time in ISO 8601."""
        text = self.text(name)
        if not text:
            return None
        try:
            return parse_moment(text)
        except (ValueError, OverflowError):
            raise invalid(f"{name} is invalid") from None

    def day(self, name: str) -> date | None:
        """A date as YYYY-MM-DD (a time is cut to its date); empty is none."""
        moment = self.moment(name)
        return moment.date() if moment else None

    def loose_day(self, name: str) -> date | None:
        """A date that GitLab takes as text; what it cannot read as one is none, without a word."""
        found = _DAY.match((self.text(name) or "").strip())
        try:
            return date(*map(int, found.groups())) if found else None
        except ValueError:
            return None


def read(method: str, query: str, content_type: str, body: bytes) -> Params:
    """Merge the query string and the body into one bag; 415 for a body in another form.

    What is read, not written, sees no body but that of a form.
    """
    values = _nest(parse_qsl(query, keep_blank_values=True))
    kind = content_type.split(";", maxsplit=1)[0].strip().lower()
    if kind == "multipart/form-data":
        values |= _nest(_multipart(content_type, body))
    elif kind == "application/x-www-form-urlencoded":
        text = body.decode("utf-8", "replace")
        values |= _nest(parse_qsl(text, keep_blank_values=True))
    elif body.strip() and method in _WRITING:
        values |= _of_body(kind, body)
    return Params(values)


def _of_body(kind: str, body: bytes) -> dict[str, Any]:
    if kind != "application/json":
        raise ApiError(415, {"error": f"The provided content-type '{kind}' is not supported."})
    return _json(body)


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError:
        raise invalid("The provided request body is not valid JSON") from None
    return values if isinstance(values, dict) else {}


def _multipart(content_type: str, body: bytes) -> list[tuple[str, Any]]:
    """The parts by name: text, or a File where the part has a file name."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    found: list[tuple[str, Any]] = []
    for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
        content, file = bytes(part.get_payload(decode=True) or b""), part.get_filename()
        value = content.decode("utf-8", "replace") if file is None else File(file, content)
        found.append((str(part.get_param("name", header="content-disposition")), value))
    return found


def _nest(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Turn `a[]=1&a[]=2&not[b]=c` into lists and dicts, as Rack does; null bytes are refused."""
    values: dict[str, Any] = {}
    for key, value in pairs:
        if isinstance(value, str) and "\0" in value:
            raise ApiError(400, "Bad Request")
        head = key.split("[")[0]
        _put(values, [head, *_KEY_PART.findall(key[len(head) :])], value)
    return values


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    head, *rest = path
    if not rest:
        into[head] = value
    elif rest == [""]:
        into.setdefault(head, []).append(value)
    else:
        inner = into.setdefault(head, {})
        if rest[0] == "":  # an array of hashes, as in actions[][path]
            _put_in_array(into, head, rest[1:], value)
        elif isinstance(inner, dict):
            _put(inner, rest, value)


def _put_in_array(into: dict[str, Any], head: str, rest: list[str], value: Any) -> None:
    items = into[head] if isinstance(into[head], list) else []
    if not items or rest[0] in items[-1]:
        items.append({})
    _put(items[-1], rest, value)
    into[head] = items


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise invalid(f"{name} is invalid") from None
