"""How comments are heard: in order, once, from whom, in which words, and where."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.domain.actions import Plan, PostNote, WriteStatus
from bot.domain.commands.lines import MOST
from bot.domain.messages import mentions
from bot.domain.observed import Member, Person
from bot.domain.planner import plan
from bot.domain.rendering import has_quick_action
from bot.domain.steering import inbox
from bot.domain.steering.inbox import letters
from bot.domain.steering.run import commands
from tests.domain.steering.launches import answer, changed, ready, running, shown, tell
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, folded

ROBOT = Person(66, "robot")


def _boxes(world: World) -> str:
    text = world.issues["scope"].description
    return "".join(text[text.index(f"] `{name}`") - 1] for name in ("talk", "papers", "call"))


def test_commands_run_in_the_order_in_which_they_were_written() -> None:
    """Over all issues; the last one counts."""
    world = running().say("scope", ALICE, "/launch done talk")
    world.say("root", ALICE, "/launch undo talk\n/launch done papers")
    assert answer(world) == "done\ndone"
    assert _boxes(world) == " x "


def test_one_reply_for_all_commands_of_a_comment() -> None:
    """Each is named where several ran, and one refusal makes it refused."""
    world = running()
    assert tell(world, ALICE, "done talk", "done tlak", "due papers friday") == snapshot("""\
refused
2. `/launch done tlak`

There is no task `tlak`; did you mean `talk`?

3. `/launch due papers friday`

`papers` is due on Friday, 2026-03-06.\
""")
    assert _boxes(world) == "x  "


def test_a_command_sees_what_those_before_it_did() -> None:
    """The same comment may close the last phases, and make the launch live."""
    because = "because it is enough"
    world = running()
    said = tell(
        world,
        ALICE,
        f"close scope {because}",
        f"close build {because}",
        f"close tell {because}",
        "live",
    )
    assert said == "done"
    assert world.record().state == "live"
    assert all(world.issues[part].closed for part in ("root", "scope", "build", "tell"))


def test_an_answer_knows_of_the_commands_before_it() -> None:
    """The overview counts what was ticked a line above."""
    world = running()
    assert "| 1 of 2 |" in tell(world, ALICE, "done talk", "status")
    told = tell(world, ALICE, "done papers", "why scope")
    assert "still needs" not in told
    assert told.startswith("done")


def test_two_comments_of_one_moment_run_once_each() -> None:
    """A script may write faster than GitLab's clock ticks."""
    world = running().say("scope", ALICE, "/launch unlock build because of time")
    world.now -= timedelta(minutes=1)
    world.say("root", ALICE, "/launch pause because of the summer")
    assert answer(world) == "done\ndone"
    assert world.record().state == "paused"


def test_an_edited_comment_runs_only_new_lines() -> None:
    """And is answered once more."""
    world = running()
    tell(world, ALICE, "done talk")
    world.tick("talk", box=" ").rewrite("root", "/launch done talk\n/launch done papers")
    assert answer(world) == "done"
    assert _boxes(world) == " x "
    world.rewrite("root", "/launch done talk\n/launch done papers\n\nThanks!")
    assert answer(world) == ""
    world.rewrite("root", "/launch done talk")
    assert answer(world) == ""


def test_a_refused_line_does_not_run_again_either() -> None:
    """Whoever may by now writes it anew."""
    world = running()
    tell(world, BOB, "unlock build because x")
    world.people["sales"] = (BOB,)
    assert answer(world) == ""
    assert world.gates()["build"] == "locked"
    assert tell(world, BOB, "unlock build because x") == "done"


def test_a_comment_that_was_deleted_runs_nothing_and_undoes_nothing() -> None:
    """What ran, ran."""
    world = running()
    tell(world, ALICE, "done talk")
    world.comments.clear()
    assert answer(world) == ""
    assert _boxes(world) == "x  "


def test_a_comment_counts_once_after_its_issue_was_moved() -> None:
    """It has another id there."""
    world = running()
    tell(world, ALICE, "done talk", "go")
    world.comments["root"] = [replace(said, id=said.id + 1000) for said in world.comments["root"]]
    assert world.move("root", 3).settle().plan().actions == ()
    assert len(world.reactions) == 1


def test_a_bot_is_neither_heard_nor_answered() -> None:
    """Two of them would go on for ever."""
    world = running()
    world.members[ROBOT.id] = Member(50, bot=True)
    assert tell(world, ROBOT, "done talk", "nonsense") == ""
    assert _boxes(world) == "   "


