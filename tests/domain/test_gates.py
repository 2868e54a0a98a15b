"""Gates: when a phase opens, locks, is done, and when the launch is live."""

from datetime import date

import pytest
from inline_snapshot import snapshot

from tests.domain.world import ALICE, BOB, DAVE, World, folded, process, task

ON_LABEL = {"opens": "on-label", "label": "press::ask"}
WHEN_UNLOCKED = {"opens": "when-unlocked"}


def _started(**phases: object) -> World:
    return World(process(**phases)).request().settle()  # type: ignore[arg-type]


def _unlocked(**phases: object) -> World:
    return _started(**phases).finish("scope").settle()


def _done() -> World:
    return _unlocked().finish("tell").settle().finish("build").settle()


def _live() -> World:
    return _done().edit("root", closed=True).settle()


def _last(world: World, part: str) -> str:
    return world.said(part)[-1]


def _comments(world: World) -> list[tuple[str, str]]:
    return [*world.notes]


def test_a_new_launch_opens_the_first_phase_and_locks_the_others() -> None:
    """A phase that waits for none may be worked on at once."""
    world = _started()
    assert world.gates() == {"scope": "open", "build": "locked", "tell": "locked"}
    assert world.labels("scope") == {"g::open"}
    assert world.labels("build") == world.labels("tell") == {"g::locked"}
    assert _comments(world) == [("request", "started.request.1")]


def test_a_done_phase_unlocks_all_that_wait_for_it_at_once() -> None:
    """Both go side by side, each owner is told in one comment."""
    world = _unlocked()
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    assert world.labels("scope") == {"g::done"}
    assert world.labels("build") == world.labels("tell") == {"g::open"}
    assert world.keys("build") == ["unlocked.build.1"]
    assert world.keys("tell") == ["unlocked.tell.1"]
    assert not world.keys("scope")
    assert folded(_last(world, "build")) == snapshot("""\
@bob: **Build** is unlocked, because [Scope](https://gitlab.test/scope) is done. It is due on
**2026-05-25**.

Start with `bake`: Do bake. Tick the boxes in the description as you go, and close this issue
when the required ones are ticked. You may change the assignee and the due date; I keep to
what you set.\
""")


def test_ticking_alone_closes_nothing() -> None:
    """A phase is done when somebody says so by closing its issue."""
    world = _started().tick("talk", "papers").settle()
    assert world.gates()["scope"] == "open"


def test_optional_tasks_hold_up_nothing() -> None:
    """Open or crossed out, a phase closes without them."""
    world = _started().tick("talk", "papers").tick("call", box="~")
    assert world.edit("scope", closed=True).settle().gates()["scope"] == "done"


def test_a_phase_closed_with_missing_tasks_is_reopened_once() -> None:
    """The comment lists what is missing; closing it again stands, and the gate does not move."""
    world = _started().tick("talk").edit("scope", closed=True).settle()
    assert not world.issues["scope"].closed
    assert world.keys("scope") == ["reopened.scope.1"]
    assert folded(_last(world, "scope")) == snapshot("""\
I reopened this issue: **Scope** is not complete. This is missing:

- `papers`: Do papers

Tick the tasks in the description when they are done, then close the issue again. If you close
it as it is, I leave it closed, but the phase does not count as done; whoever may decide that
writes `/launch close scope because ...`, and it counts.\
""")
    world.edit("scope", closed=True).settle()
    assert world.issues["scope"].closed
    assert world.gates() == {"scope": "open", "build": "locked", "tell": "locked"}
    assert len(world.keys("scope")) == 1


def test_a_phase_that_was_left_closed_is_done_once_its_tasks_are_ticked() -> None:
    """Boxes can be ticked in a closed issue; nobody has to open and close it again."""
    world = _started().edit("scope", closed=True).settle().edit("scope", closed=True).settle()
    assert world.tick("talk", "papers").settle().gates()["scope"] == "done"
    assert world.issues["scope"].closed


def test_a_phase_that_became_complete_is_not_reopened() -> None:
    """GitLab refused to reopen it, and meanwhile somebody ticked what was missing."""
    world = _started()
    first, *_ = world.edit("scope", closed=True).plan().actions
    world.apply([first])
    assert world.issues["scope"].closed
    world.tick("talk", "papers").settle()
    assert world.issues["scope"].closed
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    assert not world.keys("scope")


