"""The demo: scripted, it proves a whole launch; guided, it takes a person through one."""

import re

from typer.testing import CliRunner

from bot.cli import app

RUN = CliRunner()


def demo(*words: str, typed: str = "") -> tuple[int, str]:
    """Run the demo with what a person types; exit code and what it printed."""
    result = RUN.invoke(app, ["demo", *words], input=typed)
    return result.exit_code, result.output


def test_scripted_demo_plays_a_launch_and_verifies_it() -> None:
    """Every check holds, and the last line sums it up."""
    code, output = demo("--script")
    assert code == 0, output
    assert "NOT" not in output
    last = output.rstrip().splitlines()[-1]
    assert re.fullmatch(r"demo ok: \d+ issues, \d+ webhooks, \d+ writes, \d+ reads", last)


def test_guided_demo_lets_a_person_play() -> None:
    """Too early, then right: the phases behind unlock, and nothing typed wrong ends it."""
    typed = "close scoping\ntick scoping\nclose scoping\nassign technical dora\nstatus\nquit\n"
    code, output = demo(typed=typed)
    assert code == 0
    assert "is not complete" in output
    assert "is unlocked" in output
    assert "technical: opened; assigned to dora; due " in output


WRONG = {
    "dance": "I do not know dance",
    "close nothing": "There is no nothing; there are root",
    "tick nothing": "There is no task nothing",
    "due scoping tomorrow": "Write a day of the calendar",
    "due scoping 2027-13-45": "Write a day of the calendar",
    "assign scoping nobody": "There is no nobody; there are alice",
    "days many": "Write it like this: days N",
    "days 100000": "N is a number from 1 to 366.",
    "tick": "Write it like this: tick TASK ...",
    "show": "Write it like this: show PART",
    "as zed technical hello": "A PERSON is one of these: alice",
    "close [/bold]": "There is no [/bold]; there are root",
    "comment scoping /due": "GitLab does not do that. GitLab answered",
    "/lauch status": "/launch is",
    "[/bold] root hello": "I do not know [/bold] root hello",
    "dance again": "A PART is one of these: root, scoping, technical, marketing.",
}


def test_wrong_words_are_explained() -> None:
    """The guide says what it does not know, and goes on; the end of the input ends it."""
    code, output = demo(typed="\n".join([*WRONG, "", "show scoping", "help"]))
    assert code == 0
    assert [told for told in WRONG.values() if told not in output] == []


def test_everything_that_worked_says_so() -> None:
    """Whoever types has no other way to see it."""
    typed = ["due technical 2027-05-31", "assign technical dora", "comment technical hi", "days 3"]
    code, output = demo(typed="\n".join([*typed, "show scoping"]))
    assert code == 0
    assert "technical: opened; assigned to bob; due 2027-05-31; " in output
    assert "technical: opened; assigned to dora; due 2027-05-31; " in output
    assert "bob has commented on technical." in output
    assert "It is 2027-03-04 now." in output
    assert "[ ] technical-call (optional)\n" in output


def test_slip_does_not_repeat_the_whole_menu() -> None:
    """It would push away what was said before."""
    assert demo(typed="tick\ndays 0\n")[1].count("let days pass") == 1
