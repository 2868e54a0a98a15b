"""Definitions put together keep the place of everything, and mistakes have a name and a place."""

from typing import Any

import pytest

from bot.domain.composition import MAX_INCLUDES, Composed, Source, compose
from bot.domain.documents import Position, parse

LIST = """\
title: A list
parameters:
  what: {description: What to do.}
  due: {description: When., default: null}
  days: {description: How long., default: 3}
tasks:
  - id: "do-{{ what }}"
    title: "Do {{ what }} in {{ days }} days"
    due: "{{ due }}"
    tasks:
      - {id: below, when: a == "1" or a == "2"}
"""


def composed(tasks: str, **lists: str) -> Composed:
    """A definition of one phase with these tasks."""
    sources = {name: Source(f"{name}.yml", parse(text)) for name, text in lists.items()}
    return compose(parse(f'title: "{{{{ x }}}}"\ntasks: {tasks}\n'), sources)


def tasks(result: Composed) -> Any:
    """The tasks that came out."""
    value: Any = result.document.value
    return value["tasks"]


def told(result: Composed) -> list[tuple[str, str | None, int, int]]:
    """The check and the place of every problem."""
    return [
        (problem.check, place.file, place.line, place.column) for place, problem in result.problems
    ]


def test_list_stands_where_it_is_included() -> None:
    """Between what is before and behind it; parameters are put in, also such as are no text."""
    result = composed(
        '[{id: a}, {include: some, with: {what: bake, due: {days: "{{ x }}"}}}, {id: z}]', some=LIST
    )
    assert tasks(result) == [
        {"id": "a"},
        {
            "id": "do-bake",
            "title": "Do bake in 3 days",
            "due": {"days": "{{ x }}"},
            "tasks": [{"id": "below", "when": 'a == "1" or a == "2"'}],
        },
        {"id": "z"},
    ]
    assert result.problems == ()
    assert result.used == {"some"}


def test_text_of_a_definition_is_left_alone() -> None:
    """Only a task list has parameters."""
    result = composed("[]")
    assert result.document.value == {"title": "{{ x }}", "tasks": []}


def test_everything_has_the_place_where_it_was_written() -> None:
    """What a list says stands there; what it is given stands in the including file."""
    document = composed("\n  - {include: some, with: {what: x, due: {d: 1}}}", some=LIST).document
    assert document.position(("tasks", 0, "title")) == Position(8, 12, "some.yml")
    assert document.position(("tasks", 0, "tasks", 0, "id")) == Position(11, 14, "some.yml")
    assert document.position(("tasks", 0, "due", "d")) == Position(3, 46)
    assert document.position(("tasks", 0, "due", "d"), on_key=True) == Position(3, 43)


def test_condition_of_an_include_holds_for_each_task() -> None:
    """Beside the one that a task has; sub-items are under that of their task."""
    text = 'title: T\ntasks:\n  - {id: a}\n  - {id: b, when: p == "1" or p == "2"}\n'
    result = composed("""[{include: some, when: 'q != "3"'}]""", some=text)
    assert [task["when"] for task in tasks(result)] == [
        'q != "3"',
        'q != "3" and p == "1" or q != "3" and p == "2"',
    ]
    assert result.document.position(("tasks", 0, "when")) == Position(2, 31)
    assert result.document.position(("tasks", 1, "when")) == Position(4, 19, "some.yml")


@pytest.mark.parametrize("task", ["just text", "{id: b, when: nonsense}"])
def test_what_is_wrong_in_a_task_is_left_to_the_checks(task: str) -> None:
    """They tell it at its place."""
    result = composed(
        """[{include: some, when: 'q == "3"'}]""", some=f"title: T\ntasks: [{task}]\n"
    )
    assert tasks(result) == [parse(task).value]


def test_lists_include_lists() -> None:
    """Parameters are handed on, inside a text and alone."""
    outer = (
        "title: O\nparameters: {w: {description: W}}\n"
        'tasks: [{include: some, with: {what: "{{ w }}", days: "{{ w }}{{ w }}"}}]\n'
    )
    result = composed("[{include: outer, with: {w: 7}}]", outer=outer, some=LIST)
    assert tasks(result)[0]["title"] == "Do 7 in 77 days"
    assert result.used == {"outer", "some"}