def test_a_locked_phase_that_is_closed_is_reopened_once() -> None:
    """It says what the phase waits for; closing it again stands, and it stays locked."""
    world = _started().edit("build", closed=True).settle()
    assert not world.issues["build"].closed
    assert folded(_last(world, "build")) == snapshot("""\
I reopened this issue: **Build** is still locked. It waits for
[Scope](https://gitlab.test/scope), which is not done yet.

You can wait for my comment here that it is unlocked. If you close it again, I leave it
closed, but the phase stays locked.\
""")
    world.edit("build", closed=True).settle()
    assert world.issues["build"].closed
    assert (world.gates()["build"], world.labels("build")) == ("locked", {"g::locked"})


def test_a_locked_phase_closed_for_good_is_done_when_it_unlocks() -> None:
    """All is ticked and closed already: there is nothing to tell its owner."""
    world = _started().finish("tell").settle().finish("tell").settle()
    assert world.gates()["tell"] == "locked"
    world.finish("scope").settle()
    assert world.gates()["tell"] == "done"
    assert world.keys("tell") == ["reopened.tell.1"]


def test_a_locked_phase_closed_with_missing_tasks_is_reopened_when_it_unlocks() -> None:
    """Now it may be worked on, so that its being closed is checked anew."""
    world = _started().edit("tell", closed=True).settle().edit("tell", closed=True).settle()
    world.finish("scope").settle()
    assert not world.issues["tell"].closed
    assert world.keys("tell") == ["reopened.tell.1", "unlocked.tell.1", "reopened.tell.2"]


def test_a_ticked_task_does_not_count_before_what_it_needs() -> None:
    """The upload needs the words, which the other team writes."""
    world = _unlocked().finish("build").settle()
    assert not world.issues["build"].closed
    assert "`upload` is ticked, but needs first: `words` (Tell)" in _last(world, "build")
    world.tick("words").edit("build", closed=True).settle()
    assert world.gates()["build"] == "done"


def test_a_closed_phase_is_done_once_another_phase_meets_its_need() -> None:
    """Gates look at what is, not at what happened: no event on this phase is necessary."""
    world = _unlocked().finish("build").settle().edit("build", closed=True).settle()
    assert world.gates()["build"] == "open"
    assert world.tick("words").settle().gates()["build"] == "done"


def test_reopening_a_phase_locks_what_waits_for_it() -> None:
    """The owners are told to pause; ticks, dates and finished phases stay."""
    world = _unlocked().finish("tell").settle().tick("bake").wait(3)
    due = world.issues["build"].due
    world.edit("scope", closed=False).settle()
    assert world.gates() == {"scope": "open", "build": "locked", "tell": "done"}
    assert world.labels("scope") == {"g::open"}
    assert world.labels("build") == {"g::locked"}
    assert world.labels("tell") == {"g::done"}
    assert "[x] `bake`" in world.issues["build"].description
    assert world.issues["build"].due == due
    assert world.keys("build") == ["unlocked.build.1", "locked.build.1"]
    assert world.keys("tell") == ["unlocked.tell.1"]
    assert folded(_last(world, "build")) == snapshot("""\
@bob: **Build** is locked again, because [Scope](https://gitlab.test/scope) was reopened.

What is ticked stays ticked, and dates stay as they are. I tell you here when you can go on.\
""")


def test_a_phase_unlocks_again_when_the_reopened_one_is_done() -> None:
    """Its owner is told again; the date stays."""
    world = _unlocked().edit("scope", closed=False).settle().wait(10)
    due = world.issues["build"].due
    world.edit("scope", closed=True).settle()
    assert world.gates()["build"] == "open"
    assert world.keys("build") == ["unlocked.build.1", "locked.build.1", "unlocked.build.2"]
    assert world.issues["build"].due == due


def test_a_done_phase_that_is_reopened_is_open() -> None:
    """Whoever reopened it knows; no comment is necessary."""
    world = _unlocked().finish("tell").settle().edit("tell", closed=False).settle()
    assert (world.gates()["tell"], world.labels("tell")) == ("open", {"g::open"})
    assert world.keys("tell") == ["unlocked.tell.1"]


