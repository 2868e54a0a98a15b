"""What can be typed in the guided demo, and how.

It must not do any of it; the guide does.
"""

LONGEST_WAIT = 366
"""How many days may pass at once."""

_ROWS = {
    "status": "the status note on the root issue, as everybody sees it",
    "show PART": "the issue of a part, and what the bot said there",
    "tick TASK ...": "tick tasks by id; with a PART instead, all that it requires",
    "untick TASK ...": "take ticks back",
    "close PART": "close an issue",
    "reopen PART": "open it again",
    "assign PART PERSON": "give it to somebody",
    "due PART YYYY-MM-DD": "set its date",
    "comment PART TEXT": "say something, as who has the part",
    "/launch VERB ...": "a command, on the root issue; `/launch help` lists all",
    "as PERSON PART TEXT": "say something as somebody else",
    "days N": f"let days pass, {LONGEST_WAIT} at most",
    "help": "show this again",
    "quit": "leave",
}
USAGES = {usage.split()[0]: usage for usage in _ROWS}
"""How what begins with a word goes on."""

MENU = "\n".join(f"[bold]{usage:<20}[/bold] {meaning}" for usage, meaning in _ROWS.items())
"""All of it, marked up for the console."""
