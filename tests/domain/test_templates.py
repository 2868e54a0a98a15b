"""Templates end soon whatever they hold: what can multiply is refused, and loops are counted."""

import sys
import time
from typing import Any

import pytest
from jinja2 import TemplateError, TemplateSyntaxError

from bot.domain import templates
from bot.domain.templates import FILTERS, MAX_SOURCE, fill

VALUES: dict[str, Any] = {
    "tasks": "x" * 100_000,
    "partner": "Acme",
    "phases": [{"title": "Scope"}, {"title": "Build"}],
    "roles": {"sales": {"title": "Sales"}},
}
PATIENCE = 1.0 if sys.gettrace() is None else 4.0
"""Measuring coverage takes most of the time itself."""


REFUSED = {
    "{% set a = 'x' %}": "{% set %} is no part",
    "{% set a %}x{% endset %}": "{% set %} is no part",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}": "{% macro %} is no part",
    "{% macro a(n) %}{{ a(n) }}{{ a(n) }}{% endmacro %}{{ a(99) }}": "{% macro %} is no part",
    "{% include 'root.md.j2' %}": "{% include %} is no part",
    "{% import 'root.md.j2' as a %}": "{% import %} is no part",
    "{% from 'root.md.j2' import a %}": "{% import %} is no part",
    "{% extends 'root.md.j2' %}": "{% extends %} is no part",
    "{% block a %}{% endblock %}": "{% block %} is no part",
    "{% with a = 'x' %}{% endwith %}": "{% with %} is no part",
    "{% filter upper %}{% endfilter %}": "{% filter %} is no part",
    "{% call a() %}{% endcall %}": "{% call %} is no part",
    "{{ 'a' * 10**9 }}": "* is no part",
    "{{ 9**9**9**9 }}": "** is no part",
    "{{ '%1000000000d' % 1 }}": "% is no part",
    "{{ tasks ~ tasks }}": "~ is no part",
    "{{ tasks + tasks }}": "+ is no part",
    "{{ {'a': tasks} }}": "a mapping in braces is no part",
    "{{ [tasks, tasks] }}": "a list holds plain values",
    "{{ 'a'.ljust(10**9) }}": "only range(...) can be called",
    "{{ lipsum(n=1000000) }}": "only range(...) can be called",
    "{{ 'a'|center(1000000000) }}": "there is no filter center, only capitalize, count",
    "{{ '%1000000000d'|format(1) }}": "there is no filter format",
    "{{ tasks|replace('x', tasks) }}": "there is no filter replace",
    "{{ phases|map(attribute='__class__')|list }}": "there is no filter",
    "{% for a in phases recursive %}{{ loop(phases) }}{% endfor %}": "must not call itself",
    "{% for a in [tasks] %}{% endfor %}": "goes over a variable or a range",
    "{% for a in tasks ~ tasks %}{% endfor %}": "goes over a variable or a range",
    "{% for a in range(10**9) %}{% endfor %}": "goes over a variable or a range",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}": "nested too deep",
    "{{ " + "9" * 5000 + " }}": "a number is too long",
    "{% if partner %}" * 400 + "{% endif %}" * 400: "nested too deep",
    "x" * (MAX_SOURCE + 1): "more than 32768 characters",
    "{% if %}": "Expected an expression",
}

ENDED = {
    "{% for a in range(1000000000) %}{% endfor %}": "Range too big",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}": "turns",
    "{% for a in tasks %}{% for b in tasks %}{% endfor %}{% endfor %}": "too many turns",
    "{% for a in phases %}{% for b in range(9999) %}{% endfor %}{% endfor %}": "too many turns",
    "{% for a in range(900) %}{{ tasks }}{% endfor %}": "more than 1048576 characters",
    "{{ tasks }}" * 2900: "more than 1048576 characters",
    "{{ ''.__class__ }}": "unsafe",
    "{{ ''['__class__'] }}": "unsafe",
    "{{ range.__globals__ }}": "unsafe",
    "{% for a in phases %}{{ loop.__init__.__globals__ }}{% endfor %}": "unsafe",
    "{{ nobody }}": "'nobody' is undefined",
    "{{ 1 / 0 }}": "division by zero",
    "{% for a in phases %}" * 25 + "{% endfor %}" * 25: "statically nested",
    "{{ partner" + ".a" * 900 + " }}": "",
}


@pytest.mark.parametrize(("source", "words"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_can_run_away_is_refused(source: str, words: str) -> None:
    """At once, with the line, and before anything of it is done."""
    began = time.process_time()
    for reads in (templates.variables, lambda text: fill(text, VALUES)):
        with pytest.raises(TemplateSyntaxError) as refusal:
            reads(f"\n{source}" if source.startswith("{%") else source)
        assert words in str(refusal.value)
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize(("source", "words"), ENDED.items(), ids=range(len(ENDED)))
def test_what_runs_away_is_ended(source: str, words: str) -> None:
    """Soon, by an error that says why."""
    began = time.process_time()
    with pytest.raises((TemplateError, ArithmeticError, RecursionError, SyntaxError)) as ended:
        fill(source, VALUES)
    assert words in str(ended.value)
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("{{ partner }} {{ partner|upper }}", "Acme ACME"),
        ("{% for a in phases %}\n- {{ loop.index }} {{ a.title }}\n{% endfor %}", "- 1 Scope\n"),
        ("{% for a in phases if a.title in ['Build'] %}{{ a.title }}{% endfor %}", "Build"),
        ("{% for a, b in roles|items %}{{ a }}: {{ b.title }}{% endfor %}", "sales: Sales"),
        ("{% for a in range(3) %}{{ a - 1 }}{% else %}none{% endfor %}", "-101"),
        ("{% if partner is defined and not partner == 'B' %}{{ partner[1:] }}{% endif %}", "cme"),
        ("{{ 'a' if partner else 'b' }}{{ partner|default(default_value='x') }}", "aAcme"),
        ("{{ phases[0]['title'] }}{{ -1 // 2 }}", "Scope-1"),
        ("{# a remark #}{% raw %}{{ x }}{% endraw %}", "{{ x }}"),
    ],
)
def test_what_texts_need_is_there(source: str, text: str) -> None:
    """Variables, loops, conditions, comparisons, and filters that do not make more of less."""
    assert fill(source, VALUES).startswith(text)


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_exists(name: str) -> None:
    """What the language has, Jinja has."""
    assert fill(f"{{{{ {'roles' if name == 'items' else 'partner'}|{name} }}}}", VALUES)


def test_each_filling_has_all_its_turns() -> None:
    """A template that is filled again and again is not ended for what it did before."""
    source = "{% for role in roles %}{% for n in range(300) %}{{ n }}{% endfor %}{% endfor %}"
    assert {fill(source, VALUES) for _ in range(20)} == {fill(source, VALUES)}


def test_variables_have_the_line_of_their_first_use() -> None:
    """So that an unknown one can be shown where it stands."""
    source = "a\n{{ partner }}\n{{ partner }}{% for x in phases %}{{ x }}{% endfor %}{{ range(1) }}"
    assert templates.variables(source) == {"partner": 2, "phases": 3}