def test_a_done_phase_that_is_reopened_while_it_has_to_wait_is_locked() -> None:
    """The phase before it is open again, so this one pauses too."""
    world = _unlocked().finish("tell").settle().edit("scope", closed=False).settle()
    world.edit("tell", closed=False).settle()
    assert (world.gates()["tell"], world.labels("tell")) == ("locked", {"g::locked"})
    assert world.keys("tell") == ["unlocked.tell.1", "locked.tell.1"]


def test_a_done_phase_stays_done_when_boxes_are_unticked() -> None:
    """Finished work stays finished; reopening the issue is the way back."""
    world = _unlocked().tick("talk", box=" ").settle()
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}


def test_a_phase_reopened_with_missing_tasks_is_checked_anew() -> None:
    """It may be reopened once more by the bot: this is another closing."""
    world = _started().edit("scope", closed=True).settle().finish("scope").settle()
    world.edit("scope", closed=False).settle().tick("talk", box=" ").settle()
    world.edit("scope", closed=True).settle()
    assert not world.issues["scope"].closed
    assert world.keys("scope") == ["reopened.scope.1", "reopened.scope.2"]


def test_a_moved_label_is_put_back_once() -> None:
    """It only shows the gate; moved a second time it stays, and the gate does not move."""
    world = _started().relabel("build", "g::open").settle()
    assert world.labels("build") == {"g::locked"}
    assert folded(_last(world, "build")) == snapshot("""\
I put the label ~"g::locked" back. It was changed, but **Build** is locked, and the label only
shows that. A phase opens when the phases before it are done, and it is done when its issue is
closed with the required tasks ticked. Whoever may decide otherwise writes `/launch unlock
build because ...` or `/launch close build because ...`. If you change the label again, I
leave it, but the phase does not move.\
""")
    world.relabel("build", "g::open").settle()
    assert world.labels("build") == {"g::open"}
    assert world.gates()["build"] == "locked"
    assert world.keys("build") == ["label.build.1"]


@pytest.mark.parametrize("labels", [(), ("g::open", "g::locked"), ("g::done",)])
def test_a_label_taken_away_or_added_is_put_back_too(labels: tuple[str, ...]) -> None:
    """Exactly one gate label stands on a phase."""
    world = _started().relabel("build", *labels).settle()
    assert world.labels("build") == {"g::locked"}


def test_a_label_that_was_left_as_it_is_follows_the_gate_again() -> None:
    """When the gate moves its label is written without a word: nobody did anything wrong now."""
    world = _started().relabel("build", "g::done").settle().relabel("build", "g::done").settle()
    assert world.labels("build") == {"g::done"}
    world.finish("scope").settle()
    assert world.labels("build") == {"g::open"}
    world.edit("scope", closed=False).settle()
    assert world.labels("build") == {"g::locked"}
    assert world.keys("build") == ["label.build.1", "unlocked.build.1", "locked.build.1"]


def test_a_label_is_put_back_once_for_each_gate() -> None:
    """After the gate has moved, moving its label is answered once more."""
    world = _started().relabel("build", "g::done").settle().finish("scope").settle()
    world.relabel("build", "g::done").settle()
    assert world.labels("build") == {"g::open"}
    assert world.keys("build") == ["label.build.1", "unlocked.build.1", "label.build.2"]


def test_the_comment_names_the_date_that_a_person_set_while_it_was_locked() -> None:
    """The rule gives way to people, also in what the bot says."""
    world = _started().edit("build", due=date(2026, 5, 4)).settle().finish("scope").settle()
    assert world.issues["build"].due == date(2026, 5, 4)
    assert "It is due on **2026-05-04**." in _last(world, "build")


def test_the_comment_names_no_date_where_a_person_took_it_away() -> None:
    """Unlocked again, it does not come back with the date that the person removed."""
    world = _unlocked().edit("build", due=None).settle().edit("scope", closed=False).settle()
    world.edit("scope", closed=True).settle()
    assert "due" not in _last(world, "build").partition("\n")[0]


def test_the_comment_names_the_first_task_that_is_not_done() -> None:
    """Somebody worked ahead."""
    world = _started().tick("words").settle().finish("scope").settle()
    assert "Start with `blog`: Do blog." in _last(world, "tell")


