"""The planner: how a launch starts, what people change, and what GitLab refuses."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from inline_snapshot import snapshot

from bot.domain.actions import CreateIssue, KeepDefinition, Plan, PostNote
from bot.domain.fitting import fit
from bot.domain.observed import Issue
from bot.domain.process import Process
from tests.domain.world import ALICE, BOB, DAVE, MONDAY, REQUEST_TEXT, World, folded, process, task

TOMORROW = datetime(2026, 3, 3, tzinfo=UTC)
HALF = "### Partner\n\nAcme Cloud\n"


def _asked(text: str = REQUEST_TEXT, **more: object) -> World:
    return World(process()).request(text, **more)


def _started() -> World:
    return _asked().settle()


def _described(world: World) -> str:
    """The plan for people; links to issues that may not be there yet as their words."""
    text = re.sub("\\[([^\\]]*)\\]\\(\ue000\\w+\ue001\\)", r"\1", world.plan().describe())
    return folded(text)


def _rival(**more: object) -> Issue:
    """The root issue of another launch for the same partner."""
    issue = _started().issues["root"]
    return replace(issue, id=801, url="https://gitlab.test/other", **more)  # type: ignore[arg-type]


def test_a_request_opens_all_issues_of_a_launch() -> None:
    """Root and phases, the record, the links, and one comment on the request."""
    world = _asked()
    assert _described(world) == snapshot("""\
open the root issue in project 1: Small: Acme Cloud
    because the launch starts
open the scope issue in project 1: Small: Acme Cloud: Scope
    because the process opens this phase now
open the build issue in project 2: Small: Acme Cloud: Build
    because the process opens this phase now
open the tell issue in project 3: Small: Acme Cloud: Tell
    because the process opens this phase now
keep the definition in a note on the root issue
    because a launch keeps to its definition
write the status note
    because the launch stands differently now
link the request issue to the root issue
    because the issues of a launch are linked to its root
link the scope issue to the root issue
    because the issues of a launch are linked to its root
link the build issue to the root issue
    because the issues of a launch are linked to its root
link the tell issue to the root issue
    because the issues of a launch are linked to its root
comment on the request issue: **Small process** has started: follow it here. The comment there
that shows the status is always up to date.
    because people should know
record that all of it is done
    because its writes are done\
""")
    assert world.plan().notifies() == ("alice", "bob", "carol")
    world.settle()
    assert set(world.issues) == {"request", "root", "scope", "build", "tell"}
    assert world.keys("request") == ["started.request.1"]
    assert world.linked == {"request", "scope", "build", "tell"}
    assert world.definition == world.process.canonical()
    assert folded(world.said("request")[0]) == snapshot("""\
