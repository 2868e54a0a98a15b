"""The story of a first-time image, as its teams live it: from a labelled request to live."""

import pytest

from tests.scenarios.conftest import Stage
from tests.scenarios.play import Play, changed

COMPLETE = (
    "### Partner\n\nExample Cloud\n\n### Provider\n\nexample\n\n### Launch date\n\n2027-06-15\n"
)
PAIRS = "Partner: Example Cloud\nprovider: example\n- **Launch date**: 2027-06-15\n"


class TestRequest:
    """A label on an issue starts a launch, once its inputs are there."""

    @pytest.mark.parametrize("text", [COMPLETE, PAIRS], ids=["headings", "key: value lines"])
    def test_labelled_request_opens_all_issues(self, play: Play, text: str) -> None:
        """Root and scoping open in partnerships, technical in packaging, marketing in marketing."""
        play.request(text)
        assert {part: len(found) for part, found in play.issues().items()} == {
            "root": 1,
            "scoping": 1,
            "technical": 1,
            "marketing": 1,
        }
        projects = {part: raw["references"]["full"] for part, (raw,) in play.issues().items()}
        assert projects == {
            "root": "cloud/partnerships#2",
            "scoping": "cloud/partnerships#3",
            "technical": "cloud/packaging#1",
            "marketing": "cloud/marketing#1",
        }

    def test_issues_are_labelled_assigned_and_dated(self, launch: Play) -> None:
        """By role; scoping has a due date, the others are locked and get theirs later."""
        facts = {
            part: (
                sorted(raw["labels"]),
                [user["username"] for user in raw["assignees"]],
                raw["due_date"],
            )
            for part, (raw,) in launch.issues().items()
        }
        assert facts == {
            "root": (["cloud-image::launch"], ["alice"], "2027-06-15"),
            "scoping": (["cloud-image::launch", "gate::open"], ["alice"], "2027-03-15"),
            "technical": (["cloud-image::launch", "gate::locked"], ["bob"], None),
            "marketing": (["cloud-image::launch", "gate::locked"], ["carol"], None),
        }

    def test_issues_are_linked(self, launch: Play) -> None:
        """Each phase is linked to the root, and the root to the request."""
        project, iid = launch.place("root")
        linked = launch.admin.list(f"/projects/{project}/issues/{iid}/links")
        assert {raw["references"]["full"] for raw in linked} == {
            "cloud/partnerships#1",
            "cloud/partnerships#3",
            "cloud/packaging#1",
            "cloud/marketing#1",
        }

    def test_texts_name_the_partner_and_every_task(self, launch: Play) -> None:
        """Each issue is made from its template."""
        for phase in launch.process.phases:
            text = launch.issue(phase)["description"]
            assert "**Example Cloud**" in text
            assert all(f"[ ] `{task.id}`" in text for task in launch.process.phases[phase].walk())

    def test_request_hears_where_the_launch_is(self, play: Play) -> None:
        """One comment on the request leads to the root."""
        place = play.request()
        assert len(play.said(place)) == 1
        assert play.issue("root")["web_url"] in play.said(place)[0]

    def test_label_put_on_later_starts_it_too(self, play: Play) -> None:
        """The label may come after the issue."""
        place = play.request(labels="")
        assert play.issues() == {}
        play.people["alice"].change(place, add_labels="cloud-image::request")
        play.work()
        assert len(play.issues()) == 4

    def test_missing_inputs_are_asked_for_once(self, play: Play) -> None:
        """One comment shows which, ready to paste; nothing opens until they are there."""
        place = play.request("### Partner\n\nExample Cloud\n")
        assert play.issues() == {}
        assert len(play.said(place)) == 1
        assert "### Provider\n\n" in play.said(place)[0]
        assert "### Launch date\n\n" in play.said(place)[0]
        assert "### Partner" not in play.said(place)[0]
        play.resync().resync()
        assert len(play.said(place)) == 1

    def test_comment_follows_what_is_still_missing(self, play: Play) -> None:
        """The same comment is edited as inputs come in; the last one starts the launch."""
        place = play.request("### Partner\n\nExample Cloud\n")
        alice = play.people["alice"]
        alice.change(place, description="Partner: Example Cloud\nProvider: example\n")
        play.work()
        assert len(play.said(place)) == 1
        assert "### Provider" not in play.said(place)[0]
        alice.change(place, description=COMPLETE)
        play.work()
        assert len(play.issues()) == 4
        asked, started = play.said(place)
        assert "now it can" in asked
        assert "has started" in started

    def test_impossible_date_is_asked_for_again(self, play: Play) -> None:
        """A date that is none is named, and nothing opens."""
        place = play.request(COMPLETE.replace("2027-06-15", "soon"))
        assert play.issues() == {}
        assert "**Launch date** is not a date" in play.said(place)[0]

    @pytest.mark.parametrize("partner", ["Example Cloud", "  EXAMPLE   cloud "])
    def test_second_request_for_the_same_opens_nothing(self, launch: Play, partner: str) -> None:
        """A comment names the running launch, however the partner is spelled."""
        text = launch.world.request_text(launch.process).replace("Example Cloud", partner)
        place = launch.request(text)
        assert len(launch.issues()["root"]) == 1
        assert launch.issue("root")["web_url"] in launch.said(place)[0]
        launch.resync()
        assert len(launch.said(place)) == 1

    def test_another_provider_is_another_launch(self, launch: Play) -> None:
        """The same partner may have launches for two providers."""
        launch.request(COMPLETE.replace("example", "another"))
        assert len(launch.issues()["root"]) == 2


