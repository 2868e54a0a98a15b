"""What the writer does, and that it does it once, whatever happens in between."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest

from bot.domain.actions import (
    Action,
    ChangeIssue,
    CreateIssue,
    KeepDefinition,
    LinkIssues,
    Plan,
    PostNote,
    WriteStatus,
)
from bot.domain.errors import PermanentError, TransientError
from bot.domain.observed import Observed, Person, Refusal
from bot.domain.rendering import link
from bot.gitlab.standing import Conflict
from tests.domain.world import process
from tests.gitlab.test_find import new_bot
from tests.gitlab.world import Place, World, new_world, visible

REQUEST = 1
LABELS = frozenset({"run", "g::locked", "g::open", "g::done"})
PLAN_LENGTH = 13
"""Four issues, the definition, the record, four links, a comment, the record again; and one."""


def do(world: World, observed: Observed, *actions: Action, **how: Any) -> list[Refusal]:
    """Carry out some actions; what was refused."""
    return world.apply(observed, Plan(actions), **how).refusals


def create(world: World, part: str = "extra", **more: Any) -> CreateIssue:
    """Open an issue in the press project."""
    values: dict[str, Any] = {
        "title": "Extra",
        "text": "Look.",
        "labels": ("run", "g::open"),
        "known_labels": LABELS,
        "assignee": None,
        "due": None,
        "confidential": False,
        "identity": (),
        **more,
    }
    return CreateIssue(part, world.project("press"), reason="test", **values)


def change(part: str = "build", **more: Any) -> ChangeIssue:
    """Change the issue of a part."""
    return ChangeIssue(part, "test", **more)


def say(text: str = "Hello.", part: str = "scope", key: str = "hello", **more: Any) -> PostNote:
    """Comment on the issue of a part."""
    return PostNote(part, key, text, "test", **more)


def status(observed: Observed, text: str = "Now.", **more: Any) -> WriteStatus:
    """Write the status note anew."""
    assert observed.status is not None
    assert observed.status.record is not None
    return WriteStatus(text, observed.status.record, "test", **more)


def texts(world: World, observed: Observed, part: str = "scope") -> list[str]:
    """What the bot has said on an issue."""
    notes = world.actor("root").notes(world.place(observed, part))
    return [visible(note["body"]) for note in notes]


@pytest.fixture
def launch(world: World) -> Observed:
    """A launch that has just started, at rest."""
    return world.launch()


# --- What each action does ----------------------------------------------------------------------


def test_start_of_a_launch_in_gitlab(world: World, launch: Observed) -> None:
    """Issues with owner, label and date; links; overview, definition and answer."""
    everything = world.everything()
    assert {name: (e["assignees"], e["due"], e["labels"]) for name, e in everything.items()} == {
        "office#1": ([], None, ["ask"]),
        "office#2": (["alice"], "2026-06-01", ["run"]),
        "office#3": (["alice"], "2026-03-16", ["g::open", "run"]),
        "factory#1": (["bob"], None, ["g::locked", "run"]),
        "press#1": (["carol"], None, ["g::locked", "run"]),
    }
    assert everything["office#2"]["links"] == [
        "team/factory#1",
        "team/office#1",
        "team/office#3",
        "team/press#1",
    ]
    assert [note[:26] for note in everything["office#2"]["notes"]] == [
        "### Small: Acme Cloud\n\n**R",
        "Launchbot keeps the defini",
    ]
    assert "issues/2)" in everything["office#1"]["notes"][0]
    assert launch.status is not None
    assert launch.status.record is not None
    assert launch.status.record.revision == 2
    assert set(launch.status.record.parts) == {"root", "request", "scope", "build", "tell"}


def test_issue_is_opened_as_asked(world: World, launch: Observed) -> None:
    """With everything at once, so that nobody ever sees half of it."""
    carol = Person(world.user("carol"), "carol")
    action = create(world, assignee=carol, due=date(2026, 4, 1), confidential=True)
    outcome = world.apply(launch, Plan((action, say("Here.", part="extra"))))
    assert outcome.refusals == []
    raw = world.actor("root").issue((world.project("press"), 2))
    assert (raw["title"], visible(raw["description"])) == ("Extra", "Look.")
    assert (raw["labels"], raw["due_date"]) == (["g::open", "run"], "2026-04-01")
    assert ([user["username"] for user in raw["assignees"]], raw["confidential"]) == (
        ["carol"],
        True,
    )
    assert outcome.root == world.place(launch)
    assert raw["user_notes_count"] == 1


def test_issue_is_changed_as_asked(world: World, launch: Observed) -> None:
    """Labels are added and removed one by one: those of people stay."""
    place = world.place(launch, "build")
    world.actor("alice").change(place, add_labels="mine")
    carol = Person(world.user("carol"), "carol")
    action = change(
        add_labels=("g::open",),
        remove_labels=("g::locked",),
        assignee=carol,
        due=date(2026, 4, 1),
        state="closed",
        confidential=True,
    )
    assert do(world, launch, action) == []
    raw = world.actor("root").issue(place)
    assert sorted(raw["labels"]) == ["g::open", "mine", "run"]
    assert (raw["due_date"], raw["state"], raw["confidential"]) == ("2026-04-01", "closed", True)
    assert [user["username"] for user in raw["assignees"]] == ["carol"]
    assert do(world, world.observe(world.place(launch)), change(state="opened")) == []
    assert world.actor("root").issue(place)["state"] == "opened"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"due_date": "2026-05-01"}, {"due": date(2026, 4, 1)}),
        ({"assignee_ids": []}, {"assignee": Person(4711, "dave")}),
        ({"state_event": "close"}, {"state": "opened"}),
    ],
    ids=["due date", "assignee", "state"],
)
def test_field_that_a_person_has_just_changed_is_not_written(
    world: World, launch: Observed, theirs: dict[str, Any], ours: dict[str, Any]
) -> None:
    """It is read again just before; what a person set meanwhile leads to another plan."""
    place = world.place(launch, "build")
    world.actor("alice").change(place, **theirs)
    before = world.actor("root").issue(place)
    with pytest.raises(Conflict, match="somebody"):
        do(world, launch, change(**ours))
    assert world.actor("root").issue(place) == before
    assert do(world, launch, change(confidential=True)) == []


def test_comment_is_posted_once_for_each_key(world: World, launch: Observed) -> None:
    """The key tells comments apart, not the text."""
    assert do(world, launch, say(), say("Else."), say("Bye.", key="bye")) == []
    assert texts(world, launch) == ["Hello.", "Bye."]


def test_comment_is_edited_where_the_plan_says_so(world: World, launch: Observed) -> None:
    """Links that the plan left open are filled in."""
    do(world, launch, say())
    (note,) = world.actor("root").notes(world.place(launch, "scope"))
    assert do(world, launch, say(f"See {link('this', 'root')}.", note=note["id"])) == []
    address = "http://gitlab.test/team/office/-/issues/2"
    assert texts(world, launch) == [f"See [this]({address})."]


@pytest.mark.parametrize("part", ["rival", "extra"])
def test_comment_that_links_to_nothing_waits(world: World, launch: Observed, part: str) -> None:
    """An empty address would lead nowhere; it is owed until the issue is there."""
    do(world, launch, say())
    (note,) = world.actor("root").notes(world.place(launch, "scope"))
    for action in (
        say(f"See {link('it', part)}.", key="see"),
        say(link("it", part), note=note["id"]),
    ):
        (refusal,) = do(world, launch, action, status(launch, settles=True))
        assert (refusal.key, refusal.want) == (action.key, "scope")
        assert "links to an issue that GitLab does not show" in refusal.why
    assert texts(world, launch) == ["Hello."]


def test_comment_may_link_to_an_issue_of_the_same_plan(world: World, launch: Observed) -> None:
    """It stands by then."""
    action = say(f"See {link('it', 'extra')}.")
    assert do(world, launch, create(world), action) == []
    assert texts(world, launch) == ["See [it](http://gitlab.test/team/press/-/issues/2)."]


# --- What is told of it -------------------------------------------------------------------------


def told(world: World, observed: Observed, *actions: Action) -> list[Action]:
    """The actions of which the writer says that they are done."""
    done: list[Action] = []
    world.access().writer.apply(observed, Plan(actions), done.append)
    return done


def test_what_is_done_is_told(world: World, launch: Observed) -> None:
    """One after the other, in order; nothing of what was refused or not begun."""
    world.sim.faults.add(kind="status", match={"method": "POST", "path": "links"}, status=403)
    first, linking, last = say(), LinkIssues("build", "test"), change(state="closed")
    alien, end = say(part="extra"), status(launch, settles=True)
    assert told(world, launch, first, linking, alien, last, end) == [first, last]


def test_what_was_done_before_it_went_wrong_is_told(world: World, launch: Observed) -> None:
    """A crash does not take it back."""
    done: list[Action] = []
    with pytest.raises(PermanentError):
        world.access().writer.apply(launch, Plan((say(), say("/close", key="x"))), done.append)
    assert done == [say()]


def test_issue_is_told_as_opened_also_where_it_lacks_somebody(
    world: World, launch: Observed
) -> None:
    """It stands there; one that could not be opened does not."""
    bob = Person(world.user("bob"), "bob")
    del world.sim.state.projects[world.project("press")].members[bob.id]
    action = create(world, assignee=bob)
    assert told(world, launch, action) == [action]
    world.sim.faults.add(kind="status", match={"method": "POST"}, status=403)
    assert told(world, launch, create(world, "other")) == []


# --- Labels -------------------------------------------------------------------------------------


def labels(world: World, project: int) -> dict[str, str]:
    """The labels of a project, with their descriptions."""
    found = world.seeded.admin.list(f"/projects/{project}/labels")
    return {label["name"]: label["description"] for label in found}


def lose(world: World, name: str, label: str) -> None:
    """Somebody deletes a label of a project."""
    path = f"/projects/{world.project(name)}/labels/{quote(label, safe='')}"
    world.seeded.admin._gitlab.http_delete(path)


def test_labels_are_created_in_the_open_with_the_first_issue(
    world: World, launch: Observed
) -> None:
    """All that it will ever bear, each once, and they say whose they are."""
    assert launch.root is not None
    assert labels(world, world.project("factory")) == dict.fromkeys(LABELS, "Used by Launchbot")
    world.forget_calls()
    do(world, launch, create(world, labels=("run", "new")))
    assert len(world.asked("POST", "/labels")) == 1
    assert labels(world, world.project("press")).keys() == LABELS | {"new"}


def test_bot_that_may_not_create_labels_opens_the_issue_without(world: World) -> None:
    """Which is noticed by the next look at it, not by an error."""
    place = world.request()
    match = {"method": "POST", "path": "labels"}
    world.sim.faults.add(kind="status", match=match, status=403, times=None)
    world.apply(world.observe(place))
    assert len(world.everything()) == 5


@pytest.mark.parametrize(("label", "others"), [("g::done", {}), ("run", {"due": date(2026, 4, 1)})])
def test_label_that_the_project_lost_is_not_created_anew(
    world: World, launch: Observed, label: str, others: dict[str, Any]
) -> None:
    """Somebody took it away; the rest is changed, and the old label stays."""
    lose(world, "factory", label)
    before = world.actor("root").issue(world.place(launch, "build"))["labels"]
    action = change(add_labels=(label,), remove_labels=("g::locked",), **others)
    refusals = do(world, launch, action)
    assert [(refusal.key, refusal.want) for refusal in refusals] == [
        ("build.gate", label),
        ("build.label", label),
    ]
    assert f'no label ~"{label}" any more' in refusals[0].why
    raw = world.actor("root").issue(world.place(launch, "build"))
    assert (raw["labels"], raw["due_date"]) == (before, "2026-04-01" if others else None)
    assert label not in labels(world, world.project("factory"))


def test_new_home_of_a_moved_issue_gets_the_labels(world: World, launch: Observed) -> None:
    """It never had them, so nobody took them away."""
    attic = world.attic()
    world.move(world.place(launch, "build"), attic)
    projects = {**world.seeded.plan.configuration().projects, "attic": attic}
    admin = world.seeded.admin
    admin.post(
        f"/projects/{attic}/members", {"user_id": world.user("launchbot"), "access_level": 20}
    )
    assert labels(world, attic) == {}
    access = world.access(projects=projects)
    world.apply(world.observe(world.place(launch), access), access=access)
    assert labels(world, attic).keys() == LABELS
    after = world.observe(world.place(launch), access)
    assert after.phases["build"].labels == {"run", "g::locked"}
    assert after.gone == {}


# --- The breaker --------------------------------------------------------------------------------


def test_thread_is_left_in_peace_after_ten_comments_an_hour(world: World, launch: Observed) -> None:
    """People's comments do not count, nor do other threads; an hour later it goes on."""
    world.actor("alice").comment(world.place(launch, "scope"), "Well?")
    several = [say(f"{number}.", key=f"k{number}") for number in range(12)]
    refusals = do(world, launch, *several, say(part="build", key="there"))
    assert [(refusal.key, refusal.want) for refusal in refusals] == [
        ("k10", "scope"),
        ("k11", "scope"),
    ]
    assert "so often within an hour" in refusals[0].why
    assert len(texts(world, launch)) == 11
    assert texts(world, launch, "build") == ["Hello."]
    world.wait(minutes=61)
    assert do(world, replace(launch, now=world.now), several[10]) == []
    assert texts(world, launch)[-1] == "10."