**Small process** has started: [follow it here](https://gitlab.test/root). The comment there
that shows the status is always up to date.\
""")


def test_the_plan_of_a_finished_phase() -> None:
    """What the bot does in one go when the first phase is done, and why."""
    world = _started().finish("scope")
    assert _described(world) == snapshot("""\
write the status note
    because the launch stands differently now
change the scope issue: add the label g::done, remove the label g::open
    because the label shows the gate
change the build issue: add the label g::open, remove the label g::locked, set the due date:
2026-05-25
    because this is when it is due; the label shows the gate
change the tell issue: add the label g::open, remove the label g::locked
    because the label shows the gate
comment on the build issue: @bob: **Build** is unlocked, because Scope is done. It is due on
**2026-05-25**.
    because people should know
comment on the tell issue: @carol: **Tell** is unlocked, because Scope is done.
    because people should know
record that all of it is done
    because its writes are done\
""")
    assert world.plan().notifies() == ("bob", "carol")


def test_a_settled_launch_has_nothing_to_do() -> None:
    """The normal plan is empty."""
    assert _started().plan().describe() == "nothing to do"


def test_the_plan_of_changes_by_people() -> None:
    """A label is put back, a closing is taken back, a confidential root hides its phases."""
    world = _started().relabel("build", "g::open").edit("scope", closed=True)
    world.edit("root", confidential=True)
    assert _described(world) == snapshot("""\
write the status note
    because the launch stands differently now
change the scope issue: reopen, make confidential
    because it was closed too early; the launch is confidential
change the build issue: add the label g::locked, remove the label g::open, make confidential
    because the label shows the gate; the launch is confidential
change the tell issue: make confidential
    because the launch is confidential
comment on the scope issue: I reopened this issue: **Scope** is not complete. This is missing:
    because people should know
comment on the build issue: I put the label ~"g::locked" back. It was changed, but **Build**
is locked, and the label only shows that. A phase opens when the phases before it are done,
and it is done when its issue is closed with the required tasks ticked. Whoever may decide
otherwise writes `/launch unlock build because ...` or `/launch close build because ...`. If
you change the label again, I leave it, but the phase does not move.
    because people should know
record that all of it is done
    because its writes are done\
""")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"labels": frozenset()}, id="without the label"),
        pytest.param({"closed": True}, id="closed"),
    ],
)
def test_an_issue_that_is_no_open_request_starts_nothing(changes: dict[str, object]) -> None:
    """The label on an open issue asks for a launch."""
    assert _asked().edit("request", **changes).plan() == Plan()


def test_nothing_starts_without_a_request() -> None:
    """Nothing that asks for it, and nothing that is there."""
    assert World(process()).plan() == Plan()


def test_missing_inputs_are_asked_for_in_one_comment() -> None:
    """Ready to paste; the comment is edited in place when something else is missing."""
    world = _asked("Please!").settle()
    assert set(world.issues) == {"request"}
    assert folded(world.said("request")[0]) == snapshot("""\
This asks for **Small process**, and I can start as soon as these are there:

- **Partner** is missing.
- **Launch date** is missing.

Copy this into the description above, put in your own values, and save:

```markdown
### Partner

Acme

### Launch date

2026-06-01
```

Nothing has been opened so far. I look again whenever the description changes.\
""")
    world.edit("request", description=HALF).settle()
    assert world.keys("request") == ["inputs"]
    assert "Launch date** is missing" in world.said("request")[0]
    assert "Partner" not in world.said("request")[0]
    world.edit("request", description=REQUEST_TEXT).settle()
    assert world.keys("request") == ["inputs", "started.request.1"]
    assert world.said("request")[0] == (
        "This asks for **Small process**. It could not start at first; now it can."
    )
    assert "root" in world.issues


@pytest.mark.parametrize(
    ("day", "starts"), [("2026-03-01", False), ("2026-03-02", True), ("0001-01-01", False)]
)
def test_a_launch_date_in_the_past_is_a_mistake(day: str, starts: bool) -> None:
    """Most likely last year's; everything would be late at once. Today is early enough."""
    world = _asked(REQUEST_TEXT.replace("2026-06-01", day)).settle()
    assert ("root" in world.issues) == starts
    assert starts or "**Launch date** is in the past." in world.said("request")[0]


def test_a_launch_that_has_begun_starts_also_when_its_date_has_passed() -> None:
    """Its root is there: it would be odd to ask for another date now."""
    world = _asked()
    world.apply(world.plan().actions[:1])
    world.wait(200).settle()
    assert set(world.issues) == {"request", "root", "scope", "build", "tell"}


def test_a_second_request_for_the_same_opens_nothing() -> None:
    """The comment names the launch that runs; when that is over, this one starts."""
    world = _asked()
    world.rival = _rival()
    world.settle()
    assert set(world.issues) == {"request"}
    assert folded(world.said("request")[0]) == snapshot("""\
This asks for the same as [a launch that is running](https://gitlab.test/other): **Small
process** runs once at a time for the same Partner.

So I open nothing here. Go on there; or change the description here if you mean something
else, and I look again.\
""")
    world.rival = None
    assert world.settle().keys("request") == ["duplicate", "started.request.1"]
    assert world.said("request")[0].endswith("It could not start at first; now it can.")


@pytest.mark.parametrize(("mine", "theirs"), [(False, True), (True, True), (False, False)])
def test_a_confidential_launch_is_not_named_on_a_public_request(mine: bool, theirs: bool) -> None:
    """Its address stays among those who may see it."""
    world = _asked(confidential=mine)
    world.rival = _rival(confidential=theirs)
    text = world.settle().said("request")[0]
    assert ("https://gitlab.test/other" in text) == (mine or not theirs)
    assert ("a confidential launch" in text) == (theirs and not mine)


def test_a_comment_that_gitlab_refuses_is_not_tried_again_at_once() -> None:
    """The bot may not comment there: it waits for a change instead of going round in circles."""
    world = _asked(HALF)
    world.refuse["inputs"] = "No."
    world.settle()
    assert not world.notes


def test_a_root_that_cannot_be_opened_is_said_on_the_request() -> None:
    """With the cure; it is tried again tomorrow, and the comment is not repeated."""
    world = _asked()
    world.refuse["root.create"] = "403 Forbidden"
    assert world.settle().plan().wake_at == TOMORROW
    assert folded(world.said("request")[0]) == snapshot("""\
I cannot start **Small process**: GitLab does not let me open its first issue (403 Forbidden).

Whoever runs Launchbot needs to give my user at least the Reporter role in the project that
`launchbot.yml` calls `office`. I try again tomorrow, or when this issue changes.\
""")
    world.refusals = ()
    world.wait(1).settle()
    assert world.keys("request") == ["cannot"]
    world.refuse.clear()
    world.refusals = ()
    assert "root" in world.wait(1).settle().issues


def test_a_root_that_cannot_be_opened_nor_spoken_of_waits_for_tomorrow() -> None:
    """The bot may do nothing in either project."""
    world = _asked()
    world.refuse.update({"root.create": "No.", "cannot": "No."})
    assert world.settle().plan() == Plan(wake_at=TOMORROW)
    assert set(world.issues) == {"request"}


def test_a_launch_is_confidential_when_its_request_is() -> None:
    """All issues are opened so."""
    world = _asked(confidential=True).settle()
    assert all(issue.confidential for issue in world.issues.values())


def test_phases_become_confidential_with_the_root_and_never_back() -> None:
    """The request is not the bot's; issues opened later are confidential too."""
    world = World(process(tell={"opens": "when-unlocked"})).request().settle()
    world.edit("root", confidential=True).settle().finish("scope").settle()
    assert {name for name, issue in world.issues.items() if not issue.confidential} == {"request"}
    world.edit("root", confidential=False).settle()
    assert world.issues["build"].confidential


@pytest.mark.parametrize("lost", ["request", "text"])
def test_a_root_without_record_and_request_blocks_the_launch(lost: str) -> None:
    """It stopped after the first write, and what it was about cannot be read any more."""
    world = _asked()
    world.apply(world.plan().actions[:1])
    if lost == "request":
        world.hidden.add("request")
    else:
        world.edit("request", description="")
    assert world.plan().describe() == snapshot(
        "blocked: the launch has no record, and its request does not give the inputs"
    )


def test_a_launch_goes_on_whatever_becomes_of_its_request() -> None:
    """Closed, relabelled, emptied, or gone."""
    world = _started().edit("request", closed=True, labels=frozenset(), description="").settle()
    world.hidden.add("request")
    assert world.settle().finish("scope").settle().gates()["build"] == "open"


def test_a_launch_that_has_started_does_not_start_again_without_its_root() -> None:
    """The request tells that it has; whether a record is lost cannot be known, so it waits."""
    world = _started().forget()
    world.hidden.add("root")
    world.concealed, world.projects = ("office",), {"factory": 2, "press": 3}
    assert world.plan().describe() == snapshot(
        "blocked: it has started, and GitLab does not show its root issue to the bot"
    )
    world.hidden.remove("root")
    assert world.settle().record().state == "paused"


def test_what_the_record_names_and_gitlab_hides_is_not_opened_again() -> None:
    """Not even when the launch goes on without it."""
    world = _started()
    world.hidden |= {"build", "tell"}
    world.settle().finish("scope").settle()
    assert not [a for a in world.plan().actions if isinstance(a, CreateIssue)]
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    world.hidden.clear()
    world.settle()
    assert world.labels("build") == {"g::open"}
    assert world.keys("build") == ["unlocked.build.1"]


@pytest.mark.parametrize(
    ("field", "theirs"),
    [("assignees", (DAVE,)), ("assignees", ()), ("due", date(2026, 4, 1)), ("due", None)],
)
def test_what_people_set_stays(field: str, theirs: object) -> None:
    """Assignee and date changed or taken away by hand: through locking, unlocking and days."""
    world = _started().finish("scope").settle().edit("build", **{field: theirs}).settle()
    world.edit("scope", closed=False).settle().wait(9).edit("scope", closed=True).settle()
    assert getattr(world.issues["build"], field) == theirs


def test_what_stood_there_before_the_bot_looked_stays() -> None:
    """Somebody was quicker: assigned and dated between opening and the first look."""
    world = _asked()
    world.apply(action for action in world.plan().actions if isinstance(action, CreateIssue))
    world.edit("build", assignees=(DAVE,)).edit("root", due=date(2026, 7, 1)).settle()
    assert world.issues["build"].assignees == (DAVE,)
    assert world.issues["root"].due == date(2026, 7, 1)


def test_a_new_holder_of_a_role_takes_over() -> None:
    """What is unfinished and was assigned by the bot; finished work keeps who did it."""
    world = _started().finish("scope").settle().edit("tell", assignees=(ALICE,)).settle()
    world.people = {"sales": (DAVE,), "makers": (DAVE,), "writers": (DAVE,)}
    world.settle()
    owners = {name: issue.assignees for name, issue in world.issues.items()}
    assert owners == {
        "request": (),
        "root": (DAVE,),
        "scope": (ALICE,),
        "build": (DAVE,),
        "tell": (ALICE,),
    }


def test_a_live_launch_keeps_who_did_it() -> None:
    """Roles change for years afterwards; nobody wants to be assigned to old launches."""
    world = _started().finish("scope").settle().finish("tell").finish("build").settle()
    world.edit("root", closed=True).settle()
    world.people = {"sales": (DAVE,), "makers": (DAVE,), "writers": (DAVE,)}
    assert world.plan().actions == ()


def test_a_role_that_nobody_holds_any_more_leaves_its_people() -> None:
    """Nobody is taken away from an issue."""
    world = _started()
    world.people = {}
    assert BOB in world.settle().issues["build"].assignees


def test_what_gitlab_refused_rests_for_the_day() -> None:
    """It is asked again the next day, and not before; the launch goes on."""
    world = World(process(), refuse={"build.assignee": "No.", "tell.create": "No."})
    world.request().settle()
    assert not world.issues["build"].assignees
    assert "tell" not in world.issues
    world.refuse.clear()
    world.refusals = ()
    assert "tell" not in world.settle().issues
    world.wait(1).settle()
    assert world.issues["build"].assignees == (BOB,)
    assert world.labels("tell") == {"g::locked"}
    assert world.record().refused == {}


def test_another_value_is_not_refused() -> None:
    """Bob could not be assigned; when Dave holds the role he is, on the same day."""
    world = World(process(), refuse={"build.assignee": "No."}).request().settle()
    world.refuse.clear()
    world.refusals = ()
    world.people["makers"] = (DAVE,)
    assert world.settle().issues["build"].assignees == (DAVE,)


def test_a_refusal_that_no_longer_matters_is_forgotten() -> None:
    """Somebody assigned the issue by hand, or made it confidential."""
    world = World(process(), refuse={"build.assignee": "No."}).request().settle()
    world.refusals = ()
    world.edit("build", assignees=(DAVE,)).settle()
    assert world.record().refused == {}


def test_a_refused_hiding_rests_too() -> None:
    """The phase cannot be made confidential; the note says so, until somebody does it."""
    world = _started()
    world.refuse["tell.confidential"] = "No."
    world.edit("root", confidential=True).settle()
    assert not world.issues["tell"].confidential
    assert set(world.record().refused) == {"tell.confidential"}
    world.refusals = ()
    world.edit("tell", confidential=True).settle()
    assert world.record().refused == {}


def test_a_refused_comment_is_posted_the_next_day() -> None:
    """It stays owed; nothing else waits for it."""
    world = _started()
    world.refuse["unlocked.build.1"] = "No."
    world.finish("scope").settle()
    assert not world.keys("build")
    assert world.keys("tell") == ["unlocked.tell.1"]
    world.refuse.clear()
    world.refusals = ()
    assert not world.settle().keys("build")
    assert world.wait(1).settle().keys("build") == ["unlocked.build.1"]


def test_a_link_that_a_person_removed_stays_removed() -> None:
    """It is theirs to decide, like assignee and date."""
    world = _started()
    world.linked.discard("build")
    assert "build" not in world.settle().linked


def test_a_note_edited_by_hand_is_put_right() -> None:
    """Changes made in the status note are lost, as it says."""
    world = _started()
    assert world.status is not None
    before = world.status.text
    world.status = replace(world.status, text="Hello")
    world.settle()
    assert world.status.text == before


def test_the_definition_is_kept_once() -> None:
    """Before the first record, and never again."""
    world = _asked()
    kept = [action for action in world.plan().actions if isinstance(action, KeepDefinition)]
    assert [action.text for action in kept] == [world.process.canonical()]
    world.settle().finish("scope")
    assert not [action for action in world.plan().actions if isinstance(action, KeepDefinition)]


def test_comments_say_whom_they_notify() -> None:
    """For people who look at a plan before it is carried out."""
    actions = _started().finish("scope").plan().actions
    notes = {a.key: a.mentions for a in actions if isinstance(a, PostNote)}
    assert notes == {"unlocked.build.1": ("bob",), "unlocked.tell.1": ("carol",)}
    assert _started().now == MONDAY


# --- Records that were lost -----------------------------------------------------------------------


def test_a_deleted_record_comes_back_from_the_copy() -> None:
    """The database remembers what the status note said, so nobody notices."""
    world = _started().finish("scope").settle().remember()
    record, notes = world.record(), {**world.notes}
    world.forget().settle()
    assert world.record() == record.model_copy(update={"revision": world.record().revision})
    assert world.notes == notes


def test_an_older_copy_does_not_undo_the_note() -> None:
    """The higher revision counts."""
    world = _started().remember().finish("scope").settle()
    assert world.gates()["scope"] == "done"
    assert world.plan() == Plan(wake_at=world.plan().wake_at)


@pytest.mark.parametrize("lost", [World.forget, World.spoil])
def test_a_record_without_copy_is_rebuilt_and_pauses_the_launch(
    lost: Callable[[World], World],
) -> None:
    """Labels tell the gates; dates and assignees of people stay as they are."""
    world = _started().finish("scope").settle().edit("build", assignees=(DAVE,)).settle()
    before = {**world.issues}
    lost(world).settle()
    assert world.record().state == "paused"
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    assert world.record().phase("build").opened == MONDAY
    assert world.record().inputs == {"partner": "Acme Cloud", "launch_date": "2026-06-01"}
    assert world.issues == before
    assert folded(world.said("root")[-1]) == snapshot("""\
@alice: my record of this launch was lost or broken, and I have no copy. I rebuilt it from the
issues and their labels, and **paused the launch**.

I cannot know any more which dates and assignees people chose, when phases began, and which
comments I owed. Look through the table above: if gates and dates are right, `/launch resume`
goes on. Commands of before do not run any more.\
""")
    assert "**Paused**" in world.status.text if world.status else ""


def test_what_is_not_there_any_more_is_rebuilt_as_locked() -> None:
    """No issue and no label tell nothing; inputs come from a request that still gives them."""
    world = _started().relabel("build").edit("request", description="").settle()
    world.hidden |= {"tell", "request"}
    world.refuse["label.build.1"] = "No."
    world.forget().relabel("build").settle()
    assert world.gates() == {"scope": "open", "build": "locked", "tell": "locked"}
    assert world.record().inputs == {}


def test_what_was_hidden_when_the_record_was_rebuilt_is_in_it_once_it_is_seen() -> None:
    """Its label tells the gate, until somebody resumes the launch."""
    world = _started().finish("scope").settle()
    world.hidden |= {"tell"}
    world.forget().settle()
    assert world.gates()["tell"] == "locked"
    world.hidden -= {"tell"}
    world.settle()
    assert world.record().state == "paused"
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}


