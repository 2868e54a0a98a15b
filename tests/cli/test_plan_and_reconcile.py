"""`launchbot plan` shows what `launchbot reconcile` then does."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from bot.bootstrap import system_clock
from bot.cli import app
from bot.domain.errors import TransientError, UserError
from bot.store.store import Store
from tests.cli.installation import Installed, installed

RUN = CliRunner()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installed]:
    """An installation in which alice has asked for a launch, and no bot runs."""
    with installed(tmp_path) as site:
        site.request()
        yield site


def launchbot(site: Installed, *words: str) -> tuple[int, str]:
    """Run a command; its exit code and what it printed."""
    result = RUN.invoke(app, list(words), env=site.environment)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_plan_shows_what_why_and_whom_and_changes_nothing(site: Installed) -> None:
    """Every action with its reason, and who is notified; GitLab sees no write."""
    before = site.sim.calls.writes
    code, output = launchbot(site, "plan", "cloud/partnerships#1")
    assert code == 0
    assert "open the root issue" in output
    assert "First time image: Example Cloud" in output
    assert "because the process opens this phase now" in output
    assert "notifies: alice, bob, carol" in output
    assert site.sim.calls.writes == before


def test_exit_code_tells_of_changes_on_demand(site: Installed) -> None:
    """2 with `--detailed-exitcode` while there is something to do, 0 when there is not."""
    assert launchbot(site, "plan", "--all")[0] == 0
    assert launchbot(site, "plan", "--all", "--detailed-exitcode")[0] == 2
    assert launchbot(site, "reconcile", "--all")[0] == 0
    assert launchbot(site, "plan", "--all", "--detailed-exitcode")[0] == 0


def test_launch_that_cannot_be_planned_does_not_hide_the_others(site: Installed) -> None:
    """Its reason is printed in its place, and the exit code is 1 in the end."""
    launchbot(site, "reconcile", "--all")
    project, iid = site.request()
    del site.sim.state.projects[project].issues[2]
    for words in (["--all"], ["--all", "--detailed-exitcode"]):
        code, output = launchbot(site, "plan", *words)
        assert code == 1
        assert "launch i1\n  cannot go on: the root issue" in output
        assert f"launch i{site.sim.state.projects[project].issues[iid].id}\n" in output
        assert "because the process opens this phase now" in output


def test_launch_is_named_as_people_see_it(site: Installed) -> None:
    """By id, by the reference of any of its issues, or by an address."""
    launchbot(site, "reconcile", "--all")
    address = f"{site.sim.url}/cloud/partnerships/-/issues/2"
    noted = f"{address}#note_7"
    for name in ("i1", "cloud/partnerships#2", "cloud/packaging#1", address, noted):
        assert launchbot(site, "plan", name) == (0, "launch i1\n  nothing to do\n"), name


def test_what_has_not_started_cannot_be_resumed(site: Installed) -> None:
    """It is said, and the request is left alone; of all launches those that can are resumed."""
    for words in (("cloud/partnerships#1",), ("--all",)):
        with pytest.raises(UserError, match="no launch has started"):
            launchbot(site, "reconcile", *words, "--resume")
    assert launchbot(site, "reconcile", "--all")[0] == 0
    site.request()
    for words in (("cloud/partnerships#1",), ("--all",)):
        assert launchbot(site, "reconcile", *words, "--resume")[0] == 0


@pytest.mark.parametrize("words", ["plan", "plan i1 --all", "reconcile"])
def test_command_without_a_launch_is_wrong_usage(words: str) -> None:
    """It is said before any setting is asked for."""
    result = RUN.invoke(app, words.split(), env={"LAUNCHBOT_SECRET_KEYS": ""})
    assert result.exit_code == 2
    assert "name one launch" in result.stderr


def test_plan_of_nothing_says_so(tmp_path: Path) -> None:
    """Nobody has asked for anything yet; standard output stays empty for programs."""
    with installed(tmp_path) as site:
        result = RUN.invoke(app, ["plan", "--all"], env=site.environment)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "There is no launch and no request there: nothing to do.\n"


def test_plan_of_all_names_projects_that_it_cannot_look_into(
    site: Installed, tmp_path: Path
) -> None:
    """Launches may be missing then; those of the other projects are shown."""
    config = tmp_path / "launchbot.yml"
    config.write_text(config.read_text().replace("cloud/docs", "cloud/dox"))
    issues = f"/projects/{site.world.projects['marketing']}/issues"
    site.sim.faults.add(kind="status", match={"path": issues}, status=403, times=None)
    result = RUN.invoke(app, ["plan", "--all"], env=site.environment)
    assert result.exit_code == 0
    assert "open the root issue" in result.stdout
    assert "does not show the bot these `projects` of launchbot.yml: docs; correct" in result.stderr
    assert "the issues of this project of launchbot.yml: marketing\n" in result.stderr


WRONG = {
    "plan nonsense": "is no launch",
    "plan i999": "belongs to no launch",
    "plan cloud/partnerships#999": "belongs to no launch",
    "reconcile nowhere/project#1": "belongs to no launch",
    "plan https://gitlab.example.org/cloud/partnerships/-/issues/1": "is no address of the GitLab",
}


def test_wrong_name_is_explained(site: Installed) -> None:
    """With what may be given instead."""
    for words, told in WRONG.items():
        with pytest.raises(UserError, match=told):
            launchbot(site, *words.split())


def test_address_without_a_gitlab_is_explained(site: Installed) -> None:
    """Whatever answers there knows nothing of users and projects."""
    site.environment["LAUNCHBOT_GITLAB_URL"] += "/elsewhere"
    with pytest.raises(TransientError, match=r"/elsewhere \(404.*correct LAUNCHBOT_GITLAB_URL"):
        launchbot(site, "plan", "--all")


def test_reconcile_hands_its_work_to_a_running_bot(site: Installed) -> None:
    """One process writes: where another has the lock, the launch is put into its queue."""
    store = Store.open(site.environment["LAUNCHBOT_DATABASE_URL"])
    store.acquire("somebody else", system_clock(), timedelta(minutes=5))
    before = site.sim.calls.writes
    code, output = launchbot(site, "reconcile", "cloud/partnerships#1")
    assert (code, site.sim.calls.writes) == (0, before)
    assert "handed 1 to the running Launchbot (somebody else)" in output
    assert store.depth() == 1
    store.close()


@pytest.fixture
def product(site: Installed, tmp_path: Path) -> Installed:
    """The same, with a product, of which Bob has released a version, and with images."""
    config = tmp_path / "launchbot.yml"
    data = YAML(typ="safe").load(config)
    data["projects"]["product"] = "cloud/packaging"
    YAML(typ="safe").dump(data, config)
    (tmp_path / "images.yml").write_text(IMAGES)
    bob, project = site.world.actors["bob"].client, site.world.projects["packaging"]
    file = {"branch": "main", "content": "1", "commit_message": "Begin"}
    bob.post(f"/projects/{project}/repository/files/a", file)
    for name in ("v19.2.0", "v19.3.0-rc1", "nightly"):
        bob.post(f"/projects/{project}/releases", {"tag_name": name, "ref": "main"})
    bob.post(f"/projects/{project}/repository/tags", {"tag_name": "v19.2.1", "ref": "main"})
    return site


IMAGES = """\
images:
  - {provider: aws-ami, kind: image, editions: [EE], owner: packaging, live: "19.1.0"}
  - {provider: aws-marketplace, kind: package, editions: [EE], owner: packaging}
