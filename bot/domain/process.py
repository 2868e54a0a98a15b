"""What should be: the definition of a process, as its authors write it.

These models are the format of `process.yml`; the reference in `docs/` is generated from them.
They must not know any particular process: names of roles, phases, labels and projects are data.
"""

import hashlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from bot.domain import conditions

ROOT = "root"
"""The part name of the root issue; phase issues are named after their phase."""

TODAY = "today"
"""The default of a date: the day on which the launch starts."""

SLUG = r"^[a-z0-9]+([-_][a-z0-9]+)*$"
LABEL = r"^[^,\r\n]+$"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
LINE = r"^[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*$"

Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=40)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=LINE)
]
LabelName = Annotated[str, StringConstraints(pattern=LABEL, max_length=255)]
Level = Literal["planner", "reporter", "developer", "maintainer", "owner"]
TimeOfDay = Annotated[str, StringConstraints(pattern=TIME)]


def _condition(text: str) -> str:
    conditions.parse(text)
    return text


When = Annotated[Line, AfterValidator(_condition)]
BusinessDays = Annotated[int, Field(ge=0, le=500, strict=True)]


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Strict):
    """A job in the process; the installation says which people hold it."""

    title: Line = Field(description="What people call it.")
    description: str = Field(default="", description="What it answers for.")


class Count(Strict):
    """How a date follows from another one, in business days."""

    business_days: BusinessDays = Field(
        description="How many; with 0 the day itself, or the next business day."
    )
    after: Slug = Field(description="The input of type `date` from which it is counted.")
    when: When | None = Field(default=None, description="A condition on inputs for counting so.")


class Input(Strict):
    """Something the request has to say before a launch can start."""

    title: Line = Field(description="The heading that the request gives it under.")
    description: str = Field(default="", description="What to write there.")
    example: Line = Field(description="A value to paste when it is missing.")
    type: Literal["text", "date", "version"] = Field(
        default="text",
        description="`text` is one line; `date` is `YYYY-MM-DD`; `version` is like `1.2` or "
        "`1.2.3-ee.0`.",
    )
    required: bool = Field(default=True, description="Whether a launch can start without it.")
    choices: tuple[Line, ...] = Field(
        default=(), description="The values that it may have; any unless given."
    )
    default: Line | None = Field(
        default=None,
        description="Its value where none is given; of a date only `today`, the day it starts.",
    )
    labels: Mapping[LabelName, Line] = Field(
        default={},
        description="Labels that give it a value when they are on the request, or on the root "
        "issue of a launch that runs.",
    )
    counts: tuple[Count, ...] = Field(
        default=(), description="How a date follows where none is given: the first that applies."
    )

    @model_validator(mode="after")
    def _values_are_possible(self) -> Self:
        for value in (self.example, self.default, *self.labels.values()):
            if self.choices and value not in (None, *self.choices):
                message = f'"{value}" is none of the `choices`'
                raise ValueError(message)
        if self.type == "date" and (self.choices or self.labels):
            message = "an input of type `date` has no `choices` and no `labels`"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _dates_follow_from_dates(self) -> Self:
        if self.type == "date" and self.default not in {None, TODAY}:
            message = f"a date has no default but `{TODAY}`"
            raise ValueError(message)
        if self.counts and (self.type != "date" or self.default or self.counts[-1].when):
            message = "`counts` is for dates without a default, and its last one has no condition"
            raise ValueError(message)
        return self

    @property
    def needed(self) -> bool:
        """Whether a request has to give it."""
        return self.required and self.default is None and not self.counts


class Due(Strict):
    """When something is due, in business days: exactly one of `after` and `before`."""

    business_days: BusinessDays = Field(description="How many business days.")
    after: Literal["opening"] | None = Field(
        default=None, description="`opening`: counted from the day the phase opens."
    )
    before: Literal["launch"] | None = Field(
        default=None, description="`launch`: counted back from the launch date."
    )

    @model_validator(mode="after")
    def _exactly_one_anchor(self) -> Self:
        if (self.after is None) == (self.before is None):
            message = "give either `after: opening` or `before: launch`"
            raise ValueError(message)
        return self