def test_the_comment_says_when_nothing_is_left_to_do() -> None:
    """Somebody worked ahead and ticked everything: only closing is left."""
    world = _started().tick("words", "blog").settle().finish("scope").settle()
    assert folded(_last(world, "tell")) == snapshot("""\
@carol: **Tell** is unlocked, because [Scope](https://gitlab.test/scope) is done.

All required boxes are ticked already: close this issue if that is right. You may change the
assignee and the due date; I keep to what you set.\
""")


def test_the_comment_says_what_the_phase_waits_for() -> None:
    """Everything else is ticked, and the last task needs one of another phase."""
    world = _started().tick("bake", "oven").settle().finish("scope").settle()
    assert "Start with `upload`" not in _last(world, "build")
    assert "`words` (Tell)" in _last(world, "build")


def test_a_phase_may_wait_for_two() -> None:
    """It opens when both are done, and says so in good English."""
    world = _started(tell={"after": ["scope", "build"], "tasks": [task("words")]})
    world.tick("words").settle().finish("scope").settle()
    assert world.gates()["tell"] == "locked"
    world.finish("build").settle()
    assert world.gates()["tell"] == "open"
    assert (
        "because [Scope](https://gitlab.test/scope) and [Build](https://gitlab.test/build) are"
        in (_last(world, "tell"))
    )
    world.edit("scope", closed=False).edit("build", closed=False).settle()
    assert "were reopened" in _last(world, "tell")


def test_nobody_is_named_where_nobody_holds_the_role() -> None:
    """The comment is posted all the same."""
    world = World(process(), people={"sales": (ALICE,)}).request().settle()
    world.finish("scope").settle()
    assert _last(world, "build").startswith("nobody yet: **Build** is unlocked")
    assert world.issues["build"].assignees == ()


def test_somebody_unknown_to_the_configuration_is_named_and_not_notified() -> None:
    """Mentions come from the configuration alone."""
    world = _started().edit("build", assignees=(DAVE,)).settle().finish("scope").settle()
    assert _last(world, "build").startswith("`dave`: ")


def test_a_phase_that_opens_when_it_unlocks_has_no_issue_before() -> None:
    """Then it is created with its owner, and told like any other."""
    world = _started(tell=WHEN_UNLOCKED)
    assert "tell" not in world.issues
    world.finish("scope").settle()
    assert world.labels("tell") == {"g::open"}
    assert world.keys("tell") == ["unlocked.tell.1"]
    world.edit("scope", closed=False).settle()
    assert world.labels("tell") == {"g::locked"}


def test_a_phase_that_opens_on_a_label_waits_for_the_label() -> None:
    """Unlocking alone does not create it, and tells nobody."""
    world = _unlocked(tell=ON_LABEL)
    assert "tell" not in world.issues
    assert world.gates()["tell"] == "open"
    world.edit("root", labels=world.issues["root"].labels | {"press::ask"}).settle()
    assert world.labels("tell") == {"g::open"}
    assert not world.keys("tell")
    assert "tell" in world.linked


def test_a_phase_asked_for_early_is_created_locked() -> None:
    """The label opens the issue, not the gate; taking the label away changes nothing."""
    world = _started(tell=ON_LABEL)
    world.edit("root", labels=world.issues["root"].labels | {"press::ask"}).settle()
    assert world.labels("tell") == {"g::locked"}
    world.edit("root", labels=world.issues["root"].labels - {"press::ask"}).settle()
    world.finish("scope").settle()
    assert world.labels("tell") == {"g::open"}
    assert world.keys("tell") == ["unlocked.tell.1"]


def test_the_root_says_when_all_phases_are_done() -> None:
    """Whoever answers for the launch is told that closing it makes it live."""
    world = _done()
    assert world.keys("root") == ["ready.root.1"]
    assert folded(_last(world, "root")) == snapshot("""\
@alice: all phases are done. **Close this issue to make the launch live.** Should something
still be open, reopen the phase that it belongs to.\
""")
    assert world.record().state == "running"


