"""Whether data have the form that a model describes, said in plain words.

pydantic finds what does not fit; its English is for programmers, so each finding is worded anew.
It must not check meaning: names that do not exist, cycles and the like are not its matter.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.domain import versions
from bot.domain.configuration import PROJECT_PATH, USERNAME
from bot.domain.problems import Path, Problem
from bot.domain.process import LABEL, LINE, SLUG, TIME
from bot.domain.wording import nearest

_KINDS = {
    "string_type": "text; put it in quotes if it looks like a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, such as [a, b]",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of keys to values",
    "date_type": "a date, such as 2026-12-24",
    "date_from_datetime_parsing": "a date, such as 2026-12-24",
    "date_from_datetime_inexact": "a date, such as 2026-12-24",
}
_PATTERNS = {
    SLUG: "does not fit: write small letters and digits, joined by - or _",
    LABEL: "is no label: write one line without commas",
    LINE: "is more than one line; join the lines, or fold them with `>`",
    TIME: "is no time of day: write hours and minutes, such as 09:30, in quotes",
    versions.PATTERN: "is no version: write numbers with dots, such as 1.2 or 1.2.3-ee.0, quoted",
    USERNAME: "is no user name: write it as in the address of the profile, without @",
    PROJECT_PATH: "is no project: write its path, such as group/project, or its numeric id",
}
_LIMITS = {
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is empty; some text is needed",
    "greater_than_equal": "is less than {ge}",
    "less_than_equal": "is more than {le}",
}
_SHOWN = 60


def misshapen(document: object, model: type[BaseModel]) -> tuple[Problem, ...]:
    """Everything about a document that does not fit the model."""
    try:
        model.model_validate(document)
    except ValidationError as error:
        return tuple(_problems(document, model, error))
    return ()


def fields(annotation: Any) -> dict[str, Any]:
    """The keys that a mapping of this type may have, with their types; none if it may have any."""
    model = _model(annotation)
    if model is None:
        return {}
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _problems(document: object, model: Any, error: ValidationError) -> Iterator[Problem]:
    def place(details: ErrorDetails) -> tuple[Path, bool]:
        return _path(document, details), _on_key(details)

    found = [details for details in error.errors(include_url=False) if not _follows(details)]
    for (path, _), group in groupby(found, key=place):
        *_, details = group  # of a union the last: text is what people mostly mean
        yield _problem(path, details, _annotation(model, path[:-1]))


def _follows(details: ErrorDetails) -> bool:
    """Whether a list is called too short only because an element of it is wrong."""
    return details["type"] == "too_short" and len(details["input"]) > 0


def _path(document: object, details: ErrorDetails) -> Path:
    """The place in the document, without the names that pydantic gives to members of a union."""
    path: list[str | int] = []
    here: Any = document
    for step in details["loc"]:
        if step not in (here if isinstance(here, Mapping) else range(_length(here))):
            return (*path, step) if details["type"] == "missing" else tuple(path)
        here = here[step]
        path.append(step)
    return tuple(path)


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 0


def _problem(path: Path, details: ErrorDetails, parent: Any) -> Problem:
    name = str(path[-1]) if path else ""
    match details["type"]:
        case "missing":
            return Problem("missing-key", path, f'the key "{name}" is missing')
        case "extra_forbidden":
            allowed = tuple(fields(parent))
            message = f'there is no key "{name}" here'
            guess = nearest(name, allowed)
            return Problem("unknown-key", path, message, allowed, guess, on_key=True)
        case kind if kind in _KINDS:
            return _wrong_kind(path, details)
        case _:
            return _wrong_value(path, details, name)


def _wrong_kind(path: Path, details: ErrorDetails) -> Problem:
    what = f'"{path[-1]}"' if path and isinstance(path[-1], str) else "this"
    what = what if path else "the file"
    state = "is empty, and" if details["input"] is None else "is not of the right kind:"
    message = f"{what} {state} should be {_KINDS[details['type']]}"
    return Problem("wrong-type", path, message)


def _wrong_value(path: Path, details: ErrorDetails, name: str) -> Problem:
    on_key = _on_key(details)
    value = name if on_key else details["input"]
    context = details.get("ctx", {})
    match details["type"]:
        case "literal_error":
            allowed = tuple(re.findall(r"'([^']*)'", str(context["expected"])))
            message = f'"{value}" is not allowed here'
            return Problem("wrong-value", path, message, allowed, nearest(str(value), allowed))
        case "value_error":
            message = str(context["error"])
        case "string_pattern_mismatch":
            message = f'"{_short(value)}" {_PATTERNS[str(context["pattern"])]}'
        case "too_short":
            message = f'"{name}" is empty; at least one entry is needed'
        case kind:
            message = f'"{_short(value)}" {_bound(kind, context, details["msg"])}'
    return Problem("wrong-value", path, message, on_key=on_key)


def _bound(kind: str, context: Mapping[str, Any], message: str) -> str:
    return _LIMITS[kind].format_map(context) if kind in _LIMITS else f"does not fit: {message}"


def _on_key(details: ErrorDetails) -> bool:
    return details["loc"][-1:] == ("[key]",)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _annotation(model: Any, path: Path) -> Any:
    """The type that stands at a path below a model."""
    here = model
    for step in path:
        allowed = fields(here)
        here = allowed.get(str(step)) if allowed else _inner(here)
    return here


def _inner(annotation: Any) -> Any:
    """What a list or mapping holds."""
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) is not None else None


def _model(annotation: Any) -> type[BaseModel] | None:
    candidates = (annotation, *get_args(annotation))
    if get_origin(annotation) in {tuple, Mapping}:
        return None
    return next((c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)), None)
