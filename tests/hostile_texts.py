"""Texts as an attacker would type them: seeded, fast, and made of what acts in GitLab.

A text is put together from pieces that do something when GitLab reads them raw (commands, mentions,
references, links, tags, markers), pieces that open or close what keeps them in (fences, quotes,
comments, tables), characters that hide or turn, and harmless words.
"""

import random
from collections.abc import Iterator, Sequence

from bot.domain.markers import Keyring, Marker

KEYS = Keyring((b"k" * 32,))
"""The installation's own keys: a marker that somebody copied verifies."""

COMMANDS = (
    *("/close", "/reopen", "/assign @root", "/assign me", "/unassign", "/label ~x", "/unlabel"),
    *("/relabel ~x", "/title owned", "/confidential", "/due tomorrow", "/remove_due_date"),
    *("/move group/project", "/clone group/project", "/duplicate #1", "/lock", "/todo", "/done"),
    *(
        "/subscribe",
        "/merge",
        "/approve",
        "/spend 1h",
        "/estimate 2d",
        "/weight 9",
        "/promote_to x",
    ),
    *("/shrug", "/tableflip", "/CLOSE", "/Close now", "/type incident", "/award :tada:", "/zoom x"),
    *("/relate #1", "/blocks #1", "/milestone %1.0", "/copy_metadata #1", "/set_parent #1"),
    *("/cc @all", "/launch cancel", "/run_pipeline", "/draft", "/react :x:", "/rebase", "/page a"),
)
MENTIONS = (
    *("@alice", "@bob", "@root", "@all", "@cloud", "@cloud/partnerships", "@launchbot", "@a.b-c"),
    *(
        "@ alice",
        "@@alice",
        "&#64;alice",
        "&#x40;alice",
        "&commat;alice",
        "\uff20alice",
        "@\u200balice",
    ),
    *("a@alice", "(@alice)", "`@alice", "\\@alice", "mailto:alice@example.com", "<@alice>"),
)
REFERENCES = (
    *("#1", "#1+", "#1+s", "!1", "&1", "$1", "%1", "~bug", '~"a b"', '%"a b"', "^alert#1", "GL-1"),
    *("cloud/partnerships#1", "partnerships#1", "cloud/packaging!1", "[issue:1]", "[work_item:1]"),
    *("http://gitlab.test/cloud/partnerships/-/issues/1", "cloud/partnerships@deadbeef", "gl-1"),
    *("http://gitlab.test/cloud/partnerships/-/work_items/1", "[vulnerability:1]", "*iteration:1"),
)
LINKS = (
    *("https://evil.example/x", "www.evil.example", "[a](https://evil.example)", "![a](/x.png)"),
    *("<https://evil.example>", "[a]: https://evil.example", "[a][b]", "javascript:alert(1)"),
    *("[a](javascript:alert(1))", "ftp://evil.example", "//evil.example", "evil@evil.example"),
    *(
        "https://user:pass@evil.example",
        "data:text/html,x",
        "[[_TOC_]]",
        "[^1]",
        "::include{file=a}",
    ),
)
TAGS = (
    *(
        "<b>",
        "</b>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "</td></tr></table>",
    ),
    *("<details>", "</details>", "<!--", "-->", "<!-- x -->", "<!-- x", "<![CDATA[", "<?x", "<!x>"),
    *(
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<a href=//evil.example>",
        "&lt;",
        "&#60;b&#62;",
        "&nbsp;",
    ),
    *('<a data-user="1" class="gfm">', "<sub>", "</sub>", "<svg/onload=alert(1)>", "<br>", "< b>"),
)
BLOCKS = (
    *("```", "````", "~~~", "```mermaid", '```mermaid\ngraph TD; a-->b; click a href "//x"\n```'),
    *(
        "    ",
        "> ",
        ">>>",
        ">>> \n",
        "- ",
        "* ",
        "1. ",
        "# ",
        "###### ",
        "---",
        "===",
        "***",
        "___",
    ),
    *(
        "|",
        "| a |\n|---|",
        "\\",
        "`",
        "``",
        "*",
        "_",
        "**",
        "__",
        "~~",
        "{+",
        "+}",
        "{-",
        "$`",
        "`$",
    ),
    *(
        "- [ ] ",
        "- [x] `talk`",
        "- [x] `create-issue` done",
        "* [~] ",
        "[ ]",
        ": ",
        "+ ",
        "{{",
        "{%",
    ),
    *(
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{{ ''.__class__ }}",
        "%{project_name}",
        "```plantuml",
        "$$",
        "^[",
    ),
)
LINE_ENDS = (
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
)
HIDDEN = (
    *("\x00", "\x01", "\x07", "\x08", "\x1b[31m", "\x7f", "\x9b", "\u00ad", "\u034f", "\u061c"),
    *("\u115f", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202a", "\u202b"),
    *("\u202d", "\u202e", "\u2060", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff", "\ufff9"),
    *(
        "\ud800",
        "\udfff",
        "\U000e0001",
        "\U000e0041",
        "\ue000root\ue001",
        "\ue000",
        "\ue001",
        "\ufffe",
    ),
    *("\u0301", "\u0335", "\u20dd", "\u3000", "\u00a0", "\u2009", "\uff0f", "\u2044", "\u2215"),
)
WORDS = (
    "Acme",
    "Cloud",
    "Zürich",
    "日本",
    "שלום",
    "مرحبا",
    "😀",
    "O'Neil",
    "AT&T",
    "a-b",
    "1.0",
    "x",
)
MARKERS = (
    Marker("i1", "root").render(KEYS),
    Marker("i1", "root", key="ab" * 16).render(KEYS),
    Marker("i1", "status", 101).render(KEYS),
    Marker("i2", "note.started.request.1", 102).render(KEYS),
    "<!-- launchbot:v1 launch=i1 part=root sig=" + "0" * 64 + " -->",
    '<!-- launchbot:record {"launch":"i1"} sig=' + "0" * 64 + " -->",
    '<!-- launchbot:data {"name":"x"} -->',
    "launchbot:v1",
)
BOXES = (
    *("\n- [ ] do it", "\n- [x] `talk` **Talk**", "\n\n* [x] `create-issue` x", "\n1. [ ] `bake`"),
    *(
        "\n> - [x] `words`",
        "\n  - [~] `blog`",
        "\r\n- [X] `upload` done",
        "\n+ [ ] `scope-effort` a",
    ),
)
KINDS: Sequence[Sequence[str]] = (
    *(COMMANDS, COMMANDS, MENTIONS, REFERENCES, LINKS, TAGS, BLOCKS, BLOCKS),
    *(LINE_ENDS, LINE_ENDS, LINE_ENDS, HIDDEN, HIDDEN, WORDS, WORDS, MARKERS, BOXES),
)


def texts(seed: int, count: int) -> Iterator[str]:
    """So many texts; the same seed gives the same."""
    chance = random.Random(seed)  # noqa: S311 -- texts for tests, no secrets
    for _ in range(count):
        yield _text(chance)


def _text(chance: random.Random) -> str:
    pieces = [chance.choice(chance.choice(KINDS)) for _ in range(chance.randint(1, 7))]
    if chance.random() < 0.5:  # a command wants a line of its own, and an argument a space
        pieces.insert(chance.randint(0, len(pieces)), chance.choice(LINE_ENDS))
        pieces.append(chance.choice(LINE_ENDS) + chance.choice(COMMANDS))
    glue = "" if chance.random() < 0.6 else " "
    text = glue.join(pieces)
    return _crossed(chance, text) if chance.random() < 0.2 else text


def _crossed(chance: random.Random, text: str) -> str:
    """The same with a hidden character or a line end in the midst of something."""
    at = chance.randint(0, len(text))
    return text[:at] + chance.choice((*HIDDEN, *LINE_ENDS)) + text[at:]
