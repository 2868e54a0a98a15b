"""The REST v4 endpoints, one module per page of GitLab's API documentation or two."""

from bot.simulator.api import (
    activity,
    hooks,
    issues,
    labels,
    links,
    members,
    milestones,
    notes,
    places,
    users,
)

API_ROUTES = (
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
)
