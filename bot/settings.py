"""The environment: secrets, addresses and how to run, as variables named `LAUNCHBOT_...`.

What an installation says about people and projects is in `launchbot.yml`, not here.
Every mistake is told at once, and no message or `repr` shows a secret.
`docs/settings-reference.md` is generated from this module.
"""

import base64
import binascii
import difflib
import os
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "LAUNCHBOT_"
_FOR_TESTS = "LAUNCHBOT_TEST_"
_SIGNING_KEY_BYTES = 24


Use = Literal["gitlab", "serving"]
"""What is to be done: work in GitLab, or listen to its webhooks as well."""

_FOR_GITLAB: Mapping[tuple[str, ...], str] = {
    (
        "gitlab_token",
    ): f"{PREFIX}GITLAB_TOKEN is not set: the bot needs an access token of its own.",
    (
        "secret_keys",
    ): f"{PREFIX}SECRET_KEYS is not set. It signs what the bot writes; make one with "
    "`openssl rand -hex 32` and keep it: without it the bot does not know its own issues.",
}
_FOR_SERVING: Mapping[tuple[str, ...], str] = {
    **_FOR_GITLAB,
    ("webhook_signing_token", "webhook_secret"): (
        f"Neither {PREFIX}WEBHOOK_SIGNING_TOKEN nor {PREFIX}WEBHOOK_SECRET is set: "
        "anybody could send webhooks. Give the token that the webhook has in GitLab."
    ),
}


class SettingsError(Exception):
    """What is wrong with the settings, a sentence per mistake, for the person who runs it."""


def _split(value: object) -> object:
    """Several secrets stand in one variable, apart by commas or line ends."""
    if not isinstance(value, str):
        return value
    return tuple(part for part in map(str.strip, re.split(r"[,\n]", value)) if part)


def _is_signing_token(token: SecretStr) -> SecretStr:
    """A key of 192 bits or more, as https://www.standardwebhooks.com wants it."""
    prefix, _, key = token.get_secret_value().partition("whsec_")
    try:
        decoded = base64.b64decode(key, validate=True)
    except binascii.Error:
        decoded = b""
    if prefix or len(decoded) < _SIGNING_KEY_BYTES:
        raise ValueError("no signing token")
    return token


def _is_long(key: SecretStr) -> SecretStr:
    if len(key.get_secret_value()) < 32:  # noqa: PLR2004 -- as the reference says
        raise ValueError("too short")
    return key


def _is_token(token: SecretStr) -> SecretStr:
    """What else stands in it cannot be sent, and libraries quote it when they say so."""
    if not re.fullmatch(r"[!-~]+", token.get_secret_value()):
        raise ValueError("no token")
    return token


def _passwords(url: str) -> tuple[str, ...]:
    """What stands behind `user:` or `password=` in an address, however odd the rest of it is."""
    user = url.rpartition("@")[0]
    found = [user.partition("://")[2].partition(":")[2] or user.partition(":")[2]]
    found += re.findall(r"password=([^&]*)", url, re.IGNORECASE)
    return tuple(filter(None, found))


def _has_certificates(path: Path) -> Path:
    """Whether connections could be checked with what is in the file; all else fails at each."""
    try:
        readable = path.is_file()
        if readable:  # a pipe would be waited for
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except OSError:  # errors of ssl are such, too
        readable = False
    if not readable:
        raise ValueError("no certificates")
    return path


def _is_address(url: str) -> str:
    """Whether host and port can be told: `urlsplit` raises ValueError where they cannot."""
    urlsplit(url).port  # noqa: B018 -- it is looked at, not used
    return url


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _setting(default: object, has_to_be: str, meaning: str) -> Any:
    return Field(default=default, description=meaning, json_schema_extra={"expected": has_to_be})


_Url = Annotated[
    str,
    Field(pattern=r"^https?://[^/\s?#@]+(/[^\s?#]*)?$"),
    AfterValidator(_is_address),
    AfterValidator(lambda url: url.rstrip("/").removesuffix("/api/v4")),
]
_Secrets = Annotated[tuple[SecretStr, ...], BeforeValidator(_split)]
_SigningTokens = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_is_signing_token)], ...], BeforeValidator(_split)
]
_Keys = Annotated[
    tuple[Annotated[SecretStr, AfterValidator(_is_long)], ...], BeforeValidator(_split)
]
_Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)]


