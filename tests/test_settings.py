"""The settings: from the environment alone, every mistake at once, no secret shown."""

import base64
import os
import shutil
from pathlib import Path

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, reference

PAGE = Path(__file__).parents[1] / "docs" / "settings-reference.md"
KEY = "0123456789abcdef0123456789abcdef"
SIGNING = "whsec_" + base64.b64encode(b"s" * 32).decode()
SERVING = {
    "LAUNCHBOT_GITLAB_TOKEN": "glpat-canary",
    "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": SIGNING,
    "LAUNCHBOT_SECRET_KEYS": KEY,
}


def refused(environ: dict[str, str]) -> list[str]:
    """What is wrong with these, a sentence each."""
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ)
    return str(caught.value).splitlines()


def shown(secrets: tuple[object, ...]) -> list[str]:
    """The texts of secrets."""
    return [secret.get_secret_value() for secret in secrets]  # type: ignore[attr-defined]


def test_defaults_are_for_a_first_try() -> None:
    """gitlab.com, a file beside us, and nobody from outside can connect."""
    settings = Settings.load({"PATH": "/bin", "OTHER_BOT_PORT": "1"})
    assert settings.config == Path("launchbot.yml")
    assert settings.gitlab_url == "https://gitlab.com"
    assert settings.database_url.get_secret_value() == "sqlite:///launchbot.db"
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 2)
    assert settings.gitlab_token is None
    assert settings.secrets() == ()


def test_address_of_the_api_is_that_of_gitlab() -> None:
    """People copy either."""
    settings = Settings.load({"LAUNCHBOT_GITLAB_URL": "https://gitlab.example.com/api/v4/"})
    assert settings.gitlab_url == "https://gitlab.example.com"


def test_variables_are_read(tmp_path: Path) -> None:
    """Each has the prefix and the name in capitals."""
    authority = tmp_path / "ca.pem"
    shutil.copy(certifi.where(), authority)
    settings = Settings.load(
        {
            "LAUNCHBOT_GITLAB_URL": "https://gitlab.example.com/git/",
            "LAUNCHBOT_GITLAB_CA_FILE": str(authority),
            "LAUNCHBOT_PORT": " 0 ",
            "LAUNCHBOT_LOG_LEVEL": "DEBUG",
            "LAUNCHBOT_LOG_FORMAT": "json",
        }
    )
    assert settings.gitlab_url == "https://gitlab.example.com/git"
    assert settings.gitlab_ca_file == authority
    assert (settings.port, settings.log_level, settings.log_format) == (0, "debug", "json")


@pytest.mark.parametrize("name", ["launchbot.yml", "folder", "nowhere", "x" * 300, "pipe"])
def test_file_without_certificates_is_refused(tmp_path: Path, name: str) -> None:
    """Every connection would fail, and seem to be the fault of GitLab."""
    (tmp_path / "launchbot.yml").write_text("projects: {}\n")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (mistake,) = refused({"LAUNCHBOT_GITLAB_CA_FILE": str(tmp_path / name)})
    assert "has to be the path of a file with certificates (PEM), not " in mistake