class TestOpening:
    """A phase may open its issue later."""

    def test_phase_that_opens_when_unlocked(self, stage: Stage) -> None:
        """`opens: when-unlocked`: there is no issue before the gate opens."""
        play = stage(changed(marketing={"opens": "when-unlocked"}))
        play.request()
        assert "marketing" not in play.issues()
        play.finish("scoping")
        assert play.gates()["marketing"] == "open"
        assert [user["username"] for user in play.issue("marketing")["assignees"]] == ["carol"]
        assert play.issue("marketing")["due_date"] is not None

    def test_phase_that_opens_on_a_label(self, stage: Stage) -> None:
        """`opens: on-label`: somebody asks for it on the root, and it takes the gate it has."""
        label = "marketing::request"
        play = stage(changed(marketing={"opens": "on-label", "label": label}))
        play.request()
        play.finish("scoping")
        assert "marketing" not in play.issues()
        assert label in play.overview()
        play.change("root", add_labels=label)
        assert play.gates()["marketing"] == "open"
        play.resync()
        assert len(play.issues()["marketing"]) == 1


class TestStatus:
    """Exactly one status note on the root, edited in place."""

    def test_overview_tells_where_things_stand(self, launch: Play) -> None:
        """Phases with gate, owner, due date, progress, what is next, and who has the ball."""
        launch.tick("create-issue")
        row = next(line for line in launch.overview().splitlines() if "Introduction" in line)
        assert "open | `alice` | 2027-03-15 | 1 of 5 | `partner-docs`" in row
        assert "**Who has the ball:** `alice`" in launch.overview()

    def test_nothing_is_written_when_nothing_changed(self, launch: Play) -> None:
        """Looking again costs no write."""
        before = launch.writes()
        launch.resync().resync()
        assert launch.writes() == before

    def test_chatter_writes_nothing(self, launch: Play) -> None:
        """A comment that is no command changes nothing."""
        before = launch.writes()
        launch.people["bob"].comment(launch.place("root"), "Looks good to me.")
        launch.work()
        assert launch.writes() == before + 1

    def test_late_phase_is_shown_as_late(self, launch: Play) -> None:
        """The day after it was due, without any event."""
        launch.wait(days=14)
        assert "late" not in launch.overview()
        launch.wait(days=1)
        assert "**2027-03-15 (late)**" in launch.overview()

    def test_overview_says_what_the_bot_cannot_do(self, play: Play) -> None:
        """GitLab drops an assignee without access silently; that is told once, with the cure."""
        packaging = play.world.projects["packaging"]
        bob = play.world.people["bob"]
        play.admin._gitlab.http_delete(f"/projects/{packaging}/members/{bob}")
        play.request()
        assert "set the assignee of **Technical Implementation**" in play.overview()
        before = play.writes()
        play.resync()
        assert play.writes() == before