def test_a_root_whose_record_was_never_written_is_no_lost_record() -> None:
    """It stopped after the first write: the launch starts, and does not pause."""
    world = _asked()
    world.apply(world.plan().actions[:1])
    assert world.settle().record().state == "running"


def test_a_paused_launch_does_nothing_but_what_it_owes() -> None:
    """People go on; the bot looks, and waits."""
    world = _started().forget().settle()
    assert world.keys("root") == [f"rebuilt.root.{int(MONDAY.timestamp()) + 1}"]
    world.finish("scope").relabel("build", "g::done").edit("root", confidential=True)
    world.people = {}
    before = {**world.issues}
    assert world.settle().issues == before
    assert world.gates() == {"scope": "open", "build": "locked", "tell": "locked"}
    assert not world.keys("build")


def test_a_resumed_launch_goes_on_from_what_is_there() -> None:
    """Once; later pauses are pauses again."""
    world = _started().forget().settle().finish("scope").resume()
    assert world.record().state == "running"
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    world.forget().settle()
    assert world.record().state == "paused"


def test_a_rebuilt_launch_says_its_news_once_more_and_not_under_old_keys() -> None:
    """A comment of before is not taken for the one that is owed now."""
    world = _started().finish("scope").settle().edit("scope", closed=False).settle()
    world.forget().settle().resume().edit("scope", closed=True).settle()
    keys = world.keys("build")
    assert keys[:2] == ["unlocked.build.1", "locked.build.1"]
    assert len(keys) == 3


