"""`launchbot simulator` says what is wrong with what was typed."""

import socket

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.errors import UserError

RUN = CliRunner()
TOKEN = "root-token"


def test_port_that_is_taken_is_told() -> None:
    """With what to do, and as no fault of ours."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = RUN.invoke(app, ["simulator", "--root-token", TOKEN, "--port", str(port)])
    assert isinstance(result.exception, UserError)
    told = f"Cannot listen on port {port}: Address already in use. Choose another with --port."
    assert str(result.exception) == told


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_port_that_is_none_is_a_mistake_in_usage(port: str) -> None:
    """Exit code 2, and the option is named."""
    result = RUN.invoke(app, ["simulator", "--root-token", TOKEN, "--port", port])
    assert result.exit_code == 2
    assert "--port" in result.output


def test_token_is_needed() -> None:
    """To leave it out is a mistake in usage."""
    result = RUN.invoke(app, ["simulator"])
    assert result.exit_code == 2
    assert "--root-token" in result.output


@pytest.mark.parametrize("token", ["", "short", "abcd efgh", "abcdefgh\n", "abcdefgé"])
def test_token_that_no_header_carries_is_refused_with_the_cure(token: str) -> None:
    """It is short, or would not arrive as it was given."""
    result = RUN.invoke(app, ["simulator", "--root-token", token])
    told = "Give --root-token, a text of 8 characters of ASCII or more, without blanks."
    assert str(result.exception) == told
