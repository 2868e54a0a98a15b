"""What the planner does about documentation: linking, holding, judging, starting pipelines."""

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.actions import KeepVerdict, SetMergeAfter, StartPipeline
from bot.domain.alignment.facts import File, MergeRequest, Milestone
from bot.domain.alignment.linked import Comment, Linked, Pipeline, key, place
from bot.domain.alignment.verdict import Verdict
from bot.domain.process import Process
from bot.domain.record import Place
from tests.domain.world import ALICE, MONDAY, World, definition
from tests.domain.world import CAROL as WRITER

MOMENT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
DOCUMENTATION: dict[str, Any] = {
    "project": "press",
    "phase": "build",
    "paths": ["doc/*"],
    "section": "partner",
    "reviewers": "writers",
    "needs": ["words"],
}
ONE = "3:1"


def documented(**changes: Any) -> World:
    """A launch whose scope is done, of a process with documentation."""
    raw = {**definition(), "documentation": {**DOCUMENTATION, **changes}}
    world = World(Process.model_validate(raw)).request().settle()
    return world.finish("scope").settle()


def linked(**changes: Any) -> Linked:
    """A merge request that is as it should be, and names the launch."""
    given: dict[str, Any] = {
        "id": 55,
        "project": 3,
        "iid": 1,
        "url": "https://gitlab.test/press/-/merge_requests/1",
        "head": "a" * 40,
        "approved_by": frozenset({WRITER.id}),
        "files": (File("doc/a.md", ("# Acme Cloud",)),),
        "launches": frozenset({"i900"}),
        **changes,
    }
    return Linked(MergeRequest(**given))


@pytest.fixture
def world() -> World:
    """A launch with a merge request that is aligned, held and judged."""
    world = documented().tick("words")
    world.docs[ONE] = linked()
    return world.settle()


def edit(world: World, **changes: Any) -> World:
    """Somebody changes the merge request."""
    before = world.docs[ONE]
    world.docs[ONE] = replace(before, request=replace(before.request, **changes))
    return world


def verdict(world: World) -> Verdict:
    """The verdict in the comment."""
    comment = world.docs[ONE].comment
    assert comment is not None
    assert comment.verdict is not None
    return comment.verdict


def run(world: World, *, passed: bool | None) -> World:
    """A merge request pipeline was started just now."""
    world.docs[ONE] = replace(world.docs[ONE], pipeline=Pipeline(world.now, passed))
    return world


def kinds(world: World) -> list[str]:
    """The kinds of what is planned for documentation."""
    found = (SetMergeAfter, KeepVerdict, StartPipeline)
    return [type(action).__name__ for action in world.plan().actions if isinstance(action, found)]


def test_names_of_merge_requests_lead_back_to_them() -> None:
    """They stand in the record and in the queue."""
    assert place(key(3, 1)) == (3, 1)


def test_process_without_documentation_looks_at_no_merge_request() -> None:
    """Nothing is remembered and nothing is due."""
    world = World(Process.model_validate(definition())).request().settle()
    world.docs[ONE] = linked()
    assert world.plan().actions == ()
    assert world.record().aim is None


def test_merge_request_that_names_the_launch_is_held_and_judged(world: World) -> None:
    """It is linked, held until the launch moment, and has its verdict."""
    assert world.record().docs == {ONE: "reference"}
    assert world.docs[ONE].request.merge_after == MOMENT
    assert verdict(world).is_aligned()
    assert world.pipelines == 0


@pytest.mark.parametrize(
    "changes", [{"project": 9}, {"launches": frozenset({"i1"})}, {"state": "closed"}]
)
def test_other_merge_request_is_left_alone(changes: dict[str, Any]) -> None:
    """One elsewhere, one that names another launch, one that was closed."""
    world = documented()
    world.docs[ONE] = linked(**changes)
    world.settle()
    assert world.docs[ONE].comment is None
    assert world.docs[ONE].request.merge_after is None