"""


def test_plan_tells_what_a_release_starts_and_why_not(product: Installed) -> None:
    """There is no issue in GitLab on which it could be said."""
    code, output = launchbot(product, "plan", "cloud/packaging@v19.2.0")
    assert code == 0
    assert "open the root issue" in output
    assert "aws-marketplace\n  starts nothing: a package was" in output
    assert "azure-marketplace\n  starts nothing: `images.yml` has nothing there" in output
    assert launchbot(product, "plan", "cloud/packaging@v19.2.0", "--detailed-exitcode")[0] == 2
    assert product.sim.state.projects[product.world.projects["packaging"]].issues == {}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("cloud/packaging@v19.3.0-rc1", "is a candidate"),
        ("cloud/packaging@nightly", "is no version"),
        ("cloud/packaging@v19.2.1", "GitLab has no release for this tag yet"),
        ("cloud/packaging@v1.0", "GitLab shows no such tag"),
        ("cloud/marketing@v19.2.0", "releases of cloud/marketing start no process"),
        ("cloud/nowhere@v19.2.0", "releases of cloud/nowhere start no process"),
    ],
)
def test_plan_tells_of_a_tag_that_is_no_release(product: Installed, name: str, why: str) -> None:
    """By its name, as it was asked for."""
    code, output = launchbot(product, "plan", name)
    assert code == 0
    assert output.startswith(f"{name}\n  starts nothing: ")
    assert why in output


def test_plan_shows_the_comment_that_a_tag_will_get(product: Installed) -> None:
    """Which is something to do; a tag that there is not gets none."""
    code, output = launchbot(product, "plan", "cloud/packaging@v19.3.0-rc1", "--detailed-exitcode")
    assert code == 2
    assert "cloud/packaging@v19.3.0-rc1\n  comment on the commit of the tag v19.3.0-rc1" in output
    assert "because whoever tagged it should know what keeps it from starting" in output
    assert launchbot(product, "plan", "cloud/packaging@v1.0", "--detailed-exitcode")[0] == 0


def test_plan_tells_that_a_release_has_been_served(product: Installed) -> None:
    """A launch of the same version, whatever has started it."""
    place = product.world.actors["bob"].file(
        product.world.projects["packaging"],
        "New version",
        "provider: aws-ami\nversion: 19.2.0\n",
        "image-update::request",
    )
    assert launchbot(product, "reconcile", f"cloud/packaging#{place[1]}")[0] == 0
    _, output = launchbot(product, "plan", "cloud/packaging@v19.2.0")
    assert "starts nothing: there is or was a launch for the same: http" in output
