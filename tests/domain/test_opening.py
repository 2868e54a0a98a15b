"""Opening issues: their titles, texts and places, whatever the request says."""

import pytest

from bot.domain.actions import CreateIssue
from bot.domain.messages import mentions
from bot.domain.opening import identity
from bot.domain.process import Process
from bot.domain.rendering import WORD_JOINER, has_quick_action
from tests.domain.world import REQUEST_TEXT, World, definition, process

SPITE = "@alice /close <!-- x --> [a](http://b) #1 {{ launch }}"


def _creations(world: World) -> dict[str, CreateIssue]:
    return {a.part: a for a in world.plan().actions if isinstance(a, CreateIssue)}


def _asked(partner: str, source: Process | None = None) -> World:
    return World(source or process()).request(REQUEST_TEXT.replace("Acme Cloud", partner))


def _process(**texts: str) -> Process:
    base = definition()
    base["texts"] = {f"{name}.md.j2": text for name, text in texts.items()}
    return Process.model_validate(base)


def test_titles_tell_the_issues_of_a_launch_apart() -> None:
    """The phase stands behind the title of the launch."""
    titles = {part: action.title for part, action in _creations(_asked("Acme")).items()}
    assert titles == {
        "root": "Small: Acme",
        "scope": "Small: Acme: Scope",
        "build": "Small: Acme: Build",
        "tell": "Small: Acme: Tell",
    }


def test_titles_tell_the_issues_apart_also_when_they_are_cut() -> None:
    """A long name is shortened, never what comes behind it."""
    base = definition()
    base["root"]["title"] = "Small: {{ partner }}, {{ partner }}"
    made = _creations(_asked("a" * 200, Process.model_validate(base)))
    titles = [action.title for action in made.values()]
    assert {len(title) for title in titles} == {255}
    assert [title[-7:] for title in titles[1:]] == [": Scope", ": Build", "…: Tell"]


def test_issues_stand_in_the_projects_of_their_teams() -> None:
    """As process and configuration say, with the labels of launch and gate."""
    made = _creations(_asked("Acme"))
    assert {part: action.project for part, action in made.items()} == {
        "root": 1,
        "scope": 1,
        "build": 2,
        "tell": 3,
    }
    assert made["root"].labels == ("run",)
    assert made["scope"].labels == ("run", "g::open")
    assert made["build"].labels == ("run", "g::locked")


@pytest.mark.parametrize("partner", [SPITE, "/close", "- [x] `talk`", "\u202e@alice", "``a``"])
def test_a_partner_does_nothing_in_titles_and_texts(partner: str) -> None:
    """It comes from a request that anybody may write."""
    source = _process(
        root="{{ partner }}\n\n{{ title }}", phase="- {{ partner }}\n{{ partner }}\n\n{{ tasks }}"
    )
    world = _asked(partner, source)
    for action in _creations(world).values():
        assert not mentions(f"{action.title}\n{action.text}")
        assert not has_quick_action(action.text)
        assert "<" not in action.text
    world.settle().tick("papers").edit("scope", closed=True).settle()
    assert world.gates()["scope"] == "open"


def test_templates_know_the_launch_its_phases_and_its_people() -> None:
    """What authors may use in their texts."""
    source = _process(
        root="{{ launch }} {{ title }} {{ root }} {{ request }} {{ roles.makers.people }}"
        "{% for part in phases %} {{ part.issue }}{% endfor %}",
        phase="{{ phase.title }} {{ phase.done_when }} {{ phase.role_title }} {{ root }} "
        "{{ roles.sales.title }}{% for part in phases %} {{ part.issue }}{% endfor %} {{ tasks }}",
    )
    world = _asked("Acme", source).settle()
    assert world.issues["root"].description == (
        "i900 Small: Acme this issue [the request](https://gitlab.test/request) `bob` "
        "Scope Build Tell"
    )
    assert world.issues["tell"].description.startswith(
        "Tell all is done Writers [the launch](https://gitlab.test/root) Sales Scope Build Tell - ["
    )


def test_an_issue_that_is_opened_later_links_to_those_that_are_there() -> None:
    """The others are known by then."""
    base = definition(tell={"opens": "when-unlocked"})
    base["texts"]["phase.md.j2"] = "{% for p in phases %}{{ p.issue }} {% endfor %}\n\n{{ tasks }}"
    world = _asked("Acme", Process.model_validate(base)).settle().finish("scope").settle()
    text = world.issues["tell"].description
    assert "[Scope](https://gitlab.test/scope) [Build](https://gitlab.test/build) Tell" in text


def test_an_optional_input_that_is_missing_is_empty() -> None:
    """Templates need not ask whether it is there."""
    base = definition()
    base["inputs"]["wish"] = {"title": "Wish", "example": "x", "required": False}
    base["texts"]["root.md.j2"] = "({{ wish }})"
    world = _asked("Acme", Process.model_validate(base)).settle()
    assert world.issues["root"].description == "()"


def test_launches_are_told_apart_by_process_and_identity() -> None:
    """The launch date does not count: it moves."""
    inputs = {"partner": "Acme", "launch_date": "2026-06-01"}
    assert identity(process(), inputs) == ("small", "Acme")


def test_a_mention_in_a_title_is_broken_up() -> None:
    """GitLab would notify whoever a title mentions."""
    assert _creations(_asked("@alice"))["root"].title == f"Small: @{WORD_JOINER}alice"