@pytest.mark.parametrize(
    ("tasks_", "lists", "expected"),
    [
        pytest.param(
            "[{include: smoe}]", {"some": LIST}, ("unknown-include", None, 2, 19), id="no list"
        ),
        pytest.param(
            "[{include: some, wiht: {}}]",
            {"some": LIST},
            ("unknown-key", None, 2, 25),
            id="unknown key",
        ),
        pytest.param("[{include: 5}]", {}, ("wrong-type", None, 2, 19), id="no name"),
        pytest.param(
            "[{include: some, when: x}]",
            {"some": LIST},
            ("wrong-value", None, 2, 31),
            id="no condition",
        ),
        pytest.param(
            "[{include: some}]", {"some": LIST}, ("missing-parameter", None, 2, 9), id="not given"
        ),
        pytest.param(
            "[{include: some, with: {what: a, dyas: 1}}]",
            {"some": LIST},
            ("unknown-parameter", None, 2, 41),
            id="no such parameter",
        ),
        pytest.param(
            "[{include: some}]",
            {"some": 'title: T\ntasks: [{id: "a-{{ b }}"}]'},
            ("unknown-parameter", "some.yml", 2, 10),
            id="no such parameter in the list",
        ),
        pytest.param(
            "[{include: some}]",
            {
                "some": 'title: T\nparameters: {c: {description: C, default: "{{ b }}"}}\n'
                'tasks: [{id: "{{ c }}"}]'
            },
            ("unknown-parameter", "some.yml", 2, 34),
            id="parameter in a default",
        ),
        pytest.param(
            "[{include: some, with: {what: [a]}}]",
            {"some": LIST},
            ("wrong-type", None, 2, 38),
            id="list in a text",
        ),
        pytest.param(
            "[{include: some}]",
            {"some": "title: T\ntaks: []"},
            ("missing-key", "some.yml", 1, 1),
            id="list without tasks",
        ),
        pytest.param(
            "[{include: a}]",
            {"a": "title: T\ntasks: [{include: a}]"},
            ("include-cycle", "a.yml", 2, 19),
            id="includes itself",
        ),
        pytest.param(
            "[{include: a}]",
            {
                "a": "title: T\ntasks: [{include: b}]",
                "b": "title: T\ntasks: [{include: c}]",
                "c": "title: T\ntasks: [{include: b}]",
            },
            ("include-cycle", "c.yml", 2, 19),
            id="circle",
        ),
    ],
)
def test_mistake_has_a_name_and_a_place(
    tasks_: str, lists: dict[str, str], expected: tuple[str, str | None, int, int]
) -> None:
    """In the file in which somebody has to change something."""
    assert expected in told(composed(tasks_, **lists))


def test_mistakes_say_what_would_be_right() -> None:
    """The nearest name, the parameters that there are, the way of a circle."""
    first, second = composed(
        "[{include: smoe}, {include: some, with: {what: a, dyas: 1}}]", some=LIST
    ).problems
    assert (first[1].nearest, first[1].allowed) == ("some", ("some",))
    assert (second[1].nearest, second[1].allowed) == ("days", ("what", "due", "days"))
    (circle,) = composed(
        "[{include: a}]", a="title: T\ntasks: [{include: b}]", b="title: T\ntasks: [{include: a}]"
    ).problems
    assert "a -> b -> a" in circle[1].message


def test_guesses_end() -> None:
    """A file full of wrong names is told of at once."""
    result = composed(f"[{', '.join(['{include: smoe}'] * 30)}]", some=LIST)
    assert sum(problem.nearest is not None for _, problem in result.problems) == 20


def test_broken_list_is_passed_over() -> None:
    """Its own mistake is told where the file is read."""
    result = composed("[{include: some}, {id: a}]", some="tasks: [")
    assert tasks(result) == [{"id": "a"}]
    assert result.problems == ()
    assert result.used == {"some"}


def test_includes_are_not_endlessly_deep() -> None:
    """A chain of many files is refused."""
    chain = {f"l{n}": f"title: T\ntasks: [{{include: l{n + 1}}}]" for n in range(MAX_INCLUDES + 1)}
    (problem,) = composed("[{include: l0}]", **chain).problems
    assert problem[1].check == "yaml-limit"


@pytest.mark.parametrize(
    "lists",
    [
        pytest.param(
            {
                f"l{n}": f"title: T\ntasks: [{{include: l{n + 1}}}, {{include: l{n + 1}}}]"
                for n in range(9)
            }
            | {"l9": f"title: T\ntasks: [{', '.join(['{id: a}'] * 20)}]"},
            id="many tasks",
        ),
        pytest.param(
            {
                f"l{n}": "title: T\nparameters: {p: {description: P, default: xx}}\n"
                f'tasks: [{{include: l{n + 1}, with: {{p: "{"{{ p }}" * 40}"}}}}]'
                for n in range(9)
            }
            | {"l9": 'title: T\nparameters: {p: {description: P}}\ntasks: [{id: "{{ p }}."}]'},
            id="many texts",
        ),
        pytest.param(
            {
                "l0": "title: T\nparameters: {p: {description: P, default: "
                + "x" * 30_000
                + '}}\ntasks: [{id: "'
                + "{{ p }}-" * 9
                + '"}]'
            },
            id="long text",
        ),
        pytest.param(
            {
                "l0": "title: T\nparameters: {p: {description: P, default: "
                + "[" * 30
                + "]" * 30
                + "}}\ntasks: [{a: "
                + "[" * 20
                + '"{{ p }}"'
                + "]" * 20
                + "}]"
            },
            id="deep",
        ),
    ],
)
def test_what_multiplies_is_refused(lists: dict[str, str]) -> None:
    """However the lists are nested, there is one mistake, at once."""
    result = composed("[{include: l0}]", **lists)
    assert [problem.check for _, problem in result.problems][-1] == "yaml-limit"
    assert result.document.broken
