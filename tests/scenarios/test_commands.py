"""People steer a launch by comments: what each verb does to the issues that people see."""

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.play import Play, shipped

DONE, REFUSED = ["white_check_mark"], ["x"]


def _voting() -> object:
    return shipped().model_copy(update={"votes": ("partnerships", "packaging")})


class TestTasks:
    """`done`, `undo` and `skip` tick boxes, as hands do."""

    def test_done_ticks_the_box_and_keeps_what_shows_it(self, launch: Play) -> None:
        """Nobody needs to be told; the status note counts it."""
        said = launch.say("scoping", "/launch done create-issue https://example.com/1")
        assert said.answer() == (DONE, "")
        assert "- [x] `create-issue`" in launch.issue("scoping")["description"]
        assert "1 of 5" in launch.overview()
        why = launch.say("scoping", "/launch why create-issue").replies()[0]
        assert "ticked by `alice`" in why
        assert "example.com/1" in why

    def test_set_corrects_the_partner_unless_another_launch_runs_for_it(self, play: Play) -> None:
        """The name that was wrong is free for a request of its own."""
        play.request()
        before = play.record().inputs["partner"]
        assert play.say("scoping", "/launch set partner=Correct contact=Ada").reactions() == DONE
        assert "Correct" in play.overview().splitlines()[0]
        assert "Contact: Ada" in play.overview()
        root = play.place("root")
        (begun,) = play.said(play.request())
        assert "has started" in begun
        back = play.comment(root, f'/launch set partner="{before}"', "alice")
        assert back.reactions() == REFUSED
        assert "That is for [a launch that is running]" in back.replies()[0]

    def test_done_asks_for_evidence_that_is_missing(self, launch: Play) -> None:
        """It counts all the same, as a ticked box does."""
        said = launch.say("scoping", "/launch done create-issue")
        assert said.answer() == (
            DONE,
            (
                "`create-issue` asks for a link that shows it: "
                "`/launch done create-issue https://...` adds it."
            ),
        )

    def test_undo_takes_the_tick_off(self, launch: Play) -> None:
        """Also one that was set by hand."""
        launch.tick("create-issue")
        assert launch.say("scoping", "/launch undo create-issue").answer() == (DONE, "")
        assert "- [ ] `create-issue`" in launch.issue("scoping")["description"]

    def test_skip_of_a_required_task_by_who_may_override(self, launch: Play) -> None:
        """Then the phase closes without it."""
        *rest, last = launch.required("scoping")
        launch.tick(*rest)
        refused = launch.say("scoping", f"/launch skip {last} because it is late", "bob")
        assert refused.reactions() == REFUSED
        assert "Strategic Partnerships" in refused.replies()[0]
        assert launch.say("scoping", f"/launch skip {last} because it is late").reactions() == DONE
        assert f"- [~] `{last}`" in launch.issue("scoping")["description"]
        assert launch.close_issue("scoping").gates()["technical"] == "open"

    def test_text_written_meanwhile_stays(self, launch: Play) -> None:
        """Only the one box of the description is written."""
        text = launch.issue("scoping")["description"] + "\n\nA remark."
        launch.change("scoping", description=text)
        launch.say("scoping", "/launch done create-issue https://example.com/1")
        after = launch.issue("scoping")["description"]
        assert after == text.replace("- [ ] `create-issue`", "- [x] `create-issue`")


class TestDates:
    """`due`, `effort` and `date`; what was understood is echoed."""

    def test_due_of_a_phase(self, launch: Play) -> None:
        """GitLab's own field shows it."""
        said = launch.say("scoping", "/launch due scoping next friday")
        assert said.answer() == (DONE, "**Introduction & Scope** is due on Friday, 2027-03-12.")
        assert launch.issue("scoping")["due_date"] == "2027-03-12"

    def test_effort_gives_the_due_date_when_the_phase_opens(self, launch: Play) -> None:
        """Two weeks are ten business days."""
        said = launch.say("technical", "/launch effort technical 2w", "bob")
        assert said.answer()[1] == (
            "**Technical Implementation**: 10 business days of work, "
            "due that long after it unlocks."
        )
        launch.finish("scoping")
        assert launch.issue("technical")["due_date"] == "2027-03-15"

    def test_date_moves_what_is_due_before_it(self, launch: Play) -> None:
        """The root issue shows it, and the status note."""
        launch.finish("scoping")
        said = launch.say("root", "/launch date 2027-07-15 because the partner asked for it")
        assert said.answer() == (DONE, "The launch date is Thursday, 2027-07-15.")
        assert launch.issue("root")["due_date"] == "2027-07-15"
        assert "launch date **2027-07-15**" in launch.overview()