# --- Issues that were moved -----------------------------------------------------------------------


@pytest.mark.parametrize("part", ["root", "build"])
def test_a_moved_issue_gets_its_labels_again(part: str) -> None:
    """A project takes only the labels along that it has; nobody took them away."""
    world = _started().move(part, 9).settle()
    assert "run" in world.issues[part].labels
    assert part == "root" or world.labels(part) == {"g::locked"}
    assert world.record().parts[part].project == 9
    assert not world.keys(part)


def test_what_people_set_stays_when_an_issue_is_moved() -> None:
    """Only labels are lost on the way."""
    world = _started().edit("build", assignees=(DAVE,)).settle().move("build", 9).settle()
    assert world.issues["build"].assignees == (DAVE,)


@pytest.mark.parametrize("carried", range(5))
def test_a_crash_after_a_move_loses_no_label(carried: int) -> None:
    """The record tells where an issue stood until its labels are there."""
    world = _started().move("build", 9)
    world.apply(world.plan().actions[:carried])
    world.settle()
    assert world.labels("build") == {"g::locked"}
    assert world.record().refused == {}


def test_an_issue_moved_during_a_pause_gets_its_labels_when_the_launch_goes_on() -> None:
    """Until then one look is enough."""
    world = _started().forget().settle().move("build", 9)
    world.apply(world.plan().actions)
    assert world.plan().actions == ()
    assert world.resume().labels("build") == {"g::locked"}


