"""`bot_user_replaced`: a new token with a new user id; the launch goes on, one live status note."""

from tests.scenarios.play import Play


def test_launch_goes_on_with_a_new_user(launch: Play) -> None:
    """Its issues and its record are recognised; the new user posts a status note of its own."""
    launch.replace_bot_user()
    launch.finish("scoping")
    assert {part: len(found) for part, found in launch.issues().items()} == dict.fromkeys(
        ("root", "scoping", "technical", "marketing"), 1
    )
    assert launch.gates() == {"scoping": "done", "technical": "open", "marketing": "open"}
    launch.finish("marketing", "technical").close_issue("root")
    assert "**Live**" in launch.live_overview()


def test_new_user_without_the_database_changes_nothing_twice(launch: Play) -> None:
    """Nothing is opened or said a second time."""
    launch.finish("scoping")
    said = {part: launch.said(launch.place(part)) for part in launch.issues()}
    launch.replace_bot_user()
    launch.lose_database()
    launch.resync()
    assert {part: launch.said(launch.place(part)) for part in launch.issues()} == said
    launch.tick("scope-effort")
    assert "1 of" in launch.live_overview()
