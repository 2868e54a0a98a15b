"""Commands on people: `assign`, `delegate`, `reinstate`."""

from datetime import date

import pytest
from inline_snapshot import snapshot

from bot.domain.observed import Member
from bot.domain.record import Holder
from tests.domain.steering.launches import changed, ready, running, tell
from tests.domain.world import ALICE, BOB, CAROL, DAVE, World, definition, process, task


def _with_roles() -> World:
    phases = definition()["phases"]
    phases["build"]["tasks"] = [task("bake"), task("words2", role="writers")]
    return running(changed(phases=phases))


def test_assign_makes_one_person_accountable_for_a_phase() -> None:
    """Instead of whoever holds the role, and for good."""
    world = running()
    assert tell(world, BOB, "assign build @dave") == "done"
    assert world.issues["build"].assignees == (DAVE,)
    world.people["makers"] = (CAROL,)
    assert world.settle().issues["build"].assignees == (DAVE,)


def test_me_is_whoever_writes() -> None:
    """Nobody has to know their own user name."""
    world = running()
    assert tell(world, DAVE, "assign scope me") == "done"
    assert world.issues["scope"].assignees == (DAVE,)


def test_assign_of_a_task_is_remembered() -> None:
    """GitLab has no assignee for a line; the person may work on it then."""
    world = running()
    world.members[DAVE.id] = Member(15)
    assert "refused" in tell(world, DAVE, "done bake")
    assert tell(world, BOB, "assign bake @dave") == "done"
    assert world.record().task_owners["bake"].username == "dave"
    assert tell(world, DAVE, "done bake") == "done"


def test_assign_of_a_role_moves_all_that_it_has_open() -> None:
    """Phases and tasks; what is done stays."""
    world = _with_roles()
    assert tell(world, CAROL, "assign writers @dave") == "done"
    assert world.issues["tell"].assignees == (DAVE,)
    assert world.record().task_owners["words2"].username == "dave"
    assert world.issues["build"].assignees == (BOB,)


def test_assign_of_the_leading_role_moves_the_root_issue_along() -> None:
    """It is what that role has open, too."""
    world = running().finish("scope").settle()
    assert tell(world, ALICE, "assign sales @dave") == "done"
    assert world.issues["root"].assignees == (DAVE,)
    assert world.issues["scope"].assignees == (ALICE,)


def test_assign_of_a_role_without_anything_open_says_so() -> None:
    """Its phase is done."""
    assert tell(ready(), BOB, "assign makers @dave") == snapshot("""\
refused
**Makers** has nothing open here.\
""")


def test_a_user_that_gitlab_does_not_show_is_refused() -> None:
    """Nobody is assigned."""
    world = running()
    assert tell(world, ALICE, "assign scope @zoe") == snapshot("""\
refused
GitLab shows me no user `@zoe`.\
""")
    assert tell(world, ALICE, "delegate sales @zoe") == snapshot("""\
refused
GitLab shows me no user `@zoe`.\
""")


@pytest.mark.parametrize("command", ["assign build", "assign bake", "assign makers"])
@pytest.mark.parametrize(
    ("member", "why"),
    [
        (Member(), "`dave` is no member of the project of **Build**. Make them"),
        (Member(30, bot=True), "`dave` is a bot, and bots answer for nothing."),
        (Member(30, blocked=True), "`dave` is blocked in GitLab."),
    ],
    ids=["stranger", "bot", "blocked"],
)
def test_who_can_do_nothing_answers_for_nothing(command: str, member: Member, why: str) -> None:
    """Neither for a phase, nor a task, nor a role."""
    world = running()
    world.members[DAVE.id] = member
    assert f"refused\n{why}" in tell(world, BOB, f"{command} @dave")
    assert f"refused\n{why}" in tell(world, BOB, "delegate makers @dave")
    assert world.issues["build"].assignees == (BOB,)


def test_who_leads_answers_for_the_root() -> None:
    """Where it is said, too."""
    world = running()
    world.members[DAVE.id] = Member()
    assert "no member of the project of the launch" in tell(world, ALICE, "assign sales @dave")


