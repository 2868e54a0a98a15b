"""Templates of files, those of everybody and those of a project for its issues and merge requests.

https://docs.gitlab.com/api/project_templates/, https://docs.gitlab.com/api/templates/licenses/ and
its neighbours. The names are some of GitLab's; its texts are its own, so the texts here are short.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from bot.simulator import repository as git
from bot.simulator.api import finders
from bot.simulator.errors import ApiError, not_found
from bot.simulator.paging import paged
from bot.simulator.routing import Answer, Call, Route

_NAMES = {
    "dockerfiles": (
        "Binary Binary-alpine Binary-scratch Golang Golang-alpine Golang-scratch HTTPd Node "
        "Node-alpine OpenJDK PHP Python Python-alpine Python2 Ruby Ruby-alpine Rust Swift"
    ),
    "gitignores": (
        "Actionscript Ada Android C C++ Composer Dart Drupal Elixir Erlang Go Gradle Haskell Java "
        "Julia Kotlin Laravel Lua Maven Node Perl Python R Rails Ruby Rust Scala Swift TeX "
        "Terraform Unity VisualStudio WordPress"
    ),
    "gitlab_ci_ymls": (
        "Android Auto-DevOps Bash C++ Chef Clojure Composer Crystal Dart Django Docker Elixir "
        "Flutter Getting-Started Go Gradle Grails Julia LaTeX Laravel Maven Nodejs OpenShift PHP "
        "Packer Python Ruby Rust Scala Swift Terraform dotNET"
    ),
}
_LICENSES = {
    "agpl-3.0": "GNU Affero General Public License v3.0",
    "apache-2.0": "Apache License 2.0",
    "bsd-2-clause": 'BSD 2-Clause "Simplified" License',
    "bsd-3-clause": 'BSD 3-Clause "New" or "Revised" License',
    "gpl-3.0": "GNU General Public License v3.0",
    "mit": "MIT License",
    "mpl-2.0": "Mozilla Public License 2.0",
    "unlicense": "The Unlicense",
}
_POPULAR = ("apache-2.0", "gpl-3.0", "mit")
_FOLDERS = {
    "issues": ".gitlab/issue_templates/",
    "merge_requests": ".gitlab/merge_request_templates/",
}


def list_licenses(call: Call) -> Answer:
    """All licences in full, or with `popular` the few that GitLab puts first."""
    popular = call.params.flag("popular")
    keys = [key for key in _LICENSES if not popular or key in _POPULAR]
    return paged(call, keys, lambda key: _license(call, key))


def get_license(call: Call) -> Any:
    """One licence, made out for `project` and `fullname`."""
    key = call.vars["name"].lower()
    if key not in _LICENSES:
        raise not_found("License")
    return _license(call, key)


def list_common(call: Call, kind: str) -> Answer:
    """The keys and names of one kind."""
    return _listed(call, _common(kind))


def get_common(call: Call, kind: str) -> Any:
    """One template of a kind, with its text."""
    return _found(_common(kind), call.vars["name"])


def list_of_project(call: Call) -> Answer:
    """The keys and names of one kind, as far as the project has them."""
    project = finders.project(call)
    if call.vars["kind"] == "licenses":
        return paged(call, list(_LICENSES), lambda key: {"key": key, "name": _LICENSES[key]})
    return _listed(call, _of_project(call, project.id))


def get_of_project(call: Call) -> Any:
    """One template with its text; of `source_template_project_id` where that is named."""
    project = finders.project(call)
    if call.vars["kind"] == "licenses":
        return get_license(call)
    source = call.params.integer("source_template_project_id")
    return _found(_of_project(call, source or project.id), call.vars["name"])


def _of_project(call: Call, project: int) -> Mapping[str, str]:
    """The texts of one kind by name: for issues and merge requests those in the repository."""
    folder = _FOLDERS.get(call.vars["kind"])
    if folder is None:
        return _common(call.vars["kind"])
    place = finders.project(call, str(project))
    head = git.resolve(place, "HEAD")
    return {
        path.removeprefix(folder).removesuffix(".md"): content.decode(errors="replace")
        for path, content in sorted((head.tree if head else {}).items())
        if path.startswith(folder) and path.endswith(".md") and "/" not in path[len(folder) :]
    }


def _common(kind: str) -> Mapping[str, str]:
    if kind not in _NAMES:
        raise ApiError(400, {"error": "type does not have a valid value"})
    return {name: f"# {name}: GitLab's own text stands here.\n" for name in _NAMES[kind].split()}


def _listed(call: Call, texts: Mapping[str, str]) -> Answer:
    return paged(call, list(texts), lambda name: {"key": name, "name": name})


def _found(texts: Mapping[str, str], name: str) -> Any:
    if name not in texts:
        raise not_found("Template")
    return {"name": name, "content": texts[name]}


def _license(call: Call, key: str) -> dict[str, Any]:
    holder = call.params.text("fullname") or "[fullname]"
    project = call.params.text("project") or "[project]"
    year = call.sim.clock.now().year
    return {
        "key": key,
        "name": _LICENSES[key],
        "nickname": None,
        "featured": key in _POPULAR,
        "html_url": f"http://choosealicense.com/licenses/{key}/",
        "source_url": f"https://spdx.org/licenses/{key}.html",
        "description": _LICENSES[key],
        "conditions": ["include-copyright"],
        "permissions": ["commercial-use", "modifications", "distribution", "private-use"],
        "limitations": ["liability", "warranty"],
        "content": f"{_LICENSES[key]}\n\nCopyright (c) {year} {holder}, for {project}\n",
    }


ROUTES = (
    Route("GET", "/templates/licenses", list_licenses),
    Route("GET", "/templates/licenses/:name", get_license),
    *(Route("GET", f"/templates/{kind}", partial(list_common, kind=kind)) for kind in _NAMES),
    *(Route("GET", f"/templates/{kind}/:name", partial(get_common, kind=kind)) for kind in _NAMES),
    Route("GET", "/projects/:id/templates/:kind", list_of_project),
    Route("GET", "/projects/:id/templates/:kind/:name", get_of_project),
)