class TestPeople:
    """`assign`, `delegate` and `reinstate`: one accountable person each."""

    def test_assign_a_phase(self, launch: Play) -> None:
        """GitLab's own field shows it."""
        assert launch.say("technical", "/launch assign technical @dora").answer() == (DONE, "")
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["dora"]

    def test_assign_a_task_makes_its_owner_entitled(self, launch: Play) -> None:
        """Also one without any role and with little rights in GitLab."""
        assert launch.say("scoping", "/launch done create-issue", "carol").reactions() == REFUSED
        launch.say("scoping", "/launch assign create-issue @carol")
        assert launch.say("scoping", "/launch done create-issue -", "carol").reactions() == DONE

    def test_a_stand_in_has_the_open_issues_until_the_role_is_reinstated(
        self, launch: Play
    ) -> None:
        """They move along, and back."""
        said = launch.say("root", "/launch delegate packaging @dora")
        assert said.answer()[0] == DONE
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["dora"]
        assert launch.say("root", "/launch reinstate packaging").answer() == (DONE, "")
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["bob"]

    def test_a_stand_in_goes_on_the_day_after_the_last(self, launch: Play) -> None:
        """Nobody has to think of it."""
        launch.say("root", "/launch delegate packaging @dora until 2027-03-03")
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["dora"]
        launch.wait(days=3)
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["bob"]

    def test_nobody_of_that_name(self, launch: Play) -> None:
        """Said, and nothing is changed."""
        said = launch.say("technical", "/launch assign technical @nobody-here")
        assert said.answer() == (REFUSED, "GitLab shows me no user `@\u2060nobody-here`.")


class TestOverrides:
    """`unlock` and `close`, by who may override; the reason is recorded."""

    def test_unlock(self, launch: Play) -> None:
        """The owner is told by whom and why."""
        said = launch.say("root", "/launch unlock technical because time is short")
        assert said.answer() == (DONE, "")
        assert launch.gates() == {"scoping": "open", "technical": "open", "marketing": "locked"}
        told = launch.said(launch.place("technical"))[-1]
        assert told.startswith("@bob: **Technical Implementation** is unlocked, by `alice`: time")

    def test_close_counts_a_phase_as_done(self, launch: Play) -> None:
        """Its issue is closed, and what waits for it unlocks at once."""
        assert launch.say("root", "/launch close scoping because we know them").reactions() == DONE
        assert launch.issue("scoping")["state"] == "closed"
        assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}

    def test_a_phase_that_is_reopened_needs_its_tasks_again(self, launch: Play) -> None:
        """The override was for that one closing."""
        launch.say("root", "/launch close scoping because we know them")
        launch.reopen_issue("scoping").close_issue("scoping")
        assert launch.gates()["scoping"] == "open"
        assert launch.issue("scoping")["state"] == "opened"


class TestCourse:
    """Who has the ball, escalating, pausing, cancelling."""

    def test_the_partner_has_the_ball(self, launch: Play) -> None:
        """Until they have answered."""
        launch.say("root", "/launch waiting partner because they review the contract")
        assert "**Who has the ball:** the partner (`waiting` by `alice`): they" in launch.overview()
        launch.say("root", "/launch partner replied")
        assert "**Who has the ball:** `alice`" in launch.overview()

    def test_escalate_tells_the_next_rung_once(self, launch: Play) -> None:
        """With the facts so far; after the last there is none."""
        assert launch.say("scoping", "/launch escalate because nobody answers").reactions() == DONE
        told = launch.said(launch.place("root"))[-1]
        assert told.startswith("@alice (Strategic Partnerships): `alice` asks for your help")
        assert "5 tasks left, with `alice`, is due on 2027-03-15" in told
        again = launch.say("scoping", "/launch escalate").answer()
        assert again == (
            REFUSED,
            "Nobody is left to ask: **Strategic Partnerships** is the last in line.",
        )

    def test_a_paused_launch_rests(self, launch: Play) -> None:
        """Until somebody who may resumes it."""
        launch.say("root", "/launch pause because the contract is not signed")
        assert "**Paused**" in launch.overview()
        launch.finish("scoping")
        assert launch.gates()["technical"] == "locked"
        said = launch.say("root", "/launch due technical +5bd")
        assert said.reactions() == REFUSED
        assert "`/launch resume` goes on" in said.replies()[0]
        assert launch.say("root", "/launch resume", "bob").reactions() == REFUSED
        assert launch.say("root", "/launch resume").answer() == (DONE, "")
        assert launch.gates()["technical"] == "open"

    def test_cancel_closes_all_and_frees_the_request(self, launch: Play) -> None:
        """Its label put on again begins another launch, which does not mind the first."""
        launch.say("root", "/launch cancel because the partner withdrew")
        assert {raw["state"] for found in launch.issues().values() for raw in found} == {"closed"}
        request = launch.world.projects["partnerships"], 1
        label = launch.process.labels.request
        assert label not in launch.people["alice"].issue(request)["labels"]
        assert "**Cancelled**" in launch.overview()
        launch.people["alice"].change(request, add_labels=label)
        launch.work()
        states = [raw["state"] for raw in launch.issues()["root"]]
        assert states == ["closed", "opened"]
        assert len(launch.issues()["technical"]) == 2

    def test_cancelled_launch_is_started_again_by_command(self, launch: Play) -> None:
        """On the request, or any issue of the launch."""
        launch.say("root", "/launch cancel because the partner withdrew")
        assert launch.say("root", "/launch start first-time-image").reactions() == DONE
        assert [raw["state"] for raw in launch.issues()["root"]] == ["closed", "opened"]


