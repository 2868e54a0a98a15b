"""Definitions and templates made to hurt: a clear refusal within a second, and memory unharmed.

The files go the way that they go in `check` and `serve`: through the loader.
"""

import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot import loader
from bot.domain.documents import MAX_CHARACTERS
from bot.loader import Loaded

PATIENCE = 1.0 if sys.gettrace() is None else 4.0
"""In seconds of this process alone; measuring coverage takes most of the time itself."""

MEBIBYTE = 1024 * 1024
ALLOWANCE = 64 * MEBIBYTE

Load = Callable[..., Loaded]

HEAD = """\
name: party
title: Party
roles:
  host: {title: Host}
inputs:
  guest: {title: Guest, example: Ada}
identity: [guest]
labels: {request: ask, launch: run, gate: {locked: shut, open: open, done: done}}
root: {title: "{{ guest }}", role: host, project: house, template: root.md.j2}
phases:
"""
ROOT, PHASE = "{{ guest }}", "{{ tasks }}"


def phase(name: str, tasks: str, more: str = "") -> str:
    """A phase of a definition."""
    return (
        f"  {name}:\n    title: P\n    role: host\n    project: house\n    template: phase.md.j2\n"
        "    done_when: over\n    due: {business_days: 1, after: opening}\n"
        f"{more}    tasks:\n{tasks}"
    )


def task(name: object, more: str = "") -> str:
    """A task of a phase."""
    return f"      - {{id: t{name}, title: T, done_when: D{more}}}\n"


