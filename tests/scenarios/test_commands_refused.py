"""Who may steer a launch, asked of GitLab when the command runs; and what refusals say."""

import pytest

from tests.scenarios.play import Play

ASK = "/launch due scoping 2027-03-20"


def user(play: Play, name: str, **more: object) -> str:
    """Another user who may comment; where they are members is said elsewhere."""
    body = {"username": name, "name": name, "email": f"{name}@example.com"}
    made = play.admin.post("/users", {**body, "password": "invented-0815-x", **more})["id"]
    token = play.admin.post(
        f"/users/{made}/personal_access_tokens", {"name": "me", "scopes": ["api"]}
    )["token"]
    play.join(name, play._client(token))
    return str(made)


def member(play: Play, name: str, level: int, project: str = "partnerships") -> None:
    """A user with an access level in a project."""
    number = user(play, name)
    path = f"/projects/{play.world.projects[project]}/members"
    play.admin.post(path, {"user_id": number, "access_level": level})


@pytest.mark.parametrize(
    ("level", "verb", "done"),
    [
        (10, ASK, False),
        (15, ASK, False),
        (20, ASK, False),
        (30, ASK, True),
        (40, "/launch pause because x", False),
        (15, "/launch status", True),
        (10, "/launch status", False),
    ],
)
def test_level_in_gitlab_decides(launch: Play, level: int, verb: str, *, done: bool) -> None:
    """The words say who may; nothing is changed for who may not."""
    member(launch, "erin", level)
    said = launch.say("scoping", verb, "erin")
    reactions, text = said.answer()
    if done:
        assert reactions in (["white_check_mark"], [])
    else:
        assert reactions == ["x"]
        assert "is for" in text
        assert "`alice`" in text or "Planner" in text
        assert launch.issue("scoping")["due_date"] == "2027-03-15"


def test_inherited_membership_counts(launch: Play) -> None:
    """A member of the group is a member of its projects."""
    number = user(launch, "erin")
    group = launch.admin.get(f"/projects/{launch.world.projects['partnerships']}")["namespace"]
    body = {"user_id": number, "access_level": 30}
    launch.admin.post(f"/groups/{group['id']}/members", body)
    assert launch.say("scoping", ASK, "erin").reactions() == ["white_check_mark"]


def test_strangers_are_refused(launch: Play) -> None:
    """Whoever can read a public issue can comment on it."""
    launch.open(launch.world.projects["partnerships"], "public")
    user(launch, "mallory")
    reactions, text = launch.say("scoping", "/launch cancel because no", "mallory").answer()
    assert reactions == ["x"]
    assert text.startswith("`mallory` is no member of this project; `cancel` is for Strategic")


def test_who_lost_their_rights_before_it_is_read_is_refused(launch: Play) -> None:
    """Rights are those of the moment at which the command runs."""
    member(launch, "erin", 30)
    launch.sim.outbox.paused = True
    launch.people["erin"].comment(launch.place("scoping"), ASK)
    project = launch.world.projects["partnerships"]
    number = launch.admin.list("/users", username="erin")[0]["id"]
    launch.delete(f"/projects/{project}/members/{number}")
    launch.sim.outbox.paused = False
    launch.resync()
    assert launch.issue("scoping")["due_date"] == "2027-03-15"


def test_bots_are_not_heard(launch: Play) -> None:
    """Not even to be refused: two of them would go on for ever."""
    project = launch.world.projects["partnerships"]
    token = launch.admin.post(
        f"/projects/{project}/access_tokens",
        {"name": "robot", "scopes": ["api"], "access_level": 40, "expires_at": "2027-12-31"},
    )["token"]
    launch.join("robot", launch._client(token))
    assert launch.say("scoping", ASK, "robot").answer() == ([], "")
    assert launch.issue("scoping")["due_date"] == "2027-03-15"


def test_blocked_people_are_refused(launch: Play) -> None:
    """Their comment is there, and they are not any more."""
    member(launch, "erin", 40)
    launch.sim.outbox.paused = True
    launch.people["erin"].comment(launch.place("scoping"), ASK)
    number = launch.admin.list("/users", username="erin")[0]["id"]
    launch.admin._gitlab.http_post(f"/users/{number}/block")
    launch.sim.outbox.paused = False
    launch.resync()
    assert launch.issue("scoping")["due_date"] == "2027-03-15"


@pytest.mark.parametrize("verb", ["delegate packaging", "assign technical", "assign scope-effort"])
def test_who_is_no_member_answers_for_nothing(launch: Play, verb: str) -> None:
    """Where everybody may read, GitLab would let anybody be assigned; nor does the bot itself."""
    for project in launch.world.projects.values():
        launch.open(project, "public")
    user(launch, "mallory")
    for who, why in (("mallory", "is no member of the project"), ("launchbot", "is a bot")):
        reactions, text = launch.say("technical", f"/launch {verb} @{who}", "bob").answer()
        assert (reactions, why in text) == (["x"], True)
    member(launch, "erin", 30, "packaging")
    said = launch.say("technical", f"/launch {verb} @erin", "bob")
    assert said.reactions() == ["white_check_mark"]


class TestHands:
    """Closing, reopening and gate labels are judged by who did it; put back once."""

    def test_closing(self, launch: Play) -> None:
        """By somebody who could not tick the tasks by command either."""
        launch.tick(*launch.required("scoping"))
        launch.people["carol"].close(launch.place("scoping"))
        launch.work()
        assert launch.issue("scoping")["state"] == "opened"
        assert launch.gates()["technical"] == "locked"
        text = launch.said(launch.place("scoping"))[-1]
        assert "somebody who may close it: that is for Strategic Partnerships (`alice`)" in text
        launch.close_issue("scoping")
        assert launch.gates()["technical"] == "open"

    def test_reopening(self, launch: Play) -> None:
        """A phase that is done stays done, and is closed again once."""
        launch.finish("scoping")
        launch.people["carol"].reopen(launch.place("scoping"))
        launch.work()
        assert launch.issue("scoping")["state"] == "closed"
        assert "reopening it is for" in launch.said(launch.place("scoping"))[-1]
        launch.people["carol"].reopen(launch.place("scoping"))
        launch.work()
        assert launch.issue("scoping")["state"] == "opened"
        assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}

    def test_gate_labels(self, launch: Play) -> None:
        """Nobody moves a gate by its label; the comment names who did, and the commands."""
        labels = launch.process.labels.gate
        launch.people["bob"].change(
            launch.place("technical"), add_labels=labels.open, remove_labels=labels.locked
        )
        launch.work()
        assert launch.gates()["technical"] == "locked"
        text = launch.said(launch.place("technical"))[-1]
        assert "`bob` changed it, but **Technical Implementation** is locked" in text
        assert "`/launch unlock technical because ...`" in text

    def test_going_live(self, launch: Play) -> None:
        """Only who may say `live` closes the root."""
        launch.finish("scoping", "marketing", "technical")
        launch.people["bob"].close(launch.place("root"))
        launch.work()
        assert launch.issue("root")["state"] == "opened"
        assert "it takes somebody else to close it" in launch.said(launch.place("root"))[-1]
