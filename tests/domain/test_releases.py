"""A release starts a launch for each provider that has an image, and nothing else does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.actions import CommentOnCommit, CreateIssue
from bot.domain.catalogue import Image
from bot.domain.observed import Cause, Observed, Refusal, Tag
from bot.domain.planner import plan
from bot.domain.process import ROOT, Process
from bot.domain.releases import LATE, Idle, Start, begun, judged
from tests.domain.world import World, definition

AT = datetime(2026, 2, 27, 12, tzinfo=UTC)
RULE = {"project": "factory", "each": "partner", "version": "version", "released": "out"}


def process(**more: Any) -> Process:
    """The small process, of which a release of the factory starts a launch for each partner."""
    raw = definition()
    out = {"title": "Out", "example": "2026-03-02", "type": "date", "default": "today"}
    raw["inputs"] = {
        "partner": {"title": "Partner", "example": "acme", "choices": ["acme", "bolt"]},
        "version": {"title": "Version", "example": "1.2", "type": "version"},
        "out": out,
    }
    raw["identity"] = ["partner", "version"]
    raw["root"]["due"] = "out"
    catalogue = {"provider": "partner", "version": "version"}
    return Process.model_validate({**raw, "releases": RULE, "catalogue": catalogue, **more})


def started(tag: str, *images: Image, project: int = 2, **more: Any) -> list[tuple[str, Any]]:
    """The ids and inputs of the launches that a release starts."""
    every = found(tag, *images, project=project, **more)
    return [(one.launch, dict(one.cause.inputs)) for one in every if isinstance(one, Start)]


def idle(tag: str, *images: Image, **more: Any) -> list[tuple[str, str]]:
    """What a release starts nothing for, and why."""
    every = found(tag, *images, **more)
    return [(one.what, one.why) for one in every if isinstance(one, Idle)]


def found(
    name: str, *images: Image, project: int = 2, at: datetime | None = AT, **more: Any
) -> list[Start | Idle]:
    """What becomes of a tag."""
    installation = replace(World(process()).observe().installation, images=images)
    tag = Tag(project, name, "c0ffee", at)
    return [*judged({"small": process(**more)}, installation, tag, AT + LATE)]


def test_release_starts_a_launch_for_each() -> None:
    """The tag gives the version, and the day is that of the release."""
    inputs = {"version": "1.2.0", "out": "2026-02-27"}
    assert started("v1.2.0+ee.1") == [
        ("r2-v1.2.0_ee.1-acme", {"partner": "acme", **inputs}),
        ("r2-v1.2.0_ee.1-bolt", {"partner": "bolt", **inputs}),
    ]


def test_id_tells_what_a_launch_is_about() -> None:
    """All but the day; of several values that fit the longest counts."""
    for launch, _ in started("v1.2.0+ee.1"):
        known = begun(process(), launch)
        assert known is not None
        assert known.inputs["version"] == "1.2.0"
        assert launch.endswith(f"-{known.inputs['partner']}")
    raw = process().model_dump(mode="json", exclude_none=True)
    raw["inputs"]["partner"]["choices"] = ["acme", "new-acme"]
    known = begun(Process.model_validate(raw), "r2-1.2-new-acme")
    assert known is not None
    assert known.inputs["partner"] == "new-acme"


@pytest.mark.parametrize("launch", ["i7", "i2-1.2-acme", "r2-1.2-other", "r2-acme"])
def test_other_ids_tell_nothing(launch: str) -> None:
    """Those of requests, and those that no release has."""
    assert begun(process(), launch) is None
    assert begun(Process.model_validate(definition()), "r2-1.2-acme") is None


def test_day_of_the_release_may_be_no_matter() -> None:
    """A process need not ask for it."""
    rule = {key: value for key, value in RULE.items() if key != "released"}
    assert started("1.2", releases=rule)[0] == (
        "r2-1.2-acme",
        {"partner": "acme", "version": "1.2"},
    )


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("nightly", "is no version such as"),
        ("v1", "is no version such as"),
        ("1.2; rm", "is no version such as"),
        ("1.2-" + "x" * 60, "is no version such as"),
        ("1.2-rc1", "is a candidate"),
        ("1.2-" + "x" * 40, "the tag is too long"),
    ],
)
def test_tag_that_is_no_release_starts_nothing(tag: str, why: str) -> None:
    """Nor does a candidate, or one that no id can hold; each with its reason."""
    partners = {"title": "P", "example": "a", "choices": ["a" * 20]}
    inputs = {**process().model_dump(exclude_defaults=True)["inputs"], "partner": partners}
    inputs["partner"]["example"] = "a" * 20
    assert started(tag, inputs=inputs) == []
    assert why in idle(tag, inputs=inputs)[0][1]


def test_tag_that_was_not_released_of_late_starts_nothing() -> None:
    """It may be released yet; the text of an old release may be edited, and that is no news."""
    ((_, why),) = idle("1.2", at=None)
    assert why == "GitLab has no release for this tag yet; it counts as soon as there is one"
    long_ago = AT - timedelta(seconds=1)
    assert idle("1.2", at=long_ago) == [("", "it was released more than seven days ago")]
    assert started("1.2", at=long_ago) == []


def untold(**more: Any) -> Observed:
    """A tag that starts nothing, of which nobody has been told."""
    tag = Tag(2, "nightly`/close", "c0ffee", None, (("", "it is no version"),))
    processes = {"small": process(), "other": Process.model_validate(definition())}
    return replace(World(process()).observe(), tag=replace(tag, **more), processes=processes)


def test_tag_that_starts_nothing_is_told_so_on_its_commit() -> None:
    """With what would have been started, why it is not, and what to do; nothing in it acts."""
    (action,) = plan(None, untold()).actions
    assert isinstance(action, CommentOnCommit)
    assert action.text == (
        "Releases of this project start **Small process**. For the tag `nightly'/close` "
        "I open nothing:\n\n- it is no version.\n\n"
        "If that is right, there is nothing to do. If not, open an issue with the label `ask` "
        "and say there what you need; I answer on it."
    )
    assert plan(None, untold()).describe().startswith("comment on the commit of the tag nightly")


def test_each_reason_names_what_it_is_for() -> None:
    """A tag may start nothing for several reasons."""
    (action,) = plan(None, untold(idle=(("acme", "there is one"), ("b@b", "none")))).actions
    assert isinstance(action, CommentOnCommit)
    assert "\n- **acme**: there is one.\n- **b@\u2060b**: none.\n" in action.text


@pytest.mark.parametrize(
    "more", [{"is_told": True}, {"commit": ""}, {"released": AT - timedelta(days=365)}]
)
def test_nothing_is_said_twice_or_where_it_is_no_news(more: dict[str, Any]) -> None:
    """Nor where GitLab does not show the commit."""
    assert plan(None, untold(**more)).actions == ()


def test_release_of_another_project_starts_nothing() -> None:
    """Nor does one of a process that asks for none, or lacks inputs."""
    assert started("1.2", project=1) == []
    assert started("1.2", releases=None) == []
    more = {"partner": {"title": "P", "example": "acme", "choices": ["acme"]}}
    asks = {**process().model_dump(exclude_defaults=True)["inputs"], **more}
    asks["who"] = {"title": "Who", "example": "x"}
    assert started("1.2", inputs=asks) == []
    assert idle("1.2", inputs=asks) == [("acme", "Who is missing")]


def test_package_gets_nothing() -> None:
    """What is offered where decides."""
    entry = {"kind": "package", "editions": ["ce"], "owner": "sales"}
    images = [
        Image.model_validate({**entry, "provider": "acme"}),
        Image.model_validate({**entry, "provider": "bolt", "kind": "image"}),
    ]
    assert [name for name, _ in started("1.2", *images)] == ["r2-1.2-bolt"]
    ((what, why),) = idle("1.2", *images)
    assert what == "acme"
    assert "a package was uploaded" in why


class Released(World):
    """A launch that a release starts."""

    cause = Cause("small", {"partner": "acme", "version": "1.2", "out": "2026-03-04"}, "v1.2")

    def observe(self) -> Any:
        """What the reader would see."""
        return replace(super().observe(), cause=self.cause)


def test_launch_of_a_release_has_no_request() -> None:
    """Its issues say so, nothing is owed to anybody, and it comes to rest."""
    world = Released(process()).settle()
    assert set(world.issues) == {ROOT, "scope", "build", "tell"}
    assert world.record().inputs["version"] == "1.2"
    assert world.record().owed == ()
    (root,) = [a for a in Released(process()).plan().actions if isinstance(a, CreateIssue)][:1]
    assert root.title == "Small: acme"


def test_launch_that_has_begun_is_found_again_by_its_release() -> None:
    """A crash after the root issue leaves no record; the release gives the inputs again."""
    world = Released(process())
    world.apply(world.plan().actions[:1])
    assert set(world.issues) == {ROOT}
    world.settle()
    assert world.record().inputs["partner"] == "acme"
    assert "tell" in world.issues


def test_release_for_what_runs_starts_nothing() -> None:
    """Nor for what is no image, lacks inputs, or where the bot may not work."""
    world = Released(process())
    world.rival = World(process()).request("partner: bolt\nversion: 1.2").settle().issues[ROOT]
    assert world.plan().actions == ()
    assert world.plan().describe().startswith("starts nothing: there is or was a launch")
    package = {"provider": "acme", "kind": "package", "editions": ["ce"], "owner": "sales"}
    needless = Released(process(), images=(Image.model_validate(package),)).plan()
    assert needless.actions == ()
    assert "a package was uploaded" in needless.why_not
    other = Released(process())
    other.cause = Cause("small", {"partner": "nobody", "version": "1.2"}, "v1.2")
    assert other.plan().actions == ()
    assert other.plan().why_not == "the release does not give every input"


def test_confidential_launch_is_not_shown_to_those_who_see_the_product() -> None:
    """The reason stands on a commit, and in the log."""
    world = Released(process())
    rival = World(process()).request("partner: bolt\nversion: 1.2").settle().issues[ROOT]
    world.rival = replace(rival, confidential=True)
    assert world.plan().why_not == "there is or was a launch for the same, which is confidential"


def test_release_waits_for_tomorrow_where_nothing_can_be_opened() -> None:
    """The project is hidden, or GitLab refused."""
    hidden = Released(process(), projects={"factory": 2})
    assert (hidden.plan().actions, hidden.plan().wake_at is None) == ((), False)
    refused = Released(process(), refusals=(Refusal("root.create", ROOT, "403"),))
    assert (refused.plan().actions, refused.plan().wake_at is None) == ((), False)