def test_second_request_is_told_where_the_launch_is(world: World, launch: Observed) -> None:
    """And opens nothing."""
    second = world.request()
    before = len(world.everything())
    world.settle(second)
    assert len(world.everything()) == before
    assert launch.root is not None
    (answer,) = world.actor("alice").notes(second)
    assert launch.root.url in answer["body"]


def test_status_note_is_edited_in_place(world: World, launch: Observed) -> None:
    """Its revision grows, and it knows where everything stands."""
    outcome = world.apply(launch, Plan((status(launch), status(launch, "Then."))))
    assert launch.status is not None
    assert outcome.status == launch.status.note
    after = world.observe((world.project("office"), REQUEST)).status
    assert after is not None
    assert after.record is not None
    assert (after.note, after.text, after.record.revision) == (launch.status.note, "Then.", 4)


def test_nothing_is_done_about_what_is_not_there(world: World) -> None:
    """Without a root there is nothing to link, record or comment on."""
    launch = world.launch()
    alone = replace(launch, root=None, phases={}, request=None)
    before = world.sim.calls.writes
    outcome = world.apply(
        alone,
        Plan(
            (
                create(world),
                change(),
                LinkIssues("build", "test"),
                say(),
                KeepDefinition("{}", "test"),
                status(launch),
            )
        ),
    )
    assert (outcome.root, outcome.refusals) == (None, [])
    assert world.sim.calls.writes == before


