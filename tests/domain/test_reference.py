"""The reference pages describe every key that the models have, in the models' own words."""

import re

import pytest

from bot.domain.problems import CHECKS
from bot.domain.process import Due, Gates, Input, Labels, Phase, Role, Root, Task
from bot.domain.reference import render
from bot.domain.text_checks import VARIABLES


@pytest.mark.parametrize(
    "model", [Role, Input, Labels, Gates, Root, Phase, Due, Task], ids=lambda model: model.__name__
)
def test_every_model_has_a_section_with_every_key(model: type[Task]) -> None:
    """A key that can be written can be looked up."""
    section = render("process").split(f"## {model.__name__}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` ", section, re.MULTILINE) == list(model.model_fields)


@pytest.mark.parametrize(
    "row",
    [
        (
            "| `type` | `text` or `date` or `version` | `text` | `text` is one line; `date` is "
            "`YYYY-MM-DD`; `version` is like `1.2` or `1.2.3-ee.0`. |"
        ),
        "| `with` | names, each with: anything | its defaults | Its parameters, by name. |",
        "| `required` | true or false | `true` | Whether a launch can start without it. |",
        "| `roles` | names, each with: [Role](#role) | needed | The jobs in the process. |",
        "| `business_days` | whole number, 0 to 500 | needed | How many business days. |",
        "| `after` | `opening` |  | `opening`: counted from the day the phase opens. |",
        "| `due` | [Due](#due) |  | When it is due, once it is unlocked. |",
    ],
)
def test_value_of_a_key_is_said_in_words(row: str) -> None:
    """Kind, default and meaning stand beside the key."""
    assert row in render("process").splitlines()


@pytest.mark.parametrize("name", [*CHECKS, *VARIABLES])
def test_every_check_and_every_variable_is_described(name: str) -> None:
    """What `launchbot check` names, and what a text may use, is in the reference."""
    assert f"| `{name}` | " in render("process")


def test_configuration_has_its_own_page() -> None:
    """The keys of `launchbot.yml` and of its calendar."""
    text = render("configuration")
    assert "| `resync_minutes` | whole number, 1 to 1440 | `10` |" in text
    assert "| `calendar` | [Calendar](#calendar) | its defaults |" in text
    assert "| `holidays` | list: date |  |" in text
    assert "whole number or text" in text
