"""The product whose releases start launches."""

from tests.scenarios.play import Play


def begin(play: Play) -> None:
    """It has a commit to tag, and tells the bot of tags and releases."""
    project = play.world.projects["product"]
    file = {"branch": "main", "content": "1", "commit_message": "Begin"}
    play.people["bob"].client.post(f"/projects/{project}/repository/files/a", file)
    (hook,) = play.admin.list(f"/projects/{project}/hooks")
    events = {"url": hook["url"], "tag_push_events": True, "releases_events": True}
    play.admin.put(f"/projects/{project}/hooks/{hook['id']}", events)
    play.resync()


def told(play: Play) -> list[str]:
    """What the comments on its commit say."""
    project = play.world.projects["product"]
    comments = play.admin.list(f"/projects/{project}/repository/commits/main/comments")
    return [raw["note"].partition("\n\n<!--")[0] for raw in comments]
