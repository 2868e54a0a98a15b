"""No traceback reaches whoever types a command."""

import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot import __main__
from bot.domain.errors import PermanentError, TransientError, UserError


def fail_with(error: BaseException) -> object:
    """A command line that fails."""

    def app(**_: object) -> None:
        raise error

    return app


@pytest.mark.parametrize("kind", [UserError, TransientError, PermanentError])
def test_message_goes_to_stderr(
    kind: type[Exception], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An error for people is their message and exit code 1."""
    monkeypatch.setattr(__main__, "app", fail_with(kind("Give a date.")))
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 1
    assert capsys.readouterr() == ("", "Give a date.\n")


def test_fault_of_ours_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the program did not foresee is said in one polite sentence."""
    monkeypatch.setattr(__main__, "app", fail_with(KeyError("x")))
    with pytest.raises(SystemExit) as left:
        __main__.main()
    assert left.value.code == 1
    assert "the fault is its own: KeyError: 'x'\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["page", "nowhere"], 1, "There is no process", id="user error"),
        pytest.param(["fly"], 2, "No such command", id="unknown command"),
    ],
)
def test_program_explains_itself(
    arguments: list[str], code: int, words: str, tmp_path: Path
) -> None:
    """As a process of its own, with nothing but messages on stderr."""
    result = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (code, "")
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_fault_shows_its_traceback_to_developers(monkeypatch: pytest.MonkeyPatch) -> None:
    """In Python's development mode nothing is hidden."""
    monkeypatch.setattr(__main__, "app", fail_with(KeyError("x")))
    developing = SimpleNamespace(flags=SimpleNamespace(dev_mode=True), stdout=sys.stdout)
    monkeypatch.setattr(__main__, "sys", developing)
    with pytest.raises(KeyError):
        __main__.main()


@pytest.mark.parametrize(
    ("to", "why"),
    [("> /dev/full", "No space left on device"), (">&-", "standard output is closed")],
)
@pytest.mark.parametrize("command", ["page first-time-image", "reference commands"])
def test_output_that_cannot_be_written_is_told(to: str, why: str, command: str) -> None:
    """A full disk is no fault of the program, and a page that nobody gets is no success."""
    line = f"{sys.executable} -m bot {command} {to}"
    result = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, f"launchbot cannot write: {why}.\n")


def test_interrupt_in_the_first_moment_says_nothing() -> None:
    """While it still reads its own code; a shell calls that 130."""
    command = [sys.executable, "-X", "importtime", "-m", "bot", "page", "first-time-image"]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert running.stderr is not None
    while "bot.domain" not in running.stderr.readline():
        pass
    running.send_signal(signal.SIGINT)
    _, rest = running.communicate(timeout=20)
    assert running.returncode == -signal.SIGINT
    assert "Traceback" not in rest