# --- Once, and only once ------------------------------------------------------------------------


def undisturbed() -> dict[str, Any]:
    """How a launch looks when nothing went wrong."""
    world = new_world()
    try:
        world.launch()
        return world.everything()
    finally:
        world.network.close()


UNDISTURBED = undisturbed()


def test_plan_that_is_carried_out_twice_doubles_nothing(world: World) -> None:
    """Somebody else was faster: what stands there is found, and the record has moved on."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, plan)
    assert world.everything() == UNDISTURBED
    with pytest.raises(Conflict, match="has appeared"):
        world.apply(observed, plan)
    assert world.everything() == UNDISTURBED


def test_plan_has_the_length_that_the_next_tests_count_to(world: World) -> None:
    """They stop after each of its actions."""
    assert len(world.plan(world.observe(world.request())).actions) == PLAN_LENGTH - 1


@pytest.mark.parametrize("done", range(PLAN_LENGTH))
def test_bot_that_stops_after_any_action_goes_on_where_it_was(world: World, done: int) -> None:
    """A crash leaves a prefix of the plan behind; everything local may be lost with it."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:done]))
    world.shelf.kept.clear()
    world.settle(place)
    assert world.everything() == UNDISTURBED


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after", "commit_later"])
@pytest.mark.parametrize(
    ("method", "number"),
    [("POST", 0), ("POST", 2), ("POST", 4), ("POST", 5), ("POST", 8), ("POST", 10), ("PUT", 0)],
    ids=["root", "phase", "definition", "record", "link", "comment", "settling"],
)
def test_lost_answer_doubles_nothing(world: World, kind: str, method: str, number: int) -> None:
    """It was not done, was done, or is still done within the minute that is waited."""
    place = world.request()
    observed = world.observe(place)
    world.sim.faults.add(kind=kind, match={"method": method}, after=number, seconds=50)
    with pytest.raises(TransientError, match="lost") as caught:
        world.apply(observed)
    assert caught.value.retry_after is not None
    world.wait(seconds=caught.value.retry_after)
    world.settle(place)
    assert world.everything() == UNDISTURBED