def test_a_record_lost_after_a_move_is_rebuilt_at_once() -> None:
    """A paused launch sets no labels, so it speaks of none; it does when it goes on."""
    world = _started().forget().move("build", 9)
    world.apply(world.plan().actions)
    assert world.plan().actions == ()
    world.resume()
    assert world.status
    assert "has no label" in world.status.text


def test_a_root_moved_out_of_sight_is_said_once() -> None:
    """Nothing else is done; it goes on when the root is back."""
    world = _started().edit("root", moved=True).settle().finish("scope").settle()
    assert world.keys("root") == ["moved"]
    assert world.gates()["scope"] == "open"
    assert folded(world.said("root")[0]) == snapshot("""\
This issue was moved to a project in which I do not work, so the launch **stands still**.

Move it back, or let whoever runs Launchbot add the project to `projects:` in `launchbot.yml`
and make me a member there with the Reporter role. I go on by myself then.\
""")
    world.edit("root", moved=False).settle()
    assert world.gates()["scope"] == "done"


# --- Labels that are gone -------------------------------------------------------------------------


def test_a_label_taken_off_is_put_back_once() -> None:
    """Who insists may."""
    world = _started().edit("tell", labels=frozenset()).settle()
    assert world.issues["tell"].labels == {"run", "g::locked"}
    world.edit("tell", labels=frozenset({"g::locked"})).settle()
    assert world.issues["tell"].labels == {"g::locked"}
    assert world.keys("tell") == ["label.tell.1"]