class Settings(BaseSettings):
    """What the environment says. Get it with `Settings.load()`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    config: Path = _setting(
        Path("launchbot.yml"), "a path", "The configuration: people, projects, calendar."
    )
    gitlab_url: _Url = _setting(
        "https://gitlab.com",
        "an address like https://gitlab.example.com",
        "The GitLab to work in.",
    )
    gitlab_token: Annotated[SecretStr, AfterValidator(_is_token)] | None = _setting(
        None, "an access token", "The bot's token, with the scope `api`."
    )
    gitlab_ca_file: Annotated[Path, AfterValidator(_has_certificates)] | None = _setting(
        None,
        "the path of a file with certificates (PEM)",
        "Certificates (PEM) of the authority that signed GitLab's, where it is a private one.",
    )
    webhook_secret: _Secrets = _setting(
        (),
        "a text; several are separated by commas",
        "The secret token of the webhooks. GitLab sends it in clear; a signing token is better.",
    )
    webhook_signing_token: _SigningTokens = _setting(
        (),
        "`whsec_` and then at least 24 bytes in base64, as GitLab shows it; "
        "several are separated by commas",
        "The signing token of the webhooks. Once it is set, unsigned deliveries are refused.",
    )
    secret_keys: _Keys = _setting(
        (),
        "at least 32 characters (`openssl rand -hex 32` makes them); "
        "several are separated by commas",
        "Sign what the bot writes into GitLab: the first signs, all are recognised. "
        "Without the old key the bot does not know its own issues.",
    )
    database_url: SecretStr = _setting(
        SecretStr("sqlite:///launchbot.db"),
        "a URL like sqlite:///launchbot.db",
        "The local database. Everything in it may be lost. PostgreSQL will do as well "
        "(`postgresql://user:password@host/name`), once its driver is there: "
        "`pip install 'psycopg[binary]'`. The tests run on SQLite.",
    )
    host: str = _setting(
        "127.0.0.1",
        "a host name or an address",
        "Where to listen. In a container it has to be `0.0.0.0`; the image sets that.",
    )
    port: Annotated[int, Field(ge=0, le=65535)] = _setting(
        8080,
        "a whole number from 0 to 65535 (in Kubernetes, set `enableServiceLinks: false`)",
        "The port to listen on; 0 takes a free one.",
    )
    workers: Annotated[int, Field(ge=1, le=32)] = _setting(
        2, "a whole number from 1 to 32", "How many launches to work on at a time."
    )
    log_format: Literal["text", "json"] = _setting(
        "text", "`text` or `json`", "How to write the log, which goes to standard error."
    )
    log_level: _Level = _setting(
        "info", "`debug`, `info`, `warning` or `error`", "How much to log."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 -- the signature is given
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_more: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` has gathered, so that every mistake can be told in our words."""
        return (init_settings,)

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, *, use: Use | None = None) -> Self:
        """Read the settings; an empty variable is as good as none.

        Raises:
            SettingsError: Everything that is wrong with them, or missing for what is to be done.
        """
        if environ is None:
            environ = os.environ  # noqa: TID251 -- it enters here
        given = {name: value for name, value in environ.items() if value.strip()}
        mistakes = list(_unknown(given))
        values: dict[str, str] = {}
        for name in cls.model_fields:
            try:
                values |= _value(name, given)
            except SettingsError as error:
                mistakes.append(str(error))
        try:
            settings = cls(**values)  # type: ignore[arg-type] # pydantic converts
        except ValidationError as error:
            mistakes += _told(error, values)
        if use:
            mistakes += _missing(use, lambda name: _is_given(name, given))
        if mistakes:
            raise SettingsError("\n".join(mistakes))
        return settings

    def require(self, use: Use) -> None:
        """Refuse what cannot be done, or not safely, without some setting.

        Raises:
            SettingsError: Everything that is missing.
        """
        if missing := _missing(use, lambda name: bool(getattr(self, name))):
            raise SettingsError("\n".join(missing))

    def secrets(self) -> tuple[str, ...]:
        """Every secret text, so that logs can leave them out."""
        passwords = _passwords(self.database_url.get_secret_value())
        several = (*self.webhook_secret, *self.webhook_signing_token, *self.secret_keys)
        single = () if self.gitlab_token is None else (self.gitlab_token,)
        found = [secret.get_secret_value() for secret in (*single, *several)]
        bare = [secret.removeprefix("whsec_") for secret in found]
        return tuple(dict.fromkeys([*found, *bare, *passwords, *map(unquote, passwords)]))


