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
    assert "dora" in output


WRONG = {
    "dance": "I do not know dance",
    "close nothing": "There is no nothing; there are root",
    "tick nothing": "There is no task nothing",
    "due scoping tomorrow": "Write the date as",
    "assign scoping nobody": "There is no nobody; there are alice",
    "days many": "I do not know days many",
    "comment scoping /due": "GitLab does not do that. GitLab answered",
    "/lauch status": "/launch is",
    "as [/bold] root hello": "I do not know as [/bold] root hello",
    "dance again": "A PART is one of these: root, scoping, technical, marketing.",
}


def test_wrong_words_are_explained() -> None:
    """The guide says what it does not know, and goes on; the end of the input ends it."""
    code, output = demo(typed="\n".join([*WRONG, "", "show scoping", "help"]))
    assert code == 0
    assert [told for told in WRONG.values() if told not in output] == []