def test_of_whom_nothing_is_known_gitlab_decides() -> None:
    """The issue is not open yet, so that nobody could be asked about its project."""
    world = running()
    del world.members[DAVE.id]
    assert tell(world, BOB, "assign build @dave") == "done"


def test_a_phase_that_is_opened_later_has_whom_it_was_assigned_to() -> None:
    """And the date that it was given."""
    world = running(process(tell={"opens": "when-unlocked"}))
    tell(world, CAROL, "assign tell @dave", "due tell 2026-05-05")
    world.finish("scope").settle()
    assert world.issues["tell"].assignees == (DAVE,)
    assert world.issues["tell"].due == date(2026, 5, 5)


def test_delegate_moves_open_issues_along_and_reinstate_moves_them_back() -> None:
    """What is done stays with whoever did it."""
    world = running().finish("scope").settle()
    assert tell(world, ALICE, "delegate sales @dave") == snapshot("""\
done
`dave` stands in for **Sales** until `/launch reinstate sales`.\
""")
    assert world.issues["root"].assignees == (DAVE,)
    assert world.issues["scope"].assignees == (ALICE,)
    assert tell(world, ALICE, "reinstate sales") == "done"
    assert world.issues["root"].assignees == (ALICE,)
    assert not world.record().stand_ins


def test_whoever_stands_in_may_what_the_role_may() -> None:
    """And whoever is stood in for still may."""
    world = running()
    assert "refused" in tell(world, DAVE, "unlock build because x")
    tell(world, ALICE, "delegate sales @dave")
    assert tell(world, DAVE, "unlock build because x") == "done"
    assert tell(world, ALICE, "unlock tell because x") == "done"


def test_a_stand_in_ends_after_its_last_day() -> None:
    """Without anybody doing anything: the launch wakes for it."""
    world = running()
    assert tell(world, BOB, "delegate makers @dave until 2026-03-06") == snapshot("""\
done
`dave` stands in for **Makers** until Friday, 2026-03-06.\
""")
    assert world.issues["build"].assignees == (DAVE,)
    assert world.plan().wake_at is not None
    world.wait(4).settle()
    assert world.issues["build"].assignees == (DAVE,)
    world.wait(1).settle()
    assert world.issues["build"].assignees == (BOB,)
    assert "refused" in tell(world, DAVE, "delegate makers me")


def test_whom_a_person_chose_by_hand_stays() -> None:
    """Only what follows the role moves along."""
    world = running().edit("build", assignees=(CAROL,)).settle()
    tell(world, BOB, "delegate makers @dave")
    assert world.issues["build"].assignees == (CAROL,)


def test_an_issue_that_somebody_took_who_held_the_role_moves_along() -> None:
    """Assigned by a command, and still theirs."""
    world = running()
    tell(world, BOB, "assign build me", "delegate makers @dave")
    assert world.issues["build"].assignees == (DAVE,)


def test_reinstate_says_when_nobody_stands_in() -> None:
    """In this launch."""
    assert tell(running(), ALICE, "reinstate sales") == snapshot("""\
refused
Nobody stands in for **Sales** in this launch.\
""")


def test_stand_ins_of_the_installation_work_the_same_way() -> None:
    """One of the launch counts more while it lasts, and hides none when it is over."""
    world = running()
    world.stand_ins["makers"] = Holder(id=CAROL.id, username="carol")
    assert world.settle().issues["build"].assignees == (CAROL,)
    tell(world, BOB, "delegate makers @dave until 2026-03-03")
    assert world.issues["build"].assignees == (DAVE,)
    world.wait(2).settle()
    assert world.issues["build"].assignees == (CAROL,)


def test_a_role_that_nobody_holds_has_a_stand_in() -> None:
    """Then somebody does."""
    world = running()
    world.people["makers"] = ()
    world.settle()
    tell(world, ALICE, "delegate makers @dave")
    world.finish("scope").settle()
    assert "@dave" in world.said("build")[-1]