def reference() -> str:
    """The page `docs/settings-reference.md`."""
    lines = [_HEAD]
    for name, field in Settings.model_fields.items():
        lines += [
            f"## `{PREFIX}{name.upper()}`",
            "",
            str(field.description),
            f"It has to be {_expected(field)}.",
            f"Default: {_default(field)}.",
        ]
        if _is_secret(field):
            lines.append(f"`{PREFIX}{name.upper()}_FILE` may name a file that holds it.")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


_HEAD = """\
# Settings

Environment variables; people, projects and calendar are in `launchbot.yml`.
A variable with this prefix that is not listed here is an error, and an empty one counts as not set.
`launchbot serve` needs `LAUNCHBOT_GITLAB_TOKEN`, `LAUNCHBOT_SECRET_KEYS`, and one of
`LAUNCHBOT_WEBHOOK_SIGNING_TOKEN` and `LAUNCHBOT_WEBHOOK_SECRET`.
The standard proxy variables (`HTTPS_PROXY`, `NO_PROXY`) work as everywhere.

This page is generated from `bot/settings.py`.
"""


def _default(field: FieldInfo) -> str:
    match field.default:
        case None | ():
            return "none"
        case SecretStr() as secret:
            return f"`{secret.get_secret_value()}`"
        case value:
            return f"`{value}`"


def _expected(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra["expected"]) if isinstance(extra, dict) else ""


def _is_secret(field: FieldInfo) -> bool:
    return "SecretStr" in str(field.annotation)


def _known() -> Iterator[str]:
    for name, field in Settings.model_fields.items():
        yield PREFIX + name.upper()
        if _is_secret(field):
            yield f"{PREFIX}{name.upper()}_FILE"


def _unknown(given: Mapping[str, str]) -> Iterator[str]:
    known = list(_known())
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known and not name.startswith(_FOR_TESTS):
            near = difflib.get_close_matches(name, known, n=1)
            cure = f"Did you mean {near[0]}?" if near else "Remove it, or look for its name."
            yield f"{name} is no setting. {cure}"


def _value(name: str, given: Mapping[str, str]) -> dict[str, str]:
    """The setting as text, from its variable or from the file that it names; empty: not set."""
    variable = PREFIX + name.upper()
    file = f"{variable}_FILE" if _is_secret(Settings.model_fields[name]) else ""
    if variable in given and file in given:
        raise SettingsError(f"{variable} and {file} are both set. Remove one of them.")
    if file in given:
        return {name: _content(file, Path(given[file]))}
    return {name: given[variable].strip()} if variable in given else {}


def _content(variable: str, path: Path) -> str:
    try:
        content = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise SettingsError(
            f"{variable} names the file {path}, which cannot be read: {why}. "
            "Correct the path or its permissions."
        ) from None
    if not content:
        raise SettingsError(f"{variable} names the file {path}, which is empty. Put the secret in.")
    return content


def _is_given(name: str, given: Mapping[str, str]) -> bool:
    variable = PREFIX + name.upper()
    return any(_split(given.get(each, "")) for each in (variable, f"{variable}_FILE"))


def _missing(use: Use, has: Callable[[str], bool]) -> list[str]:
    """A sentence for each setting that is needed and not there."""
    needed = _FOR_SERVING if use == "serving" else _FOR_GITLAB
    return [sentence for names, sentence in needed.items() if not any(map(has, names))]


def _told(error: ValidationError, values: Mapping[str, str]) -> list[str]:
    """A sentence for each setting that has the wrong shape."""
    names = dict.fromkeys(str(item["loc"][0]) for item in error.errors(include_input=False))
    sentences = []
    for name in names:
        field = Settings.model_fields[name]
        # An address may hold a password, or a token in its query.
        hidden = _is_secret(field) or {*values[name]} & {*"@?#"}
        shown = "" if hidden else f", not {values[name][:80]!r}"
        sentences.append(f"{PREFIX}{name.upper()} has to be {_expected(field)}{shown}.")
    return sentences


def pipeline_variables(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """What GitLab tells a pipeline job, without what is empty; nothing else of the environment.

    https://docs.gitlab.com/ci/variables/predefined_variables/
    """
    if environ is None:
        environ = os.environ  # noqa: TID251 -- it enters here
    return {name: v.strip() for name, v in environ.items() if name.startswith("CI_") and v.strip()}
