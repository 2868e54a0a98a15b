"""What a pipeline job may do with its token: little, and only while it runs."""

from typing import Any

from bot.simulator import job_tokens
from tests.simulator.conftest import Person, World, new_person


def job(world: World, username: str, project: int) -> Person:
    """A caller with the token of a job that somebody started."""
    made = world.nobody.client.post(
        "/simulator/jobs", json={"project": project, "username": username}
    )
    assert made.status_code == 201, made.text
    return Job(world.client, made.json()["token"], 0, "job")


class Job(Person):
    """Sends its token as a job does."""

    def call(self, method: str, path: str, status: int, **how: Any) -> Any:
        """One call; the answer's JSON, after checking its status."""
        token, self.token = self.token, None
        try:
            headers = {"JOB-TOKEN": token or ""}
            return super().call(method, path, status, headers=headers, **how)
        finally:
            self.token = token


def test_job_reads_merge_requests_and_little_else(world: World) -> None:
    """As whoever started it; on other paths it is nobody."""
    runner = job(world, "dora", world.project["id"])
    assert runner.get(f"{world.path}/merge_requests") == []
    runner.get(f"{world.path}/merge_requests/1", 404)
    runner.get(f"{world.path}/merge_requests/1/notes", 404)
    runner.get(f"{world.path}/issues", 404)
    runner.get("/user", 401)
    runner.post(f"{world.path}/merge_requests/1/notes", 401, body="Hello")


def test_job_token_ends_with_its_job(world: World) -> None:
    """Afterwards, and when it is invented, GitLab does not know it."""
    runner = job(world, "dora", world.project["id"])
    assert world.client.delete(f"/simulator/jobs/{runner.token}").status_code == 204
    runner.get(f"{world.path}/merge_requests", 401)
    Job(world.client, "invented", 0, "job").get(f"{world.path}/merge_requests", 401)
    assert world.client.delete("/simulator/jobs/invented").status_code == 404


def test_blocked_user_takes_the_job_along(world: World) -> None:
    """A token is as good as its user."""
    runner = job(world, "dora", world.project["id"])
    world.root.post(f"/users/{world.dora.id}/block")
    runner.get(f"{world.path}/merge_requests", 403)


def test_other_projects_have_to_let_a_job_in(world: World) -> None:
    """So a fork's job does not read its parent, whoever started it."""
    mine = world.mia.post("/projects", name="Mine", path="mine")
    runner = job(world, "mia", mine["id"])
    path = f"{world.path}/merge_requests"
    told = runner.get(path, 403)["message"]
    assert told.endswith("not allowed from mia/mine to team/proj.")
    allow = f"{world.path}/job_token_scope/allowlist"
    world.rita.post(allow, 403, target_project_id=mine["id"])
    world.root.post(allow, target_project_id=mine["id"])
    assert runner.get(path) == []
    assert runner.get("/projects/team%2Fproj/merge_requests") == []
    runner.get("/projects/no%2Fwhere/merge_requests", 404)


def test_job_of_a_stranger_sees_nothing(world: World) -> None:
    """Membership still counts."""
    stranger = new_person(world.root, "stan")
    runner = job(world, stranger.name, world.project["id"])
    runner.get(f"{world.path}/merge_requests", 404)
    made = world.client.post("/simulator/jobs", json={"project": 999, "username": "stan"})
    assert made.status_code == 404


def test_scope_says_whose_jobs_come_in(world: World) -> None:
    """Projects, groups, or all; each is listed and can be taken off again."""
    other = world.root.post("/projects", name="Other", namespace_id=world.group["id"])
    path = f"/projects/{other['id']}/job_token_scope"
    token = job_tokens.create(
        world.sim,
        world.sim.state.users[world.olga.id],
        world.sim.state.projects[world.project["id"]],
    ).value
    world.root.post(f"/projects/{other['id']}/members", user_id=world.olga.id, access_level=30)
    read = f"/projects/{other['id']}/merge_requests"
    nobody = world.people["nobody"]

    def allowed(status: int) -> None:
        nobody.call("GET", read, status, headers={"JOB-TOKEN": token})

    allowed(403)
    world.root.post(f"{path}/allowlist", target_project_id=world.project["id"])
    world.root.post(f"{path}/allowlist", 400, target_project_id=world.project["id"])
    allowed(200)
    assert [p["path"] for p in world.root.get(f"{path}/allowlist")] == ["other", "proj"]
    world.root.delete(f"{path}/allowlist/{world.project['id']}")
    world.root.delete(f"{path}/allowlist/{world.project['id']}", 404)
    allowed(403)
    world.root.post(f"{path}/groups_allowlist", target_group_id=world.group["id"])
    world.root.post(f"{path}/groups_allowlist", 400, target_group_id=world.group["id"])
    assert [g["path"] for g in world.root.get(f"{path}/groups_allowlist")] == ["team"]
    allowed(200)
    world.root.delete(f"{path}/groups_allowlist/{world.group['id']}")
    world.root.call("PATCH", path, 204, json={"enabled": False})
    assert world.root.get(path)["inbound_enabled"] is True
    allowed(403)
    world.root.put("/application/settings", enforce_ci_inbound_job_token_scope_enabled=False)
    assert world.root.get(path)["inbound_enabled"] is False
    allowed(200)


def test_hidden_variable_is_told_never(world: World) -> None:
    """Neither when it is made nor later; administrators see the deploy tokens of all places."""
    path = f"{world.path}/variables"
    made = world.mia.post(path, key="K", value="secret-value", masked_and_hidden=True)
    assert (made["value"], made["hidden"], made["masked"]) == (None, True, True)
    assert world.mia.get(f"{path}/K")["value"] is None
    assert world.mia.put(f"{path}/K", value="another-value")["value"] is None
    world.mia.post(f"{world.path}/deploy_tokens", name="t", scopes=["read_repository"])
    assert [entry["name"] for entry in world.root.get("/deploy_tokens")] == ["t"]
    world.mia.get("/deploy_tokens", 403)