def test_issue_is_found_again_whatever_people_did_to_it(world: World) -> None:
    """It was opened, the bot stopped, and somebody tidied up at once."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:2]))
    for iid in (2, 3):
        world.actor("root").change((place[0], iid), labels="", title="Mine", state_event="close")
    world.settle(place)
    titles = [entry["title"] for entry in world.everything().values()]
    assert sorted(titles) == [
        "Acme Cloud",
        "Mine",
        "Mine",
        "Small: Acme Cloud: Build",
        "Small: Acme Cloud: Tell",
    ]


def test_issue_of_somebody_else_is_never_taken_for_ours(world: World) -> None:
    """A copy of the root, with its marker, stands there before the bot looks."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:1]))
    office = world.project("office")
    root = world.actor("root").issue((office, 2))
    world.actor("alice").file(office, "Copy", root["description"], "run")
    del world.sim.state.projects[office].issues[2]
    world.settle(place)
    assert world.everything()["office#3"]["notes"] == []
    assert world.everything()["office#4"]["title"] == "Small: Acme Cloud"


def test_definition_is_kept_again_where_another_one_is_kept(world: World) -> None:
    """The bot stopped before the record, and came back with a process that had changed."""
    place = world.request()
    observed = world.observe(place)
    plan = world.plan(observed)
    world.apply(observed, replace(plan, actions=plan.actions[:5]))
    second = process(tell={"title": "Spread the word"})
    world.processes["small"] = second
    launch = world.settle(place)
    world.processes["small"] = process(tell={"title": "Third"})
    world.shelf.kept.clear()
    seen = world.access().reader.observe(world.found(world.place(launch)), world.now)
    assert seen is not None
    assert seen[0] == second


