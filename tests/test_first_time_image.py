"""The shipped process of first time images holds the whole process that it was written from.

The sentences of the source stand here as they were published, without their numbers.
"""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.domain import requests
from bot.domain.checklists import write
from bot.domain.fitting import fit
from bot.domain.page import render as handbook_page
from bot.domain.process import Process
from bot.domain.rendering import has_quick_action, render
from bot.loader import load, shipped_folder

FOLDER = shipped_folder() / "first-time-image"

# Number, owner, and what the source says; the sub-items follow their task.
SOURCE = [
    ("1.1", "partnerships", "Create issue for first time image"),
    (
        "1.2",
        "partnerships",
        "Gathering of documentation on integrating with the Cloud Partner",
    ),
    (
        "1.3",
        "partnerships",
        "Understand joint marketing efforts opportunities for collaboration on launch",
    ),
    ("1.4", "partnerships", "Set up GitLab account on Cloud Partner's system"),
    (
        "1.5",
        "partnerships",
        "Initiate technical call with Omnibus team member and partner tech/product lead",
    ),
    (
        "1.6",
        "partnerships",
        "Introduce Partner Marketing to marketing contacts from Cloud Partner",
    ),
    ("2.1", "packaging", "Scope level of effort"),
    ("2.2", "packaging", "Update issue with Assignee and Due Date"),
    ("2.3", "packaging", "Upload image to cloud service - see it through partner testing"),
    ("2.3.1", "packaging", "Follow-up with Cloud Partner's support team, if needed"),
    (
        "2.3.2",
        "packaging",
        "If Cloud Partner's support team is unresponsive, escalate to Strategic Partnerships",
    ),
    (
        "2.4",
        "packaging",
        "Create new section in documentation - align MR with marketing launch",
    ),
    ("3.1", "partner-marketing", "Create marketing issue"),
    (
        "3.2",
        "partner-marketing",
        "Align on joint marketing activities with partner marketing from Cloud Partner",
    ),
    ("3.2.1", "partner-marketing", "Joint blog posts (on GitLab and Cloud Partner blogs)"),
    ("3.2.2", "partner-marketing", "Social network burst"),
    (
        "3.3",
        "partner-marketing",
        (
            "Write image description that will be part of the image on the cloud service (seek "
            "assistance from technical writer if necessary)"
        ),
    ),
    (
        "3.4",
        "partner-marketing",
        "Align release to market with Product Lead from Cloud Partner",
    ),
    (
        "3.5",
        "partner-marketing",
        (
            "Customer story/quote - locate an existing GitLab customer who would use this feature "
            "for a marketing quote or story"
        ),
    ),
]


