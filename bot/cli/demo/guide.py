"""The guided demo: a person plays the teams, the bot answers.

Prompts and pictures only; what a person does goes through GitLab's API like everything else.
"""

import re
from contextlib import suppress
from datetime import date
from typing import Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel

from bot.cli.demo.menu import LONGEST_WAIT, MENU, USAGES
from bot.cli.demo.stage import Part, Stage
from bot.cli.demo.world import Actor
from bot.domain import checklists
from bot.domain.process import ROOT
from bot.gitlab.client import NotAllowed

_HIDDEN = re.compile(r"\s*<!-- launchbot:.*?-->|</?sub>", re.DOTALL)
_HEAD = "/launch"


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
            case "days", [number] if number.isdecimal() and 0 < int(number) <= LONGEST_WAIT:
                self._stage.let_days_pass(int(number))
                self._say_back(f"It is {self._stage.sim.clock.now().date()} now.")
            case (("tick" | "untick"), [_, *_]):
                self._tick(words, box="x" if verb == "tick" else " ")
            case (("show" | "close" | "reopen"), [part]):
                self._with_part(verb, part)
            case _, _ if self._say(line, verb, words):
                pass
            case (("assign" | "due" | "comment"), [part, *rest]) if rest:
                self._change(verb, part, " ".join(rest))
            case _:
                self._explain(verb, line)

    def _say_back(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)

    def _menu(self) -> None:
        self._console.print(f"\n{MENU}\n")
        self._explain_words(MENU)

    def _explain(self, verb: str, line: str) -> None:
        """How a line is written that begins like this one, or else what there is."""
        if usage := USAGES.get(verb):
            self._say_back(f"Write it like this: {usage}")
            self._explain_words(usage)
            return
        self._say_back(f"I do not know {line}.")
        self._menu()

    def _explain_words(self, usage: str) -> None:
        if "PART" in usage:
            self._say_back(f"A PART is one of these: {', '.join(self._stage.parts())}.")
        if "PERSON" in usage:
            self._say_back(f"A PERSON is one of these: {', '.join(self._stage.world.people)}.")
        if "TASK" in usage:
            self._say_back("The ids of a TASK are shown by: show PART")
        if usage == USAGES["days"]:
            self._say_back(f"N is a number from 1 to {LONGEST_WAIT}.")

    def _say(self, line: str, verb: str, words: list[str]) -> bool:
        """Say something; whether the line is about that."""
        actors, parts = self._stage.world.actors, self._stage.parts()
        match verb, words:
            case _, _ if line.startswith("/"):
                self._comment(self._actor(ROOT), ROOT, line)
                if verb.casefold() != _HEAD:
                    self._say_back(f"For the bot {verb} is no command: {_HEAD} is.")
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
                self._say_state(name)
            case _:
                who.reopen(part.place)
                self._say_state(name)

    def _change(self, verb: str, name: str, value: str) -> None:
        part = self._part(name)
        if part is None:
            return
        who = self._actor(name)
        match verb:
            case "due" if _is_day(value):
                who.change(part.place, due_date=value)
                self._say_state(name)
            case "assign" if value in self._stage.world.people:
                who.change(part.place, assignee_ids=[self._stage.world.people[value]])
                self._say_state(name)
            case "due":
                self._console.print("Write a day of the calendar, as 2027-04-30.")
            case _:
                people = ", ".join(self._stage.world.people)
                self._say_back(f"There is no {value}; there are {people}.")

    def _comment(self, who: Actor, name: str, text: str) -> None:
        """Say something, and show how the bot reacts; what it replies is told as news."""
        part = self._part(name)
        if part is None:
            return
        emoji = self._stage.comment(who, part.place, text)
        self._say_back(f"{who.username} has commented on {name}.")
        for name_of_emoji in emoji:
            self._console.print(f"launchbot puts :{name_of_emoji}: on it.", highlight=False)

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
                self._say_back(f"There is no task {word}; `show PART` lists them.")

    def _part(self, name: str) -> Part | None:
        parts = self._stage.parts()
        if name not in parts:
            self._say_back(f"There is no {name}; there are {', '.join(parts)}.")
        return parts.get(name)

    def _actor(self, name: str) -> Actor:
        process = self._stage.process
        role = process.root.role if name == ROOT else process.phases[name].role
        return self._stage.world.holder(role)

    def _show(self, who: Actor, part: Part) -> None:
        raw, tasks = part.raw, self._stage.process.tasks()
        self._console.print(f"[bold]{escape(raw['title'])}[/bold]\n{_state(raw)}", highlight=False)
        signs = {"open": "[ ]", "done": "[x]", "skipped": "[~]"}
        for name, box in checklists.read(raw["description"]).items():
            optional = " (optional)" if name in tasks and tasks[name].task.optional else ""
            self._say_back(f"  {signs[box]} {name}{optional}")
        for note in who.notes(part.place):
            self._panel(note)

    def _say_state(self, name: str) -> None:
        """What GitLab has made of a change; the bot has not seen it yet."""
        self._say_back(f"{name}: {_state(self._stage.parts()[name].raw)}")

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


def _is_day(text: str) -> bool:
    """Whether it is a day; GitLab takes a due date away where it is sent another text."""
    with suppress(ValueError):
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    return False


def _state(raw: dict[str, Any]) -> str:
    people = ", ".join(user["username"] for user in raw["assignees"]) or "nobody"
    due = raw["due_date"] or "not set"
    return f"{raw['state']}; assigned to {people}; due {due}; {', '.join(raw['labels'])}"
