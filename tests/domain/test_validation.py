"""Every mistake in a definition or configuration is found, with its place and its cure."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.problems import CHECKS, Problem
from bot.domain.validation import TEMPLATE_VARIABLES, check_configuration, check_process
from bot.domain.wording import GUESSES
from tests.domain.definitions import GONE, TEXTS, installation, party

Changes = dict[str, Any]
Path = tuple[str | int, ...]

DUE = {"business_days": 1, "before": "launch"}


def found(texts: dict[str, str | None] | None = None, /, **changes: object) -> tuple[Problem, ...]:
    """What is wrong with the changed party."""
    return check_process(party(**changes), "party", {**TEXTS, **(texts or {})})


def found_in_installation(**changes: object) -> tuple[Problem, ...]:
    """What is wrong with the changed configuration of an installation with the party."""
    return check_configuration(installation(**changes), {"party": party()}, ["party"])


def only(problems: tuple[Problem, ...]) -> Problem:
    """The one problem that there is."""
    (problem,) = problems
    return problem


def test_sound_definition_has_no_problem() -> None:
    """Nothing is said where nothing is wrong."""
    assert found() == ()
    assert found_in_installation() == ()


@pytest.mark.parametrize(
    ("change", "check", "path", "words", "nearest"),
    [
        pytest.param(
            {"tilte": "x"}, "unknown-key", ("tilte",), 'no key "tilte"', "title", id="unknown key"
        ),
        pytest.param(
            {"phases__plan__tasks__1__tasks__0__hnt": "x"},
            "unknown-key",
            ("phases", "plan", "tasks", 1, "tasks", 0, "hnt"),
            "",
            "hint",
            id="unknown key of a sub-item",
        ),
        pytest.param(
            {"phases__plan__due__days": 3},
            "unknown-key",
            ("phases", "plan", "due", "days"),
            "",
            None,
            id="unknown key of an optional part",
        ),
        pytest.param(
            {"root__template": GONE},
            "missing-key",
            ("root", "template"),
            'the key "template" is missing',
            None,
            id="missing key",
        ),
        pytest.param(
            {"phases__food__tasks__0__done_when": GONE},
            "missing-key",
            ("phases", "food", "tasks", 0, "done_when"),
            "",
            None,
            id="missing key of a task",
        ),
        pytest.param({"title": 5}, "wrong-type", ("title",), "quotes", None, id="number for text"),
        pytest.param({"title": None}, "wrong-type", ("title",), "is empty", None, id="no text"),
        pytest.param(
            {"phases__food__tasks__0__needs": "shop"},
            "wrong-type",
            ("phases", "food", "tasks", 0, "needs"),
            "should be a list",
            None,
            id="text for a list",
        ),
        pytest.param(
            {"phases__plan__tasks__0__needs": [1]},
            "wrong-type",
            ("phases", "plan", "tasks", 0, "needs", 0),
            "this is not of the right kind",
            None,
            id="number in a list of texts",
        ),
        pytest.param(
            {"labels__gate": "x"}, "wrong-type", ("labels", "gate"), "mapping", None, id="mapping"
        ),
        pytest.param(
            {"phases__plan__due__business_days": True},
            "wrong-type",
            ("phases", "plan", "due", "business_days"),
            "a whole number",
            None,
            id="true for a number",
        ),
        pytest.param(
            {"inputs__place__required": "maybe"},
            "wrong-type",
            ("inputs", "place", "required"),
            "true or false",
            None,
            id="text for true",
        ),
        pytest.param(
            {"phases__food__opens": "on-lable"},
            "wrong-value",
            ("phases", "food", "opens"),
            "is not allowed here",
            "on-label",
            id="unknown choice",
        ),
        pytest.param(
            {"phases__plan__tasks__0__evidence": "lnk"},
            "wrong-value",
            ("phases", "plan", "tasks", 0, "evidence"),
            '"lnk" is not allowed',
            "link",
            id="choice with a typo",
        ),
        pytest.param(
            {"phases__plan__due__business_days": 501},
            "wrong-value",
            ("phases", "plan", "due", "business_days"),
            '"501" is more than 500',
            None,
            id="too many days",
        ),
        pytest.param(
            {"phases__plan__due__business_days": -1},
            "wrong-value",
            ("phases", "plan", "due", "business_days"),
            "less than 0",
            None,
            id="negative days",
        ),
        pytest.param(
            {"phases__plan__due__before": "launch"},
            "wrong-value",
            ("phases", "plan", "due"),
            "give either",
            None,
            id="two anchors",
        ),
        pytest.param(
            {"phases__food__label": "x"},
            "wrong-value",
            ("phases", "food"),
            "go together",
            None,
            id="label without on-label",
        ),
        pytest.param(
            {"labels__launch": "a,b"},
            "wrong-value",
            ("labels", "launch"),
            "without commas",
            None,
            id="no label",
        ),
        pytest.param(
            {"phases__plan__title": "Plan\n\n/close"},
            "wrong-value",
            ("phases", "plan", "title"),
            "more than one line",
            None,
            id="several lines",
        ),
        pytest.param(
            {"title": "x" * 301}, "wrong-value", ("title",), "longer than 300", None, id="too long"
        ),
        pytest.param({"title": " "}, "wrong-value", ("title",), "is empty", None, id="blank"),
        pytest.param(
            {"phases__food__tasks": []},
            "wrong-value",
            ("phases", "food", "tasks"),
            '"tasks" is empty; at least one entry',
            None,
            id="no tasks",
        ),
        pytest.param(
            {"name": "feast"},
            "name-mismatch",
            ("name",),
            'called "feast" and its folder "party"',
            None,
            id="other name than the folder",
        ),
        pytest.param(
            {"root__role": "hots"}, "unknown-role", ("root", "role"), "", "host", id="role"
        ),
        pytest.param(
            {"phases__plan__tasks__1__tasks__0__role": "coock"},
            "unknown-role",
            ("phases", "plan", "tasks", 1, "tasks", 0, "role"),
            'no role "coock" is defined',
            "cook",
            id="role of a sub-item",
        ),
        pytest.param(
            {"phases__food__after": ["plan", "palns"]},
            "unknown-phase",
            ("phases", "food", "after", 1),
            "",
            "plan",
            id="phase",
        ),
        pytest.param(
            {"phases__food__tasks__0__needs": ["sing"]},
            "unknown-task",
            ("phases", "food", "tasks", 0, "needs", 0),
            'no task "sing"',
            "song",
            id="task",
        ),
        pytest.param(
            {"identity": ["guest", "guests"]},
            "unknown-input",
            ("identity", 1),
            "",
            "guest",
            id="input in the identity",
        ),
        pytest.param(
            {"root__due": "party-day"}, "unknown-input", ("root", "due"), "", "party_day", id="day"
        ),
        pytest.param(
            {"root__template": "rot.md.j2"},
            "unknown-template",
            ("root", "template"),
            "",
            "root.md.j2",
            id="template",
        ),
        pytest.param(
            {"root__template": "../party/root.md.j2"},
            "unknown-template",
            ("root", "template"),
            "in the folder of the process",
            "root.md.j2",
            id="template elsewhere",
        ),
        pytest.param(
            {"phases__food__tasks__0__id": "eggs"},
            "duplicate-task",
            ("phases", "food", "tasks", 0, "id"),
            'already that of a task of "plan"',
            None,
            id="id twice",
        ),
        pytest.param(
            {"phases__plan__tasks__0__needs": ["shop"]},
            "task-cycle",
            ("phases", "plan", "tasks", 0, "needs", 0),
            "invite -> shop -> invite",
            None,
            id="tasks in a circle",
        ),
        pytest.param(
            {"phases__plan__tasks__0__needs": ["invite"]},
            "task-cycle",
            ("phases", "plan", "tasks", 0, "needs", 0),
            "invite -> invite",
            None,
            id="task that needs itself",
        ),
        pytest.param(
            {"phases__plan__after": ["food"]},
            "phase-cycle",
            ("phases", "plan", "after", 0),
            "plan -> food -> plan",
            None,
            id="phases in a circle",
        ),
        pytest.param(
            {"phases__plan__tasks__0__needs": ["song"]},
            "unreachable-need",
            ("phases", "plan", "tasks", 0, "needs", 0),
            '"song" of "music" can only be done after "invite" of "plan"',
            None,
            id="need of a later phase",
        ),
        pytest.param(
            {"phases__music__after": ["food"]},
            "unreachable-need",
            ("phases", "food", "tasks", 0, "needs", 1),
            "can never have it first",
            None,
            id="need of the phase that waits",
        ),
        pytest.param(
            {"root__due": "guest"},
            "launch-date",
            ("root", "due"),
            "`type: date`",
            None,
            id="launch date that is no date",
        ),
        pytest.param(
            {"inputs__party_day__required": False},
            "launch-date",
            ("root", "due"),
            "is optional",
            None,
            id="optional launch date",
        ),
        pytest.param(
            {"identity": ["guest", "place"]},
            "identity",
            ("identity", 1),
            "cannot tell launches apart",
            None,
            id="optional input in the identity",
        ),
        pytest.param(
            {"labels__gate__open": "gate::locked"},
            "label-conflict",
            ("labels", "gate", "open"),
            "shows that a gate is locked",
            None,
            id="two gates of one label",
        ),
        pytest.param(
            {"phases__food__labels": ["music::wanted"]},
            "label-conflict",
            ("phases", "food", "labels", 0),
            'asks for the phase "music"',
            None,
            id="label for people that the bot acts on",
        ),
        pytest.param(
            {"labels__launch": "gate::launch"},
            "label-scope",
            ("labels", "gate", "open"),
            'both begin with "gate::"',
            None,
            id="labels that exclude each other",
        ),
        pytest.param(
            {"root__labels": ["party::fun"], "phases__food__labels": []},
            "label-scope",
            ("root", "labels", 0),
            '"party::running"',
            None,
            id="label for people that excludes the launch's",
        ),
        pytest.param(
            {"roles__clown": {"title": "Clown"}},
            "unused-role",
            ("roles", "clown"),
            "has no task and no phase",
            None,
            id="role without a task",
        ),
        pytest.param(
            {"inputs__colour": {"title": "Colour", "example": "red"}},
            "unused-input",
            ("inputs", "colour"),
            "never used",
            None,
            id="input without a use",
        ),
        pytest.param(
            {"phases__plan__due": GONE},
            "undated-phase",
            ("phases", "plan"),
            "no due rule",
            None,
            id="phase without a date",
        ),
        pytest.param(
            {"phases__food__tasks__0__needs": ["wine"]},
            "optional-need",
            ("phases", "food", "tasks", 0, "needs", 0),
            'needs the optional task "wine"',
            None,
            id="required task that needs an optional one",
        ),
        pytest.param(
            {"root__title": "Party for {{ gest }}"},
            "template-variable",
            ("root", "title"),
            'no variable "gest"',
            "guest",
            id="variable in the title",
        ),
        pytest.param(
            {"root__title": "Party for {{ roles }}"},
            "template-variable",
            ("root", "title"),
            'no variable "roles"',
            None,
            id="variable that only texts have",
        ),
    ],
)
def test_mistake_is_found_with_its_place_and_cure(
    change: Changes, check: str, path: Path, words: str, nearest: str | None
) -> None:
    """One mistake gives one problem: which rule, where, why, and what was meant."""
    problem = only(found(**change))
    assert (problem.check, problem.path, problem.nearest) == (check, path, nearest)
    assert words in problem.message


@pytest.mark.parametrize(
    ("change", "check", "words"),
    [
        pytest.param({"phases__eggs": "x"}, "ambiguous-name", "also the name of a phase", id="id"),
        pytest.param({"phases__root": "x"}, "reserved-name", "means the root issue", id="phase"),
        pytest.param({"phases__Plan_B": {}}, "wrong-value", "small letters", id="form of a name"),
        pytest.param(
            {"phases__plan__tasks__0__id": "root"}, "reserved-name", "means the root", id="task"
        ),
        pytest.param(
            {"inputs__title": {"title": "Name", "example": "x"}},
            "reserved-name",
            "means something else in templates",
            id="input named like a variable",
        ),
        pytest.param(
            {"inputs__party-day": {"title": "Day", "example": "x"}},
            "reserved-name",
            "write words joined by _",
            id="input that no template can name",
        ),
        pytest.param(
            {"inputs__2nd": {"title": "Second", "example": "x"}},
            "reserved-name",
            "write words joined by _",
            id="input that begins with a digit",
        ),
        pytest.param(
            {"inputs__none": {"title": "Nobody", "example": "x"}},
            "reserved-name",
            "cannot be used in templates",
            id="input named like a word of the language",
        ),
        pytest.param(
            {"inputs__place__title": "GUEST"},
            "ambiguous-name",
            'cannot tell "place" from "guest"',
            id="input titled like another one",
        ),
        pytest.param(
            {"root__due": GONE},
            "launch-date",
            "no launch date to count back from",
            id="no launch date",
        ),
    ],
)
def test_mistake_is_among_others(change: Changes, check: str, words: str) -> None:
    """A mistake that brings others with it is named all the same."""
    problems = [problem for problem in found(**change) if problem.check == check]
    assert words in only(tuple(problems)).message


def test_dates_without_a_launch_date_are_fine_after_openings() -> None:
    """A process without a launch date counts from openings only."""
    after = {"business_days": 1, "after": "opening"}
    changes = {
        "root__due": GONE,
        "inputs__party_day": GONE,
        "phases__food__due": after,
        "phases__music__due": after,
        "phases__food__tasks__0__due": GONE,
    }
    assert found(**changes) == ()


def test_all_mistakes_are_told_at_once() -> None:
    """A wrong key hides no wrong name: form and meaning are judged apart."""
    problems = found(
        colour="red", title=GONE, root__role="hots", phases__food__tasks__0__needs=["sing"]
    )
    assert {problem.check for problem in problems} == {
        "unknown-key",
        "missing-key",
        "unknown-role",
        "unknown-task",
    }


def test_allowed_words_are_told() -> None:
    """Whoever is wrong learns what would be right."""
    problem = only(found(phases__food__opens="never"))
    assert problem.allowed == ("at-start", "when-unlocked", "on-label")
    problem = only(found(root__role="king"))
    assert problem.allowed == ("host", "cook", "band")
    problem = only(found(labels__gate__opn="x"))
    assert problem.allowed == ("locked", "open", "done")


def test_need_of_an_earlier_phase_is_fine() -> None:
    """A later phase may need what was done before; a long chain is no circle."""
    assert found(phases__music__tasks__0__needs=["eggs"]) == ()


def test_need_through_other_phases_is_followed() -> None:
    """What is needed may itself need something that unlocks too late."""
    problems = found(
        phases__plan__tasks__0__needs=["song"],
        phases__music__after=[],
        phases__music__tasks__0__needs=["cake"],
    )
    assert "unreachable-need" in {problem.check for problem in problems}


def test_two_circles_are_two_problems() -> None:
    """Circles that share nothing are told one by one."""
    problems = found(
        phases__plan__tasks__0__needs=["shop"],
        phases__food__tasks__0__needs=["cake"],
    )
    assert [problem.check for problem in problems] == ["task-cycle", "task-cycle"]


def test_unknown_names_make_no_circle() -> None:
    """What does not exist is one mistake, not two."""
    problem = only(found(phases__food__after=["plan", "nowhere"]))
    assert problem.check == "unknown-phase"


def test_only_the_first_unknown_names_are_guessed_at() -> None:
    """Hundreds of guesses would take minutes; every name is still told, with its place."""
    problems = found(phases__food__after=[f"plan{number}" for number in range(300)])
    assert [problem.path[-1] for problem in problems] == [*range(300)]
    guessed = [problem for problem in problems if problem.nearest]
    assert guessed == [problem for problem in problems if problem.allowed] == [*problems[:GUESSES]]


def test_warnings_are_marked() -> None:
    """A warning says what is odd, not what is wrong."""
    assert only(found(phases__plan__due=GONE)).severity == "warning"
    assert only(found(root__role="king")).severity == "error"


# --- Texts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "check", "line", "words"),
    [
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}\n\n{% if %}",
            "template-syntax",
            3,
            "not a valid template",
            id="syntax",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}\n{{ tasks|sing }}",
            "template-syntax",
            2,
            "sing",
            id="unknown filter",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}\n{{ gest }}",
            "template-variable",
            2,
            'no variable "gest"',
            id="unknown variable",
        ),
        pytest.param(
            "root.md.j2",
            "{{ place }}\n{{ tasks }}",
            "template-variable",
            2,
            "only the text of a phase has it",
            id="tasks in the root's text",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}\n\n{{ roles.king.title }}",
            "template-failure",
            3,
            "king",
            id="unknown role",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}{{ 1 / 0 }}",
            "template-failure",
            1,
            "division by zero",
            id="arithmetic",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks.__class__ }}{{ tasks }}",
            "template-failure",
            1,
            "unsafe",
            id="a way out of the sandbox",
        ),
        pytest.param(
            "phase.md.j2",
            '{{ tasks }}{% include "root.md.j2" %}',
            "template-syntax",
            1,
            "{% include %} is no part of our templates",
            id="another template",
        ),
        pytest.param(
            "phase.md.j2",
            "{{ tasks }}\n /close\n",
            "quick-action",
            2,
            "quick action",
            id="quick action",
        ),
        pytest.param(
            "phase.md.j2", "Do it.", "template-tasks", 1, "put {{ tasks }} where", id="no tasks"
        ),
    ],
)
def test_text_that_cannot_be_used_is_found(
    name: str, text: str, check: str, line: int, words: str
) -> None:
    """What would fail in a launch fails here, with the line in the template."""
    problems = found({name: text})
    assert {(problem.check, problem.file, problem.line) for problem in problems} == {
        (check, name, line)
    }
    assert words in problems[0].message


def test_every_variable_can_be_used() -> None:
    """The variables that are promised are there, with all that is in them."""
    names = " ".join(f"{{{{ {name} }}}}" for name in TEMPLATE_VARIABLES)
    parts = (
        "{% for p in phases %}{{ p.name }}{{ p.title }}{{ p.done_when }}{{ p.role_title }}"
        "{{ p.issue }}{% endfor %}{{ roles.host.title }}{{ roles['cook'].people }}{{ phase.name }}"
        "{% for i in range(3) %}{{ i }}{% endfor %}{{ guest }}"
    )
    assert found({"phase.md.j2": f"{names} {parts}"}) == ()


def test_unused_text_is_a_warning() -> None:
    """A template that no issue uses is likely a slip."""
    problem = only(found({"old.md.j2": "x"}))
    assert (problem.check, problem.severity, problem.file) == (
        "unused-template",
        "warning",
        "old.md.j2",
    )


def test_unreadable_text_is_not_judged() -> None:
    """Whoever read it has said so already."""
    assert found({"phase.md.j2": None}) == ()


def test_definition_without_phases_can_be_judged() -> None:
    """Texts are filled in with what there is."""
    checks = {problem.check for problem in found(phases={}, root__title="{{ guest }}")}
    assert checks == {"unused-role", "wrong-value"}


def test_what_seems_unused_may_be_misspelled() -> None:
    """A role, text or input that is misspelled where it is used is one mistake, not two."""
    assert only(found(phases__music__role="bnad")).check == "unknown-role"
    assert only(found(root__template="rot.md.j2")).check == "unknown-template"
    assert only(found(root__due="party-day")).check == "unknown-input"


# --- The installation ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "check", "path", "words", "nearest"),
    [
        pytest.param(
            {"role": {}}, "unknown-key", ("role",), 'no key "role"', "roles", id="unknown key"
        ),
        pytest.param(
            {"roles__cook": []},
            "role-without-people",
            ("roles", "cook"),
            'nobody holds the role "cook" of the process "party"',
            None,
            id="role without people",
        ),
        pytest.param(
            {"roles__cook": GONE},
            "role-without-people",
            ("roles",),
            'nobody holds the role "cook"',
            None,
            id="role that is missing",
        ),
        pytest.param(
            {"roles__king": ["leo"]},
            "unknown-role",
            ("roles", "king"),
            'no process has a role "king"',
            None,
            id="role of no process",
        ),
        pytest.param(
            {"roles__cook": ["@bob"]},
            "wrong-value",
            ("roles", "cook", 0),
            "without @",
            None,
            id="user name with @",
        ),
        pytest.param(
            {"roles__cook": "bob"},
            "wrong-type",
            ("roles", "cook"),
            "should be a list",
            None,
            id="one person without a list",
        ),
        pytest.param(
            {"projects__stage": GONE},
            "unknown-project",
            ("projects",),
            'the process "party" needs a project called "stage"',
            None,
            id="project that is missing",
        ),
        pytest.param(
            {"projects__house": "house"},
            "wrong-value",
            ("projects", "house"),
            "write its path, such as group/project",
            None,
            id="project without a group",
        ),
        pytest.param(
            {"projects__house": 1.5},
            "wrong-type",
            ("projects", "house"),
            "should be text",
            None,
            id="project with a fraction",
        ),
        pytest.param(
            {"processes": ["pary"]},
            "unknown-process",
            ("processes", 0),
            'no process "pary"',
            "party",
            id="process",
        ),
        pytest.param(
            {"calendar__timezone": "Europe/Pari"},
            "timezone",
            ("calendar", "timezone"),
            'no time zone "Europe/Pari"',
            "Europe/Paris",
            id="time zone",
        ),
        pytest.param(
            {"calendar__timezone": "Europe"},
            "timezone",
            ("calendar", "timezone"),
            "write for instance",
            "Europe/Rome",
            id="half a time zone",
        ),
        pytest.param(
            {"calendar__timezone": "../etc"},
            "timezone",
            ("calendar", "timezone"),
            "no time zone",
            None,
            id="way out of the zones",
        ),
        pytest.param(
            {"calendar__country": "de"},
            "country",
            ("calendar", "country"),
            "write two letters",
            "DE",
            id="country",
        ),
        pytest.param(
            {"calendar__subdivision": "Bayer"},
            "country",
            ("calendar", "subdivision"),
            'no subdivision "Bayer" is defined of "DE"',
            "Bayern",
            id="subdivision",
        ),
        pytest.param(
            {"calendar__country": GONE},
            "country",
            ("calendar", "subdivision"),
            "needs a country",
            None,
            id="subdivision without a country",
        ),
        pytest.param(
            {"calendar__holidays": ["christmas"]},
            "wrong-type",
            ("calendar", "holidays", 0),
            "such as 2026-12-24",
            None,
            id="holiday",
        ),
        pytest.param(
            {"resync_minutes": 0},
            "wrong-value",
            ("resync_minutes",),
            "less than 1",
            None,
            id="minutes",
        ),
    ],
)
def test_mistake_in_a_configuration_is_found(
    change: Changes, check: str, path: Path, words: str, nearest: str | None
) -> None:
    """The same for the installation, where what a process asks for is missing."""
    problem = only(found_in_installation(**change))
    assert (problem.check, problem.path, problem.nearest) == (check, path, nearest)
    assert words in problem.message


def test_misnamed_role_and_project_are_told_on_both_sides() -> None:
    """Something is missing, and something close to it is there."""
    problems = found_in_installation(
        roles__cok=["bob"], roles__cook=GONE, projects__stgae=7, projects__stage=GONE
    )
    assert [(problem.check, problem.severity, problem.nearest) for problem in problems] == [
        ("role-without-people", "error", None),
        ("unknown-role", "warning", "cook"),
        ("unknown-project", "error", None),
        ("unknown-project", "warning", "stage"),
    ]


def test_misspelled_project_whose_releases_start_launches_is_told() -> None:
    """It may be missing, so that nothing else would tell why no release starts anything."""
    version = {"title": "Version", "example": "1.2", "type": "version"}
    data = party(
        inputs__guest__choices=["Ada"],
        inputs__guest__example="Ada",
        inputs__version=version,
        releases={"project": "product", "each": "guest", "version": "version"},
    )

    def found(**projects: object) -> list[tuple[str, Path, str | None]]:
        text = installation(**{f"projects__{name}": at for name, at in projects.items()})
        problems = check_configuration(text, {"party": data}, ["party"])
        return [(one.severity, one.path, one.nearest) for one in problems]

    assert found() == found(product="home/cake") == found(other="home/other") == []
    assert found(prodcut="home/cake") == [("warning", ("projects", "prodcut"), "product")]
    assert found(prodcut="home/cake", product="home/pie") == []


def test_other_projects_may_be_there() -> None:
    """A project that no process names may serve another end."""
    assert found_in_installation(projects__docs="home/docs") == ()


def test_only_running_processes_need_people() -> None:
    """A process that is not run asks for nothing."""
    data = installation(roles={"king": ["leo"]}, projects={})
    assert check_configuration(data, {"party": party()}, []) == ()


def test_one_label_cannot_ask_for_two_processes() -> None:
    """A request would be ambiguous."""
    processes = {"party": party(), "feast": party(name="feast")}
    problem = only(check_configuration(installation(), processes, list(processes)))
    assert problem.check == "label-conflict"
    assert 'asks for "party" and for "feast"' in problem.message


# --- Anything -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="list"),
        pytest.param("party", id="text"),
        pytest.param(5, id="number"),
    ],
)
def test_document_that_is_no_mapping_is_one_mistake(document: object) -> None:
    """Nothing more can be said of it."""
    problem = only(check_process(document, "party", {}))
    assert (problem.check, problem.path) == ("wrong-type", ())
    assert "the file" in problem.message
    assert {p.check for p in check_configuration(document, {}, [])} == {"wrong-type"}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside),
    max_leaves=8,
)


def paths(value: object, path: Path = ()) -> list[Path]:
    """Every place in a document."""
    if isinstance(value, dict):
        return [path, *(p for key, v in value.items() for p in paths(v, (*path, key)))]
    if isinstance(value, list):
        return [path, *(p for index, v in enumerate(value) for p in paths(v, (*path, index)))]
    return [path]


@given(st.data())
def test_no_change_breaks_the_checks(data: st.DataObject) -> None:
    """Whatever stands anywhere in a definition, there are problems or none, and each has a name."""
    document = party()
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(paths(document)[1:]))
        here: Any = document
        for step in way:
            here = here[step]
        here[last] = data.draw(VALUES)
    for problem in check_process(document, "party", dict(TEXTS)):
        assert problem.check in CHECKS
    check_configuration(document, {"party": document}, ["party"])


@given(VALUES)
def test_no_configuration_breaks_the_checks(value: object) -> None:
    """The same for a configuration."""
    data = {**installation(), "roles": value, "projects": value, "calendar": value}
    for problem in check_configuration(data, {"party": party()}, ["party"]):
        assert problem.check in CHECKS


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_configuration_that_is_no_mapping_has_one_mistake(value: object) -> None:
    """Nothing that would be missing in it is told."""
    problem = only(check_configuration(value, {"party": party()}, ["party"]))
    assert (problem.check, problem.path) == ("wrong-type", ())


CLEAN = {
    "title": "Clean by",
    "example": "2027-05-02",
    "type": "date",
    "counts": [{"business_days": 1, "after": "party_day"}],
}
CHOICES = {"title": "Place", "example": "Hall", "choices": ["Hall", "Garden"]}


@pytest.mark.parametrize(
    ("change", "check", "path", "nearest"),
    [
        pytest.param(
            {"phases__food__when": 'plcae == "Hall"'},
            "unknown-input",
            ("phases", "food", "when"),
            "place",
            id="unknown input",
        ),
        pytest.param(
            {"phases__plan__tasks__1__tasks__0__when": 'place in ["Hall", "Gardn"]'},
            "unknown-choice",
            ("phases", "plan", "tasks", 1, "tasks", 0, "when"),
            "Garden",
            id="unknown value",
        ),
        pytest.param(
            {"phases__food__when": "place is Hall"},
            "wrong-value",
            ("phases", "food", "when"),
            None,
            id="no condition",
        ),
        pytest.param(
            {"phases__food__tasks__0__when": 'place == "Hall"'},
            "empty-phase",
            ("phases", "food"),
            None,
            id="phase that could be empty",
        ),
        pytest.param(
            {f"phases__{name}__when": 'place == "Hall"' for name in ("plan", "food", "music")},
            "empty-phase",
            ("phases", "plan"),
            None,
            id="process that could be empty",
        ),
        pytest.param(
            {"inputs__place__default": "Kitchen"},
            "wrong-value",
            ("inputs", "place"),
            None,
            id="default that is no choice",
        ),
        pytest.param(
            {"inputs__place__labels": {"at::kitchen": "Kitchen"}},
            "wrong-value",
            ("inputs", "place"),
            None,
            id="label for what is no choice",
        ),
        pytest.param(
            {"inputs__place__labels": {"party::wanted": "Hall"}},
            "label-conflict",
            ("inputs", "place", "labels", "party::wanted"),
            None,
            id="label with two purposes",
        ),
        pytest.param(
            {"inputs__party_day__choices": ["2027-05-01"]},
            "wrong-value",
            ("inputs", "party_day"),
            None,
            id="date with choices",
        ),
        pytest.param(
            {"inputs__clean": {**CLEAN, "type": "text"}, "phases__food__when": 'clean == "x"'},
            "wrong-value",
            ("inputs", "clean"),
            None,
            id="text that is counted",
        ),
        pytest.param(
            {"inputs__party_day__counts": [{"business_days": 1, "after": "prty_day"}]},
            "counted-date",
            ("inputs", "party_day", "counts", 0, "after"),
            None,
            id="counted from nothing",
        ),
        pytest.param(
            {"inputs__clean": {**CLEAN, "counts": [{"business_days": 1, "after": "prty_day"}]}},
            "counted-date",
            ("inputs", "clean", "counts", 0, "after"),
            "party_day",
            id="counted from a misspelled date",
        ),
        pytest.param(
            {"inputs__clean": CLEAN, "identity": ["guest", "clean"]},
            "identity",
            ("identity", 1),
            None,
            id="told apart by what follows",
        ),
        pytest.param(
            {"inputs__party_day__default": "2027-05-01"},
            "wrong-value",
            ("inputs", "party_day"),
            None,
            id="date with a default",
        ),
    ],
)
def test_mistake_in_a_condition_is_found(
    change: dict[str, object], check: str, path: Path, nearest: str | None
) -> None:
    """Conditions can hold, and leave something to do."""
    problem = only(found(inputs__place=dict(CHOICES), **change))
    assert (problem.check, problem.path, problem.nearest) == (check, path, nearest)


def test_what_supersedes_tells_launches_apart() -> None:
    """Otherwise two of them could never be there."""
    problem = only(
        found(
            inputs__version=VERSION,
            releases=None,
            supersedes="version",
            phases__food__when='version == "1"',
        )
    )
    assert (problem.check, problem.path) == ("unknown-input", ("supersedes",))


def test_sound_conditions_have_no_problem() -> None:
    """An input that only a condition uses is used."""
    wanted = {"title": "Size", "example": "big"}
    change = {"inputs__size": wanted, "phases__food__when": 'size == "big"'}
    assert found(**change) == ()


def test_input_with_a_default_tells_launches_apart() -> None:
    """It is always given, also where people may leave it out."""
    place = {**CHOICES, "default": "Hall", "required": False}
    assert found(inputs__place=place, identity=["guest", "place"]) == ()


def test_of_a_part_only_what_is_surely_wrong_is_told() -> None:
    """Where a task list could not be included, its tasks are not missed a second time."""
    data = party(phases__music__tasks=[], title=GONE)
    problems = check_process(data, "party", TEXTS, whole=False)
    assert [problem.check for problem in problems] == ["missing-key"]
    assert "unknown-task" in {problem.check for problem in check_process(data, "party", TEXTS)}


RELEASES = {"project": "house", "each": "place", "version": "version", "released": "party_day"}
VERSION = {"title": "Version", "example": "1.2", "type": "version"}


@pytest.mark.parametrize(
    ("change", "check", "path"),
    [
        pytest.param({}, None, (), id="sound"),
        pytest.param(
            {"releases": {**RELEASES, "each": "guest"}},
            "unknown-input",
            ("releases", "each"),
            id="no choices",
        ),
        pytest.param(
            {"releases": {**RELEASES, "version": "place"}},
            "unknown-input",
            ("releases", "version"),
            id="no version",
        ),
        pytest.param(
            {"inputs__band": {"title": "Band", "example": "Trio"}, "identity": ["guest", "band"]},
            "release-input",
            ("releases",),
            id="input that a release does not give",
        ),
    ],
)
def test_release_gives_what_is_needed(
    change: dict[str, object], check: str | None, path: Path
) -> None:
    """Nobody is there to be asked."""
    guest = {"title": "Guest", "example": "Ada", "default": "Ada"}
    base = {
        "inputs__guest": guest,
        "inputs__place": dict(CHOICES),
        "inputs__version": VERSION,
        "identity": ["guest", "version"],
        "releases": RELEASES,
    }
    problems = [
        (one.check, one.path) for one in found(**{**base, **change}) if one.severity == "error"
    ]
    assert (check, path) in problems if check else problems == []
