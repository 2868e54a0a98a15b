"""What a delivery says changed, over the shapes that GitLab sends and some that it does not."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.markers import Keyring, Marker
from bot.gitlab.events import Event, MalformedDelivery, Watch, read

KEYRING = Keyring((b"k" * 32,))
STRANGER = Keyring((b"s" * 32,))
WATCH = Watch(
    KEYRING, frozenset({"cloud-image::request", "marketing::request"}), frozenset({99}), "launch"
)
MARKED = f"Text\n{Marker('i123', 'scoping', 301).render(KEYRING)}"
FORGED = f"Text\n{Marker('i123', 'scoping', 301).render(STRANGER)}"
SAMPLES = Path(__file__).parents[3] / "shared" / "gitlab-contract" / "webhooks"

Body = dict[str, Any]


def labels(*titles: str) -> list[Body]:
    """Labels as a payload has them."""
    return [{"id": 7, "title": title, "color": "#ffffff"} for title in titles]


def issue_hook(*titles: str, description: str | None = "Text", **more: Any) -> Body:
    """An issue event with these labels."""
    return {
        "object_kind": "issue",
        "event_type": "issue",
        "user": {"id": 1, "username": "root"},
        "project": {"id": 5, "path_with_namespace": "group/project"},
        "object_attributes": {"id": 301, "iid": 23, "description": description, "action": "update"},
        "labels": labels(*titles),
        **more,
    }


def note_hook(*titles: str, description: str | None = "Text", system: bool = False) -> Body:
    """A comment on an issue with these labels."""
    return {
        "object_kind": "note",
        "user": {"id": 1},
        "project": {"id": 5},
        "object_attributes": {"id": 1241, "note": "Hello", "system": system},
        "issue": {"id": 301, "iid": 23, "description": description, "labels": labels(*titles)},
    }


def heard(body: Body, header: str = "Issue Hook") -> Event:
    """What a body says, sent as JSON."""
    return read(header, json.dumps(body).encode(), WATCH)


def test_marker_in_the_description_names_the_launch() -> None:
    """An issue that the bot made belongs to its launch, whatever its labels say."""
    assert heard(issue_hook(description=MARKED)).keys == ("launch:i123",)
    assert heard(issue_hook("cloud-image::request", description=MARKED)).keys == ("launch:i123",)


def test_forged_marker_names_nothing() -> None:
    """Only a marker whose signature verifies counts."""
    assert heard(issue_hook(description=FORGED)).keys == ()


def test_every_launch_that_is_named_is_queued_once() -> None:
    """A second marker pasted in front cannot hide the launch that the issue belongs to."""
    other = Marker("i7", "root").render(KEYRING)
    assert heard(issue_hook(description=other + MARKED + other)).keys == (
        "launch:i7",
        "launch:i123",
    )


@pytest.mark.parametrize("kind", ["issue", "work_item"])
@pytest.mark.parametrize("event_type", ["issue", "confidential_issue"])
def test_trigger_label_names_the_issue(kind: str, event_type: str) -> None:
    """Requests, confidential ones and tasks too, are queued as the thing that changed."""
    body = issue_hook("other", "cloud-image::request", object_kind=kind, event_type=event_type)
    assert heard(body, "Confidential Issue Hook").keys == ("issue:5/23",)


@pytest.mark.parametrize("side", ["previous", "current"])
def test_trigger_label_put_on_or_taken_off_names_the_issue(side: str) -> None:
    """A label that was just removed still concerns us."""
    changes = {"labels": {side: labels("marketing::request")}}
    assert heard(issue_hook(changes=changes)).keys == ("issue:5/23",)


def test_labels_inside_the_attributes_count_too() -> None:
    """GitLab sends the labels twice; one place is enough."""
    body = issue_hook()
    body["object_attributes"]["labels"] = labels("cloud-image::request")
    del body["labels"]
    assert heard(body).keys == ("issue:5/23",)


def test_other_issues_are_dropped() -> None:
    """No marker, no trigger label: no launch is concerned."""
    assert heard(issue_hook("bug")) == Event((), "'Issue Hook' concerns no launch")


@pytest.mark.parametrize("missing", ["project", "object_attributes"])
def test_triggered_issue_without_project_or_number_is_dropped(missing: str) -> None:
    """An epic has no project: nobody could look it up."""
    body = issue_hook("cloud-image::request")
    del body[missing]
    assert heard(body).keys == ()


def test_comment_concerns_what_its_issue_concerns() -> None:
    """A comment is heard by the marker, else by the trigger labels, of its issue."""
    assert heard(note_hook(description=MARKED), "Note Hook").keys == ("launch:i123",)
    assert heard(note_hook("cloud-image::request"), "Note Hook").keys == ("issue:5/23",)
    assert heard(note_hook("bug", description=None), "Confidential Note Hook").keys == ()


def test_system_note_is_dropped() -> None:
    """What GitLab notes down itself comes as an event of its own."""
    assert heard(note_hook(description=MARKED, system=True)).keys == ()


def test_comment_on_a_commit_is_dropped() -> None:
    """A comment that stands on neither an issue nor a merge request concerns no launch."""
    assert heard({"object_kind": "note", "commit": {"id": "abc"}}).keys == ()


def test_merge_request_is_heard_where_documentation_is_written() -> None:
    """Whose it is, a worker finds out; elsewhere, and without a number, it concerns no launch."""
    watch = replace(WATCH, docs=frozenset({4}))
    changed = {"object_kind": "merge_request", "object_attributes": {"iid": 3}}
    comment = {"object_kind": "note", "merge_request": {"iid": 3, "description": MARKED}}
    for body in (changed, comment):
        for project, keys in ((4, ("docs:4:3",)), (5, ())):
            sent = json.dumps({**body, "project": {"id": project}}).encode()
            assert read("Merge Request Hook", sent, watch).keys == keys
    for odd in ({**changed, "object_attributes": {}}, {"object_kind": "merge_request"}):
        assert read("Merge Request Hook", json.dumps(odd).encode(), watch).keys == ()


def test_the_bot_does_not_hear_itself() -> None:
    """Events caused by the bot's users, present or former, are dropped."""
    assert (
        heard(issue_hook("cloud-image::request", user={"id": 99})).why == "the bot did this itself"
    )


