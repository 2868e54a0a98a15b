"""Text that leaves the bot: templates filled in, and user text made harmless in one place.

GitLab runs a line that starts with `/name` as whoever posts it, and notifies whoever is
mentioned (https://docs.gitlab.com/user/project/quick_actions/). So user text never starts a
line, never mentions, never forms a reference, a link or a tag.
Links to issues that may not exist yet are tokens, resolved by the writer.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from bot.domain import templates

WORD_JOINER = "\u2060"
_TOKEN = re.compile("\ue000([a-z0-9_-]+)\ue001")
_LINK = re.compile("\\[([^\\]\n]*)\\]\\(\ue000[a-z0-9_-]+\ue001\\)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#!~%|&$^])")
_ENTITY = {"<": "&lt;", ">": "&gt;"}
# Mentions, references (`GL-1` is one), emoji and addresses: https://docs.gitlab.com/user/markdown/
_ACTIVE = re.compile(
    r"(?<=@)|(?<=[#!~%&$^:])(?=\S)|(?<=\bGL-)(?=\d)|(?<=\bwww)(?=\.)", re.IGNORECASE
)
_BLOCK = re.compile(r"[-+=:/]|\d{1,9}[.)]")
_QUICK_ACTION = re.compile(r"^[ \t]{0,3}/[a-z]\w*", re.MULTILINE | re.IGNORECASE)
_LINE_END = re.compile(r"[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}
_TITLE_LENGTH = 255


def plain(text: str) -> str:
    """User text as one line without control, invisible and direction characters."""
    shown = (
        " " if char.isspace() else char
        for char in unicodedata.normalize("NFC", text)
        if char.isspace() or unicodedata.category(char) not in _HIDDEN
    )
    return " ".join("".join(shown).split())


def inline(text: str) -> str:
    """User text as one harmless line of Markdown, to stand anywhere in a text of ours."""
    escaped = _SPECIAL.sub(lambda match: _ENTITY.get(match[1], f"\\{match[1]}"), _inert(text))
    return f"{WORD_JOINER}{escaped}" if _BLOCK.match(escaped) else escaped


def title(text: str, ending: str = "") -> str:
    """A title in GitLab's bounds: one line, at most 255 characters, with a whole ending.

    A title is no Markdown, but GitLab reads mentions and references in it.
    """
    line, room = _inert(text), max(_TITLE_LENGTH - len(ending), 1)
    short = line if len(line) <= room else f"{line[: room - 1]}…"
    return f"{short}{ending}"[:_TITLE_LENGTH]


def _inert(text: str) -> str:
    """User text as one line in which GitLab finds nobody to notify and nothing to link to."""
    return _ACTIVE.sub(WORD_JOINER, plain(text))


def token(part: str) -> str:
    """Stands for the address of the issue of a part until the writer knows it."""
    return f"\ue000{part}\ue001"


def link(text: str, part: str) -> str:
    """A link to the issue of a part."""
    return f"[{text}]({token(part)})"


def linked(text: str) -> frozenset[str]:
    """The parts whose addresses a text waits for."""
    return frozenset(_TOKEN.findall(text))


def resolve(text: str, addresses: Mapping[str, str]) -> str:
    """The text with every token replaced; an unknown one by an empty address."""
    return _TOKEN.sub(lambda match: addresses.get(match[1], ""), text)


def without_links(text: str) -> str:
    """The text with links to issues of the launch replaced by their words."""
    return _LINK.sub(r"\1", text)


def render(source: str, variables: Mapping[str, Any]) -> str:
    """A template filled in; its source is from the installation's own files, never from GitLab."""
    return templates.fill(source, variables).strip()


def has_quick_action(text: str) -> bool:
    """Whether a line starts with a slash word, which GitLab could run.

    GitLab drops carriage returns before it looks, so that one may stand inside the word.
    """
    read = (_LINE_END.sub("\n", text), _LINE_END.sub("\n", text.replace("\r", "")))
    return any(_QUICK_ACTION.search(lines) for lines in read)
