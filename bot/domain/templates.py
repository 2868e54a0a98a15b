"""The language of templates: the part of Jinja that always comes to an end, and soon.

Jinja's sandbox keeps a template away from what it must not touch. It bounds neither time nor
memory: ten lines of loops, macros or doubled texts could occupy a worker for ever
(https://jinja.palletsprojects.com/en/stable/sandbox/#security-considerations).
So what can multiply is no part of the language: macros, assignments, calls, arithmetic that
joins or repeats texts, filters that make much of little. Loops are counted as they run.
It must not know what texts are about, and must not make user text harmless; `rendering` does.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import (
    StrictUndefined,
    Template,
    TemplateRuntimeError,
    TemplateSyntaxError,
    nodes,
    pass_context,
)
from jinja2.meta import find_undeclared_variables
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_SOURCE = 32 * 1024
"""In characters; what is shipped has little more than a thousand."""

MAX_TEXT = 1024 * 1024
"""GitLab stores no longer description (https://docs.gitlab.com/administration/instance_limits/)."""

MAX_STEPS = 10_000
"""How many elements of a template all turns of its loops may evaluate."""

FILTERS = (
    *("capitalize", "count", "d", "default", "first", "items", "last", "length", "lower"),
    *("reverse", "title", "trim", "upper"),
)
"""The filters that never make more than they are given."""

# No template can name what has a blank in its name.
_RANGE, _COUNTED, _TURNS = "range", " counted", " turns"
_PLAIN: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr),
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.Slice),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Keyword),
    *(nodes.Sub, nodes.Div, nodes.FloorDiv, nodes.Neg, nodes.Pos),
)
_LOOPED = (nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Const, nodes.Filter, nodes.Call)
_WORDS: Mapping[type[nodes.Node], str] = {
    nodes.Assign: "{% set %}",
    nodes.AssignBlock: "{% set %}",
    nodes.Macro: "{% macro %}",
    nodes.Include: "{% include %}",
    nodes.Import: "{% import %}",
    nodes.FromImport: "{% import %}",
    nodes.Extends: "{% extends %}",
    nodes.Block: "{% block %}",
    nodes.With: "{% with %}",
    nodes.CallBlock: "{% call %}",
    nodes.FilterBlock: "{% filter %}",
    nodes.Dict: "a mapping in braces",
    nodes.Concat: "~",
    nodes.Add: "+",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
}


def variables(source: str) -> dict[str, int]:
    """The variables that a template uses, each with the line on which it first does.

    Raises:
        TemplateSyntaxError: It is no template, or not one of our language; has the line.
    """
    tree = _parsed(_environment(), source)
    used = find_undeclared_variables(tree) - {_RANGE}
    lines = ((node.name, node.lineno) for node in tree.find_all(nodes.Name))
    return {name: line for name, line in sorted(lines, reverse=True) if name in used}


def fill(source: str, values: Mapping[str, Any]) -> str:
    """A template filled in.

    Raises:
        TemplateSyntaxError: It is no template, or not one of our language.
        TemplateRuntimeError: It uses what is not there, goes in too many turns, or says too much.
    """
    turns = {_TURNS: _Turns()}
    return "".join(_bounded(_compiled(source).generate({**values, **turns})))


@lru_cache(maxsize=64)
def _compiled(source: str) -> Template:
    """A template made ready once: that takes longer than planning all the rest of a launch."""
    environment = _environment()
    tree = _parsed(environment, source)
    for loop in list(tree.find_all(nodes.For)):
        weight = nodes.Const(sum(1 for _ in loop.find_all(nodes.Node)))
        loop.iter = nodes.Filter(loop.iter, _COUNTED, [weight], [], None, None)
    return environment.from_string(tree)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False, trim_blocks=True
    )
    environment.globals = {_RANGE: environment.globals[_RANGE]}
    environment.filters[_COUNTED] = _counted
    return environment


class _Turns:
    """What the loops of one filling may still do, all together."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def take(self, weight: int) -> None:
        """One more turn, which evaluates so many elements."""
        self._left -= weight
        if self._left < 0:
            raise TemplateRuntimeError("its loops take too many turns")


@pass_context
def _counted(context: Context, items: Iterable[Any], weight: int) -> Iterator[Any]:
    """The items of a loop, as long as the filling has turns left."""
    for item in items:
        context[_TURNS].take(weight)
        yield item


def _bounded(pieces: Iterable[str]) -> Iterator[str]:
    room = MAX_TEXT
    for piece in pieces:
        room -= len(piece)
        if room < 0:
            raise TemplateRuntimeError(f"its text has more than {MAX_TEXT} characters")
        yield piece


def _parsed(environment: ImmutableSandboxedEnvironment, source: str) -> nodes.Template:
    if len(source) > MAX_SOURCE:
        raise TemplateSyntaxError(f"it has more than {MAX_SOURCE} characters", 1)
    try:
        tree = environment.parse(source)
        for node in tree.find_all(nodes.Node):
            _admit(node)
    except (RecursionError, ValueError) as error:
        raise TemplateSyntaxError("it is nested too deep, or a number is too long", 1) from error
    return tree


def _admit(node: nodes.Node) -> None:
    """Refuse what is not in the language."""
    match node:
        case nodes.For():
            why = _loop(node)
        case nodes.Filter(name=name):
            why = "" if name in FILTERS else f"there is no filter {name}, only {', '.join(FILTERS)}"
        case nodes.Call():
            why = "" if _is_range(node) else "only range(...) can be called"
        case nodes.List() | nodes.Tuple():
            why = "" if all(map(_is_plain, node.items)) else "a list holds plain values"
        case _:
            word = _WORDS.get(type(node), type(node).__name__.lower())
            why = "" if isinstance(node, _PLAIN) else f"{word} is no part of our templates"
    if why:
        raise TemplateSyntaxError(why, node.lineno)


def _loop(node: nodes.For) -> str:
    """Why a loop is refused; empty if it is not."""
    if node.recursive:
        return "a loop must not call itself"
    over = (node.iter, *node.iter.find_all(nodes.Node))
    is_found = all(isinstance(part, _LOOPED) for part in over)
    return "" if is_found else "a loop goes over a variable or a range"


def _is_plain(item: nodes.Expr) -> bool:
    """A value as it stands, or a name that a loop gives to what it finds."""
    return isinstance(item, nodes.Const) or (isinstance(item, nodes.Name) and item.ctx == "store")


def _is_range(node: nodes.Call) -> bool:
    return isinstance(node.node, nodes.Name) and node.node.name == _RANGE
