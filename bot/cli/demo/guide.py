"""The guided demo: a person plays the teams, the bot answers.

Prompts and pictures only; what a person does goes through GitLab's API like everything else.
"""

import re
from typing import Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel

from bot.cli.demo.stage import Part, Stage
from bot.cli.demo.world import Actor
from bot.domain import checklists
from bot.domain.process import ROOT
from bot.gitlab.client import NotAllowed

_HIDDEN = re.compile(r"\s*<!-- launchbot:.*?-->|</?sub>", re.DOTALL)
_LONGEST_WAIT = 366
_HEAD = "/launch"
_MENU = """
[bold]status[/bold]              the status note on the root issue, as everybody sees it
[bold]show PART[/bold]           the issue of a part, and what the bot said there
[bold]tick TASK ...[/bold]       tick tasks by id; [bold]tick PART[/bold] ticks all of a phase
[bold]untick TASK ...[/bold]     take ticks back
[bold]close PART[/bold]          close an issue; [bold]reopen PART[/bold] opens it again
[bold]assign PART PERSON[/bold]  give it to somebody; [bold]due PART YYYY-MM-DD[/bold] sets the date
[bold]comment PART TEXT[/bold]   say something, as who has the part
[bold]/launch VERB ...[/bold]    a command, on the root issue; [bold]/launch help[/bold] lists all
[bold]as PERSON PART TEXT[/bold] say something as somebody else
[bold]days N[/bold]              let days pass
[bold]help[/bold], [bold]quit[/bold]
"""


