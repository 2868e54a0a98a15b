"""How GitLab writes times, and what it reads out of Markdown text."""

import re
from datetime import UTC, date, datetime

_CODE_OR_COMMENT = re.compile(
    r"^(?P<fence>`{3,}|~{3,})[^\n]*\n.*?^(?P=fence)[`~]*[ \t]*$|`[^`\n]+`|<!--.*?-->",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TASK = re.compile(
    r"^[ \t]*(?:>[ \t]{0,4})*[ \t]*(?:[-+*]|\d+[.)])[ \t]+"
    r"\[(?P<mark>[ xX])\][ \t]+(?P<text>.*?)[ \t\r]*$",
    re.MULTILINE,
)
_MENTION = re.compile(r"(?<![\w`/])@(?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*)")
_REFERENCE = re.compile(
    r"(?<![\w/&.])(?P<path>[A-Za-z0-9_][\w.-]*(?:/[\w.-]+)*)?(?P<sign>[#!])(?P<iid>\d+)\b"
)
_URL_REFERENCE = re.compile(
    r"(?P<base>https?://[^\s/]+)/(?P<path>[\w./-]+?)/-/"
    r"(?P<kind>issues|work_items|merge_requests)/(?P<iid>\d+)"
)


def iso(moment: datetime | None) -> str | None:
    """The API's form of a time: `2026-03-02T09:00:00.000Z`."""
    if moment is None:
        return None
    return f"{moment.strftime('%Y-%m-%dT%H:%M:%S')}.{moment.microsecond // 1000:03d}Z"


def iso_second(moment: datetime) -> str:
    """The form of a time in events of groups: `2026-03-02T09:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_day(day: date | None) -> str | None:
    """A date as `YYYY-MM-DD`."""
    return day.isoformat() if day else None


def long_day(day: date) -> str:
    """A date as in system notes: `March 2, 2026`."""
    return f"{day.strftime('%B')} {day.day}, {day.year}"


def sentence(words: list[str]) -> str:
    """An enumeration: `a`, `a and b`, `a, b, and c`."""
    if len(words) > 2:  # noqa: PLR2004 -- two go without a comma
        return f"{', '.join(words[:-1])}, and {words[-1]}"
    return " and ".join(words)


def parse_moment(text: str) -> datetime:
    """Read an ISO 8601 time or date; without a zone it is UTC. ValueError when it is none."""
    moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def without_comments(text: str) -> str:
    """The text as search sees it: HTML comments are not indexed."""
    return _COMMENT.sub(" ", text)


def tasks(text: str | None) -> list[tuple[str, bool]]:
    """The checklist items outside code and comments: text and whether it is ticked.

    https://docs.gitlab.com/user/markdown/#task-lists
    """
    plain = _CODE_OR_COMMENT.sub("", text or "")
    return [(found["text"], found["mark"] != " ") for found in _TASK.finditer(plain)]


def mentions(text: str | None) -> list[str]:
    """The names behind `@` outside code and comments, lower case, each once."""
    plain = _CODE_OR_COMMENT.sub("", text or "")
    found = [match["name"].rstrip(".-").lower() for match in _MENTION.finditer(plain)]
    return list(dict.fromkeys(found))


def references(text: str | None, base_url: str) -> list[tuple[str | None, str, int]]:
    """References outside code: project path (None: same project), `#` or `!`, iid."""
    plain = _CODE_OR_COMMENT.sub("", text or "")
    urls = [
        (found["path"], "!" if found["kind"] == "merge_requests" else "#", int(found["iid"]))
        for found in _URL_REFERENCE.finditer(plain)
        if found["base"] == base_url
    ]
    rest = _URL_REFERENCE.sub(" ", plain)
    short = [(m["path"], m["sign"], int(m["iid"])) for m in _REFERENCE.finditer(rest)]
    return list(dict.fromkeys(urls + short))