class TestGoingLive:
    """`go`, `no-go` and `live`; closing the root is the same act."""

    def test_live(self, launch: Play) -> None:
        """Too early it is refused with what is missing; then it closes the root."""
        early = launch.say("root", "/launch live")
        assert early.reactions() == REFUSED
        assert "are not done" in early.replies()[0]
        launch.finish("scoping", "marketing", "technical")
        assert launch.say("root", "/launch live").answer() == (DONE, "")
        assert launch.issue("root")["state"] == "closed"
        assert "**Live**" in launch.overview()

    def test_votes_come_first_where_the_process_asks_for_them(self, stage: Stage) -> None:
        """A root closed before is reopened once, and says whose vote is missing."""
        play = stage(_voting())
        play.request()
        early = play.say("root", "/launch go")
        assert early.reactions() == REFUSED
        play.finish("scoping", "marketing", "technical").close_issue("root")
        assert play.issue("root")["state"] == "opened"
        assert "**Omnibus team** has not voted `go`" in play.said(play.place("root"))[-1]
        assert play.say("root", "/launch go").reactions() == DONE
        assert play.say("root", "/launch no-go because of a bug", "bob").reactions() == DONE
        assert play.say("root", "/launch live").reactions() == REFUSED
        assert play.say("root", "/launch go", "bob").reactions() == DONE
        assert play.say("root", "/launch live").reactions() == DONE
        assert "**Live**" in play.overview()

    def test_votes_go_when_a_phase_is_reopened(self, stage: Stage) -> None:
        """They were for what was there then."""
        play = stage(_voting())
        play.request()
        play.finish("scoping", "marketing", "technical")
        play.say("root", "/launch go")
        play.reopen_issue("marketing").close_issue("marketing")
        assert "**Strategic Partnerships** and **Omnibus team**" in play.overview()


class TestAsking:
    """`status`, `why`, `plan` and `help` change nothing."""

    @pytest.mark.parametrize(
        ("command", "shown"),
        [
            ("status", "**Who has the ball:** `alice`"),
            ("why", "To go live it waits for"),
            ("why technical", "It is locked: it waits for [Introduction & Scope]"),
            ("why upload-image", "It needs `image-description` (Marketing) first."),
            ("plan close scoping because x", "change the scoping issue:"),
            ("plan assign technical @dora", "GitLab would notify `dora`."),
            ("plan pause", "Please say why"),
            ("help", "**Commands**"),
            ("help close", "Counts a phase as done although something is missing."),
        ],
    )
    def test_the_answer_is_all_that_is_written(
        self, launch: Play, command: str, shown: str
    ) -> None:
        """One reply; the status note is not touched, nor is anything else."""
        before, status = launch.writes(), launch.status()
        said = launch.say("technical", f"/launch {command}")
        assert shown in said.replies()[0]
        expected = 1 + len(said.reactions())
        assert launch.writes() - before - 1 == expected
        assert launch.status() == status

    def test_asking_again_is_answered_again(self, launch: Play) -> None:
        """Another comment is another question."""
        for _ in range(3):
            assert len(launch.say("root", "/launch status").replies()) == 1


def test_several_commands_have_one_answer_in_order(launch: Play) -> None:
    """What is wrong among them does not keep the others from being done."""
    said = launch.say(
        "scoping",
        "We met today.\n\n/launch done create-issue x\n/launch dnoe partner-docs\n"
        "/launch due scoping +3bd",
    )
    reactions, text = said.answer()
    assert reactions == REFUSED
    assert text.splitlines() == [
        "2. `/launch dnoe partner-docs`",
        "",
        "There is no command `dnoe`; did you mean `done`?",
        "",
        "3. `/launch due scoping +3bd`",
        "",
        "**Introduction & Scope** is due on Thursday, 2027-03-04.",
    ]
    assert "- [x] `create-issue`" in launch.issue("scoping")["description"]
    assert launch.issue("scoping")["due_date"] == "2027-03-04"


def test_documentation_is_linked(launch: Play) -> None:
    """By number in the same project, by path, or by address; what is not there is said."""
    said = launch.say("root", "/launch docs !99")
    assert said.answer() == (REFUSED, "GitLab shows me no merge request `!99`.")
