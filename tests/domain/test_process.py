"""A definition is data that fits together; a process is a definition with its texts."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from bot.domain.configuration import Configuration
from bot.domain.process import Definition, Due, Located, Phase, Process
from tests.domain.definitions import GONE, TEXTS, installation, party, process


def test_tasks_are_walked_in_order_with_their_sub_items() -> None:
    """A sub-item stands behind the task that it belongs to, and knows its phase."""
    tasks = process().tasks()
    assert list(tasks) == ["invite", "shop", "eggs", "wine", "cake", "song"]
    assert tasks["eggs"] == Located("plan", process().phases["plan"].tasks[1].tasks[0])


def test_phases_are_ordered_by_what_they_wait_for() -> None:
    """Whatever the order in the file, a phase stands behind those that it waits for."""
    data = party()
    data["phases"] = dict(reversed(data["phases"].items()))
    order = Process.model_validate({**data, "texts": TEXTS}).order()
    assert order.index("plan") == 0
    assert set(order) == {"plan", "food", "music"}


def test_digest_tells_definitions_apart() -> None:
    """The same definition has the same digest; a change in a text is a change, too."""
    assert process().digest() == process().digest()
    assert process().digest() != process(title="A feast").digest()
    other = process().model_copy(update={"texts": {**TEXTS, "root.md.j2": "Hello"}})
    assert process().digest() != other.digest()


def test_canonical_form_is_read_back() -> None:
    """The stored definition of a launch is the definition that it started with."""
    assert Process.model_validate_json(process().canonical()) == process()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"business_days": 1}, id="neither"),
        pytest.param({"business_days": 1, "after": "opening", "before": "launch"}, id="both"),
    ],
)
def test_due_rule_has_one_anchor(data: dict[str, Any]) -> None:
    """A date is counted from the opening or back from the launch, and not both."""
    with pytest.raises(ValidationError, match="give either"):
        Due.model_validate(data)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"phases__food__opens": "on-label"}, id="no label"),
        pytest.param({"phases__food__label": "cake"}, id="no on-label"),
        pytest.param({"phases__music__label": GONE}, id="label taken out"),
    ],
)
def test_label_goes_with_opening_on_label(change: dict[str, object]) -> None:
    """A phase that waits for a label says which; another one has none."""
    with pytest.raises(ValidationError, match="go together"):
        Definition.model_validate(party(**change))


@pytest.mark.parametrize("model", [Definition, Phase, Configuration], ids=lambda m: m.__name__)
def test_every_key_is_described(model: type[BaseModel]) -> None:
    """People find in the reference what a key means."""
    assert all(field.description for field in model.model_fields.values())


def test_models_are_frozen() -> None:
    """What a launch works with cannot change under it."""
    with pytest.raises(ValidationError, match="frozen"):
        setattr(process(), "name", "feast")  # noqa: B010 -- mypy rightly refuses the plain form


def test_configuration_has_defaults_for_all_but_projects_and_people() -> None:
    """A first configuration is short."""
    configuration = Configuration.model_validate({"projects": {}, "roles": {}})
    assert configuration.calendar.timezone == "UTC"
    assert configuration.resync_minutes == 10


def test_projects_are_paths_or_ids() -> None:
    """An id survives a rename, a path can be read."""
    configuration = Configuration.model_validate(installation())
    assert dict(configuration.projects) == {
        "house": "home/house",
        "kitchen": "home/kitchen",
        "stage": 7,
    }