class TestGates:
    """Technical and marketing wait for scoping, and run side by side."""

    def test_finished_scoping_unlocks_both(self, launch: Play) -> None:
        """At once: labels change, due dates are set, each owner is told in one comment."""
        launch.finish("scoping")
        assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
        for phase, person in [("technical", "bob"), ("marketing", "carol")]:
            assert launch.issue(phase)["due_date"] == "2027-06-10"
            (told,) = launch.said(launch.place(phase))
            assert told.startswith(f"@{person}: ")
            assert "unlocked" in told

    def test_scoping_closed_too_early_is_reopened_once(self, launch: Play) -> None:
        """With the list of what is missing; a second closing stands and moves no gate."""
        launch.tick("create-issue").close_issue("scoping")
        assert launch.issue("scoping")["state"] == "opened"
        (told,) = launch.said(launch.place("scoping"))
        assert "`partner-docs`" in told
        assert "`create-issue`" not in told
        assert "`technical-call`" not in told
        launch.close_issue("scoping")
        assert launch.issue("scoping")["state"] == "closed"
        assert launch.gates()["technical"] == "locked"
        assert len(launch.said(launch.place("scoping"))) == 1

    def test_tasks_ticked_after_closing_count(self, launch: Play) -> None:
        """A phase that stayed closed is done when the last required task is ticked."""
        launch.close_issue("scoping").close_issue("scoping")
        launch.tick(*launch.required("scoping"))
        assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}

    def test_locked_phase_that_is_closed_is_reopened_once(self, launch: Play) -> None:
        """It says what the phase waits for."""
        launch.close_issue("technical")
        assert launch.issue("technical")["state"] == "opened"
        (told,) = launch.said(launch.place("technical"))
        assert "Introduction & Scope" in told
        launch.close_issue("technical")
        assert launch.issue("technical")["state"] == "closed"

    def test_reopened_scoping_locks_the_others(self, launch: Play) -> None:
        """What is done stays done; closing scoping again unlocks."""
        launch.finish("scoping", "marketing").tick("scope-effort")
        launch.reopen_issue("scoping")
        assert launch.gates() == {"scoping": "open", "technical": "locked", "marketing": "done"}
        assert "[x] `scope-effort`" in launch.issue("technical")["description"]
        launch.close_issue("scoping")
        assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "done"}

    def test_need_of_another_phase_is_waited_for(self, launch: Play) -> None:
        """The image is not uploaded before marketing has described it."""
        launch.finish("scoping")
        launch.tick(*launch.required("technical")).close_issue("technical")
        assert launch.issue("technical")["state"] == "opened"
        assert "`image-description` (Marketing)" in launch.said(launch.place("technical"))[-1]
        launch.finish("marketing").close_issue("technical")
        assert launch.gates()["technical"] == "done"

    def test_moved_gate_label_is_put_back_once(self, launch: Play) -> None:
        """The label only shows the gate; a person who moves it twice keeps the label."""
        launch.change("technical", add_labels="gate::open", remove_labels="gate::locked")
        assert launch.gates()["technical"] == "locked"
        launch.change("technical", add_labels="gate::open", remove_labels="gate::locked")
        assert launch.gates()["technical"] == "open"
        assert "locked" in launch.overview()
        assert len(launch.said(launch.place("technical"))) == 1


class TestPeopleDecide:
    """A person or a date that somebody changed by hand stays."""

    def test_assignee_set_by_hand_stays(self, launch: Play) -> None:
        """Also when the gate moves."""
        dora = launch.world.people["dora"]
        launch.change("technical", assignee_ids=[dora]).finish("scoping")
        assert [u["username"] for u in launch.issue("technical")["assignees"]] == ["dora"]
        assert "`dora`" in launch.overview()

    def test_due_date_set_by_hand_stays(self, launch: Play) -> None:
        """Also when the phase unlocks, which would set one."""
        launch.change("technical", due_date="2027-05-03").finish("scoping")
        assert launch.issue("technical")["due_date"] == "2027-05-03"

    def test_moved_launch_date_moves_what_follows_from_it(self, launch: Play) -> None:
        """The root's due date is the launch date."""
        launch.finish("scoping").change("root", due_date="2027-06-29")
        assert launch.issue("technical")["due_date"] == "2027-06-24"
        assert "launch date **2027-06-29**" in launch.overview()


class TestLive:
    """The two phases join, and closing the root makes the launch live."""

    def test_whole_launch(self, launch: Play) -> None:
        """When both are done the root says so; closing it sums up how long each phase took."""
        launch.finish("scoping").wait(days=7)
        launch.finish("marketing").wait(days=7).finish("technical")
        root = launch.place("root")
        assert "Close this issue to make the launch live" in launch.said(root)[-1]
        launch.close_issue("root")
        assert "The launch is **live**" in launch.said(root)[-1]
        assert "10 business days" in launch.said(root)[-1]
        assert "**Live**" in launch.overview()
        before = launch.writes()
        launch.resync()
        assert launch.writes() == before

    def test_root_closed_too_early_is_reopened_once(self, launch: Play) -> None:
        """It names the phases that are not done; a second closing stands and is not live."""
        launch.close_issue("root")
        assert launch.issue("root")["state"] == "opened"
        (told,) = launch.said(launch.place("root"))
        assert "Technical Implementation" in told
        launch.close_issue("root")
        assert launch.issue("root")["state"] == "closed"
        assert "**Running**" in launch.overview()

    def test_confidential_request_makes_a_confidential_launch(self, play: Play) -> None:
        """Root and phases are created confidential."""
        play.request(confidential=True)
        assert all(raw["confidential"] for (raw,) in play.issues().values())

    def test_root_made_confidential_takes_the_phases_along(self, launch: Play) -> None:
        """At once, and never back by itself."""
        launch.change("root", confidential=True)
        assert all(raw["confidential"] for (raw,) in launch.issues().values())