@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member(10), "`dave` is a guest of this project; `waiting` is for"),
        (Member(None), "`dave` is no member of this project; `waiting` is for"),
        (Member(50, blocked=True), "`dave` is blocked in GitLab."),
        (Member(50), "`dave` may not do that: `waiting` is for everybody who has a role"),
    ],
)
def test_who_may_not_is_told_why_and_who_may(member: Member, why: str) -> None:
    """By what GitLab says of them now."""
    world = running()
    world.members[DAVE.id] = member
    assert why in tell(world, DAVE, "waiting partner").replace("\n", " ")
    assert "waiting.partner" not in world.record().deeds


def test_the_level_counts_in_the_project_of_the_comment() -> None:
    """Somebody may be a member of one and a stranger in another."""
    world = running()
    seen = world.observe()
    assert {part for part, person in seen.members if person == DAVE.id} >= {"root", "scope"}
    world.members.pop(DAVE.id)
    assert "no member" in tell(world, DAVE, "status")


def test_a_mistake_names_the_nearest_valid_word() -> None:
    """In one line."""
    assert tell(running(), ALICE, "finish talk") == snapshot("""\
refused
There is no command `finish`; `/launch help` lists them all.\
""")
    assert tell(running(), ALICE, "done tlak") == snapshot("""\
refused
There is no task `tlak`; did you mean `talk`?\
""")
    assert tell(running(), ALICE, "due talk someday") == snapshot("""\
refused
`someday` is no day that I know: write 2027-03-31, +5bd (business days), friday, next friday,
tomorrow or today.\
""")


def test_nothing_from_before_a_rebuilt_record_runs() -> None:
    """Else an old command could end the pause that the loss began."""
    world = running()
    tell(world, ALICE, "pause because x")
    tell(world, ALICE, "resume")
    tell(world, ALICE, "done talk")
    world.tick("talk", box=" ").forget()
    assert answer(world) == ""
    assert world.record().state == "paused"
    assert _boxes(world) == "   "
    assert tell(world, ALICE, "resume") == "done"
    assert world.record().state == "running"
    assert _boxes(world) == "   "


def test_a_lost_record_with_a_copy_runs_nothing_twice() -> None:
    """The copy knows what ran."""
    world = running()
    tell(world, ALICE, "done talk")
    world.remember().forget().tick("talk", box=" ")
    assert answer(world) == ""
    assert _boxes(world) == " " * 3


def test_a_crash_after_any_write_repeats_and_loses_nothing() -> None:
    """Effect, reaction and reply follow from the record."""
    whole = running()
    tell(whole, ALICE, "done upload", "unlock build because x", "nonsense")
    actions = running().say("root", ALICE, whole.comments["root"][0].body).plan().actions
    for where in range(len(actions) + 1):
        world = running().say("root", ALICE, whole.comments["root"][0].body)
        world.apply(world.plan().actions[:where])
        world.settle()
        assert world.gates() == whole.gates()
        assert world.said("root") == whole.said("root")
        assert world.said("build") == whole.said("build")
        assert {*world.reactions} == {*whole.reactions}
        assert world.record().answers == ()


def test_an_answer_waits_for_an_issue_that_is_hidden() -> None:
    """It is owed until it can be given."""
    world = running().say("scope", ALICE, "/launch done nonsense\n/launch waiting partner")
    world.apply(world.plan().actions[:1])
    assert world.record().answers
    world.hidden.add("scope")
    world.settle()
    assert world.record().answers
    world.hidden.clear()
    world.settle()
    assert not world.record().answers
    assert world.reactions == [(500, "x")]


@pytest.mark.parametrize("command", ["status", "done upload"])
def test_an_answer_that_gitlab_refuses_is_not_asked_for_again_at_once(command: str) -> None:
    """Whether it is owed by the record or not."""
    world = running().say("root", ALICE, f"/launch {command}")
    (key,) = (action.key for action in world.plan().actions if isinstance(action, PostNote))
    world.refuse[key] = "No."
    world.refusals = world.apply(world.plan().actions)
    assert world.refusals
    assert not world.apply(world.plan().actions)
    assert not world.plan().actions


