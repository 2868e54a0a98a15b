"""Quick actions for types of issues, for incidents, meetings and participants by email.

https://docs.gitlab.com/user/project/quick_actions/
"""

import re

from bot.simulator import epic_commands, system_notes
from bot.simulator.command_reading import Effect, Reading
from bot.simulator.model import Issue
from bot.simulator.text import sentence

_TYPES = ("issue", "incident", "task")
_PROMOTIONS = {"issue": "incident", "task": "issue"}
_UNSUPPORTED = "Provided type is not supported."
_SEVERITIES = ("critical", "high", "medium", "low")
_UNKNOWN = "unknown"
_TIMELINE = re.compile(
    r"(?P<text>[^|]+?)\s*(?:\|\s*(?:\d{4}-\d{2}-\d{2}\s+)?(?:[01]?\d|2[0-3]):[0-5]\d)?"
)
_ZOOM = re.compile(r"https://(?:[\w-]+\.)*zoom\.(?:us|com\.cn)/(?:j|my|s|w)/[\w/.?=&-]+")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_MOST_EMAILS = 6


def _issue(it: Reading) -> Issue | None:
    """The issue, for who may plan it."""
    return it.item if isinstance(it.item, Issue) and it.may_set() else None


def _kind(it: Reading, item: Issue) -> str:
    return str(it.outcome.wanted.get("issue_type", item.issue_type))


def _type(it: Reading, argument: str) -> str | None:
    item, kind = _issue(it), argument.lower()
    if item is None:
        return ""
    if not kind:
        return None
    if kind not in _TYPES:
        return f"Failed to convert this work item: {_UNSUPPORTED}"
    if _kind(it, item) == kind:
        return "Failed to convert this work item: Types are the same."
    it.want("issue_type", value=kind)
    return "Type changed successfully."


def _promote_to_incident(it: Reading, _argument: str) -> str:
    item = _issue(it)
    if item is None or _kind(it, item) == "incident":
        return ""
    it.want("issue_type", value="incident")
    return "Issue has been promoted to incident"


def _promote_to(it: Reading, argument: str) -> str | None:
    """Issues become incidents or, on Premium, epics; tasks become issues."""
    item, kind = _issue(it), argument.lower()
    if item is None or item.issue_type not in _PROMOTIONS:
        return ""
    if not kind:
        return None
    if (item.issue_type, kind) == ("issue", "epic") and it.sim.premium:
        return epic_commands.promote(it, item)
    if _PROMOTIONS[item.issue_type] != kind:
        return f"Failed to promote this work item: {_UNSUPPORTED}"
    it.want("issue_type", value=kind)
    return "Promoted successfully."


def _severity(it: Reading, argument: str) -> str | None:
    """By word, or by number with or without an S."""
    item, word = _issue(it), argument.lower()
    if item is None or _kind(it, item) != "incident":
        return ""
    if not word:
        return None
    number = word.removeprefix("s")
    if number.isdecimal() and 1 <= int(number) <= len(_SEVERITIES):
        word = _SEVERITIES[int(number) - 1]
    if word not in {*_SEVERITIES, _UNKNOWN}:
        return "No severity matches the provided parameter"
    it.want("severity", value=word.upper())
    return f"Severity updated to {word.capitalize()}."


def _timeline(it: Reading, argument: str) -> str | None:
    """Only its note is kept: the API shows no timeline."""
    item = _issue(it)
    if item is None or _kind(it, item) != "incident":
        return ""
    if not _TIMELINE.fullmatch(argument):
        return None
    it.later(lambda: system_notes.add(it.sim, item, it.actor, "added an incident timeline event"))
    return "Timeline event added successfully."


def _zoom(it: Reading, argument: str) -> str | None:
    """Only its note is kept: the API shows no meeting."""
    item = _issue(it)
    if item is None or item.zoom:
        return ""
    if not argument:
        return None
    found = _ZOOM.search(argument)
    if found is None:
        return "Failed to add a Zoom meeting"
    it.want("zoom", value=found.group())
    it.outcome.renamed.add("zoom")
    body = "added a Zoom call to this issue"
    it.later(lambda: system_notes.add(it.sim, item, it.actor, body))
    return "Zoom meeting added"


def _remove_zoom(it: Reading, _argument: str) -> str:
    item = _issue(it)
    if item is None or not item.zoom:
        return ""
    it.want("zoom", value=None)
    it.outcome.renamed.add("zoom")
    body = "removed a Zoom call from this issue"
    it.later(lambda: system_notes.add(it.sim, item, it.actor, body))
    return "Zoom meeting removed"


def _add_email(it: Reading, argument: str) -> str:
    item = _issue(it)
    if item is None:
        return ""
    known = {email.lower() for email in item.emails}
    found = [word for word in argument.split()[:_MOST_EMAILS] if _EMAIL.fullmatch(word)]
    new = [word for word in dict.fromkeys(found) if word.lower() not in known]
    if not new:
        return "No email participants were added. Either none were provided, or they already exist."
    _set_emails(it, item, [*item.emails, *new], f"added {sentence(new)}")
    return f"Added {sentence(new)}."


def _remove_email(it: Reading, argument: str) -> str:
    item = _issue(it)
    if item is None or not item.emails:
        return ""
    named = {word.lower() for word in argument.split()[:_MOST_EMAILS]}
    gone = [email for email in item.emails if email.lower() in named]
    if not gone:
        return "No email participants were removed. Either none were provided, or they don't exist."
    _set_emails(it, item, [e for e in item.emails if e not in gone], f"removed {sentence(gone)}")
    return f"Removed {sentence(gone)}."


def _set_emails(it: Reading, item: Issue, emails: list[str], said: str) -> None:
    it.want("emails", value=emails)
    it.outcome.renamed.add("emails")
    it.later(lambda: system_notes.add(it.sim, item, it.actor, said))


EFFECTS: dict[str, Effect] = {
    "add_email": _add_email,
    "promote_to": _promote_to,
    "promote_to_incident": _promote_to_incident,
    "remove_email": _remove_email,
    "remove_zoom": _remove_zoom,
    "severity": _severity,
    "timeline": _timeline,
    "type": _type,
    "zoom": _zoom,
}
