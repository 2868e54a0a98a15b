"""A line is a command or a mistake, and a mistake says what would be right."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands.command import Command, MergeRequest, Scope, Target
from bot.domain.commands.grammar import LONGEST, parse, render
from bot.domain.commands.lines import Line, read
from bot.domain.commands.table import VERBS, Argument
from bot.domain.messages import mentions
from bot.domain.process import Process
from bot.domain.rendering import has_quick_action
from tests.domain.commands.scopes import PARTY, WEDNESDAY, mistake, scope, understood
from tests.domain.definitions import process

CAKE = Target("task", "cake")
FOOD = Target("phase", "food")
COOK = Target("role", "cook")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("status", Command("status")),
        ("STATUS", Command("status")),
        ("why", Command("why")),
        ("why cake", Command("why", CAKE)),
        ("why phase:food", Command("why", FOOD)),
        ("why `Cake`", Command("why", CAKE)),
        ("assign cook @bob", Command("assign", COOK, user="@bob")),
        ("assign food me", Command("assign", FOOD, user="me")),
        ("assign cake Me", Command("assign", CAKE, user="me")),
        ("effort food 2w", Command("effort", FOOD, business_days=10)),
        ("due food next friday", Command("due", FOOD, day=date(2026, 10, 9))),
        ("due cake 2026-12-24", Command("due", CAKE, day=date(2026, 12, 24))),
        ("done cake", Command("done", CAKE)),
        ("done cake see it's there", Command("done", CAKE, evidence="see it's there")),
        ("done cake because I say so", Command("done", CAKE, evidence="because I say so")),
        ("undo eggs", Command("undo", Target("task", "eggs"))),
        ("skip wine because rain", Command("skip", Target("task", "wine"), because="rain")),
        ("unlock food because time", Command("unlock", FOOD, because="time")),
        ("close food BECAUSE because", Command("close", FOOD, because="because")),
        ("waiting partner", Command("waiting")),
        ("waiting partner because review", Command("waiting", because="review")),
        ("partner replied", Command("partner")),
        ("escalate", Command("escalate")),
        ("escalate because silence", Command("escalate", because="silence")),
        ("docs !12", Command("docs", request=MergeRequest(12))),
        ("docs !12+s", Command("docs", request=MergeRequest(12))),
        ("docs a/b.c/d-e!7", Command("docs", request=MergeRequest(7, "a/b.c/d-e"))),
        (
            "docs https://git.example.com:8443/a/b/-/merge_requests/3/diffs?x=1#note_5",
            Command("docs", request=MergeRequest(3, "https://git.example.com:8443/a/b")),
        ),
        ("date +5bd because rain", Command("date", day=date(2026, 10, 8), because="rain")),
        ("go", Command("go")),
        ("no-go because of it", Command("no-go", because="of it")),
        ("live", Command("live")),
        ("pause because x", Command("pause", because="x")),
        ("resume", Command("resume")),
        ("cancel because x", Command("cancel", because="x")),
        ("delegate cook @cy", Command("delegate", COOK, user="@cy")),
        (
            "delegate cook @cy until tomorrow",
            Command("delegate", COOK, user="@cy", day=date(2026, 10, 1)),
        ),
        ("reinstate cook", Command("reinstate", COOK)),
        ("plan done cake", Command("plan", planned=Command("done", CAKE))),
        ("help", Command("help")),
        ("help no-go", Command("help", Target("verb", "no-go"))),
        ("", Command("help")),
        ("set guest=Eve", Command("set", values=(("guest", "Eve"),))),
        (
            'set Guest="Eve \\"E\\" \\\\ Adams" place=',
            Command("set", values=(("guest", 'Eve "E" \\ Adams'), ("place", ""))),
        ),
        ("set guest=\u201cEve A\u201d", Command("set", values=(("guest", "Eve A"),))),
    ],
)  # fmt: skip
def test_line_is_understood(line: str, wanted: Command) -> None:
    """Each verb with what it takes."""
    assert understood(line) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("start party", Command("start", Target("process", "party"))),
        (
            "start party party-day=friday place=Park",
            Command(
                "start",
                Target("process", "party"),
                values=(("party_day", "2026-10-02"), ("place", "Park")),
            ),
        ),
        ("help", Command("help")),
        ("plan start party", Command("plan", planned=Command("start", Target("process", "party")))),
    ],
)
def test_some_commands_need_no_launch(line: str, wanted: Command) -> None:
    """They can be given anywhere."""
    assert understood(line, scope(None, running=False)) == wanted


def test_request_takes_all_its_values() -> None:
    """Before the launch runs, the launch date is a value like the others."""
    command = understood("set party_day=2026-12-24", scope(running=False))
    assert command.values == (("party_day", "2026-12-24"),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sttus", "There is no command `sttus`; did you mean `status`?"),
        ("xyzzy", "There is no command `xyzzy`; `/launch help` lists them all."),
        ("done", "`TASK` is missing: write `/launch done TASK [evidence]`."),
        ("done caek", "There is no task `caek`; did you mean `cake`?"),
        ("done zzzzz", "there are: `invite`, `shop`, `eggs`, `wine`, `cake`, `song`."),
        ("done food", "There is no task `food`; "),
        ("done phase:food", "There is no task `phase:food`; "),
        ("due fod friday", "There is no phase or task `fod`; did you mean `food`?"),
        ("due root friday", "the launch as a whole, write `/launch date DATE because ...`."),
        ("due food", "`DATE|+5bd` is missing"),
        ("due food sometime", "`sometime` is no day that I know: write 2027-03-31, +5bd"),
        ("due food friday because x", "`because x` is too much"),
        ("due food 2026-09-29", "Tuesday, 2026-09-29 is past; today is Wednesday, 2026-09-30."),
        ("assign cook", "`@user|me` is missing"),
        ("assign cook bob", "`bob` names no person: write `@user` or `me`."),
        ("assign cook @", "`@` names no person"),
        ("assign cook @a/b", "`@a/b` names no person"),
        ("effort food much", "`much` is no effort that I know: write `5d|2w`"),
        ("effort cook 5d", "There is no phase `cook`; "),
        ("skip wine", "Please say why: write `/launch skip TASK because ...`."),
        ("skip wine because", "Please say why"),
        ("skip because x", "`TASK` is missing"),
        ("skip wine nobody asked", "Please say why"),
        ("escalate because", "Please say why"),
        ("escalate now", "`now` is too much: write `/launch escalate [because ...]`."),
        ("status now", "`now` is too much: write `/launch status`."),
        ("go because x", "`because x` is too much"),
        ("waiting", "`partner` is missing"),
        ("waiting provider", "I do not know `provider` here; did you mean `partner`?"),
        ("date because x", "`DATE` is missing"),
        ("docs 12", "`12` is no merge request: write `!12`, `group/project!12` or its address."),
        ("docs https://x.org/a/b/-/issues/12", "is no merge request"),
        ("docs !0", "is no merge request"),
        ("delegate cook @cy until", "`DATE` is missing"),
        ("delegate cook @cy friday", "`friday` is too much"),
        ("plan", "`COMMAND` is missing"),
        ("plan plan go", "A plan of a plan is too much"),
        ("plan done caek", "did you mean `cake`?"),
        ("help dnoe", "There is no command `dnoe`; did you mean `done`?"),
        ("set", "`key=value ...` is missing"),
        ("set gest=Eve", "There is no input `gest`; did you mean `guest`?"),
        ("set guest=Eve guest=Ada", "`guest` stands there twice."),
        ("set guest=Eve Adams", 'I cannot read `Adams`: write `key="a value"`'),
        ('set guest="Eve', "I cannot read"),
        ("set guest=", "`guest` is needed: give it a value, such as `Ada`."),
        (f"set guest={'x' * 201}", "`guest` is longer than 200 characters."),
        ("set party_day=friday", "The launch date moves by `/launch date DATE because ...`."),
        ("start prty", "There is no process `prty`; did you mean `party`?"),
        ("x" * (LONGEST + 1), "too long for me"),
        ("done `@eve`", "There is no task `'@eve'`"),
    ],
)
def test_mistake_says_what_would_be_right(line: str, words: str) -> None:
    """In one line, with the nearest name there is."""
    answer = mistake(line)
    assert words in answer
    assert "\n" not in answer


@pytest.mark.parametrize("line", ["status", "done cake", "plan go", "set guest=Eve"])
def test_without_launch_the_way_to_one_is_told(line: str) -> None:
    """Somebody may write into the wrong issue."""
    answer = mistake(line, scope(None, running=False))
    assert "There is no launch here yet; `/launch start PROCESS [key=value ...]`" in answer


def test_request_is_no_launch_yet() -> None:
    """What needs a running launch is refused on a request, too."""
    assert "no launch here yet" in mistake("go", scope(running=False))


def test_wrong_date_of_a_request_is_refused() -> None:
    """A value of type date is a day."""
    assert "is no day" in mistake("set party_day=soon", scope(running=False))


def test_names_of_two_kinds_are_told_apart() -> None:
    """A role may be called like a phase."""
    same = scope(process(roles__food={"title": "Food"}))
    choice = "write `role:food` or `phase:food`"
    assert choice in mistake("assign food me", same)
    assert understood("assign role:food me", same).target == Target("role", "food")
    assert understood("effort food 5d", same).target == FOOD


def test_long_lists_of_names_are_cut() -> None:
    """A mistake is answered in one line."""
    many = [{"id": f"t{n}", "title": "T", "done_when": "D"} for n in range(13)]
    answer = mistake("done zzzzz", scope(process(phases__food__tasks=many)))
    assert answer.endswith("...") or "...." in answer


def test_nothing_to_choose_from_is_said() -> None:
    """An installation may have no process."""
    assert mistake("start x", replace(scope(), processes={})).endswith("there are: none.")


@pytest.mark.parametrize(
    ("project", "path"),
    [
        ("", ""),
        ("a/b", "a/b"),
        ("https://git.example.com/x/a/b", "a/b"),
        ("https://git.example.com.evil.org/x/a/b", None),
        ("http://git.example.com/x/a/b", None),
    ],
)
def test_address_leads_to_our_gitlab_only(project: str, path: str | None) -> None:
    """No address from a comment is ever asked for anything."""
    assert MergeRequest(1, project).path("https://git.example.com/x/") == path


def test_command_without_its_arguments_is_written_as_far_as_it_goes() -> None:
    """A suggestion may leave to the person what only the person knows."""
    assert render(Command("docs")) == "docs"
    assert render(Command("assign", user="me")) == "assign me"
    assert render(Command("plan")) == "plan"


# --- Anything -----------------------------------------------------------------------------------


def answers(line: str, where: Scope) -> str:
    """What a person is told; for a command, how it is written."""
    answer = parse(Line(line, ""), where)
    return f"- `{render(answer)}`" if isinstance(answer, Command) else answer.text


PIECES = st.sampled_from(
    [
        *VERBS,
        "because",
        "until",
        "@bob",
        "me",
        "cake",
        "food",
        "cook",
        "party",
        "friday",
        "!12",
        "guest=",
        '"',
        "5d",
        "=",
        "\\",
        "`",
        ":",
        "partner",
        "replied",
        "+5bd",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8)).map(" ".join) | st.text(), st.booleans())
def test_any_line_is_a_command_or_a_mistake(line: str, running: bool) -> None:
    """Nothing raises, nobody is notified, and nothing that is answered runs."""
    for where in (scope(running=running), scope(None, running=False)):
        answer = answers(line, where)
        if not answer.startswith("- "):
            assert not mentions(answer)
        assert not has_quick_action(answer)
        assert not read(answer, "launch")


REASONS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1).filter(
    lambda text: bool(text.strip())
)
VALUES = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=' \\"'), max_size=9
)
PROJECTS = st.sampled_from(["", "a/b-c", "https://git.example.com/x/a.b"])


@st.composite
def commands(draw: st.DrawFn, of: Process = PARTY) -> Command:
    """Any command of the table, with any arguments that it takes."""
    verb = VERBS[draw(st.sampled_from(list(VERBS)))]
    parts: dict[str, Any] = {}
    for argument in verb.arguments:
        if not argument.optional or draw(st.booleans()):
            parts |= draw(_part(argument, of))
    if verb.because == "must" or (verb.because == "may" and draw(st.booleans())):
        parts["because"] = draw(REASONS)
    return Command(verb.name, **parts)


def _part(argument: Argument, of: Process) -> st.SearchStrategy[dict[str, Any]]:
    names = {
        "role": list(of.roles),
        "phase": list(of.phases),
        "task": list(of.tasks()),
        "process": ["party"],
        "verb": list(VERBS),
    }
    targets = [Target(kind, name) for kind in argument.among for name in names[kind]]
    given_values = st.tuples(st.tuples(st.just("place"), VALUES.map(str.strip)))
    parts: dict[str, tuple[str, st.SearchStrategy[Any]]] = {
        "target": ("target", st.sampled_from(targets or [COOK])),
        "user": ("user", st.sampled_from(["me", "@bob", "@_a.b-c"])),
        "day": ("day", st.dates(min_value=WEDNESDAY)),
        "effort": ("business_days", st.integers(1, 500)),
        "values": ("values", given_values),
        "request": ("request", st.builds(MergeRequest, st.integers(1, 999_999_999), PROJECTS)),
        "evidence": ("evidence", REASONS),
        "word": ("evidence", st.just("")),
        "command": ("planned", commands(of).filter(lambda inner: inner.verb != "plan")),
    }
    name, values = parts[argument.form]
    return values.map(lambda value: {name: value})


@given(commands())
def test_written_command_is_read_as_itself(command: Command) -> None:
    """What the bot suggests is what it understands."""
    assert understood(render(command)) == command
