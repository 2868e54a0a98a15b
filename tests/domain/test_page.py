"""The handbook page says what the definition says, in order, and nothing breaks its form."""

import pytest

from bot.domain.configuration import Configuration
from bot.domain.page import render
from tests.domain.definitions import GONE, installation, process


def page(**changes: object) -> str:
    """The page of the changed party."""
    return render(process(**changes))


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its kind."""
    level = heading.split(" ", maxsplit=1)[0]
    return text.split(f"{heading}\n", maxsplit=1)[1].split(f"\n{level} ", maxsplit=1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the table in a text, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_page_opens_with_title_and_purpose() -> None:
    """A reader learns first what this is for."""
    assert page().startswith("# A party\n\nPeople meet.\n\n")
    assert "\n\n\n" not in page(description="")


def test_roles_say_what_they_answer_for() -> None:
    """Without an installation there are no people to name."""
    assert rows(section(page(), "## Roles")) == [
        ["Host", "Invites."],
        ["Cook", "Cooks."],
        ["Band", ""],
    ]


def test_people_are_named_where_there_is_an_installation() -> None:
    """Who holds a role, and which project takes part, is known there."""
    configuration = Configuration.model_validate(installation(roles__band=[]))
    text = render(process(), configuration)
    assert [row[2] for row in rows(section(text, "## Roles"))] == ["`ada`", "`bob`, `cy`", "nobody"]
    assert [row[2] for row in rows(section(text, "## Who owns what"))] == [
        "`home/house`",
        "`home/house`",
        "`home/kitchen`",
        "`7`",
    ]


def test_flow_is_drawn() -> None:
    """Phases that wait for nothing follow the request; those that none waits for lead to live."""
    picture = section(page(), "## Flow").split("```")[1]
    assert picture.split("\n")[1:-1] == [
        "flowchart LR",
        '  request(["Request"])',
        '  phase1["Plan<br/>Host"]',
        '  phase2["Food<br/>Cook"]',
        '  phase3["Music<br/>Band"]',
        '  live(["Live"])',
        "  request --> phase1",
        "  phase1 --> phase2",
        "  phase1 --> phase3",
        "  phase2 --> live",
        "  phase3 --> live",
        '  phase3 -. "song" .-> phase2',
    ]


def test_flow_is_told() -> None:
    """What the picture shows stands there in sentences too."""
    assert section(page(), "## Flow").strip().split("```\n\n")[1].splitlines() == [
        "Plan begins as soon as it is asked for.",
        "Food and Music begin when Plan is complete, and run side by side.",
        "While both are under way, Food needs `song` from Music.",
        "When Food and Music are complete, closing the root issue makes the launch live.",
    ]


def test_later_phase_needs_nothing_across() -> None:
    """A need of a phase that waits for the other is no crossing, however far back it is."""
    text = page(phases__music__after=["food"], phases__food__tasks__0__needs=["shop"])
    text += page(
        phases__music__after=["food"],
        phases__food__tasks__0__needs=[],
        phases__music__tasks__0__needs=["shop", "cake"],
    )
    assert "-." not in text
    assert "While both are under way" not in text


def test_owners_and_dates_of_all_parts_are_in_one_table() -> None:
    """One glance tells who owns what, after what, until when."""
    assert rows(section(page(), "## Who owns what")) == [
        ["The launch as a whole", "Host", "`house`", "the request", "on the day of the party"],
        ["Plan", "Host", "`house`", "the request", "1 business day after it opens"],
        ["Food", "Cook", "`kitchen`", "Plan", "2 business days before the launch date"],
        ["Music", "Band", "`stage`", "Plan", "1 business day before the launch date"],
    ]


def test_tasks_stand_in_order_with_numbers() -> None:
    """Sub-items are numbered below their task; the role is that of the phase unless given."""
    assert rows(section(page(), "## 1. Plan")) == [
        ["1.1", "Invite", "`invite`", "Host", "the day it opens", "a link", ""],
        ["1.2", "Shop", "`shop`", "Host", "with the phase", "", "`invite`"],
        ["1.2.1", "Eggs", "`eggs`", "Cook", "with the phase", "", ""],
        [
            "1.2.2",
            "Wine *(optional: If asked.)*",
            "`wine`",
            "Host",
            "with the phase",
            "a short text",
            "",
        ],
    ]


def test_definitions_of_done_and_hints_follow() -> None:
    """Every task says when it is done; a hint stands with it."""
    assert "- 1.2 `shop`: The bags are full. *Mind the eggs.*" in page()
    assert "- 1.2.1 `eggs`: They are there.\n" in page()


@pytest.mark.parametrize(
    ("heading", "facts"),
    [
        pytest.param(
            "## 1. Plan",
            [
                "**Unlocked:** from the start",
                "**Issue:** opened with the launch",
                "**Due:** 1 business day after it opens",
            ],
            id="from the start",
        ),
        pytest.param(
            "## 2. Food",
            ["**Unlocked:** when Plan is complete", "**Issue:** opened when the phase unlocks"],
            id="when unlocked",
        ),
        pytest.param(
            "## 3. Music",
            ["**Issue:** opened when the label `music::wanted` is put on the root issue"],
            id="on a label",
        ),
    ],
)
def test_phase_says_when_it_opens_and_is_done(heading: str, facts: list[str]) -> None:
    """Owner, gate, issue, date and definition of done of a phase stand before its tasks."""
    text = section(page(), heading)
    assert [fact for fact in facts if f"- {fact}\n" not in text] == []
    assert "- **Done when:** " in text


def test_timeline_goes_from_the_opening_to_the_launch() -> None:
    """First what counts from an opening, then what counts back from the launch."""
    text = page(phases__food__tasks__0__due={"business_days": 0, "before": "launch"})
    assert [row[:2] for row in rows(section(text, "## Timelines"))] == [
        ["the day it opens", "`invite` Invite"],
        ["1 business day after it opens", "**the whole phase**"],
        ["2 business days before the launch date", "**the whole phase**"],
        ["1 business day before the launch date", "**the whole phase**"],
        ["the launch date", "`cake` Bake a cake"],
    ]


def test_process_without_dates_has_no_table_of_dates() -> None:
    """Dates that nobody wrote are not made up."""
    text = page(
        root__due=GONE,
        phases__plan__due=GONE,
        phases__food__due=GONE,
        phases__music__due=GONE,
        phases__plan__tasks__0__due=GONE,
        phases__food__tasks__0__due=GONE,
    )
    assert rows(section(text, "## Timelines")) == []
    assert "**Due:**" not in text
    assert "itself moves" not in text


def test_conduct_names_who_waits_for_whom() -> None:
    """Slips, closing and reopening are told with the titles of the process."""
    text = section(page(), "## What happens when")
    assert (
        "- Plan closed with its required tasks done: Food and Music unlock at once, due dates are "
        "set, and the owners are told in one comment.\n"
    ) in text
    assert "- Plan reopened: Food and Music lock again until it is done" in text
    assert "- If the day of the party itself moves, Host change the due date" in text
    assert "`gate::locked`, `gate::open` or `gate::done`" in text


def test_phase_that_waits_for_two_unlocks_with_the_last() -> None:
    """Whoever is first learns that another one is awaited."""
    text = page(phases__music__after=["plan", "food"], phases__food__tasks__0__needs=["shop"])
    assert "Food closed with its required tasks done: Music unlocks, as soon as Plan is" in text
    assert "- Food reopened: Music locks again" in text


def test_single_phase_locks_nothing() -> None:
    """Where no phase waits, nothing is said of locked phases."""
    text = page(
        phases__food=GONE, phases__music=GONE, roles__band=GONE, phases__plan__title="All of it"
    )
    assert "A locked phase" not in text
    assert "- What is finished stays finished" in text
    assert "When All of it is complete, closing the root issue" in text


def test_request_is_explained() -> None:
    """Label, headings, keys and examples are there to copy."""
    text = section(page(), "## How to ask for it")
    assert "put the label `party::wanted` on it" in text
    assert "Launches are told apart by: Guest of honour." in text
    assert rows(text) == [
        ["Guest of honour", "`guest`", "", "`Ada`"],
        ["Place", "`place`", "May be left out.", "`Garden`"],
        [
            "Day of the party",
            "`party_day`",
            "A date, written as year-month-day.",
            "`2027-05-01`",
        ],
    ]


def test_no_text_breaks_a_table() -> None:
    """Bars, line breaks, tags and quotes of an author stay text."""
    text = page(
        phases__plan__title='Plan | "A" or <b>B</b> & C &lt;',
        phases__plan__tasks__0__hint="one\n\n| two |",
        labels__launch="a`b|c",
    )
    assert all(len(row) == 7 for row in rows(section(text, "## 2. Food")))
    assert '| Plan \\| "A" or &lt;b>B&lt;/b> & C &amp;lt; | Host |' in text
    assert 'phase1["Plan | #quot;A#quot; or &lt;b>' in text
    assert "`` a`b|c ``" in text


def test_conditions_are_said() -> None:
    """Of a phase and of a task, in the words of the request."""
    text = page(
        phases__food__when='place == "Garden"',
        phases__plan__tasks__1__when='guest in ["Ada", "Bea"]',
    )
    assert "- **Condition:** only where Place is Garden" in text
    assert "| Shop *(only where Guest of honour is Ada or Bea)* |" in text


def test_what_an_input_may_be_is_said() -> None:
    """Its choices, its default and its form."""
    place = {"title": "Place", "example": "Hall", "choices": ["Hall", "Garden"], "default": "Hall"}
    version = {"title": "Version", "example": "1.2", "type": "version"}
    text = page(inputs__place=place, inputs__version=version)
    table = {row[1]: row[2] for row in rows(section(text, "## How to ask for it"))}
    assert table["`place`"] == "One of `Hall`, `Garden`. If left out: `Hall`."
    assert table["`version`"] == "A version, such as `1.2.3`."


def test_how_a_date_follows_is_said() -> None:
    """And which label says what."""
    day = {"title": "Day", "example": "2027-05-01", "type": "date", "default": "today"}
    clean = {
        "title": "Clean by",
        "example": "2027-05-02",
        "type": "date",
        "counts": [
            {"business_days": 0, "after": "day", "when": 'place == "Hall"'},
            {"business_days": 1, "after": "day"},
        ],
    }
    place = {"title": "Place", "example": "Hall", "labels": {"at::hall": "Hall"}}
    text = page(inputs__day=day, inputs__clean=clean, inputs__place=place)
    table = {row[1]: row[2] for row in rows(section(text, "## How to ask for it"))}
    assert table["`clean`"] == (
        "A date, written as year-month-day. If left out: the same as Day (only where Place is "
        "Hall), else 1 business day after Day."
    )
    assert table["`place`"] == "With the label `at::hall`: `Hall`."
    assert table["`day`"].endswith("If left out: `today`.")


def test_page_tells_how_the_documentation_goes_out() -> None:
    """With the days and the roles of the process; a process without says nothing of it."""
    documentation = {
        "project": "house",
        "phase": "food",
        "paths": ["doc/*"],
        "section": "guest",
        "reviewers": "band",
    }
    told = page(documentation=documentation)
    assert "### The documentation is written" in told
    assert "holds the merge until 09:00 on the launch date" in told
    assert "Band review it 8 business days before the launch date" in told
    assert "approve it 3 business days before" in told
    assert "within 1 business day after the launch date" in told
    assert "documentation" not in page()