class Task(Strict):
    """A checklist item of a phase issue."""

    id: Slug = Field(description="Short id, unique in the process; people type it in commands.")
    title: Line = Field(description="What to do.")
    role: Slug | None = Field(
        default=None, description="Who does it; the role of the phase unless given."
    )
    done_when: Line = Field(description="The definition of done.")
    evidence: Literal["link", "text", "none"] = Field(
        default="none", description="What shows that it is done."
    )
    optional: Line | None = Field(
        default=None, description="Given: the phase closes without it; says when it is wanted."
    )
    needs: tuple[Slug, ...] = Field(
        default=(), description="Ids of tasks, of any phase, that must be done first."
    )
    due: Due | None = Field(default=None, description="When it is due, where it has its own date.")
    hint: str = Field(default="", description="Help for whoever does it: known blockers, figures.")
    when: When | None = Field(
        default=None, description="A condition on inputs; left out of launches for which it fails."
    )
    tasks: tuple["Task", ...] = Field(default=(), description="Its sub-items, in order.")

    def walk(self) -> Iterator["Task"]:
        """This task, then its sub-items, in order."""
        yield self
        for task in self.tasks:
            yield from task.walk()


class Phase(Strict):
    """A part of the process with one owner role and one issue."""

    title: Line = Field(description="What people call it; part of the title of its issue.")
    role: Slug = Field(description="The owner: its first person is assigned.")
    project: Slug = Field(description="The project, by its name in `launchbot.yml`.")
    template: Line = Field(description="The file with the text of its issue.")
    done_when: Line = Field(description="The definition of done of the phase.")
    after: tuple[Slug, ...] = Field(
        default=(), description="Phases that must be done before this one unlocks."
    )
    opens: Literal["at-start", "when-unlocked", "on-label"] = Field(
        default="at-start", description="When its issue is created."
    )
    label: LabelName | None = Field(
        default=None, description="With `opens: on-label`: the label on the root that asks for it."
    )
    labels: tuple[LabelName, ...] = Field(default=(), description="More labels for its issue.")
    due: Due | None = Field(default=None, description="When it is due, once it is unlocked.")
    when: When | None = Field(
        default=None, description="A condition on inputs; left out of launches for which it fails."
    )
    tasks: tuple[Task, ...] = Field(
        min_length=1, description="What is to be done, in order; `include` puts in a task list."
    )

    @model_validator(mode="after")
    def _label_goes_with_on_label(self) -> Self:
        if (self.opens == "on-label") != (self.label is not None):
            message = "`opens: on-label` and `label` go together"
            raise ValueError(message)
        return self

    def walk(self) -> Iterator[Task]:
        """Every task and sub-item, in order."""
        for task in self.tasks:
            yield from task.walk()

    def required(self, waived: Container[str] = ()) -> Iterator[Task]:
        """The tasks that are neither optional nor waived; nor are those below one that is."""
        todo = list(reversed(self.tasks))
        while todo:
            task = todo.pop()
            if not task.optional and task.id not in waived:
                yield task
                todo += reversed(task.tasks)


class Gates(Strict):
    """The labels that show whether a phase may be worked on."""

    locked: LabelName = Field(description="Not yet: it waits for other phases.")
    open: LabelName = Field(description="It may be worked on.")
    done: LabelName = Field(description="It is finished.")


class Labels(Strict):
    """The labels of a process."""

    request: LabelName = Field(description="Put on an issue, it asks for a launch.")
    launch: LabelName = Field(description="Borne by every issue that the launch opens.")
    gate: Gates = Field(description="One of them is on every phase issue.")


class Root(Strict):
    """The tracker of a launch, open from request to live."""

    title: Line = Field(description="Its title; `{{ input }}` puts in an input.")
    role: Slug = Field(description="Who answers for the launch as a whole.")
    project: Slug = Field(description="The project, by its name in `launchbot.yml`.")
    template: Line = Field(description="The file with the text of the issue.")
    due: Slug | None = Field(
        default=None, description="The input of type `date` that is the launch date."
    )
    labels: tuple[LabelName, ...] = Field(default=(), description="More labels for the issue.")


class Right(Strict):
    """Who may use a command, of the members above guest: whoever fits one of these."""

    roles: tuple[Slug, ...] = Field(default=(), description="Who holds one of these roles.")
    lead: bool = Field(default=False, description="Who holds the role of the root issue.")
    owner: bool = Field(
        default=False,
        description="Who holds the role that the command names, or that of the task or phase that "
        "it names, or of the phase in which that task stands.",
    )
    holders: bool = Field(default=False, description="Who holds any role of the process.")
    assignee: bool = Field(
        default=False,
        description="Who is assigned to the task or phase that the command names, or to the root "
        "issue if it names nothing.",
    )
    level: Level | None = Field(
        default=None, description="Members of the project with this role in GitLab, or a higher."
    )

    @model_validator(mode="after")
    def _somebody_may(self) -> Self:
        if self == type(self).model_construct():
            message = "this lets nobody use the command; name roles, or give a level"
            raise ValueError(message)
        return self


