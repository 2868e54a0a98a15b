"""What a project shows to whom, who may change what of it, and how forks come about.

GitLab's specification of its projects API, spec/requests/api/projects_spec.rb
"""

from tests.simulator.conftest import World, new_person


def test_project_shows_each_viewer_what_is_theirs(world: World) -> None:
    """Where the repository lies is for administrators, settings of pipelines for Maintainers."""
    secret = {"ci_pipeline_variables_minimum_override_role", "import_error", "build_timeout"}
    assert secret <= set(world.mia.get(world.path))
    assert not secret & set(world.dora.get(world.path))
    assert "repository_storage" in world.root.get(world.path)
    assert "repository_storage" not in world.olga.get(world.path)
    assert world.mia.get(world.path)["permissions"]["project_access"]["access_level"] == 40
    assert "permissions" not in world.mia.put(world.path, description="x")


def test_what_is_off_is_not_shown(world: World) -> None:
    """Neither the link to issues and their number, nor the branch of a hidden repository."""
    world.open()
    world.mia.put(world.path, issues_access_level="disabled", repository_access_level="private")
    shown = world.nora.get(world.path)
    assert not {"open_issues_count", "default_branch", "ci_config_path"} & set(shown)
    assert "issues" not in shown["_links"]
    assert "merge_requests" in shown["_links"]
    assert world.dora.get(world.path)["default_branch"] == "main"


def test_maintainers_do_not_change_what_is_for_owners(world: World) -> None:
    """Visibility, the removal of pipelines, the role Owner; nor what is for administrators."""
    world.mia.put(world.path, 403, visibility="private")
    world.mia.put(world.path, 403, ci_delete_pipelines_in_seconds=86400)
    role = "ci_pipeline_variables_minimum_override_role"
    said = world.mia.put(world.path, 400, **{role: "owner"})
    assert said["message"] == f"Changing the {role} to the owner role is not allowed"
    assert world.olga.put(world.path, **{role: "owner"})[role] == "owner"
    assert world.olga.put(world.path, max_artifacts_size=5)["max_artifacts_size"] is None
    assert world.root.put(world.path, max_artifacts_size=5)["max_artifacts_size"] == 5
    shown = world.olga.put(world.path, name="New", repository_object_format="sha256")
    assert shown["repository_object_format"] == "sha1"


def test_fork_is_scheduled_and_then_finished(world: World) -> None:
    """What is taken is told as a list; forks can be switched off; a hidden source stays hidden."""
    fork = f"{world.path}/fork"
    made = world.rita.post(fork, path="mine", name="Mine")
    assert made["import_status"] == "scheduled"
    assert world.rita.get(f"/projects/{made['id']}")["import_status"] == "finished"
    world.rita.post(f"/projects/{made['id']}/members", user_id=world.nora.id, access_level=30)
    assert "forked_from_project" not in world.nora.get(f"/projects/{made['id']}")
    said = world.rita.post(fork, 409, path="mine", name="Other")
    assert said == {"message": ["Path has already been taken"]}
    said = world.rita.post(fork, 409, path="other", name="Mine")
    named = ["Name has already been taken", "Project namespace name has already been taken"]
    assert said == {"message": named}
    group = f"/groups/{world.group['id']}/members"
    for known in ("404 Namespace Not Found", "404 Target Namespace Not Found"):
        said = world.rita.post(fork, 404, namespace=world.group["id"])
        assert said == {"message": known}
        if known.startswith("404 N"):
            world.root.post(group, user_id=world.rita.id, access_level=20)
    world.mia.put(world.path, forking_access_level="disabled")
    world.rita.post(fork, 404, path="third", name="Third")


def test_relation_of_forks_is_checked(world: World) -> None:
    """Never to itself, only by who may make projects beside; merge requests to itself in forks."""
    said = world.root.post(f"{world.path}/fork/{world.project['id']}", 400)
    assert said == {"message": "Target project cannot be equal to source project"}
    other = world.root.post("/projects", name="Other", visibility="public")
    said = world.olga.post(f"{world.path}/fork/{other['id']}", 401)
    assert said == {"message": "401 Unauthorized - Target Namespace"}
    said = world.mia.put(world.path, 400, mr_default_target_self=True)
    assert said["message"]["mr_default_target_self"]
    world.root.post(f"{world.path}/fork/{other['id']}")
    assert world.mia.put(world.path, mr_default_target_self=True)["mr_default_target_self"] is True


