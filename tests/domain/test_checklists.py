"""Task lists: a box is found again whatever people do to the words around it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.domain.checklists import mark, read, write
from tests.domain.world import process, task


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("- [x] `talk` **Talk**", id="as written"),
        pytest.param("* [X] `talk`", id="upper case, star"),
        pytest.param("+ [x]  `talk`, at last!", id="plus and other words"),
        pytest.param("1. [x] `talk`", id="numbered"),
        pytest.param("2) [x] `talk`", id="numbered with a bracket"),
        pytest.param("    - [x] `talk`", id="nested"),
        pytest.param("\t-\t[x]\t`talk`", id="tabs"),
        pytest.param("- [x] `talk`\r", id="CRLF"),
        pytest.param("- [x] ~~`talk` Talk~~", id="struck through"),
        pytest.param("- [x] **`talk`** Talk", id="bold"),
        pytest.param("- [x] `talk`\n- [ ] `talk`", id="the first of two counts"),
        pytest.param("- [ ] talk\n- [x] `talk`", id="a line without id does not count"),
        pytest.param("- [x] `talk`\n  - [ ] `other`", id="another one below"),
    ],
)
def test_a_ticked_box_is_found(line: str) -> None:
    """The short id in a code span makes the line."""
    assert read(f"Hello\r\n\r\n{line}\n\nBye")["talk"] == "done"


@pytest.mark.parametrize(
    ("box", "state"), [(" ", "open"), ("x", "done"), ("X", "done"), ("~", "skipped")]
)
def test_the_three_states_of_a_box(box: str, state: str) -> None:
    """Open, ticked, and crossed out as not applicable."""
    assert read(f"- [{box}] `talk`") == {"talk": state}


@pytest.mark.parametrize(
    "line",
    [
        *("- `talk`", "[x] `talk`", "- [x]`talk`", "-[x] `talk`", "- [] `talk`", "- [y] `talk`"),
        *(
            "> - [x] `talk`",
            "a - [x] `talk`",
            "- [x] \\`talk\\`",
            "- [x] `Talk`",
            "- [x] `talk",
            "",
        ),
    ],
)
def test_other_lines_have_no_box(line: str) -> None:
    """What GitLab would not show as a box with an id is none."""
    assert read(line) == {}


@given(st.text() | st.lists(st.sampled_from(["- ", "[x] ", "`a`", " ", "1. ", "\n"])).map("".join))
def test_reading_never_fails(text: str) -> None:
    """Any description is read."""
    assert set(read(text).values()) <= {"open", "done", "skipped"}


@pytest.mark.parametrize("text", [" " * 10**6, "1" * 10**6, "- " * 500_000, "- [x] ~~~~" * 10**5])
def test_a_mebibyte_is_read_in_reasonable_time(text: str) -> None:
    """GitLab allows a million characters."""
    began = time.process_time()
    assert read(text) == {}
    assert time.process_time() - began < 10


def test_a_task_list_says_all_that_its_readers_need() -> None:
    """Sub-items stand below their item, and each task says when it is done."""
    tasks = [
        task(
            "bake",
            evidence="link",
            hint="Two\nlines.",
            tasks=[task("oven", role="sales", evidence="text")],
        ),
        task("upload", role="makers", needs=["words"], optional="if asked for"),
    ]
    assert write(process(build={"tasks": tasks}), "build") == snapshot("""\
- [ ] `bake` **Do bake**
  - Done when: bake is there
  - Evidence: a link, here or in a comment
  - Hint: Two lines.
  - [ ] `oven` **Do oven**
    - Owner: Sales
    - Done when: oven is there
    - Evidence: a text, here or in a comment
- [ ] `upload` **Do upload**
  - Done when: upload is there
  - Optional: if asked for
  - Needs first: `words`\
""")


def test_what_is_written_is_read_back() -> None:
    """A new list has an open box for each task and sub-item."""
    small = process()
    for name, phase in small.phases.items():
        assert read(write(small, name)) == {item.id: "open" for item in phase.walk()}


def test_only_the_box_that_is_named_is_marked() -> None:
    """Nothing else of a text changes, and a text without that line stays as it is."""
    text = "Hi\n- [ ] `talk` **Talk**\n- [x] `walk`\n- [ ] `talk` again\n"
    assert mark(text, "talk", "skipped") == text.replace("[ ] `talk` **T", "[~] `talk` **T")
    assert mark(text, "walk", "open") == text.replace("[x]", "[ ]")
    assert mark(text, "balk", "done") == text
