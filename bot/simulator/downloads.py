"""What can be downloaded of a release: https://docs.gitlab.com/api/releases/."""

from typing import Any

from bot.simulator import present
from bot.simulator.model import Project
from bot.simulator.model_code import Release
from bot.simulator.simulator import Simulator


def assets(sim: Simulator, project: Project, entry: Release) -> dict[str, Any]:
    """Downloads of the code in four forms, and the links that were added."""
    tag = entry.tag.name
    base = f"{present.holder_url(sim, project)}/-/archive/{tag}/{project.path}-{tag}"
    kinds = ("zip", "tar.gz", "tar.bz2", "tar")
    sources = [{"format": kind, "url": f"{base}.{kind}"} for kind in kinds]
    links = list(entry.links.values())
    return {"count": len(sources) + len(links), "sources": sources, "links": links}
