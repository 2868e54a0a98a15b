"""Reference pages of what people write: two formats from their models, commands from their table.

So a key without a description, or a page that lags behind, cannot be.
It must not describe anything that the models do not say.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from bot.domain.commands import help as commands
from bot.domain.composition import MAX_INCLUDES, Include, TaskList
from bot.domain.conditions import HELP as CONDITION_HELP
from bot.domain.configuration import Configuration
from bot.domain.markdown import anchor, code, table
from bot.domain.process import SLUG, Definition
from bot.domain.templates import FILTERS
from bot.domain.validation import CHECKS, VARIABLES

Topic = Literal["process", "configuration", "commands"]
Schema = Mapping[str, Any]

_NAME = "A *name* is made of small letters and digits, joined by `-` or `_`, at most 40 characters."
_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false"}


def render(topic: Topic) -> str:
    """The page of a topic as Markdown."""
    pages = {"process": _process, "configuration": _configuration, "commands": commands.reference}
    blocks = [
        f"<!-- Written by `launchbot reference {topic}`: change the descriptions instead. -->",
        *pages[topic](),
    ]
    return "\n\n".join(blocks) + "\n"


def _process() -> Iterator[str]:
    yield "# Process definitions"
    yield (
        "A process is a folder with `process.yml` and the texts of its issues, `*.md.j2`.\n"
        "The folders under `templates/` are full examples.\n"
        "`launchbot check FOLDER` tells every mistake at once, "
        "`launchbot page NAME` prints the handbook page.\n"
        f"{_NAME}"
    )
    yield from _models(Definition)
    yield "## Parts for several processes"
    yield (
        "Where a task stands, `include` puts in the tasks of a task list.\n"
        "It is looked for in the folder `tasks` of the process, then in that beside the process, "
        "then in the one that is shipped.\n"
        "In the list `{{ name }}` stands for a parameter: alone for a value of any kind, inside a "
        "text for a text.\n"
        f"Lists may include others, at most {MAX_INCLUDES} deep."
    )
    yield from _models(Include)
    yield from _models(TaskList)
    yield (
        "A condition (`when`) compares inputs with texts: `==`, `!=`, `in [...]`, `not in [...]`, "
        "joined by `and` and `or`, of which `and` binds closer.\n"
        f"For instance, {CONDITION_HELP}.\n"
        "It is decided once, when a launch begins; what waits for a task or phase that is left out "
        "waits for what that would have waited for."
    )
    yield "## Texts"
    yield (
        "Texts are Jinja templates that give Markdown.\n"
        "They may use every input by its name, and these variables:"
    )
    yield table(["Variable", "What it is"], [[code(k), text] for k, text in VARIABLES.items()])
    yield (
        "The title of the root issue may use the inputs only.\n"
        "No line may begin with a slash and a word, because GitLab would run it as a command."
    )
    yield (
        "Of Jinja there are variables, `for`, `if`, comparisons, `range(...)`, and the filters "
        f"{', '.join(map(code, FILTERS))}.\n"
        "What could multiply texts or go on for ever is left out: macros, `set`, `include`, `~`, "
        "`+`, `*`, methods and other filters."
    )
    yield "## Checks"
    yield ("`launchbot check` names the rule that is broken.\nWarnings fail only with `--strict`.")
    yield table(["Check", "Rule"], [[code(name), rule] for name, rule in CHECKS.items()])


def _configuration() -> Iterator[str]:
    yield "# Configuration"
    yield (
        "An installation has one `launchbot.yml`; `launchbot.example.yml` is one to begin with.\n"
        "`launchbot check` tells every mistake at once.\n"
        "Secrets and addresses do not stand here: they come from the environment.\n"
        "What is offered where can stand in `images.yml` beside it, under the key `images`; "
        "`images.example.yml` is one to begin with.\n"
        f"{_NAME}"
    )
    yield from _models(Configuration)


def _models(model: type[BaseModel]) -> Iterator[str]:
    """The model and all that it is made of, each once, in order of appearance."""
    schema = model.model_json_schema()
    definitions: Mapping[str, Schema] = schema.get("$defs", {})
    waiting: list[tuple[str, Schema]] = [(model.__name__, schema)]
    seen = {model.__name__}
    while waiting:
        name, part = waiting.pop(0)
        yield f"## {name}"
        yield str(part["description"]).split("\n\n", maxsplit=1)[0]
        yield table(["Key", "Value", "If left out", "Meaning"], _rows(part))
        for below in _references(part):
            if below not in seen:
                seen.add(below)
                waiting.append((below, definitions[below]))


def _rows(part: Schema) -> Iterator[list[str]]:
    required = part.get("required", ())
    for key, field in part["properties"].items():
        default = "needed" if key in required else _default(field)
        yield [code(key), _kind(field), default, str(field["description"])]


def _default(field: Schema) -> str:
    match field.get("default"):
        case None | "" | []:
            return ""
        case dict():
            return "its defaults"
        case bool() as value:
            return code(str(value).lower())
        case value:
            return code(str(value))


def _kind(field: Schema) -> str:
    """What may stand there, in words."""
    match field:
        case {"$ref": reference}:
            return f"[{_name(reference)}](#{anchor(_name(reference))})"
        case {"anyOf": choices}:
            return " or ".join(_kind(part) for part in choices if part.get("type") != "null")
        case {"enum": values} | {"const": str() as values}:
            return " or ".join(code(value) for value in _each(values))
        case {"items": inside}:
            return f"list: {_kind(inside)}"
        case {"patternProperties": inside}:
            return "; ".join(f"names, each with: {_kind(part)}" for part in inside.values())
        case _:
            return _simple(field)


def _each(values: str | list[str]) -> list[str]:
    return [values] if isinstance(values, str) else values


def _simple(field: Schema) -> str:
    if "type" not in field:
        return "anything"
    if field.get("pattern") == SLUG:
        return "name"
    if field.get("format") == "date":
        return "date"
    if "maximum" in field:
        return f"whole number, {field['minimum']} to {field['maximum']}"
    length = f", at most {field['maxLength']} characters" if "maxLength" in field else ""
    return f"{_WORDS[field['type']]}{length}"


def _references(part: object) -> Iterator[str]:
    match part:
        case {"$ref": str(reference)}:
            yield _name(reference)
        case {"$defs": _, **rest}:
            yield from _references(rest)
        case dict():
            for value in part.values():
                yield from _references(value)
        case list():
            for value in part:
                yield from _references(value)


def _name(reference: str) -> str:
    return reference.rsplit("/", maxsplit=1)[-1]
