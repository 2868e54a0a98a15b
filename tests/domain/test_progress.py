"""Progress: what a phase lacks, and what comes next."""

from collections.abc import Mapping

import pytest
from markdown_it import MarkdownIt

from bot.domain.process import Process
from bot.domain.progress import Progress
from tests.domain.world import process, task

SMALL = process()


def _progress(of: Process = SMALL, /, **boxes: Mapping[str, str]) -> Progress:
    return Progress(of, boxes)  # type: ignore[arg-type]


def test_only_required_tasks_count() -> None:
    """An optional task holds up nothing, and adds nothing."""
    ticked = _progress(scope={"talk": "done", "papers": "open", "call": "done"})
    assert (ticked.done("scope"), ticked.required("scope")) == (1, 2)
    assert ticked.missing("scope") == ("`papers`: Do papers",)
    assert not _progress(scope={"talk": "done", "papers": "done"}).missing("scope")


def test_sub_items_count() -> None:
    """A sub-item is a task of its own."""
    ticked = _progress(build={"bake": "done", "oven": "open", "upload": "open"})
    assert (ticked.done("build"), ticked.required("build")) == (1, 3)


def test_sub_items_of_an_optional_task_are_optional() -> None:
    """Nobody has to do a part of what need not be done."""
    call = task("call", optional="if asked for", tasks=[task("agenda")])
    small = process(scope={"tasks": [task("talk"), call]})
    ticked = _progress(small, scope={"talk": "done", "call": "open", "agenda": "open"})
    assert (ticked.done("scope"), ticked.required("scope")) == (1, 1)
    assert not ticked.missing("scope")


def test_a_required_task_cannot_be_crossed_out() -> None:
    """It is said, because the box looks as if all were well."""
    ticked = _progress(scope={"talk": "done", "papers": "skipped"})
    assert ticked.missing("scope") == ("`papers`: Do papers (it is crossed out, but required)",)


def test_a_lost_line_is_missed_and_can_be_put_back() -> None:
    """Somebody edited the description and the line is gone: it says what to type."""
    (line,) = _progress(scope={"talk": "done"}).missing("scope")
    assert line == "`papers`: its line is gone; add it back as `` - [ ] `papers` ``"
    (inline,) = [item for item in MarkdownIt().parse(line) if item.type == "inline"]
    codes = [item.content for item in inline.children or () if item.type == "code_inline"]
    assert codes == ["papers", "- [ ] `papers`"]


@pytest.mark.parametrize(
    ("box", "waits"),
    [
        pytest.param("open", True, id="open"),
        pytest.param("done", False, id="done"),
        pytest.param("skipped", True, id="required and crossed out"),
        pytest.param(None, True, id="not there"),
    ],
)
def test_a_task_waits_for_what_it_needs(box: str | None, waits: bool) -> None:
    """Ticked before that is done, it does not count; the need may be in another phase."""
    ticked = _progress(
        build={"bake": "done", "oven": "done", "upload": "done"},
        tell={"words": box} if box else {},
    )
    line = "`upload` is ticked, but needs first: `words` (Tell)"
    assert ticked.missing("build") == ((line,) if waits else ())


@pytest.mark.parametrize("sub", [False, True], ids=["task", "sub-item"])
@pytest.mark.parametrize(("box", "waits"), [("open", True), ("skipped", False), ("done", False)])
def test_an_optional_need_may_be_crossed_out(box: str, waits: bool, sub: bool) -> None:
    """Crossed out says: not wanted here. Open says: nobody has looked yet."""
    words = task("words", **({} if sub else {"optional": "if asked for"}))
    more = [task("text", optional="if asked for", tasks=[words])] if sub else [words]
    small = process(tell={"tasks": [*more, task("blog")]})
    ticked = _progress(
        small,
        build={"bake": "done", "oven": "done", "upload": "done"},
        tell={"words": box},
    )
    assert bool(ticked.missing("build")) == waits


def test_next_is_the_first_task_that_can_be_done() -> None:
    """In order, without what is optional and without what waits."""
    assert _next(build={"bake": "open"}) == "bake"
    assert _next(build={"bake": "done", "oven": "skipped"}) == "oven"
    assert _next(build={"bake": "done", "oven": "done"}) is None
    assert _next(build={"bake": "done", "oven": "done"}, tell={"words": "done"}) == "upload"


def _next(**boxes: Mapping[str, str]) -> str | None:
    item = _progress(**boxes).next("build")
    return item.id if item else None
