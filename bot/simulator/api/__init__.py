"""The REST v4 endpoints, one module per page of GitLab's API documentation or two."""

from bot.simulator.api import (
    activity,
    boards,
    hooks,
    instance,
    issues,
    labels,
    links,
    members,
    merge_requests,
    milestones,
    notes,
    pipelines,
    places,
    releases,
    repository,
    repository_reads,
    sharing,
    users,
)

API_ROUTES = (
    *instance.ROUTES,
    *users.ROUTES,
    *places.ROUTES,
    *members.ROUTES,
    *labels.ROUTES,
    *milestones.ROUTES,
    *issues.ROUTES,
    *links.ROUTES,
    *notes.ROUTES,
    *activity.ROUTES,
    *hooks.ROUTES,
    *boards.ROUTES,
    *repository.ROUTES,
    *releases.ROUTES,
    *merge_requests.ROUTES,
    *pipelines.ROUTES,
    *repository_reads.ROUTES,
    *sharing.ROUTES,
)

OUTSIDE_ROUTES = instance.OUTSIDE_ROUTES
