"""The documentation keeps up with the code: what it names exists, and what exists is named."""

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from prometheus_client.parser import text_string_to_metric_families

from bot import loader
from bot.cli import app
from bot.domain.actions import Action
from bot.domain.record import Record
from bot.settings import PREFIX, Settings
from bot.web.metrics import Metrics
from bot.web.receiver import Outcome

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
LIFE = DOCS / "life-of-an-event.md"
OPERATIONS = DOCS / "operations.md"
_FOLDERS = (DOCS, ROOT / "templates")
PAGES = sorted([*ROOT.glob("*.md"), *(page for place in _FOLDERS for page in place.rglob("*.md"))])

_MACHINE = re.compile(r"(?:/home|/Users|/root|/work|/tmp|/var/folders)/\w|\b[A-Z]:\\\w")
_LINK = re.compile(r"\]\((?P<target>[^)\s]+\.py)\)")
_CALL = re.compile(r"`(?P<name>\w+)\(\)`")
_EVENT = re.compile(r"^\| `(?P<names>[a-z_.]+`(?:, `[a-z_.]+`)*) \|", re.MULTILINE)


def _named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _text(*pages: Path) -> str:
    return "\n".join(page.read_text() for page in pages or PAGES)


# --- What exists is named -----------------------------------------------------------------------


@pytest.mark.parametrize("command", [command.name for command in app.registered_commands])
def test_every_command_is_mentioned(command: str) -> None:
    """Nobody has to find a command by guessing."""
    assert f"launchbot {command}" in _text()


@pytest.mark.parametrize("setting", [PREFIX + name.upper() for name in Settings.model_fields])
def test_every_setting_is_mentioned(setting: str) -> None:
    """Nobody has to find a variable in the code."""
    assert f"`{setting}`" in _text()


@pytest.mark.parametrize("kind", [kind.__name__ for kind in get_args(Action)])
def test_every_kind_of_action_stands_in_the_life_of_an_event(kind: str) -> None:
    """Who reads what the bot may do reads all of it."""
    assert f"| `{kind}` |" in _text(LIFE)


@pytest.mark.parametrize("key", Record.model_fields)
def test_every_key_of_the_record_is_explained(key: str) -> None:
    """Who finds a record in a note can look up what it says."""
    _, _, section = _text(LIFE).partition("\n## The record\n")
    rows = [line.split(" | ")[0] for line in section.splitlines() if line.startswith("| `")]
    assert any(f"`{key}`" in row for row in rows)


@pytest.mark.parametrize("outcome", [outcome.label for outcome in Outcome])
def test_every_outcome_of_a_delivery_is_listed(outcome: str) -> None:
    """Who makes an alarm knows all values of the label."""
    assert f"`{outcome}`" in _text(OPERATIONS)


def test_every_metric_is_listed() -> None:
    """Who makes a dashboard knows what there is."""
    shown = Metrics(lambda: 0).render().decode()
    for family in text_string_to_metric_families(shown):
        assert f"`{family.name}{'_total' if family.type == 'counter' else ''}`" in _text(OPERATIONS)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=_named)
def test_every_page_is_reached_from_the_index(page: Path) -> None:
    """A page that nobody links is a page that nobody reads."""
    indexes = (DOCS / "README.md", DOCS / "decisions" / "README.md")
    linked = {target.resolve() for index in indexes for target, _ in _links(index)}
    assert page in {*linked, *indexes}


# --- What is named exists -----------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    """Files are there, and so are the headings that links name."""
    for target, anchor in _links(page):
        assert target.exists(), f"{target} is not there"
        assert not anchor or anchor in _anchors(target), f"{target} has no heading #{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_every_function_stands_in_the_file_that_is_linked_beside_it(page: Path) -> None:
    """From a page to the line of code that does it: `name()` is defined in a file linked there."""
    for line in page.read_text().splitlines():
        linked = [page.parent / match["target"] for match in _LINK.finditer(line)]
        source = "".join(file.read_text() for file in linked if file.is_file())
        for name in (match["name"] for match in _CALL.finditer(line)):
            assert re.search(rf"^\s*(?:async )?def {name}\(", source, re.MULTILINE), line


@pytest.mark.parametrize(
    "event",
    [
        name
        for row in _EVENT.finditer(_text(OPERATIONS).partition("\n## Logs\n")[2])
        for name in row["names"].rstrip("`").split("`, `")
    ],
)
def test_every_event_in_the_operations_page_is_logged(event: str) -> None:
    """Who searches the log for it can find it."""
    source = "".join(file.read_text() for file in (ROOT / "bot").rglob("*.py"))
    assert f'"{event}"' in source


def test_the_example_in_the_readme_passes_the_check(tmp_path: Path) -> None:
    """Who copies the example has to change names, and nothing else."""
    example = next(t.content for t in _tokens(README) if t.type == "fence" and t.info == "yaml")
    config = tmp_path / "launchbot.yml"
    config.write_text(example)
    assert loader.load(config).mistakes == ()


def test_the_layers_of_the_architecture_page_are_those_that_are_checked() -> None:
    """The picture of the house is the house."""
    contracts = tomllib.loads(_text(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    wanted = [set(re.findall(r"\w+", layer)) for layer in layers]
    rows = re.findall(r"^\| \d \| (.+) \|$", _text(DOCS / "architecture.md"), re.MULTILINE)
    assert [set(re.findall(r"\w+", row)) for row in rows] == wanted


@pytest.mark.parametrize("page", PAGES, ids=_named)
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    """What worked for the author has to work for the reader."""
    assert not _MACHINE.search(page.read_text())


# --- Reading Markdown ---------------------------------------------------------------------------


def _tokens(page: Path) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text()):
        yield token
        yield from token.children or ()


def _links(page: Path) -> Iterator[tuple[Path, str]]:
    """The files that a page links, each with the heading or an empty text."""
    for token in _tokens(page):
        href = str(token.attrGet("href") or token.attrGet("src") or "")
        if href and "://" not in href and not href.startswith("mailto:"):
            path, _, anchor = href.partition("#")
            yield (page.parent / path if path else page), anchor


def _anchors(page: Path) -> set[str]:
    """The headings of a page as GitLab links them."""
    texts = [
        after.content for token, after in pairwise(_tokens(page)) if token.type == "heading_open"
    ]
    return {_anchor(text) for text in texts}


def _anchor(heading: str) -> str:
    text = re.sub(r"[^\w\s-]", "", heading.replace("`", "").lower())
    return re.sub(r"\s+", "-", text.strip())
