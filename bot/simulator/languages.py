"""The programming languages of a project, told by the ends of file names.

https://docs.gitlab.com/api/projects/#list-programming-languages-used
GitLab looks into the files as well.
"""

from pathlib import PurePosixPath

from bot.simulator.model import Project

_NAMES = {
    ".c": "C",
    ".cpp": "C++",
    ".cs": "C#",
    ".css": "CSS",
    ".go": "Go",
    ".h": "C",
    ".html": "HTML",
    ".java": "Java",
    ".js": "JavaScript",
    ".kt": "Kotlin",
    ".php": "PHP",
    ".py": "Python",
    ".rb": "Ruby",
    ".rs": "Rust",
    ".sh": "Shell",
    ".swift": "Swift",
    ".ts": "TypeScript",
    ".vue": "Vue",
}


def of(project: Project) -> dict[str, float]:
    """How many percent of the code on the default branch each language has, the most first."""
    head = project.branches.get(project.default_branch)
    sizes: dict[str, int] = {}
    for path, content in head.tree.items() if head else ():
        name = _NAMES.get(PurePosixPath(path).suffix.lower())
        if name:
            sizes[name] = sizes.get(name, 0) + len(content)
    total = sum(sizes.values())
    ranked = sorted(sizes.items(), key=lambda entry: -entry[1])
    return {name: round(100 * size / total, 2) for name, size in ranked if total}