def test_a_label_that_a_project_lost_is_not_created_anew() -> None:
    """Somebody renamed or removed it; it is put on again when it is back."""
    world = _started().lose("run", "g::locked", project=2).settle()
    assert world.issues["build"].labels == frozenset()
    assert not world.keys("build")
    world.gone.clear()
    world.settle()
    assert world.issues["build"].labels == {"run", "g::locked"}


def test_a_label_that_is_gone_when_a_gate_moves_is_refused_and_said() -> None:
    """The gate moves all the same: labels only show it."""
    world = _started().lose("g::open", project=2).finish("scope").settle()
    assert world.gates()["build"] == "open"
    assert world.keys("build") == ["unlocked.build.1"]
    assert world.labels("build") == {"g::locked"}


def test_a_request_for_a_project_that_gitlab_does_not_show_is_answered() -> None:
    """Whoever runs the bot reads what to do."""
    world = _asked()
    world.projects = {"factory": 2, "press": 3}
    world.settle()
    assert set(world.issues) == {"request"}
    assert "GitLab shows me no project" in world.said("request")[0]


def test_a_phase_whose_project_gitlab_does_not_show_waits() -> None:
    """The others are opened."""
    world = _asked()
    world.projects = {"office": 1, "factory": 2}
    world.settle()
    assert set(world.issues) == {"request", "root", "scope", "build"}
    world.projects["press"] = 3
    assert "tell" in world.settle().issues


