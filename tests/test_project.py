"""What makes the project installable: the lock, set-up, the wheel, and the image's recipe."""

import http.server
import json
import re
import runpy
import shutil
import subprocess
import sys
import sysconfig
import threading
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK_TEXT = (ROOT / "uv.lock").read_text()
LOCK: dict[str, Any] = tomllib.loads(LOCK_TEXT)


# --- The lock -----------------------------------------------------------------------------------


def requirements() -> list[Requirement]:
    """All that pyproject.toml asks for: to run, to build, to develop."""
    groups = PROJECT["dependency-groups"].values()
    return [
        Requirement(text)
        for texts in [
            PROJECT["project"]["dependencies"],
            PROJECT["build-system"]["requires"],
            *groups,
        ]
        for text in texts
    ]


def locked_versions(name: str) -> list[str]:
    """The versions of a package in the lock."""
    return [p["version"] for p in LOCK["package"] if p["name"] == canonicalize_name(name)]


def test_lock_names_no_host() -> None:
    """Everybody installs from the index or mirror that their own machine is set up with."""
    assert "://" not in LOCK_TEXT


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_requirement_is_locked_in_a_version_that_satisfies_it(
    requirement: Requirement,
) -> None:
    """`make lock` was run after pyproject.toml changed."""
    versions = locked_versions(requirement.name)
    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_lock_agrees_with_the_project(tmp_path: Path) -> None:
    """The lock is what `make lock` would write, as far as can be told without an index."""
    result = subprocess.run(
        [
            *(Path(sysconfig.get_path("scripts")) / "uv", "lock", "--check", "--offline"),
            *("--no-python-downloads", "--python", sys.executable, "--cache-dir", tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_every_locked_file_has_a_hash() -> None:
    """Whatever the index serves, only the files that were locked get in."""
    files = [
        file
        for package in LOCK["package"]
        if package["name"] != PROJECT["project"]["name"]
        for file in [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
    ]
    assert files
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", file["hash"]) for file in files)


@pytest.fixture(scope="module")
def lock_script() -> dict[str, Any]:
    """The functions of the script that works on the lock."""
    return runpy.run_path(str(ROOT / ".ci" / "lock.py"))


def test_stripping_takes_addresses_and_nothing_else(lock_script: dict[str, Any]) -> None:
    """Names, versions, sizes and hashes stay; stripping twice changes nothing."""
    strip: Callable[[str], str] = lock_script["strip"]
    before = (
        'source = { registry = "https://index.example:8443/simple" }\n'
        'wheels = [{ url = "https://files.example/a/x-1-py3-none-any.whl", hash = "sha256:00" }]\n'
    )
    after = strip(before)
    assert after == (
        'source = { registry = "." }\n'
        'wheels = [{ filename = "x-1-py3-none-any.whl", hash = "sha256:00" }]\n'
    )
    assert strip(after) == after


def test_pin_is_a_requirement_with_hashes(lock_script: dict[str, Any]) -> None:
    """The tool that reads the lock is itself installed from it."""
    pin: Callable[[str, str], str] = lock_script["pin"]
    requirement, *hashes = pin(LOCK_TEXT, "uv").split()
    assert requirement == f"uv=={locked_versions('uv')[0]}"
    assert hashes
    assert all(text.startswith("--hash=sha256:") for text in hashes)


# --- Set-up -------------------------------------------------------------------------------------


@pytest.fixture
def set_up(tmp_path: Path) -> Callable[[str], str]:
    """Runs set-up in a folder with a space in its name; returns what a failing one says."""
    folder = tmp_path / "a clone"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "setup", folder / ".ci")

    def run(python: str) -> str:
        result = subprocess.run(
            ["sh", ".ci/setup"],
            cwd=folder,
            env={"PATH": "/usr/bin:/bin", "PYTHON": python},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode != 0
        assert not (folder / ".venv").exists()
        return result.stderr

    return run


def test_set_up_says_so_when_there_is_no_python(set_up: Callable[[str], str]) -> None:
    """A newcomer reads what to install, not a traceback."""
    assert "no Python 3.11 or newer found" in set_up("/nowhere/python3")


def test_set_up_says_so_when_venv_is_missing(set_up: Callable[[str], str], tmp_path: Path) -> None:
    """Debian ships Python without ensurepip."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n')
    python.chmod(0o755)
    assert "apt install python3-venv" in set_up(str(python))


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_lists_its_targets() -> None:
    """`make` alone explains itself: every target that is not a file has a line."""
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony is not None
    assert set(re.findall(r"^make (\w+)", listed, flags=re.MULTILINE)) == {
        *phony[1].split(),
    } - {"moved"}


# --- The wheel ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel, built as `make wheel` does it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


def files_below(folder: str, pattern: str) -> set[str]:
    """The files of a folder of the project that are not made by running it."""
    paths = (ROOT / folder).rglob(pattern)
    return {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_has_the_package_and_the_templates(wheel: zipfile.ZipFile) -> None:
    """Who installs the wheel has the processes that come with it."""
    templates = {f"bot/{name}" for name in files_below("templates", "*")}
    assert templates | files_below("bot", "*.py") <= set(wheel.namelist())


def test_wheel_has_nothing_else(wheel: zipfile.ZipFile) -> None:
    """No tests, no scripts, no second top-level package."""
    assert {name.split("/")[0] for name in wheel.namelist()} == {
        "bot",
        f"launchbot-{PROJECT['project']['version']}.dist-info",
    }


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    """One of the metadata files of the wheel."""
    version = PROJECT["project"]["version"]
    return wheel.read(f"launchbot-{version}.dist-info/{name}").decode()


def test_wheel_says_what_it_is(wheel: zipfile.ZipFile) -> None:
    """Name, licence and the Python it needs."""
    fields = message_from_string(metadata(wheel, "METADATA"))
    assert fields["Name"] == "launchbot"
    assert fields["License-Expression"] == "MIT"
    assert fields["License-File"] == "LICENSE"
    assert fields["Requires-Python"] == ">=3.11"


def test_wheel_brings_the_command(wheel: zipfile.ZipFile) -> None:
    """The command is called `launchbot`."""
    assert metadata(wheel, "entry_points.txt").split() == [
        "[console_scripts]",
        "launchbot",
        "=",
        "bot.__main__:main",
    ]


# --- The image ----------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    return [
        (word, rest.strip())
        for word, _, rest in (line.partition(" ") for line in joined.splitlines())
        if word
    ]


def arguments(word: str) -> list[str]:
    """The arguments of every instruction of a kind."""
    return [rest for name, rest in instructions() if name == word]


def last_stage() -> list[tuple[str, str]]:
    """The instructions that make the image itself."""
    found = instructions()
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def test_image_is_built_in_one_stage_and_runs_in_another() -> None:
    """Compilers, caches and the lock's tools stay behind."""
    build, final = arguments("FROM")
    assert build.endswith(" AS build")
    assert " AS " not in final
    assert all(rest.startswith("--from=build ") for word, rest in last_stage() if word == "COPY")


def test_image_starts_from_a_pinned_tag() -> None:
    """`latest` would be another image tomorrow."""
    assert {name.split(" AS ")[0] for name in arguments("FROM")} == {"python:${PYTHON}"}
    (default,) = arguments("ARG")
    assert re.fullmatch(r"PYTHON=3\.\d+-slim-[a-z]+", default)


def test_image_fetches_nothing_past_the_lock() -> None:
    """Every installation names hashes or no index; nothing is added from an address."""
    assert not arguments("ADD")
    assert not any("://" in rest for word, rest in instructions() if word != "ENV")
    installs = [
        command
        for rest in arguments("RUN")
        for command in rest.split("&&")
        if re.search(r"\bpip\b.* install\b", command)
    ]
    assert installs
    assert all("--require-hashes" in command or "--no-index" in command for command in installs)


def test_image_runs_as_a_user_without_a_name_to_look_up() -> None:
    """A number lets Kubernetes see that it is not root."""
    (user,) = arguments("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    words = [word for word, _ in last_stage()]
    assert words.index("USER") > max(i for i, word in enumerate(words) if word in {"RUN", "COPY"})


def test_image_keeps_its_state_in_a_volume() -> None:
    """The root file system may be read-only."""
    assert arguments("VOLUME") == ["/data"]
    environment = dict(re.findall(r"(\w+)=(\S+)", " ".join(arguments("ENV"))))
    assert environment["LAUNCHBOT_DATABASE_URL"].startswith("sqlite:////data/")
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert f"{environment['LAUNCHBOT_PORT']}" in arguments("EXPOSE")


def test_image_serves() -> None:
    """Without arguments it is the service; with arguments, any other command."""
    assert [arguments("ENTRYPOINT"), arguments("CMD")] == [['["launchbot"]'], ['["serve"]']]


@contextmanager
def server(status: int) -> Iterator[int]:
    """A server whose health is given; yields its port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield running.server_port
        finally:
            running.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_health_check_asks_the_service(*, status: int, healthy: bool) -> None:
    """Python itself asks, so that the image needs no other program, and no proxy is asked."""
    (check,) = arguments("HEALTHCHECK")
    _, _, command = check.partition(" CMD ")
    name, *rest = json.loads(command)
    assert name == "python"
    with server(status) as port:
        result = subprocess.run(
            [sys.executable, *rest],
            env={"LAUNCHBOT_PORT": str(port), "http_proxy": "http://127.0.0.1:9"},
            capture_output=True,
            check=False,
        )
    assert (result.returncode == 0) is healthy