def test_a_confidential_launch_tells_nothing_where_others_read() -> None:
    """The request is public: the command counts, and its words are kept back."""
    world = running().edit("root", confidential=True).settle()
    assert tell(world, ALICE, "status", part="request") == snapshot(
        "This launch is confidential: please ask on one of its own issues."
    )
    assert tell(world, ALICE, "waiting partner", part="request") == "done"
    assert tell(world, BOB, "unlock build because x", part="request") == snapshot("""\
refused
This launch is confidential: please ask on one of its own issues.\
""")
    assert "Acme" not in "".join(world.said("request")[1:])
    assert "**Running**" in tell(world, ALICE, "status", part="scope")


def test_a_reason_from_an_internal_comment_is_not_repeated() -> None:
    """Those who read the issue may not all read that comment."""
    world = running()
    world.say("root", ALICE, "/launch unlock build because of a secret", internal=True)
    assert answer(world) == "done"
    assert world.record().deeds["unlock.build"].why == snapshot("said in an internal comment")
    world.say("root", ALICE, "/launch waiting partner", internal=True)
    answer(world)
    assert world.record().deeds["waiting.partner"].why == ""
    assert not [text for text in shown(world) if "a secret" in text]


def test_words_of_people_mention_nobody_and_run_nothing() -> None:
    """Wherever they are repeated."""
    world = running(changed(escalation=["sales"]))
    tell(world, ALICE, "pause because @carol ~x /close `tick` <b>", "resume")
    tell(world, ALICE, "escalate because @carol /close")
    tell(world, ALICE, "cancel because @carol said /close", "why")
    assert not [text for text in shown(world) if "carol" in mentions(text)]
    assert not [text for text in shown(world) if has_quick_action(text)]


def test_chatter_costs_nothing() -> None:
    """A comment without command lines, or with a command in code."""
    world = running().say("root", ALICE, "Hello `/launch done talk`\n\n    /launch done talk")
    assert world.plan().actions == ()


def test_a_person_who_was_renamed_keeps_their_roles() -> None:
    """They are known by their id."""
    world = running()
    renamed = Person(ALICE.id, "alice2")
    assert tell(world, renamed, "unlock build because x") == "done"


def test_a_stranger_cannot_close_a_phase() -> None:
    """Closing is for whom `done` is for, who else does it is told so."""
    world = running().tick("talk", "papers")
    world.members[DAVE.id] = Member(20)
    world.hands["scope.closed"] = DAVE
    world.edit("scope", closed=True).settle()
    assert not world.issues["scope"].closed
    assert folded(world.said("scope")[-1]) == snapshot("""\
I reopened this issue: **Scope** is not complete. This is missing:

- somebody who may close it: that is for Sales (`alice`), whoever is assigned to it or members
with at least the Developer role in GitLab

Tick the tasks in the description when they are done, then close the issue again. If you close
it as it is, I leave it closed, but the phase does not count as done; whoever may decide that
writes `/launch close scope because ...`, and it counts.\
""")
    world.hands["scope.closed"] = CAROL
    world.edit("scope", closed=True).settle()
    assert world.gates()["scope"] == "done"


def test_a_stranger_who_reopens_a_done_phase_is_answered_once() -> None:
    """The phase stays done, whether they insist or not."""
    world = running().finish("scope").settle()
    world.members[DAVE.id] = Member(20)
    world.hands["scope.reopened"] = DAVE
    world.edit("scope", closed=False).settle()
    assert world.issues["scope"].closed
    assert folded(world.said("scope")[-1]) == snapshot("""\
I closed this issue again: **Scope** is done, and reopening it is for Sales (`alice`), whoever
is assigned to it or members with at least the Developer role in GitLab. Ask one of them. If
you reopen it again, I leave it open, but the phase stays done.\
""")
    world.edit("scope", closed=False).settle()
    assert not world.issues["scope"].closed
    assert world.gates() == {"scope": "done", "build": "open", "tell": "open"}
    world.hands["scope.reopened"] = ALICE
    world.settle()
    assert world.gates()["scope"] == "open"


def test_a_stranger_cannot_make_a_launch_live() -> None:
    """Closing the root issue is for whom `live` is for."""
    world = ready()
    world.hands["root.closed"] = CAROL
    world.edit("root", closed=True).settle()
    assert not world.issues["root"].closed
    assert folded(world.said("root")[-1]) == snapshot("""\
I reopened this issue: closing it makes the launch live, and this is missing:

- it takes somebody else to close it: that is for Sales (`alice`)

Close it when nothing is missing any more. If you close it before that, I leave it closed, but
the launch does not count as live.\
""")
    world.hands["root.closed"] = ALICE
    assert world.edit("root", closed=True).settle().record().state == "live"