def test_number_of_personal_projects_is_limited(world: World) -> None:
    """Those in groups are not counted."""
    user = {"username": "lim", "name": "Lim", "email": "lim@x.test", "password": "p"}
    made = world.root.post("/users", projects_limit=1, **user)
    path = f"/users/{made['id']}/personal_access_tokens"
    token = world.root.post(path, name="t", scopes=["api"])["token"]
    headers = {"PRIVATE-TOKEN": token}
    world.nobody.call("POST", "/projects", 201, json={"name": "One"}, headers=headers)
    said = world.nobody.call("POST", "/projects", 403, json={"name": "Two"}, headers=headers)
    assert said["error"][0].startswith("You've reached your limit of 1 projects created.")


def test_visibility_is_restricted_by_the_settings(world: World) -> None:
    """For all but administrators."""
    world.root.put("/application/settings", restricted_visibility_levels=["public"])
    said = world.rita.post("/projects", 400, name="Open", visibility="public")
    reason = "public has been restricted by your GitLab administrator"
    assert said == {"message": {"visibility_level": [reason]}}
    said = world.rita.post("/groups", 400, name="Open", path="open", visibility="public")
    assert reason in said["message"]
    world.rita.post("/projects", name="Open", visibility="private")
    world.root.post("/projects", name="Open", visibility="public")


def test_project_moves_only_where_maintainers_may_put_it(world: World) -> None:
    """Which are the places that are offered."""
    other = world.root.post("/groups", name="Other", path="other")["id"]
    world.root.post(f"/groups/{other}/members", user_id=world.olga.id, access_level=30)
    said = world.olga.put(f"{world.path}/transfer", 400, namespace=other)
    assert "permission to transfer projects into that namespace" in said["message"]
    world.mia.get(f"{world.path}/transfer_locations", 403)
    assert world.olga.get(f"{world.path}/transfer_locations") == []
    world.root.put(f"/groups/{other}/members/{world.olga.id}", access_level=40)
    assert len(world.olga.get(f"{world.path}/transfer_locations")) == 1
    world.olga.put(f"{world.path}/transfer", namespace=other)


def test_share_of_an_owner_level_is_ended_by_owners(world: World) -> None:
    """A number is needed; a group above can forbid sharing."""
    guests = world.olga.post("/groups", name="Guests", path="guests")["id"]
    world.olga.post(f"{world.path}/share", group_id=guests, group_access=50)
    world.mia.delete(f"{world.path}/share/{guests}", 403)
    world.mia.delete(f"{world.path}/share/guests", 400)
    world.olga.delete(f"{world.path}/share/{guests}")
    world.olga.delete(f"{world.path}/share/{guests}", 404)
    world.root.put(f"/groups/{world.group['id']}", share_with_group_lock=True)
    said = world.olga.post(f"{world.path}/share", 400, group_id=guests, group_access=20)
    assert said == {"message": "The project sharing with group is disabled"}


def test_members_are_taken_over_from_managed_projects(world: World) -> None:
    """Bots are not, and the answer says so."""
    other = world.mia.post("/projects", name="Other")
    path = f"/projects/{other['id']}/import_project_members/{world.project['id']}"
    world.mia.post(f"/projects/{other['id']}/members", user_id=world.dora.id, access_level=40)
    assert world.dora.post(path, 403) == {"message": "403 Forbidden - Project"}
    token = {"name": "ci", "scopes": ["api"], "expires_at": "2026-04-01"}
    world.mia.post(f"{world.path}/access_tokens", **token)
    said = world.mia.post(path)
    assert (said["status"], said["total_members_count"], len(said["message"])) == ("error", 5, 1)
    assert "rita" in {m["username"] for m in world.mia.get(f"/projects/{other['id']}/members")}


def test_private_profiles_hide_stars(world: World) -> None:
    """From all but administrators and whose they are."""
    world.open()
    shy = new_person(world.root, "shy")
    world.root.put(f"/users/{shy.id}", private_profile=True)
    shy.post(f"{world.path}/star")
    assert world.rita.get(f"{world.path}/starrers") == []
    assert world.rita.get(f"/users/{shy.id}/starred_projects") == []
    assert len(world.root.get(f"/users/{shy.id}/starred_projects")) == 1
    assert len(shy.get(f"{world.path}/starrers")) == 1


def test_likeness_is_looked_for_among_own_projects(world: World) -> None:
    """Public projects of others are left out."""
    world.root.post("/projects", name="Proj of root", visibility="public")
    found = world.rita.get("/projects", search="proj", order_by="similarity")
    assert [p["name"] for p in found] == ["Proj"]
    assert len(world.rita.get("/projects", search="proj")) == 2