def test_reference_that_is_taken_out_unlinks(world: World) -> None:
    """A link by command stays, and so does one that GitLab does not show just now."""
    shown = world.docs.pop(ONE)
    world.settle()
    assert world.record().docs == {ONE: "reference"}
    world.docs[ONE] = shown
    edit(world, launches=frozenset()).settle()
    assert world.record().docs == {}
    assert world.status is not None
    by_command = world.record().model_copy(update={"docs": {ONE: "command"}})
    world.status = replace(world.status, record=by_command)
    world.settle()
    assert world.record().docs == {ONE: "command"}


def test_one_plan_is_enough() -> None:
    """Applied, it leaves nothing: the overview is written as things will stand."""
    world = documented()
    world.docs[ONE] = linked()
    world.apply(world.plan().actions)
    assert world.plan().actions == ()


def test_phase_is_not_done_while_ready_rules_do_not_hold(world: World) -> None:
    """It says what lacks, also what is not due yet; timing does not matter to it."""
    edit(world, approved_by=frozenset(), merge_after=None)
    world.finish("build").finish("tell").settle()
    assert world.gates() == {"scope": "done", "build": "open", "tell": "done"}
    told = world.said("build")[-1]
    assert "merge request 1](https://gitlab.test/press/-/merge_requests/1)" in told
    assert "who is to approve it by 2026-05-27" in told
    edit(world, approved_by=frozenset({WRITER.id}))
    world.edit("build", closed=True).settle()
    assert world.gates()["build"] == "done"


def test_phase_is_not_done_without_documentation() -> None:
    """Nor while GitLab does not show it."""
    world = documented().finish("build").finish("tell").settle()
    assert "no merge request is linked" in world.said("build")[-1]
    world.docs[ONE] = linked()
    world.settle()
    del world.docs[ONE]
    world.edit("build", closed=True).settle()
    assert "build" in world.gates()
    assert world.gates()["build"] == "open"


def test_confidential_launch_names_rules_and_no_reasons(world: World) -> None:
    """What lacks is said in general words."""
    world.edit("root", confidential=True)
    edit(world, approved_by=frozenset())
    world.finish("build").settle()
    assert "Technical writing has approved it in time." in world.said("build")[-1]
    comment = world.docs[ONE].comment
    assert comment is not None
    assert "not public yet" in comment.text


def test_confidential_launch_is_not_told_by_a_hold_that_all_can_see() -> None:
    """In a project that everybody may read."""
    world = documented()
    world.edit("root", confidential=True)
    world.docs[ONE] = linked(public=True)
    world.settle()
    assert world.docs[ONE].request.merge_after is None
    assert "not public yet" in str(world.docs[ONE].comment)


def test_needs_count_as_done_with_their_phase() -> None:
    """However that was closed; a task that is gone from the definition needs nothing."""
    world = documented()
    world.docs[ONE] = linked()
    world.settle()
    assert [r.rule for r in verdict(world).results if r.outcome == "fails"] == ["needs"]
    world.hidden.add("tell")
    world.settle()
    assert [r.rule for r in verdict(world).results if r.outcome == "fails"] == ["needs"]
    world.hidden.clear()
    world.finish("tell").settle()
    world.tick("words", box=" ").settle()
    assert verdict(world).is_aligned()


def test_date_that_moves_takes_the_hold_along(world: World) -> None:
    """Also one that a person had set; the revision counts the moves."""
    edit(world, merge_after=MOMENT + timedelta(hours=1)).settle()
    assert world.docs[ONE].request.merge_after == MOMENT + timedelta(hours=1)
    before = verdict(world).revision
    world.edit("root", due=date(2026, 6, 15)).settle()
    assert world.docs[ONE].request.merge_after == MOMENT + timedelta(days=14)
    assert verdict(world).revision == before + 1
    edit(world, merge_after=MOMENT + timedelta(days=7))
    world.edit("root", due=date(2026, 6, 8)).settle()
    assert world.docs[ONE].request.merge_after == MOMENT + timedelta(days=7)