def straight(text: str) -> str:
    """Text with typewriter apostrophes."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


@pytest.fixture(scope="module")
def process() -> Process:
    """The process as it is shipped, for a provider of which nothing more is known."""
    return fit(load(None).processes["first-time-image"], {"provider": "acme-market"})


@pytest.fixture(scope="module")
def page(process: Process) -> str:
    """Its handbook page."""
    return straight(handbook_page(process))


@pytest.mark.parametrize(("number", "role", "sentence"), SOURCE, ids=[n for n, _, _ in SOURCE])
def test_handbook_page_names_every_task_of_the_source(
    page: str, process: Process, number: str, role: str, sentence: str
) -> None:
    """In its place, with its number and its owner."""
    title = process.roles[role].title
    assert re.search(
        rf"^\| {re.escape(number)} \| {re.escape(sentence)}.* \| `[a-z-]+` \| {title} \|",
        page,
        re.MULTILINE,
    )


def test_owners_are_those_of_the_source(process: Process) -> None:
    """Who initiates and who leads each sub-flow."""
    assert [
        (phase.title, process.roles[phase.role].title) for phase in process.phases.values()
    ] == [
        ("Introduction & Scope", "Strategic Partnerships"),
        ("Technical Implementation", "Omnibus team"),
        ("Marketing", "Partner Marketing"),
    ]
    assert process.root.role == "partnerships"


def test_scoping_comes_first_and_the_others_side_by_side(process: Process) -> None:
    """Step 1 must be complete before 2 and 3 begin; those start and progress simultaneously."""
    assert {name: phase.after for name, phase in process.phases.items()} == {
        "scoping": (),
        "technical": ("scoping",),
        "marketing": ("scoping",),
    }


def test_optional_tasks_are_those_of_the_source(process: Process) -> None:
    """With the reason that the source gives."""
    assert {
        name: located.task.optional
        for name, located in process.tasks().items()
        if located.task.optional
    } == {
        "technical-call": "At request of the Omnibus team.",
        "partner-support": "If needed.",
        "escalate-support": "If the partner's support team is unresponsive.",
        "description-help": "If necessary.",
    }


def test_upload_needs_the_image_description(process: Process) -> None:
    """The provider asks for the text at submission, so marketing has to write it before."""
    tasks = process.tasks()
    assert "image-description" in tasks["upload-image"].task.needs
    assert tasks["image-description"].phase == "marketing"


def test_documentation_waits_for_the_launch(process: Process) -> None:
    """It is aligned with the marketing launch: ready before, not merged before."""
    located = process.tasks()["documentation"]
    assert "not merged before the launch" in located.task.done_when
    assert "release-to-market" in process.tasks()["documentation-timing"].task.needs


def test_every_phase_has_a_due_rule(process: Process) -> None:
    """Timelines for delivery are part of the process."""
    assert all(phase.due for phase in process.phases.values())
    assert process.root.due == "launch_date"


def test_labels_are_the_promised_ones(process: Process) -> None:
    """People filter boards by them."""
    assert process.labels.model_dump() == {
        "request": "cloud-image::request",
        "launch": "cloud-image::launch",
        "gate": {"locked": "gate::locked", "open": "gate::open", "done": "gate::done"},
    }


def test_every_figure_says_where_it_is_from() -> None:
    """A due rule has its origin in a comment, on its line or just above."""
    lines = (FOLDER / "process.yml").read_text().splitlines()
    for number, line in enumerate(lines):
        if "business_days:" in line:
            assert re.search(r"# .*(src|set)\b", "\n".join(lines[number - 3 : number + 1])), line


def test_request_form_has_a_section_for_every_input(process: Process) -> None:
    """Filled in, it is a request; left empty, it is none."""
    form = (FOLDER / "request.md").read_text()
    values = {"Partner": "Acme", "Provider": "acme-market", "Launch date": "2027-09-15"}
    filled = form
    for title, value in values.items():
        filled = filled.replace(f"### {title}\n", f"### {title}\n\n{value}\n")
    assert dict(requests.read(process, filled).inputs) == {
        "partner": "Acme",
        "provider": "acme-market",
        "launch_date": "2027-09-15",
    }
    assert all(f"### {wanted.title}\n" in form for wanted in process.inputs.values())
    required = {name for name, wanted in process.inputs.items() if wanted.required}
    assert set(requests.read(process, form).problems) == required
    assert process.labels.request in form
    assert not has_quick_action(form)


@pytest.mark.parametrize("part", ["root", "scoping", "technical", "marketing"])
def test_issue_texts_read_well(process: Process, part: str) -> None:
    """Every text names partner, provider and date, and leaves no hole."""
    phases = [
        {
            "name": name,
            "title": phase.title,
            "done_when": phase.done_when,
            "role_title": process.roles[phase.role].title,
            "issue": f"[{phase.title}](#)",
        }
        for name, phase in process.phases.items()
    ]
    variables = {
        "partner": "Acme",
        "contact": "",
        "provider": "acme-market",
        "launch_date": "2027-09-15",
        "root": "[the launch](#)",
        "request": "[the request](#)",
        "roles": {name: {"title": role.title} for name, role in process.roles.items()},
        "phases": phases,
    }
    if part == "root":
        text = render(process.texts[process.root.template], variables)
        assert [phase["issue"] for phase in phases if phase["issue"] not in text] == []
    else:
        phase = process.phases[part]
        own = {"phase": phases[list(process.phases).index(part)], "tasks": write(process, part)}
        text = render(process.texts[phase.template], {**variables, **own})
        assert all(f"`{task.id}`" in text for task in phase.walk())
        assert "Part of [the launch](#)" in text
        assert "## What happens next" in text
    assert all(word in text for word in ("**Acme**", "**acme-market**", "2027-09-15"))
    assert "\n\n\n" not in text
    assert not has_quick_action(text)


@pytest.mark.parametrize(
    ("provider", "step"),
    [
        ("AWS AMI", "aws-image"),
        ("aws-marketplace", "aws-public"),
        ("azure-marketplace", "azure-image"),
    ],
)
def test_known_provider_brings_its_tasks(provider: str, step: str) -> None:
    """Into the technical phase, below the upload; they wait for nothing that the launch makes."""
    whole = load(None).processes["first-time-image"]
    process = fit(whole, {"provider": provider})
    tasks = process.tasks()
    (upload,) = [task for task in process.phases["technical"].tasks if task.id == "upload-image"]
    assert step in {task.id for task in upload.walk()}
    assert tasks[step].phase == "technical"
    public = {"aws-ami-public", "aws-public", "azure-go-live"}
    assert all(tasks[name].task.optional for name in public & tasks.keys())


def test_definition_is_plain_yaml_for_other_readers() -> None:
    """No tags, anchors or aliases: any YAML reader gives the same data."""
    value = YAML(typ="safe", pure=True).load(Path(FOLDER / "process.yml"))
    assert value["name"] == "first-time-image"
