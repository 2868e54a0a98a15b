"""`start` and `set` make a request of any issue, as its label and description do."""

import pytest

from tests.scenarios.play import NAME, SECRET, Play, Said

INPUTS = 'partner="Example Cloud" provider=example launch_date=2027-06-15'
DONE, REFUSED = ["white_check_mark"], ["x"]


@pytest.fixture
def bare(play: Play) -> tuple[Play, tuple[int, int]]:
    """An issue that asks for nothing."""
    project = play.world.projects["partnerships"]
    raw = play.people["alice"].client.post(f"/projects/{project}/issues", {"title": "An idea"})
    play.work()
    return play, (project, int(raw["iid"]))


def says(bare: tuple[Play, tuple[int, int]], text: str, who: str = "alice") -> Said:
    """Somebody comments on that issue."""
    play, place = bare
    return play.comment(place, text, who)


def test_start_with_all_inputs_starts(bare: tuple[Play, tuple[int, int]]) -> None:
    """The issue bears the label then, and the launch runs."""
    play, place = bare
    said = says(bare, f"/launch start first-time-image {INPUTS}")
    assert said.reactions() == DONE
    assert {*play.issues()} == {"root", "scoping", "technical", "marketing"}
    assert play.process.labels.request in play.people["alice"].issue(place)["labels"]
    assert play.issue("root")["title"] == "First time image: Example Cloud (example)"
    play.resync().lose_database().resync()
    assert len(play.issues()["root"]) == 1
    assert len(said.replies()) == 1


def test_start_without_inputs_asks_for_them(bare: tuple[Play, tuple[int, int]]) -> None:
    """They may be given by command, one after the other, and nothing opens before."""
    play, place = bare
    assert says(bare, "/launch start first-time-image").reactions() == DONE
    assert play.issues() == {}
    assert "**Partner** is missing" in play.said(place)[-1]
    said = says(bare, '/launch set partner="Example Cloud" provider=example')
    assert said.answer() == (
        DONE,
        "**Partner** is `Example Cloud`, **Provider** is `example`.",
    )
    assert play.issues() == {}
    says(bare, "/launch set launch_date=+70bd")
    assert play.issue("root")["due_date"] == "2027-06-07"


def test_command_counts_more_than_the_description(play: Play) -> None:
    """Whatever the request says there."""
    play.request("partner: Wrong\nprovider: example\n")
    place = (play.world.projects["partnerships"], 1)
    play.comment(place, "/launch set partner=Right launch_date=2027-06-15", "alice")
    assert play.issue("root")["title"] == "First time image: Right (example)"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/launch start first-time-imag", "did you mean `first-time-image`?"),
        ("/launch start", "`PROCESS` is missing"),
        ("/launch status", "There is no launch here yet; `/launch start PROCESS"),
        (f"/launch start first-time-image {INPUTS} patner=x", "did you mean `partner`?"),
        ("/launch start first-time-image launch_date=soon", "is no day that I know"),
        ("/launch start first-time-image partner=", "is needed: give it a value"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    bare: tuple[Play, tuple[int, int]], text: str, answer: str
) -> None:
    """With what would be right; the issue stays as it is."""
    play, place = bare
    reactions, said = says(bare, text).answer()
    assert reactions == REFUSED
    assert answer in said
    assert play.issues() == {}
    assert play.people["alice"].issue(place)["labels"] == []


def test_plan_of_a_start(bare: tuple[Play, tuple[int, int]]) -> None:
    """What would be opened, and who would hear of it."""
    play, _ = bare
    _, said = says(bare, f"/launch plan start first-time-image {INPUTS}").answer()
    assert "open the technical issue" in said
    assert "`bob`" in said
    assert play.issues() == {}


def test_help_where_there_is_no_launch(bare: tuple[Play, tuple[int, int]]) -> None:
    """Everybody begins somewhere."""
    reactions, said = says(bare, "/launch help").answer()
    assert reactions == []
    assert "`/launch start PROCESS [key=value ...]`" in said


def test_a_label_that_was_taken_off_stays_off(bare: tuple[Play, tuple[int, int]]) -> None:
    """The command has had its effect."""
    play, place = bare
    says(bare, "/launch start first-time-image")
    play.people["alice"].change(place, remove_labels=play.process.labels.request)
    play.work()
    says(bare, "Never mind.")
    play.resync()
    assert play.people["alice"].issue(place)["labels"] == []
    assert play.issues() == {}


def test_a_start_whose_hook_is_lost_is_found(bare: tuple[Play, tuple[int, int]]) -> None:
    """At the next resync."""
    play, place = bare
    play.people["alice"].comment(place, f"/launch start first-time-image {INPUTS}")
    play.sim.outbox.pending.clear()
    play.wait(minutes=11).resync()
    assert "root" in play.issues()


def test_guests_start_nothing(bare: tuple[Play, tuple[int, int]]) -> None:
    """Whoever asks has to be a member."""
    play, _ = bare
    project = play.world.projects["partnerships"]
    number = play.world.people["dora"]
    play.admin.put(f"/projects/{project}/members/{number}", {"access_level": 10})
    reactions, said = says(bare, f"/launch start first-time-image {INPUTS}", "dora").answer()
    assert reactions == REFUSED
    assert said.startswith("`dora` is a guest of this project; `start` is for")
    assert play.issues() == {}


def test_where_the_bot_does_not_work_nothing_starts(play: Play) -> None:
    """Whoever has the secret of the webhooks may have other projects, too."""
    group = play.admin.get(f"/projects/{play.world.projects['partnerships']}")["namespace"]["id"]
    body = {"name": "Elsewhere", "namespace_id": group}
    project = play.admin.post("/projects", body)["id"]
    play.open(project, "public")
    hook = {"url": "http://bot.test/webhooks/gitlab", "token": SECRET, "note_events": True}
    play.admin.post(f"/projects/{project}/hooks", {**hook, "issues_events": True})
    issues = f"/projects/{project}/issues"
    text = "partner: Example Cloud\nprovider: example\nlaunch_date: 2027-06-15"
    label = play.process.labels.request
    fields = {"title": "A request", "description": text, "labels": label}
    labelled = play.admin.post(issues, fields)
    bare = play.admin.post(issues, {"title": "An idea"})
    play.admin.post(f"{issues}/{bare['iid']}/notes", {"body": f"/launch start {NAME} {INPUTS}"})
    play.work().resync()
    assert play.issues() == {}
    assert play.said((project, labelled["iid"])) + play.said((project, bare["iid"])) == []
