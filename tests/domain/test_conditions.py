"""A condition compares inputs with texts, and nothing else can be written in one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import conditions
from bot.domain.conditions import Comparison, both, comparisons, described, holds, is_valid, parse

INPUTS = {"provider": "aws", "edition": "ce", "place": "North Sea-Coast"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('provider == "aws"', True),
        ("provider == 'aws'", True),
        ('provider=="azure"', False),
        ('provider != "azure"', True),
        ('provider in ["azure", "aws"]', True),
        ('provider not in ["azure", "aws"]', False),
        ('provider == "aws" and edition == "ee"', False),
        ('provider == "azure" and edition == "ee" or edition == "ce"', True),
        ('edition == "ce" or provider == "azure" and edition == "ee"', True),
        ('provider == "AWS"', True),
        ('place == "north sea_coast"', True),
        ('nothing == ""', True),
        ('nothing != ""', False),
    ],
)
def test_condition_holds_or_does_not(text: str, *, expected: bool) -> None:
    """`and` binds closer; case and joints are no matter; an input that is not given is empty."""
    assert holds(text, INPUTS) is expected


def test_no_condition_always_holds() -> None:
    """What has no condition is part of every launch."""
    assert holds(None, {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "provider",
        'provider = "aws"',
        "provider == aws",
        'provider == "aws" and',
        'provider == "aws" edition == "ce"',
        'provider == "aws" orx == "y"',
        '(provider == "aws")',
        'not provider == "aws"',
        "provider in []",
        '__import__("os").system("x") == "0"',
        'provider.upper() == "AWS"',
        "1 == 1",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """With the place from which it cannot be read, and an example."""
    assert not is_valid(text)
    assert comparisons(text) == ()
    with pytest.raises(ValueError, match=r"from its character \d+ on; .*write for instance"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('tier = "select"', "from its character 6 on; compare with `==`; write"),
        ('tier == "a" and tier = "b"', "from its character 22 on; compare with `==`; write"),
        ("tier == select", "from its character 6 on; write"),
        ('tier == "a" edition == "b"', "from its character 13 on; write"),
        ('== "a"', "from its character 1 on; write"),
    ],
)
def test_refusal_names_the_character_that_cannot_stand_there(text: str, told: str) -> None:
    """The slip of everybody who also writes programs, or none, has its cure."""
    with pytest.raises(ValueError, match="on; ") as caught:
        parse(text)
    assert told in str(caught.value)


@pytest.mark.parametrize("value", [None, 5, ["a"], 'a == "' + "x" * conditions.MAX_LENGTH + '"'])
def test_what_is_no_short_text_is_no_condition(value: object) -> None:
    """Data may be anything."""
    assert not is_valid(value)


@given(st.text(alphabet="ab =\"'[],!andornotin", max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """There is a condition, or a refusal, at once."""
    if is_valid(text):
        assert holds(text, {}) in {True, False}


COMPARISONS = st.builds(
    Comparison,
    st.sampled_from(["a", "b"]),
    st.lists(st.sampled_from(["", "x", "y", 'q"']), min_size=1, max_size=3).map(tuple),
    st.booleans(),
)


def written(every: list[list[Comparison]]) -> str:
    """A condition as somebody could write it."""
    return " or ".join(" and ".join(map(conditions._written, one)) for one in every)


CONDITIONS = st.lists(st.lists(COMPARISONS, min_size=1, max_size=3), min_size=1, max_size=3)


@given(
    CONDITIONS,
    CONDITIONS,
    st.fixed_dictionaries({n: st.sampled_from(["", "x", "y", 'q"']) for n in "ab"}),
)
def test_both_conditions_have_to_hold(
    first: list[list[Comparison]], second: list[list[Comparison]], inputs: dict[str, str]
) -> None:
    """An include puts its own condition before those of its tasks."""
    one, other = written(first), written(second)
    assert holds(both(one, other), inputs) == (holds(one, inputs) and holds(other, inputs))


def test_condition_is_said_in_words() -> None:
    """For the handbook page, with what people call the inputs."""
    text = 'provider in ["aws", "azure"] and edition != "ce" or other == ""'
    names = {"provider": "Provider", "edition": "Edition"}
    assert described(text, names) == (
        "Provider is aws or azure and Edition is not ce, or other is empty"
    )