# --- What GitLab refuses ------------------------------------------------------------------------


@pytest.mark.parametrize("status_code", [400, 403, 404, 422])
def test_issue_that_gitlab_does_not_open_is_a_refusal(
    world: World, launch: Observed, status_code: int
) -> None:
    """The rest of the plan is done; what builds on it is not, and nothing counts as settled."""
    world.sim.faults.add(kind="status", match={"method": "POST"}, status=status_code)
    refusals = do(
        world, launch, create(world), say(part="extra"), say(), status(launch, settles=True)
    )
    assert [(refusal.key, refusal.want) for refusal in refusals] == [("extra.create", "extra")]
    assert f"{status_code} Error" in refusals[0].why
    assert texts(world, launch) == ["Hello."]
    assert "Now." not in texts(world, launch, "root")


def test_request_is_told_why_nothing_can_be_opened(world: World) -> None:
    """Issues are off in the project of the root."""
    place = world.request()
    match = {"path": rf"projects/{world.project('office')}/issues(\?|$)", "user": "launchbot"}
    world.sim.faults.add(kind="status", match=match, status=403, times=None)
    world.settle(place)
    (answer,) = world.actor("alice").notes(place)
    assert "I cannot start" in answer["body"]
    assert "shows me no issues there" in answer["body"]
    assert world.asked("POST", "/issues ") == []
    assert len(world.everything()) == 1