def test_hold_is_not_renewed_after_the_moment(world: World) -> None:
    """What is over is over; only a hold for longer is corrected, when the date moves."""
    world.now = MOMENT
    edit(world, merge_after=None).settle()
    assert world.docs[ONE].request.merge_after is None
    fresh = documented()
    fresh.now = MOMENT
    fresh.docs[ONE] = linked()
    fresh.settle()
    assert fresh.docs[ONE].request.merge_after is None


def test_launch_without_a_date_holds_nothing() -> None:
    """There is no moment to hold for, and the verdict says so."""
    raw = {**definition(), "documentation": DOCUMENTATION}
    del raw["root"]["due"]
    del raw["phases"]["build"]["due"]
    world = World(Process.model_validate(raw)).request().settle()
    world.docs[ONE] = linked()
    world.settle()
    assert world.docs[ONE].request.merge_after is None
    assert not verdict(world).is_aligned()


def test_verdict_that_turns_starts_one_pipeline(world: World) -> None:
    """One for each turn; what is written anew without a turn starts none."""
    run(world, passed=True)
    world.now += timedelta(minutes=1)
    edit(world, draft=True)
    world.now = MOMENT - timedelta(days=1)
    assert kinds(world) == ["KeepVerdict", "StartPipeline"]
    world.settle()
    assert world.pipelines == 1
    world.wait(0).settle()
    assert world.pipelines == 1
    run(world, passed=False)
    world.now += timedelta(minutes=1)
    edit(world, draft=False).settle()
    assert world.pipelines == 2


def test_pipeline_that_was_started_and_not_recorded_is_not_started_again(world: World) -> None:
    """It is newer than the comment, so it has read this verdict."""
    run(world, passed=True)
    world.now = MOMENT - timedelta(days=1)
    edit(world, draft=True)
    *before, last = world.plan().actions
    world.apply([*before])
    assert world.pipelines == 1
    assert kinds(world) == []
    world.settle()
    assert world.pipelines == 1
    assert last.reason == "its writes are done"


def test_plan_may_stop_anywhere(world: World) -> None:
    """Hold, comment and pipeline: each comes once, whatever was done before the rest."""
    run(world, passed=True)
    world.now += timedelta(minutes=1)
    edit(world, milestone=Milestone(due=date(2026, 6, 7)))
    world.edit("root", due=date(2026, 6, 8))
    actions = world.plan().actions
    ends = []
    for number in range(len(actions) + 1):
        left = deepcopy(world)
        left.apply(actions[:number])
        left.now += timedelta(minutes=1)
        left.settle()
        ends.append((left.docs[ONE].request.merge_after, verdict(left).results, left.pipelines))
    assert ends == [(MOMENT + timedelta(days=7), verdict(left).results, 1)] * len(ends)
    assert not verdict(left).is_aligned()


def test_comment_that_was_written_before_a_crash_still_starts_the_pipeline(world: World) -> None:
    """Stopped between the two."""
    run(world, passed=True)
    world.now = MOMENT - timedelta(days=1)
    edit(world, draft=True)
    actions = world.plan().actions
    upto = next(n for n, action in enumerate(actions) if isinstance(action, StartPipeline))
    world.apply(actions[:upto])
    assert kinds(world) == ["StartPipeline"]


@pytest.mark.parametrize(
    ("passed", "started"), [(None, 0), (True, 0), (False, 1)], ids=["runs", "passed", "failed"]
)
def test_new_commit_has_its_own_pipeline(world: World, passed: bool | None, started: int) -> None:
    """It waits for the verdict; only one that is over and says otherwise is started again."""
    run(edit(world, head="b" * 40), passed=passed)
    world.now += timedelta(minutes=1)
    world.settle()
    assert verdict(world).head == "b" * 40
    assert world.pipelines == started


