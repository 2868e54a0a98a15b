"""What groups and projects can be told, with GitLab's defaults.

https://docs.gitlab.com/api/projects/ and https://docs.gitlab.com/api/groups/
docs/simulator.md says which of them have any effect.
"""

from typing import Any

PROJECT_SETTINGS: dict[str, Any] = {
    "merge_method": "merge",
    "squash_option": "default_off",
    "only_allow_merge_if_pipeline_succeeds": False,
    "allow_merge_on_skipped_pipeline": None,
    "only_allow_merge_if_all_discussions_are_resolved": False,
    "remove_source_branch_after_merge": True,
    "printing_merge_request_link_enabled": True,
    "resolve_outdated_diff_discussions": False,
    "autoclose_referenced_issues": True,
    "request_access_enabled": True,
    "lfs_enabled": True,
    "shared_runners_enabled": True,
    "group_runners_enabled": True,
    "auto_devops_enabled": False,
    "auto_devops_deploy_strategy": "continuous",
    "auto_cancel_pending_pipelines": "enabled",
    "build_git_strategy": "fetch",
    "build_timeout": 3600,
    "ci_allow_fork_pipelines_to_run_in_parent_project": True,
    "ci_config_path": None,
    "ci_default_git_depth": 20,
    "ci_delete_pipelines_in_seconds": None,
    "ci_forward_deployment_enabled": True,
    "ci_forward_deployment_rollback_allowed": True,
    "ci_pipeline_variables_minimum_override_role": "developer",
    "ci_push_repository_for_job_token_allowed": False,
    "ci_separated_caches": True,
    "container_registry_enabled": True,
    "emails_disabled": False,
    "emails_enabled": True,
    "enforce_auth_checks_on_uploads": True,
    "external_authorization_classification_label": "",
    "issue_branch_template": None,
    "issues_template": None,
    "keep_latest_artifact": True,
    "merge_commit_template": None,
    "merge_requests_template": None,
    "merge_request_title_regex": None,
    "merge_request_title_regex_description": None,
    "mr_default_target_self": False,
    "packages_enabled": True,
    "public_jobs": True,
    "restrict_user_defined_variables": True,
    "service_desk_enabled": False,
    "show_default_award_emojis": True,
    "show_diff_preview_in_email": True,
    "squash_commit_template": None,
    "suggestion_commit_message": None,
    "warn_about_potentially_unwanted_characters": True,
    "repository_object_format": "sha1",
    "repository_storage": "default",
}

PREMIUM_PROJECT_SETTINGS: dict[str, Any] = {
    "approvals_before_merge": 0,
    "allow_pipeline_trigger_approve_deployment": False,
    "ci_restrict_pipeline_cancellation_role": "developer",
    "merge_pipelines_enabled": False,
    "merge_trains_enabled": False,
    "merge_trains_skip_train_allowed": False,
    "mirror": False,
    "mirror_overwrites_diverged_branches": False,
    "mirror_trigger_builds": False,
    "only_mirror_protected_branches": False,
}

ACCESS_LEVELS = (
    *("issues", "merge_requests", "repository", "wiki", "builds", "snippets", "forking"),
    *("analytics", "container_registry", "environments", "feature_flags", "infrastructure"),
    *("model_experiments", "model_registry", "monitor", "package_registry", "pages"),
    *("releases", "requirements", "security_and_compliance"),
)
"""What of a project can be on, off, or open to its members only."""

GROUP_SETTINGS: dict[str, Any] = {
    "share_with_group_lock": False,
    "require_two_factor_authentication": False,
    "two_factor_grace_period": 48,
    "project_creation_level": "developer",
    "auto_devops_enabled": None,
    "subgroup_creation_level": "maintainer",
    "emails_disabled": False,
    "emails_enabled": True,
    "mentions_disabled": None,
    "lfs_enabled": True,
    "math_rendering_limits_enabled": True,
    "lock_math_rendering_limits_enabled": False,
    "default_branch": None,
    "default_branch_protection": 2,
    "request_access_enabled": True,
    "shared_runners_setting": "enabled",
    "show_diff_preview_in_email": True,
    "max_artifacts_size": None,
    "membership_lock": False,
    "prevent_sharing_groups_outside_hierarchy": False,
    "repository_storage": "default",
    "wiki_access_level": "enabled",
}

PREMIUM_GROUP_SETTINGS: dict[str, Any] = {
    "extra_shared_runners_minutes_limit": None,
    "file_template_project_id": None,
    "ip_restriction_ranges": None,
    "prevent_forking_outside_group": False,
    "shared_runners_minutes_limit": None,
}