class Documentation(Strict):
    """The documentation that goes out with the launch, neither before nor late."""

    project: Slug = Field(description="Where its merge requests are, by the name of the project.")
    phase: Slug = Field(description="The phase that is not done before the documentation is ready.")
    paths: tuple[Line, ...] = Field(
        min_length=1, description="Patterns such as `docs/**`; one of them has to be touched."
    )
    section: Slug = Field(
        description="The input whose value stands in the heading of the new section."
    )
    secrets: tuple[Slug, ...] = Field(
        default=(), description="More inputs that a confidential launch keeps to itself."
    )
    reviewers: Slug = Field(description="The role that reviews and approves it.")
    needs: tuple[Slug, ...] = Field(
        default=(), description="Tasks, of any phase, that must be done before it is ready."
    )
    review: BusinessDays = Field(
        default=8, description="Reviewed so many business days before the launch."
    )
    approval: BusinessDays = Field(
        default=3, description="Approved, and no draft, so many business days before the launch."
    )
    at: TimeOfDay = Field(
        default="09:00", description="When on the launch date it may be merged, as `HH:MM`."
    )
    window: BusinessDays = Field(
        default=1, description="Merged within so many business days after the launch date."
    )
    off: tuple[Slug, ...] = Field(default=(), description="Rules that do not count, by their ids.")


class Catalogue(Strict):
    """How a request finds its entry in the `images.yml` of the installation."""

    provider: Slug = Field(description="The input that names the provider.")
    version: Slug | None = Field(
        default=None, description="The input of type `version` that is asked for."
    )


class Releases(Strict):
    """Which releases start launches, without a request."""

    project: Slug = Field(description="The project that is released, by its name.")
    each: Slug = Field(
        description="An input with `choices`: a launch for each that `images.yml` has as an image."
    )
    version: Slug = Field(description="The input of type `version` that is taken from the tag.")
    released: Slug | None = Field(
        default=None, description="The input of type `date` that gets the day of the release."
    )


class Definition(Strict):
    """A process: `templates/<name>/process.yml`."""

    name: Slug = Field(description="The name, and that of the folder.")
    title: Line = Field(description="What people call the process.")
    description: str = Field(default="", description="What it is for; opens the handbook page.")
    roles: Mapping[Slug, Role] = Field(min_length=1, description="The jobs in the process.")
    inputs: Mapping[Slug, Input] = Field(description="What a request has to say.")
    identity: tuple[Slug, ...] = Field(
        min_length=1, description="Inputs that tell launches apart: one running launch for each."
    )
    labels: Labels = Field(description="The labels that the process uses.")
    root: Root = Field(description="The root issue.")
    phases: Mapping[Slug, Phase] = Field(min_length=1, description="The phases, in order.")
    votes: tuple[Slug, ...] = Field(
        default=(), description="Roles that have to vote `go` before the launch can be live."
    )
    escalation: tuple[Slug, ...] = Field(
        default=(),
        description="Roles that `escalate` tells, one after the other; that of the root issue "
        "unless given.",
    )
    rights: Mapping[Slug, Right] = Field(
        default={},
        description="Who may use a command, by its verb, in place of those for whom it is meant.",
    )
    catalogue: Catalogue | None = Field(
        default=None,
        description="Given: what `images.yml` says is a package, or has the version, is answered "
        "with that.",
    )
    supersedes: Slug | None = Field(
        default=None,
        description="An input of type `version` in `identity`: a newer launch ends an unfinished "
        "older one that is the same otherwise.",
    )
    releases: Releases | None = Field(
        default=None, description="Given: a release of a project starts launches."
    )
    documentation: Documentation | None = Field(
        default=None, description="The documentation that goes out with the launch, if any does."
    )


@dataclass(frozen=True, slots=True)
class Located:
    """A task together with the phase that it stands in."""

    phase: str
    task: Task


class Process(Definition):
    """A definition together with the texts that its templates name: all that a launch needs."""

    texts: Mapping[str, str] = Field(description="The sources of the templates, by file name.")

    def tasks(self) -> dict[str, Located]:
        """Every task and sub-item of every phase by its id, in order."""
        return {
            task.id: Located(name, task)
            for name, phase in self.phases.items()
            for task in phase.walk()
        }

    def order(self) -> tuple[str, ...]:
        """The phases, each behind those that it waits for."""
        graph = {name: phase.after for name, phase in self.phases.items()}
        return tuple(TopologicalSorter(graph).static_order())

    def canonical(self) -> str:
        """The definition as JSON, the same text for the same definition."""
        return self.model_dump_json(exclude_defaults=True)

    def digest(self) -> str:
        """The SHA-256 of the definition, in hex."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()
