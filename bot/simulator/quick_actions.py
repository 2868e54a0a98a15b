"""Finding quick actions in a text.

https://docs.gitlab.com/user/project/quick_actions/
Markdown decides what is a command: only top-level paragraphs are searched, and in them only lines
that start with a slash and a known name. Knows nothing of what commands do.
"""

import re
from collections.abc import Collection, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

Command = tuple[str, str]

_KNOWN = """
add_child add_contacts add_email approve assign assign_reviewer award blocked_by blocks
board_move checkin_reminder clear_health_status clear_weight clone close confidential
convert_to_ticket copy_metadata create_merge_request done draft due duplicate epic estimate
estimate_time health_status iteration label labels link lock merge milestone move page
promote_to promote_to_incident publish react ready reassign reassign_reviewer rebase relabel
relate remove_child remove_contacts remove_due_date remove_email remove_estimate
remove_iteration remove_label remove_milestone remove_parent remove_reviewer
remove_time_estimate remove_time_spent remove_zoom reopen request_changes request_review reviewer
run_pipeline set_parent severity shrug spend spend_time spent status submit_review subscribe
tableflip tag target_branch timeline title todo type unapprove unassign unassign_reviewer unlabel
unlink unlock unsubscribe weight zoom
"""
NAMES = frozenset(_KNOWN.split())
_SUBSTITUTES = {
    "shrug": "\u00af\\\uff3f(\u30c4)\uff3f/\u00af",
    "tableflip": "(\u256f\u00b0\u25a1\u00b0)\u256f\ufe35 \u253b\u2501\u253b",
}
_LINE = re.compile(r"/(?P<name>[A-Za-z_]+)(?: (?P<argument>.*))?")
_NO_TEXT = re.compile(
    r"`.+?`|<!--.*?-->|^<[^>]+?>\n.+?\n</[^>]+?>$",
    re.DOTALL | re.MULTILINE,
)
_QUOTE_START = re.compile(
    r"(?P<fence>>{3,})(?:[ \t]*|[ \t]*\[!(?:note|tip|important|caution|warning)\].*)", re.IGNORECASE
)
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:")
_CODE_INDENT = 4


def extract(text: str, *, only: Collection[str] = NAMES) -> tuple[str, list[Command]]:
    """The text without its commands, and the commands in order, names in lower case.

    Of those known, `only` some may be commands here. Carriage returns and white space at the end
    go whether there are commands or not.
    """
    lines = text.replace("\r", "").split("\n")
    if not any(_command(line)[0] for line in lines):
        return "\n".join(lines).rstrip(), []
    commands: list[Command] = []
    kept: dict[int, str | None] = {}
    for number in _searched_lines(lines):
        name, argument = _command(lines[number])
        if name not in only:
            continue
        if name in _SUBSTITUTES:
            kept[number] = _SUBSTITUTES[name]
        elif name:
            commands.append((name, argument))
            kept[number] = None
    kept |= dict.fromkeys(_blanks_after(lines, kept))
    left = [kept.get(number, line) for number, line in enumerate(lines)]
    return "\n".join(line for line in left if line is not None).rstrip(), commands


def extract_tag(text: str) -> tuple[str, list[str]]:
    """The text without its `/tag` lines, and their arguments: what comments on commits may do."""
    left, commands = extract(text, only={"tag"})
    return left, [argument for _, argument in commands]


def _command(line: str) -> tuple[str, str]:
    found = _LINE.fullmatch(line.rstrip())
    name = found["name"].lower() if found else ""
    return (name, (found["argument"] or "").strip()) if found and name in NAMES else ("", "")


def _blanks_after(lines: list[str], kept: dict[int, str | None]) -> list[int]:
    """The empty lines that go with the command before them: one after each."""
    ends = [number + 1 for number, text in kept.items() if text is None]
    return [number for number in ends if number < len(lines) and not lines[number].strip()]


def _searched_lines(lines: list[str]) -> Iterator[int]:
    """The numbers of the lines of top-level paragraphs that begin outside code and comments."""
    noted = _noted_lines(lines)
    for token in _MARKDOWN.parse("\n".join(lines)):
        if token.type != "paragraph_open" or token.level or not token.map:
            continue
        first, end = token.map
        hidden = _hidden_lines(lines[first:end])
        for number in range(first, end):
            if number - first not in hidden and number not in noted:
                yield number


def _hidden_lines(paragraph: list[str]) -> set[int]:
    """The lines of a paragraph that begin inside a code span or an HTML comment."""
    text = "\n".join(paragraph)
    hidden: set[int] = set()
    for found in _NO_TEXT.finditer(text):
        before = text.count("\n", 0, found.start())
        inside = found.group().count("\n")
        hidden |= set(range(before + 1, before + inside + 1))
    return hidden


def _noted_lines(lines: list[str]) -> set[int]:
    """The lines of footnotes: each goes to the next empty line."""
    found, noted = set(), False
    for number, line in enumerate(lines):
        noted = bool(line.strip()) and (noted or bool(_FOOTNOTE.match(line)))
        if noted:
            found.add(number)
    return found


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Markdown's rule for `>>>` fences, GitLab's many-line quotes and alerts.

    A fence ends its quote even in a code block there; without one it goes to the end of the text.
    """
    opened = _QUOTE_START.fullmatch(_unindented(state, start))
    if opened is None or silent:
        return opened is not None
    ends = re.compile(rf"{opened['fence']}>*[ \t]*")
    inside = range(start + 1, end)
    last = next((n for n in inside if ends.fullmatch(_unindented(state, n))), end - 1)
    state.line = last + 1
    return True


def _unindented(state: StateBlock, number: int) -> str:
    """A line as rules for blocks read it; nothing where it is indented as code is."""
    if state.sCount[number] - state.blkIndent >= _CODE_INDENT:
        return ""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARKDOWN.block.ruler.before(
    "blockquote", "quote_fence", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
)