class Guide:
    """Leads a person through a launch."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console
        self._heard = 0

    def lead(self) -> None:
        """Start a launch, then do what the person says until they leave."""
        self._begin()
        while (line := self._ask()) is not None:
            self._try(line)
            self._stage.settle()
            self._tell_news()
        self._console.print("\nThat was the demo; nothing of it is left. `make demo` starts anew.")

    def _begin(self) -> None:
        wanted, world = self._stage.plan.request, self._stage.world
        who = world.actors[wanted.by]
        text = world.request_text(self._stage.process)
        label = self._stage.process.labels.request
        self._console.print(
            f"A GitLab is running at {self._stage.sim.url}/api/v4 (simulated, in memory),\n"
            f"and the bot listens at {self._stage.bot_url}.\n"
            f"{who.username} has just filed a request with the label {label}. The bot answers:\n"
        )
        who.file(world.projects[wanted.project], wanted.title, text, label)
        self._stage.settle()
        self._tell_news()
        self._status()
        self._menu()
        first = next(iter(self._stage.process.phases))
        self._console.print(
            f"Try this: [bold]close {first}[/bold] (too early), then [bold]tick {first}[/bold] "
            f"and [bold]close {first}[/bold] again.\n"
            "To look with your own client, use the administrator's token "
            f"{self._stage.root_token}."
        )

    def _ask(self) -> str | None:
        today = self._stage.sim.clock.now().date()
        try:
            line = typer.prompt(f"\n{today}", prompt_suffix="> ", default="", show_default=False)
        except (typer.Abort, EOFError):
            return None
        return None if line.strip() in {"quit", "q", "exit"} else str(line)

    def _try(self, line: str) -> None:
        """Do what the person says; what GitLab will not do ends nothing."""
        try:
            self._do(line)
        except NotAllowed as problem:
            self._console.print(f"GitLab does not do that. {problem.why}", highlight=False)

    def _do(self, line: str) -> None:
        verb, *words = line.split() or [""]
        match verb, words:
            case "", _:
                pass
            case "status", []:
                self._status()
            case "help", []:
                self._menu()
            case "days", [number] if number.isdecimal() and 0 < int(number) <= _LONGEST_WAIT:
                self._stage.let_days_pass(int(number))
            case (("tick" | "untick"), [_, *_]):
                self._tick(words, box="x" if verb == "tick" else " ")
            case (("show" | "close" | "reopen"), [part]):
                self._with_part(verb, part)
            case _, _ if self._say(line, verb, words):
                pass
            case (("assign" | "due" | "comment"), [part, *rest]) if rest:
                self._change(verb, part, " ".join(rest))
            case _:
                self._console.print(f"I do not know {escape(line)} like this.", highlight=False)
                self._menu()

    def _menu(self) -> None:
        self._console.print(_MENU)
        self._console.print(f"A PART is one of these: {', '.join(self._stage.parts())}.")

    def _say(self, line: str, verb: str, words: list[str]) -> bool:
        """Say something; whether the line is about that."""
        actors, parts = self._stage.world.actors, self._stage.parts()
        match verb, words:
            case _, _ if line.startswith("/"):
                self._comment(self._actor(ROOT), ROOT, line)
                if verb.casefold() != _HEAD:
                    self._console.print(f"For the bot {escape(verb)} is no command: {_HEAD} is.")
            case "comment", [part, *rest] if rest and part in parts:
                self._comment(self._actor(part), part, " ".join(rest))
            case "as", [name, part, *rest] if rest and name in actors:
                self._comment(actors[name], part, " ".join(rest))
            case _:
                return False
        return True

    def _with_part(self, verb: str, name: str) -> None:
        part = self._part(name)
        if part is None:
            return
        who = self._actor(name)
        match verb:
            case "show":
                self._show(who, part)
            case "close":
                who.close(part.place)
            case _:
                who.reopen(part.place)

    def _change(self, verb: str, name: str, value: str) -> None:
        part = self._part(name)
        if part is None:
            return
        who = self._actor(name)
        match verb:
            case "due" if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                who.change(part.place, due_date=value)
            case "assign" if value in self._stage.world.people:
                who.change(part.place, assignee_ids=[self._stage.world.people[value]])
            case "due":
                self._console.print("Write the date as 2027-04-30.")
            case _:
                people = ", ".join(self._stage.world.people)
                self._console.print(f"There is no {value}; there are {people}.")

    def _comment(self, who: Actor, name: str, text: str) -> None:
        """Say something, and show how the bot reacts; what it replies is told as news."""
        part = self._part(name)
        for emoji in self._stage.comment(who, part.place, text) if part else []:
            self._console.print(f"launchbot puts :{emoji}: on the comment of {who.username}")

    def _tick(self, words: list[str], box: str) -> None:
        process = self._stage.process
        for word in words:
            if word in process.phases:
                self._tick([t.id for t in process.phases[word].walk() if not t.optional], box)
            elif task := process.tasks().get(word):
                part = self._part(task.phase)
                if part:
                    self._actor(task.phase).tick(part.place, word, box=box)
                    self._console.print(f"[{box}] {word}", markup=False, highlight=False)
            else:
                self._console.print(f"There is no task {word}; [bold]show PART[/bold] lists them.")

    def _part(self, name: str) -> Part | None:
        parts = self._stage.parts()
        if name not in parts:
            self._console.print(f"There is no {name}; there are {', '.join(parts)}.")
        return parts.get(name)

    def _actor(self, name: str) -> Actor:
        process = self._stage.process
        role = process.root.role if name == ROOT else process.phases[name].role
        return self._stage.world.holder(role)

    def _show(self, who: Actor, part: Part) -> None:
        raw = part.raw
        people = ", ".join(user["username"] for user in raw["assignees"]) or "nobody"
        self._console.print(
            f"[bold]{raw['title']}[/bold]\n{raw['state']}; "
            f"assigned to {people}; due {raw['due_date'] or 'not set'}; {', '.join(raw['labels'])}"
        )
        signs = {"open": "[ ]", "done": "[x]", "skipped": "[~]"}
        for task, box in checklists.read(raw["description"]).items():
            self._console.print(f"  {signs[box]} {task}", markup=False, highlight=False)
        for note in who.notes(part.place):
            self._panel(note)

    def _status(self) -> None:
        part = self._stage.parts().get(ROOT)
        for note in self._actor(ROOT).notes(part.place) if part else []:
            if "part=status" in note["body"]:
                self._panel(note)

    def _tell_news(self) -> None:
        """What the bot has commented since the last time, wherever."""
        notes = [note for note in self._stage.notes_of_bot() if note["id"] > self._heard]
        for note in notes:
            if not re.search(r"part=(status|definition)", note["body"]):
                self._panel(note)
        self._heard = max([self._heard, *(note["id"] for note in notes)])

    def _panel(self, note: dict[str, Any]) -> None:
        text = Markdown(_HIDDEN.sub("", note["body"]))
        self._console.print(Panel(text, title=note["author"]["username"], title_align="left"))