@pytest.mark.parametrize("kind", ["pipeline", "emoji", "milestone", "push", "access_token", ""])
def test_other_kinds_are_dropped(kind: str) -> None:
    """What we do not handle is no error."""
    assert heard({"object_kind": kind}, "Pipeline Hook").keys == ()


def test_templated_body_is_dropped() -> None:
    """A hook with a custom template sends what it likes."""
    assert "object_kind" in heard({"text": "hello"}).why


@pytest.mark.parametrize(
    "field",
    [
        {"project": {"id": -5}},
        {"project": {"id": 2**64}},
        {"labels": "bug"},
        {"object_attributes": {"iid": "x"}},
        {"changes": {"labels": [1, 2]}},
    ],
    ids=str,
)
def test_field_of_an_unknown_shape_is_dropped_and_named(field: Body) -> None:
    """GitLab changes its payloads; that is no malformed delivery."""
    event = heard({**issue_hook("cloud-image::request"), **field})
    assert event.keys == ()
    assert event.why.startswith("the field ")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}{}",
        b"\xff\xfe",
        b'{"object_kind": "\xff"}',
        b"[" * 10_000,
        b'{"a":' * 10_000,
    ],
    ids=lambda body: repr(body[:12]),
)
def test_what_is_no_json_object_is_malformed(body: bytes) -> None:
    """Such a body is the sender's mistake, and is refused as one."""
    with pytest.raises(MalformedDelivery, match="no JSON object"):
        read("Issue Hook", body, WATCH)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)