def test_person_without_access_is_a_refusal(world: World) -> None:
    """GitLab drops them and answers 200; the overview tells who should be added where."""
    del world.sim.state.projects[world.project("factory")].members[world.user("bob")]
    launch = world.launch()
    assert launch.status is not None
    assert launch.status.record is not None
    assert "dropped bob without a word" in launch.status.record.refused["build.assignee"].why
    assert "dropped bob" in launch.status.text
    refusals = do(world, launch, change(assignee=Person(world.user("bob"), "bob")))
    assert [refusal.key for refusal in refusals] == ["build.assignee"]


def test_fields_that_a_guest_may_not_set_are_refusals(world: World, launch: Observed) -> None:
    """GitLab answers 200 and leaves them out; else it would look as if a person had undone it."""
    project = world.project("factory")
    world.sim.state.projects[project].members[world.user("launchbot")].access_level = 10
    action = change(
        add_labels=("g::open",),
        due=date(2026, 4, 1),
        confidential=True,
        assignee=Person(world.user("carol"), "carol"),
        state="closed",
    )
    refusals = do(world, launch, action)
    assert [(refusal.key, refusal.want) for refusal in refusals] == [
        ("build.assignee", str(world.user("carol"))),
        ("build.due", "2026-04-01"),
        ("build.confidential", "yes"),
        ("build.gate", "g::open"),
        ("build.label", "g::open"),
    ]
    assert "Reporter role" in refusals[1].why


def test_refused_change_is_a_refusal_of_every_field(world: World, launch: Observed) -> None:
    """Each is asked again tomorrow."""
    world.sim.faults.add(kind="status", match={"method": "PUT"}, status=403)
    action = change(add_labels=("g::open",), state="closed")
    keys = [refusal.key for refusal in do(world, launch, action)]
    assert keys == ["build.state", "build.gate", "build.label"]


def test_link_that_is_there_is_as_good_as_new(world: World, launch: Observed) -> None:
    """In whichever direction it was made."""
    before = world.everything()
    assert do(world, launch, LinkIssues("build", "test")) == []
    assert world.everything() == before


def test_refused_link_is_a_refusal(world: World, launch: Observed) -> None:
    """The bot needs access to both ends."""
    match = {"method": "POST", "path": "links"}
    world.sim.faults.add(kind="status", match=match, status=403)
    refusals = do(world, launch, LinkIssues("build", "test"))
    assert [(refusal.key, refusal.want) for refusal in refusals] == [("build.link", "yes")]


def test_refused_comment_is_a_refusal(world: World, launch: Observed) -> None:
    """Locked to members, say. A comment that may not be edited is not written anew then."""
    match = {"path": r"notes(/\d+)?$"}
    for action in (say(), say(note=4711)):
        world.sim.faults.add(kind="status", match={"method": "POST"} | match, status=403)
        refusals = do(world, launch, action)
        assert [(refusal.key, refusal.want) for refusal in refusals] == [("hello", "scope")]
    assert texts(world, launch) == []


def test_bot_that_cannot_keep_its_record_gives_up(world: World, launch: Observed) -> None:
    """Without its memory it must not go on."""
    world.sim.faults.add(kind="status", match={"path": "notes"}, status=403, after=1, times=None)
    with pytest.raises(PermanentError, match="cannot keep its notes: GitLab answered 403"):
        do(world, launch, status(launch))


@pytest.mark.parametrize(
    "action",
    [
        lambda _: say("Look:\n/close"),
        lambda world: create(world, text="/assign @alice"),
        lambda _: say("\u2028/close", note=1),
    ],
)
def test_text_that_gitlab_could_run_is_not_sent(
    world: World, launch: Observed, action: Callable[[World], Action]
) -> None:
    """What came before it is done; nothing after."""
    before = world.sim.calls.writes
    with pytest.raises(PermanentError, match="was not sent"):
        do(world, launch, say("First.", key="first"), action(world), say("Last.", key="last"))
    assert texts(world, launch) == ["First."]
    assert world.sim.calls.writes == before + 1


# --- Meanwhile ----------------------------------------------------------------------------------


def test_record_that_moved_on_is_a_conflict(world: World, launch: Observed) -> None:
    """Whoever wrote it knew more; nothing is overwritten."""
    do(world, launch, status(launch, "Newer."))
    with pytest.raises(Conflict, match="has changed"):
        do(world, launch, status(launch, "Older."))
    assert "Newer." in texts(world, launch, "root")