def test_a_link_that_gitlab_refuses_to_a_new_issue_rests() -> None:
    """It is tried again tomorrow; the launch goes on."""
    world = World(process(), refuse={"tell.link": "No."}).request().settle()
    assert world.linked == {"request", "scope", "build"}
    world.refuse.clear()
    world.refusals = ()
    assert "tell" in world.wait(1).settle().linked


def test_a_launch_keeps_to_the_part_of_the_process_that_it_asks_for() -> None:
    """Conditions are decided once, by the inputs; the definition that is kept has none left."""
    some = 'partner == "Acme Cloud"'
    whole = process(build={"tasks": [task("bake"), task("sign", when=some)]}, tell={"when": some})
    other = World(whole).request(REQUEST_TEXT.replace("Acme Cloud", "Bolt")).settle()
    assert set(other.issues) == {"request", "root", "scope", "build"}
    assert "sign" not in other.issues["build"].description
    asked = World(whole).request().settle()
    assert set(asked.issues) == {"request", "root", "scope", "build", "tell"}
    assert "`sign`" in asked.issues["build"].description
    for world in (asked, other):
        record = world.observe().record()
        assert record is not None
        kept = Process.model_validate_json(world.definition or "")
        assert record.definition == kept.digest()
        assert fit(kept, {}) is kept