NAMES = st.sampled_from(
    [
        "object_kind",
        "user",
        "id",
        "project",
        "object_attributes",
        "iid",
        "description",
        "labels",
        "title",
        "changes",
        "previous",
        "current",
        "issue",
        "merge_request",
        "system",
    ]
)
KINDS = st.sampled_from(["issue", "note", "merge_request", "work_item"])
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20
)


@given(st.dictionaries(NAMES, ANY_JSON), KINDS)
def test_no_object_is_malformed(body: Body, kind: str) -> None:
    """Any JSON object is read, whatever stands in it."""
    assert isinstance(heard({**body, "object_kind": kind}), Event)


def test_what_nobody_reads_may_be_anything() -> None:
    """A number that is too long to keep is left out, and costs nothing."""
    assert read("Issue Hook", b'{"a": ' + b"9" * 10_000 + b"}", WATCH).keys == ()


def test_labels_without_end_are_not_read() -> None:
    """They would fill the memory; the next look through the project finds what is behind them."""
    why = heard(issue_hook(*["cloud-image::request"] * 1001)).why
    assert why == "the field labels is not as documented"


@given(st.binary())
def test_any_bytes_are_read_or_malformed(body: bytes) -> None:
    """No body causes another error."""
    try:
        event = read("Issue Hook", body, WATCH)
    except MalformedDelivery:
        return
    assert event.keys == ()


needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples in {SAMPLES}")


@needs_samples
@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_documented_samples_are_read_and_dropped(sample: Path) -> None:
    """GitLab's own samples concern no launch, and every field that we read has its shape."""
    why = read("Some Hook", sample.read_bytes(), WATCH).why
    assert "not as documented" not in why


@needs_samples
@pytest.mark.parametrize(
    ("name", "trigger", "keys"),
    [
        ("issue", "API", ("issue:1/23",)),
        ("issue", "Platform", ("issue:1/23",)),
        ("note_on_issue", "Element", ("issue:5/17",)),
        ("merge_request", "API", ()),
    ],
)
def test_documented_samples_are_heard_by_their_labels(
    name: str, trigger: str, keys: tuple[str, ...]
) -> None:
    """Labels, numbers and projects stand where GitLab's documentation puts them."""
    watch = Watch(KEYRING, frozenset({trigger}), frozenset(), "launch")
    assert read("Some Hook", (SAMPLES / f"{name}.json").read_bytes(), watch).keys == keys


PRODUCTS = Watch(KEYRING, frozenset(), frozenset(), "launch", products=frozenset({5}))


def tagged(kind: str, tag: str, project: int = 5) -> Body:
    """A tag or release event."""
    named = {"tag": tag} if kind == "release" else {"ref": f"refs/tags/{tag}"}
    return {"object_kind": kind, "project": {"id": project}, **named}


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        pytest.param(tagged("release", "v19.2.0"), ("release:5/v19.2.0",), id="release"),
        pytest.param(tagged("tag_push", "19.2.0+ee.0"), ("release:5/19.2.0+ee.0",), id="tag"),
        pytest.param(tagged("release", "v19.2.0", 6), (), id="another project"),
        pytest.param(tagged("tag_push", "nightly"), ("release:5/nightly",), id="no version"),
        pytest.param(tagged("tag_push", "1/../../x"), ("release:5/1/../../x",), id="no tag"),
        pytest.param(tagged("tag_push", "v" * 201), (), id="too long for a key"),
        pytest.param({"object_kind": "tag_push"}, (), id="nothing"),
        pytest.param({"object_kind": "release", "project": {"id": 5}}, (), id="lacks it"),
    ],
)
def test_tag_of_a_product_may_be_a_release(body: Body, keys: tuple[str, ...]) -> None:
    """Whether it is one is found out by reading GitLab."""
    assert read("Tag Push Hook", json.dumps(body).encode(), PRODUCTS).keys == keys