def test_who_moved_a_gate_label_is_named() -> None:
    """It is put back, with the commands to use."""
    world = running()
    world.hands["build.gate"] = DAVE
    world.relabel("build", "g::open").settle()
    assert world.labels("build") == {"g::locked"}
    assert folded(world.said("build")[-1]) == snapshot("""\
I put the label ~"g::locked" back. `dave` changed it, but **Build** is locked, and the label
only shows that. A phase opens when the phases before it are done, and it is done when its
issue is closed with the required tasks ticked. Whoever may decide otherwise writes `/launch
unlock build because ...` or `/launch close build because ...`. If you change the label again,
I leave it, but the phase does not move.\
""")


def test_the_commands_of_comments_are_known_before_they_run() -> None:
    """So that whom and what they name can be looked up; a plan names what it plans."""
    world = running().say("root", ALICE, "/launch plan assign scope @dave\n/launch nonsense")
    world.say("scope", BOB, "/launch docs !7")
    seen = world.observe()
    found = list(commands(world.process, seen, letters(seen, world.record())))
    assert [(part, command.verb) for part, command in found] == [
        ("root", "assign"),
        ("scope", "docs"),
    ]


def test_of_too_many_commands_none_runs() -> None:
    """One sentence says so, however many there are."""
    many = "\n".join(f"/launch assign scope @nobody{number}" for number in range(MOST))
    world = running().say("root", ALICE, f"{many}\n/launch done talk").settle()
    assert folded(world.said("root")[-1]) == snapshot("""\
This comment has 51 commands, and I read 50 at most of one. I carried out none of them now:
write them in several comments.\
""")
    assert world.record().heard == {}


def test_only_the_last_comments_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others hold no commands any more, also when they are edited."""
    monkeypatch.setattr(inbox, "MOST", 2)
    world = running()
    for number in range(3):
        world.say("root", ALICE, f"/launch due talk 2027-03-0{number + 1}").settle()
    oldest, *kept = world.comments["root"]
    assert [*world.record().heard] == [comment.key for comment in kept]
    for comment, due in ((oldest, date(2027, 3, 3)), (kept[0], date(2027, 3, 31))):
        body = f"{comment.body}\n/launch due talk 2027-03-31"
        edited = replace(comment, body=body, updated_at=world.now + timedelta(minutes=1))
        world.comments["root"][world.comments["root"].index(comment)] = edited
        assert [*world.settle().record().task_dues.values()] == [due]


def test_without_a_time_to_trust_no_floor_is_set() -> None:
    """GitLab did not say when it was read."""
    world = running().say("root", ALICE, "/launch done talk")
    for read_at in (None, world.now):
        seen = replace(world.observe(), read_at=read_at)
        (written, *_) = [a for a in plan(world.process, seen).actions if isinstance(a, WriteStatus)]
        floors = (world.record().floor, written.record.floor)
        assert (floors[0] == floors[1]) == (read_at is None)


def test_a_launch_whose_process_is_not_known_is_left_alone() -> None:
    """Nothing can be said of what it should be."""
    assert plan(None, running().say("root", ALICE, "/launch done talk").observe()) == Plan()


class _NoReplies(dict[str, str]):
    """Lets no reply through."""

    def get(self, key: str, default: object = None) -> Any:
        return "No." if key.startswith("answer.") else default


def test_a_reply_that_cannot_be_posted_is_given_up() -> None:
    """The command has run; that a reply is missing is marked, and all of it is told once."""
    world = running()
    world.refuse = _NoReplies()
    assert tell(world, ALICE, "status") == "later"
    assert tell(world, ALICE, "why") == "later"
    assert tell(world, BOB, "due build 2027-03-08") == "done\nlater"
    assert tell(world, BOB, "due biuld 2027-03-08") == "refused\nlater"
    assert world.issues["build"].due == date(2027, 3, 8)
    kept = world.record()
    assert (kept.answers, [*kept.refused]) == ((), ["root.reply"])
    assert shown(world)[-1].count("I could not reply on the issue of **the launch**: No. Ask") == 1
    world.refuse = {}
    assert world.settle().plan().actions == ()
    assert "**Running**" in tell(world, ALICE, "status")
    assert "could not" not in shown(world.wait(1).settle())[-1]
