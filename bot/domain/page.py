"""The handbook page of a process, written from its definition so that it cannot rot.

It must not say what the definition does not, and must not know any process.
"""

from collections.abc import Iterator

from bot.domain import page_conduct, page_flow, page_tasks, terms
from bot.domain.configuration import Configuration
from bot.domain.markdown import code, inline, table
from bot.domain.process import Definition, Input


def render(definition: Definition, configuration: Configuration | None = None) -> str:
    """The page as Markdown; with a configuration it names people and projects."""
    blocks = [
        f"# {inline(definition.title)}",
        inline(definition.description),
        f"<!-- Written by `launchbot page {definition.name}`: change the definition instead. -->",
        *_roles(definition, configuration),
        *page_flow.sections(definition),
        *_owners(definition, configuration),
        *_request(definition),
        *page_tasks.sections(definition),
        *page_conduct.sections(definition),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _roles(definition: Definition, configuration: Configuration | None) -> Iterator[str]:
    yield "## Roles"
    rows = [
        [inline(role.title), inline(role.description), _people(name, configuration)]
        for name, role in definition.roles.items()
    ]
    if configuration is None:
        yield table(["Role", "Answers for"], [row[:2] for row in rows])
        return
    yield table(["Role", "Answers for", "People"], rows)
    yield "The first of several people is accountable."


def _people(role: str, configuration: Configuration | None) -> str:
    people = configuration.roles.get(role, ()) if configuration else ()
    return ", ".join(code(person) for person in people) or "nobody"


def _owners(definition: Definition, configuration: Configuration | None) -> Iterator[str]:
    yield "## Who owns what"
    root = definition.root
    launch = f"on the {inline(definition.inputs[root.due].title).lower()}" if root.due else ""
    rows = [["The launch as a whole", root.role, root.project, "the request", launch]]
    for name, phase in definition.phases.items():
        after = terms.phases(definition, phase.after) if phase.after else "the request"
        due = terms.due(phase.due) if phase.due else ""
        rows.append([terms.phase(definition, name), phase.role, phase.project, after, due])
    yield table(
        ["Part", "Owner", "Project", "Begins after", "Due"],
        [
            [part, terms.role(definition, role), _project(project, configuration), *rest]
            for part, role, project, *rest in rows
        ],
    )


def _project(name: str, configuration: Configuration | None) -> str:
    return code(str(configuration.projects.get(name, name) if configuration else name))


def _request(definition: Definition) -> Iterator[str]:
    yield "## How to ask for it"
    yield (
        "Open an issue that says the following, each under a heading of its own or as a line "
        "`key: value`, and put the label "
        f"{code(definition.labels.request)} on it.\n"
        "If something is missing, a comment says what, and nothing starts until it is there."
    )
    yield table(
        ["Heading", "Key", "What to write", "Example"],
        [
            [
                inline(wanted.title),
                code(name),
                _wanted(definition, wanted),
                code(wanted.example),
            ]
            for name, wanted in definition.inputs.items()
        ],
    )
    told = ", ".join(inline(definition.inputs[name].title) for name in definition.identity)
    yield (
        f"Launches are told apart by: {told}.\n"
        "While one is running, a second request for the same opens nothing; a comment on it names "
        "the running launch.\n"
        f"Every issue of a launch bears the label {code(definition.labels.launch)}."
    )


def _wanted(definition: Definition, wanted: Input) -> str:
    forms = {"date": "A date, written as year-month-day.", "version": "A version, such as `1.2.3`."}
    parts = [
        inline(wanted.description),
        forms.get(wanted.type, ""),
        f"One of {', '.join(map(code, wanted.choices))}." if wanted.choices else "",
        *(f"With the label {code(k)}: {code(value)}." for k, value in wanted.labels.items()),
        f"If left out: {code(wanted.default)}." if wanted.default else "",
        f"If left out: {_counted(definition, wanted)}." if wanted.counts else "",
        "" if wanted.required or wanted.default or wanted.counts else "May be left out.",
    ]
    return " ".join(part for part in parts if part)


def _counted(definition: Definition, wanted: Input) -> str:
    return ", else ".join(terms.counted_date(definition, rule) for rule in wanted.counts)