@pytest.mark.parametrize("body", ["Mine now.", None], ids=["overwritten", "broken"])
def test_record_that_somebody_edited_is_a_conflict(
    world: World, launch: Observed, body: str | None
) -> None:
    """It is looked at again before anything is written."""
    assert launch.status is not None
    path = f"/projects/{world.project('office')}/issues/2/notes/{launch.status.note}"
    edited = body or world.seeded.admin.get(path)["body"].replace("small", "smart")
    world.seeded.admin.put(path, {"body": edited})
    with pytest.raises(Conflict, match="has changed"):
        do(world, launch, status(launch))
    assert world.seeded.admin.get(path)["body"] == edited


def test_lost_record_is_written_anew_from_the_copy(world: World, launch: Observed) -> None:
    """Beside a broken one, which stays as it is, and with a revision above that of the copy."""
    assert launch.status is not None
    assert launch.status.record is not None
    path = f"/projects/{world.project('office')}/issues/2/notes/{launch.status.note}"
    broken = world.seeded.admin.get(path)["body"].replace("small", "smart")
    world.seeded.admin.put(path, {"body": broken})
    world.shelf.records[launch.launch] = launch.status.record.model_dump_json()
    after = world.settle(world.place(launch))
    assert world.seeded.admin.get(path)["body"] == broken
    assert after.status is not None
    assert after.status.note != launch.status.note
    assert after.status.record is not None
    assert after.status.record.revision == launch.status.record.revision + 1


def test_status_note_that_came_along_with_a_moved_root_goes_on(
    world: World, launch: Observed
) -> None:
    """It is edited in place, and signed for the issue on which it stands now."""
    moved = world.move(world.place(launch), world.project("press"))
    place = world.place(launch, "scope")
    world.settle(place)
    notes = world.actor("root").notes(moved)
    assert sum(visible(note["body"]).startswith("### Small") for note in notes) == 1
    after = world.observe(place)
    assert after.status is not None
    assert after.root is not None
    assert after.status.root == after.root.id


def test_record_that_vanished_is_a_conflict(world: World, launch: Observed) -> None:
    """Somebody deleted the comment."""
    assert launch.status is not None
    world.sim.state.notes.pop(launch.status.note)
    with pytest.raises(Conflict, match="is gone"):
        do(world, launch, status(launch))


def test_issue_that_vanished_is_a_conflict(world: World, launch: Observed) -> None:
    """It was there when the plan was made."""
    place = world.place(launch, "scope")
    del world.sim.state.projects[place[0]].issues[place[1]]
    with pytest.raises(Conflict, match="has gone meanwhile"):
        do(world, launch, say())


# --- A new bot user -----------------------------------------------------------------------------


def test_new_bot_user_goes_on_in_notes_of_its_own(world: World) -> None:
    """It may not edit what its predecessor wrote; the launch goes on, and nothing is doubled."""
    place = world.request("### Partner\n\nAcme\n")
    world.settle(place)
    old, token = world.user("launchbot"), new_bot(world)

    def settle(place: Place) -> Observed:
        for _ in range(4):
            access = world.access(token=token, bot_users=[old])
            observed = world.observe(place, access)
            if not world.plan(observed).actions:
                return observed
            assert world.apply(observed, access=access).refusals == []
        raise AssertionError("it does not come to rest")

    world.actor("alice").change(place, description="### Launch date\n\n2026-06-01\n")
    settle(place)
    assert [note["author"]["username"] for note in world.actor("alice").notes(place)] == [
        "launchbot",
        "bot2",
    ]
    launch = world.launch()
    assert launch.status is not None
    world.actor("alice").change(world.place(launch, "scope"), due_date="2026-04-01")
    after = settle(world.place(launch))
    assert after.status is not None
    assert after.status.note != launch.status.note
    assert "2026-04-01" in after.status.text
    before = world.sim.calls.writes
    settle(world.place(launch))
    assert world.sim.calls.writes == before