def test_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line reads it from there."""
    monkeypatch.setenv("LAUNCHBOT_WORKERS", "7")
    assert Settings.load().workers == 7
    assert Settings.load({}).workers == 2


def test_several_secrets_are_separated_by_commas() -> None:
    """To replace a secret, the old and the new one are valid for a while."""
    settings = Settings.load(
        {
            "LAUNCHBOT_WEBHOOK_SECRET": "one word, two words,",
            "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": f"{SIGNING},{SIGNING}",
            "LAUNCHBOT_SECRET_KEYS": f"{KEY}1, {KEY}2",
        }
    )
    assert shown(settings.webhook_secret) == ["one word", "two words"]
    assert shown(settings.webhook_signing_token) == [SIGNING, SIGNING]
    assert shown(settings.secret_keys) == [f"{KEY}1", f"{KEY}2"]


def test_secrets_may_stand_in_files(tmp_path: Path) -> None:
    """As orchestrators mount them, with a line end and perhaps several lines."""
    file = tmp_path / "keys"
    file.write_text(f"{KEY}1\n{KEY}2\n")
    settings = Settings.load({"LAUNCHBOT_SECRET_KEYS_FILE": str(file)})
    assert shown(settings.secret_keys) == [f"{KEY}1", f"{KEY}2"]


def test_secrets_are_not_shown() -> None:
    """Neither the settings nor their mistakes give one away."""
    settings = Settings.load({**SERVING, "LAUNCHBOT_DATABASE_URL": "postgresql://u:hun%21@h/d"})
    for secret in settings.secrets():
        assert secret not in repr(settings)
        assert secret not in str(settings)
    assert set(settings.secrets()) == {
        *("glpat-canary", SIGNING, SIGNING.removeprefix("whsec_"), KEY, "hun%21", "hun!")
    }


def test_every_mistake_is_told_at_once() -> None:
    """One sentence each: what is wrong and what to do, without the secrets."""
    environ = {
        "LAUNCHBOT_GITLAB_TOCKEN": "canary",
        "LAUNCHBOT_UTTERLY_UNRELATED_THING": "canary",
        "LAUNCHBOT_GITLAB_URL": "https://user:canary@gitlab.example.com",
        "LAUNCHBOT_GITLAB_CA_FILE": "/nowhere/ca.pem",
        "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": "canary",
        "LAUNCHBOT_SECRET_KEYS": f"{KEY},canary,canary2",
        "LAUNCHBOT_PORT": "70000",
        "LAUNCHBOT_LOG_FORMAT": "xml",
    }
    mistakes = refused(environ)
    assert mistakes == [
        "LAUNCHBOT_GITLAB_TOCKEN is no setting. Did you mean LAUNCHBOT_GITLAB_TOKEN?",
        "LAUNCHBOT_UTTERLY_UNRELATED_THING is no setting. Remove it, or look for its name.",
        "LAUNCHBOT_GITLAB_URL has to be an address like https://gitlab.example.com.",
        (
            "LAUNCHBOT_GITLAB_CA_FILE has to be the path of a file with certificates (PEM), "
            "not '/nowhere/ca.pem'."
        ),
        (
            "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN has to be `whsec_` and then at least 24 bytes in "
            "base64, as GitLab shows it; several are separated by commas."
        ),
        (
            "LAUNCHBOT_SECRET_KEYS has to be at least 32 characters (`openssl rand -hex 32` makes "
            "them); several are separated by commas."
        ),
        (
            "LAUNCHBOT_PORT has to be a whole number from 0 to 65535 "
            "(in Kubernetes, set `enableServiceLinks: false`), not '70000'."
        ),
        "LAUNCHBOT_LOG_FORMAT has to be `text` or `json`, not 'xml'.",
    ]


@pytest.mark.parametrize(
    "token",
    ["abc", "whsec_", "whsec_!!!!", f"x{SIGNING}", "whsec_" + base64.b64encode(b"short").decode()],
)
def test_signing_token_has_to_be_one(token: str) -> None:
    """A token that was cut off when pasted is found at the start, not at the first delivery."""
    assert len(refused({"LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": token})) == 1


@pytest.mark.parametrize(
    "url",
    [
        "gitlab.com",
        "ftp://gitlab.com",
        "https://",
        "https://a b",
        "https://a/?x",
        "https://a#b",
        "https://[::",
        "https://a:99999",
        "https://a:https",
    ],
)
def test_gitlab_address_has_to_be_one(url: str) -> None:
    """The path of a GitLab below another one is fine, more is not."""
    assert len(refused({"LAUNCHBOT_GITLAB_URL": url})) == 1


def test_variable_and_its_file_exclude_each_other(tmp_path: Path) -> None:
    """Which one should count?"""
    environ = {"LAUNCHBOT_SECRET_KEYS": KEY, "LAUNCHBOT_SECRET_KEYS_FILE": str(tmp_path)}
    assert refused(environ) == [
        "LAUNCHBOT_SECRET_KEYS and LAUNCHBOT_SECRET_KEYS_FILE are both set. Remove one of them."
    ]


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, no text, or empty."""
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("\n")
    reasons = {
        "missing": "No such file or directory",
        ".": "Is a directory",
        "bytes": "it is no text",
        "empty": "is empty",
    }
    for name, reason in reasons.items():
        [mistake] = refused({"LAUNCHBOT_GITLAB_TOKEN_FILE": str(tmp_path / name)})
        assert reason in mistake
        assert str(tmp_path / name) in mistake


def test_empty_variable_counts_as_not_set() -> None:
    """Composers pass on what is not there as empty."""
    assert Settings.load({"LAUNCHBOT_PORT": "", "LAUNCHBOT_SECRET_KEYS": " "}).port == 8080


def test_variables_of_the_tests_are_none_of_ours() -> None:
    """The contract tests against a real GitLab have their own."""
    Settings.load({"LAUNCHBOT_TEST_GITLAB_URL": "https://gitlab.com"})


def test_serving_needs_what_keeps_strangers_out() -> None:
    """No start without a webhook secret, secret keys and a token."""
    with pytest.raises(SettingsError) as caught:
        Settings.load({"LAUNCHBOT_WEBHOOK_SECRET": ","}).require("serving")
    assert len(str(caught.value).splitlines()) == 3
    Settings.load(SERVING).require("serving")
    plain = {**SERVING, "LAUNCHBOT_WEBHOOK_SIGNING_TOKEN": "", "LAUNCHBOT_WEBHOOK_SECRET": "x"}
    Settings.load(plain).require("serving")


def test_what_is_missing_is_told_together_with_what_is_wrong(tmp_path: Path) -> None:
    """Whoever sets it up starts it once more, and not once for each."""
    environ = {"LAUNCHBOT_PORT": "many", "LAUNCHBOT_WEBHOOK_SECRET": ","}
    with pytest.raises(SettingsError) as caught:
        Settings.load(environ, use="serving")
    told = str(caught.value).splitlines()
    assert [line.split()[0] for line in told] == [
        "LAUNCHBOT_PORT",
        "LAUNCHBOT_GITLAB_TOKEN",
        "LAUNCHBOT_SECRET_KEYS",
        "Neither",
    ]
    with pytest.raises(SettingsError, match=r"^LAUNCHBOT_GITLAB_TOKEN_FILE names the file [^\n]*$"):
        Settings.load(
            {"LAUNCHBOT_GITLAB_TOKEN_FILE": str(tmp_path / "no"), "LAUNCHBOT_SECRET_KEYS": KEY},
            use="gitlab",
        )


@given(
    st.dictionaries(
        st.sampled_from(sorted(f"LAUNCHBOT_{name.upper()}" for name in Settings.model_fields)),
        st.text(),
    )
)
def test_any_values_are_settings_or_mistakes(environ: dict[str, str]) -> None:
    """Nothing else is raised, and every mistake is a sentence that names its variable."""
    try:
        Settings.load(environ)
    except SettingsError as error:
        for line in str(error).splitlines():
            assert line.startswith("LAUNCHBOT_")


def test_reference_is_up_to_date() -> None:
    """Make it anew with `python -c 'import bot.settings as s; print(s.reference(), end="")'`."""
    assert PAGE.read_text(encoding="utf-8") == reference()
