"""`two_bots`: two Launchbots on one project; another bot that echoes every comment."""

from tests.scenarios.play import Play


def test_bot_that_echoes_every_comment_makes_no_loop(launch: Play) -> None:
    """What it echoes is no command and no marker of ours, whoever wrote it first."""
    carol = launch.people["carol"]
    echoed: set[int] = set()
    for _ in range(5):
        launch.tick("create-issue").tick("create-issue", box=" ")
        for part in ("root", "scoping"):
            place = launch.place(part)
            for note in launch.people["alice"].notes(place):
                if note["author"]["username"] != "carol" and note["id"] not in echoed:
                    echoed.add(note["id"])
                    carol.comment(place, note["body"])
        launch.work()
    ours = [text for part in ("root", "scoping") for text in launch.said(launch.place(part))]
    assert ours == []


def test_two_launchbots_do_not_answer_each_other(launch: Play) -> None:
    """Each knows its own marks only; the other's issues and notes are a stranger's."""
    other = launch.second_bot()
    other.work()
    roots = launch.issues_by_author()
    assert set(roots.values()) <= {1}
    before = launch.writes()
    for _ in range(3):
        launch.resync()
        other.resync()
    assert launch.writes() == before


def test_breaker_caps_comments_per_thread_and_hour(launch: Play) -> None:
    """Somebody reopens and closes all day: after some comments the thread is left in peace."""
    launch.finish("scoping")
    for _ in range(12):
        launch.reopen_issue("scoping").close_issue("scoping")
    assert len(launch.said(launch.place("technical"))) <= 10
    launch.wait(minutes=61).resync()
    launch.wait(days=1).resync()
    assert launch.gates()["technical"] == "open"


def test_comment_of_a_thousand_commands_is_answered_with_a_sentence(launch: Play) -> None:
    """It costs little to read, and leaves nothing in the record."""
    before = len(launch.status()["body"])
    said = launch.say("root", "\n".join(f"/launch nonsense {number}" for number in range(2000)))
    (reply,) = said.replies()
    assert "This comment has 2000 commands" in reply
    assert len(reply) < 1000
    assert len(launch.status()["body"]) - before < 100
    assert len(launch.say("root", "/launch status").replies()) == 1


def test_flood_of_commands_does_not_fill_the_record(launch: Play) -> None:
    """Replies end, commands still run, and one line tells of it, however many there were."""
    for number in range(40):
        launch.people["alice"].comment(launch.place("root"), f"/launch help {number}")
    launch.work()
    before = len(launch.status()["body"])
    for number in range(40, 60):
        launch.people["alice"].comment(launch.place("root"), f"/launch help {number}")
    said = launch.say("root", "/launch due scoping +5bd")
    assert (said.reactions(), said.replies()) == (["white_check_mark", "hourglass"], [])
    assert launch.overview().count("so often within an hour") == 1
    assert len(launch.status()["body"]) - before < 21 * 100
    assert launch.record().answers == ()
    launch.wait(minutes=61)
    assert len(launch.say("root", "/launch status").replies()) == 1
    launch.wait(days=1).resync()
    assert "so often" not in launch.overview()