@pytest.mark.parametrize("field", ["hold", "verdict"])
def test_refused_write_rests_until_tomorrow(field: str) -> None:
    """What can be done is done, and the overview says what cannot."""
    world = documented().tick("words")
    world.docs[ONE] = linked()
    world.refuse[f"mr:{ONE}.{field}"] = "GitLab answered 403."
    world.settle()
    assert [*world.record().refused] == [f"mr:{ONE}.{field}"]
    assert world.status is not None
    assert "the documentation**: GitLab answered 403." in world.status.text
    world.refuse.clear()
    assert kinds(world) == []
    world.wait(1).settle()
    assert world.record().refused == {}
    assert world.docs[ONE].request.merge_after == MOMENT
    assert verdict(world).is_aligned()


def test_refused_pipeline_is_asked_for_again_tomorrow(world: World) -> None:
    """The verdict is written all the same."""
    run(world, passed=True)
    world.now = MOMENT - timedelta(days=3)
    world.settle()
    world.refuse[f"mr:{ONE}.check"] = "GitLab answered 403."
    edit(world, draft=True).settle()
    assert not verdict(world).is_aligned()
    assert world.pipelines == 0
    world.refuse.clear()
    world.wait(1).settle()
    assert world.pipelines == 1


def test_merged_merge_request_is_judged_once_more(world: World) -> None:
    """And then left alone: no hold, no pipeline, no daily look."""
    world.now = MOMENT
    run(world, passed=True)
    edit(world, state="merged", merged_at=MOMENT, merge_after=None).settle()
    assert verdict(world).until == MOMENT
    assert world.pipelines == 0
    world.wait(9)
    assert kinds(world) == []


def test_launch_wakes_before_a_verdict_ends(world: World) -> None:
    """Daily, and when time changes what a rule finds."""
    wake = world.plan().wake_at
    assert wake is not None
    assert wake < verdict(world).until
    assert wake == datetime(2026, 3, 3, tzinfo=UTC)
    world.now = wake
    assert kinds(world) == ["KeepVerdict"]
    world.settle()
    world.now = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
    world.settle()
    assert world.plan().wake_at == MOMENT


def test_comment_of_another_launch_is_left_to_it() -> None:
    """But for one that the merge request does not name any more."""
    world = documented()
    other = Comment(7, "i901", "Mine.", None, MONDAY)
    world.docs[ONE] = replace(linked(launches=frozenset({"i900", "i901"})), comment=other)
    world.settle()
    assert world.docs[ONE].comment == other
    edit(world, launches=frozenset({"i900"})).settle()
    assert verdict(world).launch == "i900"


def test_paused_launch_is_not_aligned(world: World) -> None:
    """The verdict says so, and the hold stays."""
    assert world.status is not None
    paused = world.record().model_copy(update={"state": "paused"})
    world.status = replace(world.status, record=paused)
    run(world, passed=True)
    world.now += timedelta(minutes=1)
    edit(world, merge_after=MOMENT).settle()
    assert [r.rule for r in verdict(world).results if r.outcome == "fails"] == ["launch-running"]
    assert world.pipelines == 1


def test_plan_tells_people_what_is_done_to_a_merge_request(world: World) -> None:
    """Without the text; the date only where people may read it."""
    run(world, passed=True)
    world.now += timedelta(minutes=1)
    edit(world, draft=True)
    world.edit("root", due=date(2026, 3, 4))
    shown = world.plan().describe()
    assert "let GitLab hold the merge request mr:3:1: until 2026-03-04 09:00 UTC" in shown
    assert "edit the verdict on the merge request mr:3:1: not aligned" in shown
    assert "start a pipeline of the merge request mr:3:1" in shown


