"""What groups and projects may be called, and who may see them at most.

https://docs.gitlab.com/user/reserved_names/ and https://docs.gitlab.com/user/public_access/
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.simulator.api.project_lists import VISIBILITIES
from bot.simulator.errors import ApiError, invalid_fields, message
from bot.simulator.model import Holder, Namespace, Project
from bot.simulator.routing import Call
from bot.simulator.state import State

Problems = dict[str, list[str]]

_PROJECT_PATH = re.compile(r"(?!.*\.(?:git|atom)$)[A-Za-z0-9]+(?:[_.-][A-Za-z0-9]+)*")
_BAD_PROJECT_PATH = (
    "can only include non-accented letters, digits, '_', '-' and '.'. It must not start with"
    " '-', '_', or '.', nor end with '-', '_', '.', '.git', or '.atom'."
)
_PROJECT_NAME = re.compile(r"[\w\u00a9-\U0001f9ff][\w\u00a9-\U0001f9ff+. -]*")
_BAD_PROJECT_NAME = (
    "can contain only letters, digits, emoji, '_', '.', '+', dashes, or spaces. It must start"
    " with a letter, digit, emoji, or '_'."
)
_GROUP_PATH = re.compile(r"(?!.*\.(?:git|atom)$)[A-Za-z0-9_.](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_BAD_GROUP_PATH = (
    "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-' or end in '.',"
    " '.git' or '.atom'."
)
_GROUP_NAME = re.compile(r"[\w\u00a9-\U0001f9ff][\w\u00a9-\U0001f9ff(). -]*")
_BAD_GROUP_NAME = (
    "can contain only letters, digits, emoji, '_', '.', dash, space, parenthesis. It must start"
    " with letter, digit, emoji or '_'."
)
_RESERVED_PROJECTS = frozenset(
    """
    badges blame blob builds commits create create_dir edit files find_file new preview raw refs
    tree update wikis
    """.split()  # noqa: SIM905 -- such lists read better without quotes
)
_RESERVED_GROUPS = frozenset(
    """
    .well-known 404.html 422.html 500.html 502.html 503.html admin api apple-touch-icon.png assets
    dashboard deploy.html explore favicon.ico favicon.png files groups health_check help import jwt
    login oauth profile projects public robots.txt s search sitemap sitemap.xml sitemap.xml.gz
    slash-command-logo.png snippets unsubscribes uploads users v2
    """.split()  # noqa: SIM905
)
_LONGEST = 255
_TOO_LONG = f"is too long (maximum is {_LONGEST} characters)"
_TAKEN = "has already been taken"
_OPENNESS = ("private", "internal", "public")


@dataclass(frozen=True, slots=True)
class Basics:
    """What every group and project has."""

    name: str
    path: str
    visibility: str


def for_project(call: Call, above: Namespace, place: Project | None = None) -> Basics:
    """What was sent for a new project or for `place`; 400 with what is wrong with it."""
    wanted = _wanted(call, place, lower(_usual(call, "project"), above))
    state = call.sim.state
    named = _named(wanted.name, place, state.projects_in(above))
    found: Problems = {
        "name": named or _malformed(wanted.name, _PROJECT_NAME, _BAD_PROJECT_NAME),
        "path": _located(state, wanted.path, above, place)
        or _malformed(wanted.path, _PROJECT_PATH, _BAD_PROJECT_PATH)
        or _reserved(wanted.path, _RESERVED_PROJECTS),
        "project_namespace.name": named,
        "visibility_level": _restricted(call, wanted.visibility)
        or _too_open(wanted.visibility, above, "is not allowed in a %s group."),
    }
    if problems := _new(found, wanted, place):
        raise invalid_fields(**problems)
    return wanted


def for_group(call: Call, above: Namespace | None, place: Namespace | None = None) -> Basics:
    """What was sent for a new group or for `place`; 400 with what is wrong with it."""
    wanted = _wanted(call, place, _usual(call, "group"))
    state = call.sim.state
    named = _named(wanted.name, place, state.subgroups(above) if above else ())
    reason = "is not allowed since the parent group has a %s visibility."
    found: Problems = {
        "name": named or _malformed(wanted.name, _GROUP_NAME, _BAD_GROUP_NAME),
        "path": _located(state, wanted.path, above, place)
        or _malformed(wanted.path, _GROUP_PATH, _BAD_GROUP_PATH)
        or _reserved(wanted.path, frozenset() if above else _RESERVED_GROUPS),
        "visibility_level": _restricted(call, wanted.visibility)
        or _too_open(wanted.visibility, above, reason)
        or (_too_closed(state, wanted.visibility, place) if place else []),
    }
    if problems := _new(found, wanted, place):
        raise invalid_fields(**problems) if place else _not_saved(problems)
    return wanted


def lower(visibility: str, above: Holder | None) -> str:
    """This visibility, or that of the group above (or source of a fork) where fewer see that."""
    if above is None or (isinstance(above, Namespace) and above.owner):
        return visibility
    return min(visibility, above.visibility, key=_OPENNESS.index)


def _usual(call: Call, kind: str) -> str:
    return str(call.sim.state.settings[f"default_{kind}_visibility"])


def _wanted(call: Call, place: Holder | None, usual: str) -> Basics:
    params = call.params
    path = params.text("path") or (place.path if place else "")
    path = path or _as_path(params.required_text("name"))
    name = params.text("name") or (place.name if place else path)
    old = place.visibility if place else usual
    return Basics(name, path, params.choice("visibility", VISIBILITIES, old) or old)


def _as_path(name: str) -> str:
    """A name as it can stand in an address."""
    return re.sub(r"[^a-z0-9_.]+|[_.-]{2,}", "-", name.lower()).strip("-_.")


def _named(name: str, place: Holder | None, beside: Iterable[Holder]) -> list[str]:
    return [_TAKEN] if any(o.name == name and o is not place for o in beside) else []


def _located(state: State, path: str, above: Namespace | None, place: Holder | None) -> list[str]:
    there = state.holder_at(f"{above.full_path}/{path}" if above else path)
    return [_TAKEN] if there and there is not place else []


def _malformed(text: str, pattern: re.Pattern[str], problem: str) -> list[str]:
    if len(text) > _LONGEST:
        return [_TOO_LONG]
    return [] if pattern.fullmatch(text) else [problem]


def _reserved(path: str, names: frozenset[str]) -> list[str]:
    return [f"{path} is a reserved name"] if path.lower() in names else []


def _restricted(call: Call, visibility: str) -> list[str]:
    """Why only administrators choose this visibility, where the settings say so."""
    levels = call.sim.state.settings.get("restricted_visibility_levels") or []
    if call.user.admin or visibility not in levels:
        return []
    return [f"{visibility} has been restricted by your GitLab administrator"]


def _too_open(visibility: str, above: Namespace | None, reason: str) -> list[str]:
    if above is None or lower(visibility, above) == visibility:
        return []
    return [f"{visibility} {reason % above.visibility}"]


def _too_closed(state: State, visibility: str, group: Namespace) -> list[str]:
    """Why a group cannot be hidden better than what it holds."""
    for places, reason in (
        (state.projects_in(group), "this group contains projects with higher visibility."),
        (state.subgroups(group), "there are sub-groups with higher visibility."),
    ):
        if any(_OPENNESS.index(p.visibility) > _OPENNESS.index(visibility) for p in places):
            return [f"{visibility} is not allowed since {reason}"]
    return []


def _new(found: Problems, wanted: Basics, place: Holder | None) -> Problems:
    """What is wrong with what is new."""
    same: dict[str, bool] = {}
    if place:
        same = {
            "name": place.name == wanted.name,
            "project_namespace.name": place.name == wanted.name,
            "path": place.path == wanted.path,
            "visibility_level": place.visibility == wanted.visibility,
        }
    return {name: said for name, said in found.items() if said and not same.get(name)}


def _not_saved(problems: Problems) -> ApiError:
    """How GitLab refuses a new group: what is wrong as Ruby writes it."""
    shown = ", ".join(f':{name}=>["{said[0]}"]' for name, said in problems.items())
    return message(400, f"Failed to save group {{{shown}}}")
