"""Finds the command lines of a comment, as GitLab finds its own quick actions.

Only what a reader sees as plain text counts: code, quotes, HTML, links and old mail below a reply
were written for show, or by somebody else. So the text is parsed, not searched.
https://docs.gitlab.com/user/project/quick_actions/ is followed: top-level paragraphs only, and
only lines that begin in column one, so that people know one rule for both kinds of commands and
can show a command by indenting it.
It must not know what a command means.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.domain.rendering import plain

LONGEST = 100_000
"""Comments with more characters hold no commands: reading them would take seconds."""

MOST = 50
"""Of a comment with more command lines none is read: a person hardly writes so many."""

_MARK = "\ue000"
_MARKED = re.compile(f"{_MARK}([0-9]+){_MARK}")
_BREAKS = {"softbreak", "hardbreak"}
_MARKDOWN = MarkdownIt("commonmark").enable("table")
# Quotes of many lines: https://docs.gitlab.com/user/markdown/#multiline-blockquote
_QUOTE = re.compile(r"^>{3,}[ \t]*$", re.MULTILINE)
# What mail programs put between an answer and the mail that it answers.
_MAIL = re.compile(
    r"^(?:On (?=[^\n]*[0-9])[^\n]{1,300}(?:\n[^\n]{0,200})?\bwrote:"
    r"|-{2,} ?(?:Original|Forwarded) Message ?-{2,}"
    r"|_{20,})[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)\b[^<>]*?(?P<alone>/?)>", re.IGNORECASE)
# Elements without end: https://html.spec.whatwg.org/multipage/syntax.html#void-elements
_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """A command line without its head word.

    The digest tells lines apart. It is made of the text as written, white space folded: which
    characters are invisible changes with versions of Unicode, and what ran must never look new.
    `stands_for` is how many lines it stands for, where a comment has too many.
    """

    text: str
    digest: str
    stands_for: int = 1


@lru_cache(maxsize=128)
def read(body: str, head: str) -> tuple[Line, ...]:
    """The command lines of a comment in order; of equal ones the first; of too many, one.

    Comments are looked at again and again, until the record says that they have been heard.
    """
    if len(body) > LONGEST:
        return ()
    written = re.sub(r"\r\n?", "\n", body.replace(_MARK, "")).split("\n")
    command = re.compile(rf"/{re.escape(head)}(?=\s|$)", re.IGNORECASE)
    found = ((number, line, command.match(line)) for number, line in enumerate(written))
    rest = {number: line[match.end() :] for number, line, match in found if match}
    if not rest:
        return ()
    # The head word gives way to the number of its line, which Markdown leaves alone.
    lines = [
        f"{_MARK}{number}{_MARK}{rest[number]}" if number in rest else line
        for number, line in enumerate(written)
    ]
    read = tuple(dict.fromkeys(_line(rest[number]) for number in _numbers(lines)))
    return read if len(read) <= MOST else (_together(read),)


def _line(text: str) -> Line:
    return Line(plain(text), _digest(" ".join(text.split())))


def _together(many: Sequence[Line]) -> Line:
    """The one line that stands for too many."""
    return Line("", _digest(" ".join(line.digest for line in many)), len(many))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _numbers(lines: Sequence[str]) -> Iterator[int]:
    """The numbers of the marked lines that begin in plain text."""
    html, quoted = _Html(), False
    for token, inside in pairwise(_MARKDOWN.parse("\n".join(lines))):
        if token.level or token.map is None:
            continue
        source = "\n".join(lines[slice(*token.map)])
        if token.type == "html_block":
            html.read(token.content)
        elif token.type == "blockquote_open":
            quoted ^= (quoted or _QUOTE.match(source) is not None) and _is_odd(source)
        elif not quoted and not html.open and token.type in {"paragraph_open", "hr"}:
            mail = _MAIL.search(source)
            end = token.map[0] + source.count("\n", 0, mail.start()) if mail else token.map[1]
            yield from (number for number in _beginnings(inside.children or ()) if number < end)
            if mail:
                return


def _is_odd(source: str) -> bool:
    return len(_QUOTE.findall(source)) % 2 == 1


def _beginnings(children: Sequence[Token]) -> Iterator[int]:
    """The numbers of the lines of a paragraph that begin outside code, links and the like."""
    html, begins = _Html(), True
    for child in children:
        marked = _MARKED.match(child.content) if child.type == "text" else None
        if marked and begins and not child.level and not html.open:
            yield int(marked[1])
        begins = child.type in _BREAKS
        if child.type == "html_inline":
            html.read(child.content)


@dataclass(slots=True)
class _Html:
    """The elements that are open at a place; browsers close what is left open, at the very end."""

    open: list[str] = field(default_factory=list)
    _known: Counter[str] = field(default_factory=Counter)

    def read(self, source: str) -> None:
        for tag in _TAG.finditer(_COMMENT.sub("", source)):
            name = tag["name"].lower()
            if not tag["end"] and not tag["alone"] and name not in _VOID:
                self.open.append(name)
                self._known[name] += 1
            elif tag["end"] and self._known[name]:
                self._close(name)

    def _close(self, name: str) -> None:
        """End an element, and those inside it that were left open."""
        last = ""
        while last != name:
            last = self.open.pop()
            self._known[last] -= 1