def test_overview_says_how_the_documentation_stands(world: World) -> None:
    """With what fails and what is still to come."""
    assert world.status is not None
    assert "merge_requests/1)): aligned." in world.status.text
    edit(world, approved_by=frozenset(), files=()).settle()
    assert "not aligned (`paths`, `section`); still to come: `reviewed`, `approved`." in (
        world.status.text
    )
    edit(world, state="closed").settle()
    shown = "The documentation: no merge request is linked. Name this launch in its description: "
    assert f"{shown}`Launch: https://gitlab.test/root`." in world.status.text


def test_launch_is_not_live_before_its_documentation_is_merged(world: World) -> None:
    """Closing the root issue is refused once, with what is missing."""
    world.finish("build").finish("tell").settle()
    world.edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    assert "merge_requests/1)) is not merged" in world.said("root")[-1]
    assert "writes `/launch close build because ...`" in world.said("root")[-1]
    world.say("root", ALICE, "/launch live").settle()
    assert "too early for going live" in world.said("root")[-1]
    assert "merge_requests/1)) is not merged" in world.said("root")[-1]
    world.now = MOMENT
    edit(world, state="merged", merged_at=MOMENT).settle()
    world.edit("root", closed=True).settle()
    assert world.record().state == "live"
    assert world.status is not None
    assert "aligned" not in world.status.text


@pytest.mark.parametrize("days", [-3, 9])
def test_launch_whose_documentation_was_not_merged_in_time_goes_live_by_decision(
    world: World, days: int
) -> None:
    """Too early or too late cannot be mended; somebody says that it counts, and why."""
    world.finish("build").finish("tell").settle()
    world.now = MOMENT + timedelta(days=days)
    edit(world, state="merged", merged_at=world.now).settle()
    world.say("root", ALICE, "/launch live").settle()
    assert "It was merged" in world.said("root")[-1]
    world.edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    world.say("root", ALICE, "/launch close build because it was found out late").settle()
    assert "done already" not in world.said("root")[-1]
    world.say("root", ALICE, "/launch close build because of nothing").settle()
    assert "is done already" in world.said("root")[-1]
    world.say("root", ALICE, "/launch live").settle()
    assert world.record().state == "live"
    assert world.record().deeds["close.build"].why == "it was found out late"


def test_owner_may_count_the_phase_as_done_without_documentation() -> None:
    """Then going live does not wait for it either."""
    world = documented().tick("words")
    world.say("root", ALICE, "/launch close build because it is written elsewhere").settle()
    assert world.gates()["build"] == "done"
    world.finish("tell").settle()
    world.edit("root", closed=True).settle()
    assert world.record().state == "live"


def test_merge_request_is_linked_by_command() -> None:
    """It need not name the launch; one of another project is refused."""
    world = documented().tick("words")
    world.docs[ONE] = linked(launches=frozenset())
    world.requests["g/press"] = Place(id=55, project=3, iid=1)
    world.requests["g/other"] = Place(id=56, project=2, iid=1)
    world.say("root", ALICE, "/launch docs g/other!1").settle()
    assert "not in the project with the documentation" in world.said("root")[-1]
    assert world.record().docs == {}
    world.say("root", ALICE, "/launch docs g/press!1").settle()
    assert world.record().docs == {ONE: "command"}
    assert verdict(world).is_aligned()


def test_plan_comes_again_for_a_merge_request_that_it_has_not_seen() -> None:
    """The command links it; what it says is read then."""
    world = documented()
    world.requests["g/press"] = Place(id=55, project=3, iid=1)
    world.say("root", ALICE, "/launch docs g/press!1")
    assert world.plan().again


def test_launch_without_documentation_is_not_live() -> None:
    """The phase was done before the merge request was closed."""
    world = documented().tick("words")
    world.docs[ONE] = linked()
    world.settle().finish("build").finish("tell").settle()
    edit(world, state="closed").settle()
    world.edit("root", closed=True).settle()
    assert "no merge request is linked" in world.said("root")[-1]