def words(name: str, count: int) -> str:
    """A list of so many different words."""
    return f"[{', '.join(f'{name}{number}' for number in range(count))}]"


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a process, and sees to it that this costs little time and memory."""

    def loaded(definition: str, texts: Mapping[str, str]) -> Loaded:
        folder = tmp_path / "party"
        folder.mkdir()
        (folder / "process.yml").write_text(definition, newline="")
        for name, text in texts.items():
            (folder / name).write_text(text, newline="")
        memory, began = peak(), time.process_time()
        result = loader.load(None, [tmp_path], shipped=False)
        assert time.process_time() - began < PATIENCE
        assert peak() - memory < ALLOWANCE
        return result

    return loaded


TOO_MUCH = {
    "a file of 1 MiB": "a: b\n" * (MEBIBYTE // 5),
    "a file of more than 1 MiB": "#" * (2 * MEBIBYTE),
    "20,000 lines": "a: 1\n" * 20_000,
    "20,001 empty lines": "\n" * 20_001,
    "one long list": f"a: [{'1,' * 60_000}1]",
    "lists in lists, side by side": f"a: [{'[[[[]]]],' * 10_000}]",
    "mappings without end": f"a: [{'{},' * 40_000}]",
    "lists in lists": "[" * 100_000,
    "lists in lists, as lines": "- " * 50_000,
    "an alias bomb": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{name}: &{name} [*{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}, *{old}]\n"
        for old, name in zip("abcdefghi", "bcdefghij", strict=True)
    ),
    "thousands of aliases": f"a: &a [1]\nb: [{'*a, ' * 30_000}]",
    "an alias of itself": "a: &a [*a]",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_file_with_too_much_in_it_is_refused(load: Load, text: str) -> None:
    """One mistake says which bound it breaks."""
    (mistake,) = load(text, {}).mistakes
    assert mistake.check in {"yaml-limit", "unreadable-file"}


ODD = {
    "the same key over and over": "a: 1\n" * 3_000,
    "anchors": "".join(f"a{number}: &x{number}\n" for number in range(3_000)),
    "a long text": "a: >\n" + "  word word word\n" * 7_000,
    "a long word": f"a: {'x' * (MAX_CHARACTERS - 10)}",
    "a long number": f"a: {'9' * 120_000}",
    "a long key": f"? {'x' * 120_000}\n: a",
    "escapes": f'a: "{chr(92)}x41{(chr(92) + "x41") * 30_000}"',
    "directives": "%TAG !a! x\n" * 11_000 + "---\na",
    "documents": "---\n" * 19_000,
    "colons": ":" * MAX_CHARACTERS,
    "exclamation marks": "! " * 60_000,
    "tabs": "a:\t" * 40_000,
    "question marks": "? a\n" * 3_000,
    "merge keys": "<<: {a: 1}\n" * 2_000,
    "steps": "".join(f"{' ' * number}- a\n" for number in range(300)),
    "unknown keys": "".join(f"key{number}: 1\n" for number in range(3_900)),
    "unknown tasks": HEAD
    + phase("one", "".join(map(task, range(400))) + task("x", f", needs: {words('u', 3_000)}")),
    "unknown roles": HEAD
    + phase("one", "".join(task(number, f", role: r{number}") for number in range(700))),
    "unknown phases": HEAD
    + "".join(phase(f"p{n}", task(n), f"    after: {words('u', 6)}\n") for n in range(200)),
    "phases that all wait for each other": HEAD
    + "".join(phase(f"p{n}", task(n), f"    after: {words('p', 60)}\n") for n in range(60)),
    "a chain of tasks": HEAD
    + phase("one", "".join(task(n, f", needs: [t{n + 1}]") for n in range(600)))
    + phase("two", task("x", f", needs: [{'t0, ' * 1_500}]")),
    "many circles": HEAD
    + phase(
        "one",
        "".join(
            task(2 * n, f", needs: [t{2 * n + 1}]") + task(2 * n + 1, f", needs: [t{2 * n}]")
            for n in range(300)
        ),
    ),
    "many inputs": HEAD.replace(
        "  guest:",
        "".join(f"  a{n}: {{title: A{n}, example: b}}\n" for n in range(900)) + "  guest:",
    )
    + phase("one", task(1)),
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_file_is_judged_soon(load: Load, text: str) -> None:
    """Whatever is wrong with it is said, or it is fine."""
    texts = {"root.md.j2": f"{ROOT}{'{{ a1 }}' * 3_000}", "phase.md.j2": PHASE}
    assert load(text, texts).mistakes


TEMPLATES = {
    "a long loop": "{% for a in range(1000000000) %}x{% endfor %}",
    "a longer loop": "{% for a in range(10**9) %}x{% endfor %}",
    "loops in loops": "{% for a in range(99999) %}" * 9 + "{% endfor %}" * 9,
    "loops over letters": "{% for a in tasks %}" * 15 + "{% endfor %}" * 15,
    "loops over turned text": "{% for a in tasks|reverse %}{% for b in tasks %}{% endfor %}"
    "{% endfor %}" * 500,
    "a long text": "{{ 'a' * 10**9 }}",
    "a large number": "{{ 9**9**9**9 }}",
    "a wide column": "{{ '%1000000000d' % 1 }}",
    "a wide method": "{{ 'a'.ljust(1000000000) }}",
    "a wide filter": "{{ 'a'|center(1000000000) }}",
    "doubling": "{% set a = 'aaaaaaaaaa' %}" + "{% set a = a ~ a %}" * 60 + "{{ a }}",
    "replacing": "{{ guest|replace('', tasks)|replace('', tasks)|replace('', tasks) }}",
    "recursion": "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "branching recursion": "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}"
    "{% endmacro %}{{ a(64) }}",
    "a recursive loop": "{% for a in phases recursive %}{{ loop(phases) }}{% endfor %}",
    "itself": "{% include 'phase.md.j2' %}",
    "another file": "{% include '/etc/passwd' %}",
    "a parent": "{% extends 'root.md.j2' %}",
    "an attribute": "{{ ''.__class__ }}",
    "an attribute by its name": "{{ ''['__class__'] }}",
    "an attribute by a filter": "{{ ''|attr('__class__') }}",
    "all classes": "{{ ().__class__.__base__.__subclasses__() }}",
    "globals": "{{ range.__globals__ }}",
    "the loop itself": "{% for a in phases %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "brackets": "{{ " + "(" * 10_000,
    "signs": "{{ " + "-" * 10_000 + "1 }}",
    "conditions": "{% if guest %}" * 2_000,
    "filters": "{{ guest" + "|upper" * 5_000 + " }}",
    "dots": "{{ guest" + ".a" * 10_000 + " }}",
    "a number that is too long": "{{ " + "9" * 30_000 + " }}",
    "comments that do not end": "{#" * 10_000,
    "half a tag": "{{" * 10_000,
    "1 MiB": "{{ guest }}" * 90_000,
}


@pytest.mark.parametrize("text", TEMPLATES.values(), ids=TEMPLATES)
def test_template_that_would_run_away_is_refused(load: Load, text: str) -> None:
    """The mistake names the template, and is told before any launch."""
    mistakes = load(
        HEAD + phase("one", task(1)), {"root.md.j2": ROOT, "phase.md.j2": f"{PHASE}{text}"}
    ).errors
    assert mistakes
    assert all(mistake.file.endswith("phase.md.j2") for mistake in mistakes)
    assert {mistake.check for mistake in mistakes} <= {"template-syntax", "template-failure"}


@pytest.mark.parametrize("name", ["process.yml", "phase.md.j2", "tasks/steps.yml"])
def test_link_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    """What it leads to is not read, so that no message can hold a word of it."""
    secret = tmp_path / "secret"
    secret.write_text("{% topsecret %}\n topsecret: [", encoding="utf-8")
    folder = _folder(tmp_path)
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(secret)
    found = [m for m in loader.load(None, [folder], shipped=False).mistakes if name in m.file]
    assert [(m.check, m.line) for m in found] == [("unreadable-file", 1)]
    assert "link out of its folder" in found[0].message


def test_links_of_a_mounted_volume_are_followed(tmp_path: Path) -> None:
    """Kubernetes shows each file by a link into a folder beside it."""
    folder = _folder(tmp_path)
    (folder / "..data").mkdir()
    for path in [path for path in folder.iterdir() if path.is_file()]:
        path.rename(folder / "..data" / path.name)
        path.symlink_to(Path("..data") / path.name)
    loaded = loader.load(None, [folder], shipped=False)
    assert (loaded.mistakes, [*loaded.found]) == ((), ["party"])


def _folder(tmp_path: Path) -> Path:
    """A process of its own without a mistake."""
    folder = tmp_path / "party"
    (folder / "tasks").mkdir(parents=True)
    include = "      - {include: steps}\n"
    texts = {
        "process.yml": HEAD + phase("one", task(1) + include),
        "root.md.j2": ROOT,
        "phase.md.j2": PHASE,
        "tasks/steps.yml": "title: Steps\ntasks:\n" + task(2).replace("      - ", "  - "),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_title_is_a_template_like_any_other(load: Load) -> None:
    """The title of the root issue is filled in, too."""
    title = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    mistakes = load(
        HEAD.replace("{{ guest }}", title) + phase("one", task(1)),
        {"root.md.j2": ROOT, "phase.md.j2": PHASE},
    ).errors
    assert [mistake.check for mistake in mistakes] == ["template-failure"]


def test_honest_large_process_is_fine(load: Load) -> None:
    """The bounds are far above what people write: 20 phases with 20 tasks each."""
    text = HEAD + "".join(
        phase(f"p{n}", "".join(task(f"{n}-{m}", f", hint: {'h' * 100}") for m in range(20)))
        for n in range(20)
    )
    loop = "{% for p in phases %}\n- {{ p.title }}: {{ p.done_when }} {{ p.issue }}\n{% endfor %}"
    result = load(text, {"root.md.j2": ROOT + loop, "phase.md.j2": PHASE + loop})
    assert result.mistakes == ()
    assert len(result.found["party"].tasks()) == 400
