"""The shipped process for existing images holds what it was written from: process, run-books."""

import re
from pathlib import Path

import pytest

from bot.domain import requests
from bot.domain.fitting import fit
from bot.domain.page import render as handbook_page
from bot.domain.process import Process
from bot.domain.rendering import has_quick_action
from bot.loader import load, shipped_folder

FOLDER = shipped_folder() / "image-maintenance"
LISTS = shipped_folder() / "tasks"

# What the source says, as it was published; then what is known of the providers' own steps.
SOURCE = [
    ("packaging", "Create issue for the update of the image"),
    ("packaging", "Update the image"),
    ("packaging", "Update the documentation"),
    ("partner-marketing", "Update the image description on the partner's platform"),
    ("packaging", "AWS Image"),
    ("packaging", "AWS Marketplace Offering"),
    ("packaging", "Azure Image"),
    ("packaging", "Create the image"),
    ("packaging", "Test the image"),
    ("packaging", "Deploy the image to the marketplace"),
    ("packaging", "Getting support as a publisher from MS"),
]
STEPS = {
    "aws-ami": {"aws-image", "aws-ami-build", "aws-ami-public", "aws-ami-start"},
    "aws-marketplace": {
        "aws-offering",
        "aws-share",
        "aws-scan",
        "aws-submit",
        "aws-status",
        "aws-seller-ops",
        "aws-restrict-old",
    },
    "azure-marketplace": {
        "azure-image",
        "azure-create",
        "azure-test",
        "azure-deploy",
        "azure-submit",
        "azure-certification",
        "azure-preview",
        "azure-go-live",
        "azure-support",
        "azure-deprecate",
    },
}
BLOCKERS = {
    "aws-ami-public": "quota of public images",
    "aws-submit": "pending change set",
    "aws-status": "24 hours",
    "azure-create": "virtual machine extension",
    "azure-go-live": "press Go live",
    "azure-certification": "16 days",
}


@pytest.fixture(scope="module")
def process() -> Process:
    """The process as it is shipped."""
    return load(None).processes["image-maintenance"]


@pytest.mark.parametrize(("role", "sentence"), SOURCE, ids=[text for _, text in SOURCE])
def test_handbook_page_names_every_task_of_the_source(
    process: Process, role: str, sentence: str
) -> None:
    """With its owner."""
    title = process.roles[role].title
    page = handbook_page(process)
    assert re.search(
        rf"^\| [\d.]+ \| {re.escape(sentence)}.* \| `[a-z-]+` \| {title} \|", page, re.MULTILINE
    )


def test_providers_are_those_of_the_source(process: Process) -> None:
    """Each has a run-book, and each is asked for by name."""
    assert set(process.inputs["provider"].choices) == set(STEPS)


@pytest.mark.parametrize("provider", STEPS)
def test_launch_has_the_steps_of_its_provider_only(process: Process, provider: str) -> None:
    """Whatever else there is, is common to all."""
    every = {step for steps in STEPS.values() for step in steps}
    assert fit(process, {"provider": provider}).tasks().keys() & every == STEPS[provider]


def test_known_blockers_stand_where_they_hurt(process: Process) -> None:
    """As hints of the task that they block."""
    tasks = process.tasks()
    assert [name for name, words in BLOCKERS.items() if words not in tasks[name].task.hint] == []


def test_go_live_is_a_step_for_a_person(process: Process) -> None:
    """And an update is not done before."""
    task = process.tasks()["azure-go-live"].task
    assert task.title == "Go live"
    assert task.optional is None


def test_update_is_live_three_business_days_after_the_release(process: Process) -> None:
    """A security vulnerability is dealt with on the same day."""
    assert [
        (rule.business_days, rule.after, rule.when) for rule in process.inputs["live_by"].counts
    ] == [
        (0, "released", 'reason == "vulnerability"'),
        (3, "released", None),
    ]
    assert process.root.due == "live_by"


def test_exception_of_the_source_is_told(process: Process) -> None:
    """A package that was uploaded needs no maintenance."""
    assert "omnibus package was uploaded" in process.description


@pytest.mark.parametrize(
    "path", [FOLDER / "process.yml", *sorted(LISTS.glob("*.yml"))], ids=lambda path: path.name
)
def test_every_figure_says_where_it_is_from(path: Path) -> None:
    """A number of days, hours, versions or images has its origin in a comment near it."""
    lines = path.read_text().splitlines()
    figure = re.compile(r"business_days:|\b\d+ (business days|days|hours|versions|minutes)\b")
    for number, line in enumerate(lines):
        if figure.search(line) and not line.lstrip().startswith("#"):
            near = "\n".join(lines[max(0, number - 6) : number + 1])
            assert re.search(r"# .*(src|set)\b", near), line


def test_request_form_has_a_section_for_what_has_to_be_given(process: Process) -> None:
    """Filled in, it is a request; left empty, it is none."""
    form = (FOLDER / "request.md").read_text()
    filled = form.replace("### Provider\n", "### Provider\n\nAzure Marketplace\n")
    filled = filled.replace("### Version\n", "### Version\n\n19.2.0\n")
    assert dict(requests.read(process, filled).inputs) == {
        "provider": "azure-marketplace",
        "version": "19.2.0",
        "reason": "new-release",
    }
    urgent = requests.read(process, filled, {"security::advisory"})
    assert urgent.inputs["reason"] == "vulnerability"
    assert set(requests.read(process, form).problems) == {"provider", "version"}
    assert process.labels.request in form
    assert not has_quick_action(form)


@pytest.mark.parametrize(
    ("provider", "version", "wrong"),
    [
        (
            "google",
            "19.2.0",
            {"provider": "is none of aws-ami, aws-marketplace, azure-marketplace"},
        ),
        ("aws-ami", "newest", {"version": "is not a version such as 1.2 or 1.2.3-ee.0"}),
    ],
)
def test_unknown_provider_or_version_is_said(
    process: Process, provider: str, version: str, wrong: dict[str, str]
) -> None:
    """Nothing is opened for it."""
    text = f"provider: {provider}\nversion: {version}\n"
    assert requests.read(process, text).problems == wrong


def test_example_of_images_fits_the_example_configuration(tmp_path: Path) -> None:
    """Whoever begins with both begins well, and has an entry for every provider."""
    for name in ("launchbot", "images"):
        text = (FOLDER.parents[1] / f"{name}.example.yml").read_text()
        (tmp_path / f"{name}.yml").write_text(text)
    loaded = load(tmp_path / "launchbot.yml")
    assert loaded.mistakes == ()
    assert loaded.configuration is not None
    assert {image.provider for image in loaded.configuration.images} == set(STEPS)