def test_closing_the_root_makes_the_launch_live() -> None:
    """The summary says how long each phase took."""
    world = _started().wait(1).finish("scope").settle().wait(7).finish("tell").settle()
    world.finish("build").settle().wait(1).edit("root", closed=True).settle()
    assert world.record().state == "live"
    assert world.issues["root"].closed
    assert world.keys("root") == ["ready.root.1", "live.root.1"]
    assert folded(_last(world, "root")) == snapshot("""\
The launch is **live**. 🎉

| Phase | Took |
|---|---|
| [Scope](https://gitlab.test/scope) | 1 business day (2026-03-02 to 2026-03-03) |
| [Build](https://gitlab.test/build) | 5 business days (2026-03-03 to 2026-03-10) |
| [Tell](https://gitlab.test/tell) | 5 business days (2026-03-03 to 2026-03-10) |\
""")


def test_a_root_closed_too_early_is_reopened_once() -> None:
    """The comment lists the phases that are not done; a second closing stands, but is not live."""
    world = _unlocked().edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    assert folded(_last(world, "root")) == snapshot("""\
I reopened this issue: closing it makes the launch live, and this is missing:

- [Build](https://gitlab.test/build) is not done
- [Tell](https://gitlab.test/tell) is not done

Close it when nothing is missing any more. If you close it before that, I leave it closed, but
the launch does not count as live.\
""")
    world.edit("root", closed=True).settle()
    assert world.issues["root"].closed
    assert world.record().state == "running"
    assert world.keys("root") == ["reopened.root.1"]


def test_a_root_that_was_left_closed_is_live_once_all_phases_are_done() -> None:
    """Nobody has to open and close it again."""
    world = _unlocked().edit("root", closed=True).settle().edit("root", closed=True).settle()
    world.finish("tell").settle().finish("build").settle()
    assert world.record().state == "live"
    assert world.issues["root"].closed
    assert world.keys("root") == ["reopened.root.1", "live.root.1"]


def test_a_root_that_may_be_closed_by_now_is_not_reopened() -> None:
    """GitLab did not reopen it, and meanwhile the last phase was done."""
    world = _unlocked().finish("tell").settle()
    first, *_ = world.edit("root", closed=True).plan().actions
    world.apply([first])
    world.finish("build").settle()
    assert world.issues["root"].closed
    assert world.record().state == "live"
    assert world.keys("root") == ["live.root.1"]


def test_a_live_launch_is_left_alone() -> None:
    """What people do to its issues afterwards is their own affair."""
    world = _live()
    before = _comments(world)
    world.edit("tell", closed=False).relabel("build", "g::locked").settle()
    world.edit("scope", closed=False).settle()
    assert world.gates() == {"scope": "done", "build": "done", "tell": "done"}
    assert world.labels("build") == {"g::locked"}
    assert _comments(world) == before


def test_a_live_launch_whose_root_is_reopened_runs_again() -> None:
    """Closing it once more makes it live once more."""
    world = _live().edit("root", closed=False).settle()
    assert world.record().state == "running"
    assert world.record().live is None
    world.edit("root", closed=True).settle()
    assert world.record().state == "live"
    assert world.keys("root") == ["ready.root.1", "live.root.1", "live.root.2"]


def test_a_phase_reopened_under_a_reopened_root_has_to_be_done_again() -> None:
    """The root is then closed too early until that is the case."""
    world = _live().edit("root", closed=False).edit("tell", closed=False).settle()
    world.edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    world.edit("tell", closed=True).settle()
    assert world.keys("root")[-1] == "ready.root.2"
    world.edit("root", closed=True).settle()
    assert world.record().state == "live"


def test_a_phase_reopened_before_going_live_is_waited_for_again() -> None:
    """Ready is said again when it is done again."""
    world = _done().edit("tell", closed=False).settle()
    assert world.record().ready is None
    world.edit("tell", closed=True).settle()
    assert world.keys("root") == ["ready.root.1", "ready.root.2"]


def test_root_and_last_phase_closed_at_once_are_live_at_once() -> None:
    """Webhooks come in any order, or late: only what is counts."""
    world = _unlocked().finish("tell").settle().finish("build").edit("root", closed=True).settle()
    assert world.record().state == "live"
    assert world.keys("root") == ["live.root.1"]


def test_closing_everything_at_once_is_live_at_once() -> None:
    """The whole launch was worked on while the bot was away."""
    world = _started().finish("scope").finish("tell").finish("build").edit("root", closed=True)
    world.settle()
    assert world.record().state == "live"
    assert _comments(world) == [("request", "started.request.1"), ("root", "live.root.1")]
    assert BOB in world.issues["build"].assignees
