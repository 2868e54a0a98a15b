"""What people type never acts in a text of the bot: 20,000 hostile texts each run, as functions.

The simulator's reading of texts is GitLab's, and is not ours: it shares no code with the bot.
`make soak` tries five times as many, and different ones.
"""

import random
from collections import Counter

import pytest
from hypothesis import settings
from markdown_it import MarkdownIt

from bot.domain import markers, messages, record, rendering
from bot.domain.errors import PermanentError
from bot.domain.planner import plan
from bot.domain.rendering import has_quick_action, inline, title
from bot.gitlab import bodies
from bot.simulator import quick_actions
from bot.simulator import text as gitlab
from tests.domain.world import World, process
from tests.hostile_texts import KEYS, texts

SHARDS = 4
FEW, PLANS = 50, 150
URL = "http://gitlab.test"
TEXT = (
    "{0}\nis asked for.\n\n- **Partner:** {0}\n- {0}\n\n### {0}\n\n> {0}\n\n"
    "| a | b |\n|---|---|\n| {0} | c |\n\n{0}"
)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])

pytestmark = pytest.mark.hypothesis  # so that `make soak` runs these, too


def shard(number: int) -> tuple[int, int]:
    """A seed and how many texts: the same on every run, others in a soak."""
    if settings.get_current_profile_name() == "soak":
        return random.SystemRandom().getrandbits(32), 100_000 // SHARDS
    return number, 20_000 // SHARDS


def acts(text: str) -> Counter[str]:
    """What GitLab would do about a text of the bot."""
    commands, boxes = quick_actions.extract(text)[1], gitlab.tasks(text)
    return named(text) + Counter({"commands": len(commands), "boxes": len(boxes)})


def named(text: str) -> Counter[str]:
    """Whom and what a text or a title names: people, issues, and launches by markers."""
    return Counter(
        {
            "mentions": len(gitlab.mentions(text)),
            "references": len(gitlab.references(text, URL)),
            "markers": len(list(markers.find(text, KEYS))),
            "comments": text.count("<!--"),
        }
    )


def shape(text: str) -> list[str]:
    """What Markdown makes of a text: blocks, links, emphasis, code, tags."""
    tokens = MARKDOWN.parse(text)
    inner = [child.type for token in tokens for child in token.children or ()]
    return [token.type for token in tokens] + inner


@pytest.mark.parametrize("number", range(SHARDS))
def test_no_user_text_acts(number: int) -> None:
    """Wherever it stands in a text or a title of ours: no command, no mention, no forgery."""
    seed, count = shard(number)
    model, tried, raw = shape(TEXT.format("X")), 0, Counter[str]()
    for text in texts(seed, count):
        made = inline(text)
        body = bodies.safe(TEXT.format(made))
        assert acts(body).total() == 0, (seed, text)
        assert not named(title(text)).total(), (seed, text)
        assert not messages.mentions(f"{body}\n{title(text)}"), (seed, text)
        assert rendering.resolve(body, {"root": "there"}) == body, (seed, text)
        if tried % 10 == 0:
            assert not made or shape(body) == model, (seed, text)
            raw.update({kind: bool(number) for kind, number in acts(f"a\n{text}\nb").items()})
        tried += 1
    assert tried == count
    # The texts are worth trying: put in as they are, many of them would do each of these.
    assert all(raw[kind] > count / 10 / FEW for kind in raw), raw


@pytest.mark.parametrize("number", range(SHARDS))
def test_writer_refuses_every_text_that_gitlab_would_run(number: int) -> None:
    """Should one slip through all the same, it is not sent."""
    seed, count = shard(number)
    tried = refused = 0
    for text in texts(seed + SHARDS, count):
        body = f"a\n{text}" if tried % 2 else text
        if quick_actions.extract(body)[1]:
            assert has_quick_action(body), (seed, body)
            with pytest.raises(PermanentError):
                bodies.safe(body)
            refused += 1
        tried += 1
    assert tried == count
    assert refused > count / 20


def test_no_launch_of_a_hostile_request_acts() -> None:
    """All that a plan writes: titles, texts, comments, the overview, the record."""
    for number, text in enumerate(texts(99, PLANS)):
        words = " ".join(text.split()) or "x"
        world = World(process()).request(
            f"Launch date: 2026-06-01\n\n### Partner\n\n`````````\n{text} {number}\n`````````\n",
            title=words,
        )
        world.settle()
        if "root" not in world.issues:  # too long, or nothing left of it
            assert "**Partner**" in world.said("request")[0]
            continue
        written = [*(issue.description for issue in world.issues.values() if issue.author == 50)]
        del written[0]  # the request itself
        written += [issue.title for name, issue in world.issues.items() if name != "request"]
        written += [note.text for note in world.notes.values()]
        assert world.status is not None
        written.append(world.status.text)
        for body in written:
            assert bodies.safe(body) == body, text
            found = acts(body)
            assert not found["commands"] + found["mentions"] + found["comments"], (text, body)
        hidden = record.render("x", world.record(), KEYS, 1)
        assert record.split(hidden, KEYS, 1) == ("x", world.record())
        assert list(markers.find(hidden, KEYS)) == []
        assert not quick_actions.extract(hidden)[1]
        assert plan(world.process, world.observe()).actions == ()


def test_reasons_that_gitlab_gives_do_nothing_either() -> None:
    """They may repeat what people typed, or come from something in between."""
    for text in texts(98, PLANS):
        why = f"GitLab answered {' '.join(text.split())[:150]}."
        (told,) = World(process(), refuse={"root.create": why}).request().settle().said("request")
        assert not acts(bodies.safe(told)).total(), (text, told)
        world = World(process(), refuse={"scope.assignee": why}).request().settle()
        assert world.status is not None
        assert "I could not set the assignee" in world.status.text
        found = acts(bodies.safe(world.status.text))
        assert not found["commands"] + found["mentions"] + found["comments"], text
