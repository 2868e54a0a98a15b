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
    "ci_display_pipeline_variables": False,
    "ci_forward_deployment_enabled": True,
    "ci_forward_deployment_rollback_allowed": True,
    "ci_id_token_sub_claim_components": ["project_path", "ref_type", "ref"],
    "ci_pipeline_variables_minimum_override_role": "developer",
    "ci_push_repository_for_job_token_allowed": False,
    "ci_separated_caches": True,
    "emails_disabled": False,
    "emails_enabled": True,
    "enforce_auth_checks_on_uploads": True,
    "issue_branch_template": None,
    "keep_latest_artifact": True,
    "max_artifacts_size": None,
    "merge_commit_template": None,
    "merge_request_title_regex": None,
    "merge_request_title_regex_description": None,
    "mr_default_title_template": None,
    "protect_merge_request_pipelines": True,
    "public_jobs": True,
    "restrict_user_defined_variables": True,
    "service_desk_enabled": False,
    "show_default_award_emojis": True,
    "show_diff_preview_in_email": True,
    "squash_commit_template": None,
    "suggestion_commit_message": None,
    "warn_about_potentially_unwanted_characters": True,
    "web_based_commit_signing_enabled": False,
    "repository_object_format": "sha1",
    "repository_storage": "default",
    "resource_group_default_process_mode": "unordered",
}

PREMIUM_PROJECT_SETTINGS: dict[str, Any] = {
    "approvals_before_merge": 0,
    "auto_duo_code_review_enabled": False,
    "allow_pipeline_trigger_approve_deployment": False,
    "ci_restrict_pipeline_cancellation_role": "developer",
    "duo_foundational_flows_enabled": True,
    "duo_remote_flows_enabled": True,
    "duo_sast_fp_detection_enabled": False,
    "duo_sast_vr_workflow_enabled": False,
    "external_authorization_classification_label": "",
    "issues_template": None,
    "max_pipelines_per_merge_train": None,
    "merge_pipelines_enabled": False,
    "merge_requests_template": None,
    "merge_trains_enabled": False,
    "merge_trains_skip_train_allowed": False,
    "mirror": False,
    "mirror_overwrites_diverged_branches": False,
    "mirror_trigger_builds": False,
    "mirror_user_id": None,
    "only_mirror_protected_branches": False,
    "reviewer_assignment_strategy": "disabled",
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
    "allow_personal_snippets": True,
    "enabled_git_access_protocol": "all",
    "step_up_auth_required_oauth_provider": None,
    "web_based_commit_signing_enabled": False,
    "prevent_sharing_groups_outside_hierarchy": False,
    "repository_storage": "default",
}

PREMIUM_GROUP_SETTINGS: dict[str, Any] = {
    "ai_audit_events_storage_enabled": False,
    "allow_merge_on_skipped_pipeline": False,
    "allowed_email_domains_list": None,
    "built_in_project_templates_enabled": True,
    "duo_availability": "default_on",
    "duo_features_enabled": True,
    "experiment_features_enabled": False,
    "extra_shared_runners_minutes_limit": None,
    "file_template_project_id": None,
    "ip_restriction_ranges": None,
    "lock_ai_audit_events_storage_enabled": False,
    "lock_built_in_project_templates_enabled": False,
    "lock_duo_features_enabled": False,
    "membership_lock": False,
    "only_allow_merge_if_all_discussions_are_resolved": False,
    "only_allow_merge_if_pipeline_succeeds": False,
    "prevent_forking_outside_group": False,
    "shared_runners_minutes_limit": None,
    "wiki_access_level": "enabled",
}

_ACCESS = ("disabled", "private", "enabled", "public")
CHOICES: dict[str, tuple[str, ...]] = {
    "merge_method": ("merge", "rebase_merge", "ff"),
    "squash_option": ("never", "always", "default_on", "default_off"),
    "project_creation_level": ("noone", "owner", "maintainer", "developer", "administrator"),
    "subgroup_creation_level": ("owner", "maintainer"),
    "shared_runners_setting": (
        *("enabled", "disabled_and_overridable", "disabled_and_unoverridable"),
        "disabled_with_override",
    ),
    "wiki_access_level": _ACCESS,
    "build_git_strategy": ("fetch", "clone"),
    "auto_cancel_pending_pipelines": ("disabled", "enabled"),
    "auto_devops_deploy_strategy": ("continuous", "manual", "timed_incremental"),
    "repository_object_format": ("sha1", "sha256"),
    "resource_group_default_process_mode": (
        *("unordered", "oldest_first", "newest_first", "newest_ready_first"),
    ),
    "ci_restrict_pipeline_cancellation_role": ("developer", "maintainer", "no_one"),
    "ci_pipeline_variables_minimum_override_role": (
        *("owner", "maintainer", "developer", "no_one_allowed"),
    ),
    "reviewer_assignment_strategy": ("disabled", "code_owners", "dap_powered"),
    "enabled_git_access_protocol": ("ssh", "http", "all"),
    "duo_availability": ("default_on", "default_off", "never_on"),
    "default_branch_protection": ("0", "1", "2", "3", "4"),
} | {f"{name}_access_level": _ACCESS for name in ACCESS_LEVELS}
"""The words a setting may have."""

SWITCHES = ("allow_merge_on_skipped_pipeline", "auto_devops_enabled", "mentions_disabled")
"""What is on or off though its default is null."""

NUMBERS = (
    *("ci_delete_pipelines_in_seconds", "max_artifacts_size", "max_pipelines_per_merge_train"),
    *("mirror_user_id", "extra_shared_runners_minutes_limit", "file_template_project_id"),
    *("shared_runners_minutes_limit", "default_branch_protection"),
)
"""What is a number though its default is null, or a choice among numbers."""

OLD_FEATURE_NAMES = {"builds": "jobs", "package_registry": "packages"}
"""What goes before `_enabled` in the old spelling of a feature, where it differs."""

OTHER_NAMES = {"public_builds": "public_jobs"}
"""Old names that are taken, and never shown."""

OPPOSITES = {"emails_enabled": "emails_disabled", "emails_disabled": "emails_enabled"}
"""Two names of one switch."""

MANAGERS_ONLY = (
    *("ci_default_git_depth", "ci_forward_deployment_enabled", "ci_job_token_scope_enabled"),
    *("ci_separated_caches", "ci_allow_fork_pipelines_to_run_in_parent_project"),
    *("build_git_strategy", "keep_latest_artifact", "restrict_user_defined_variables"),
    *("runner_token_expiration_interval", "group_runners_enabled"),
    *("auto_cancel_pending_pipelines", "build_timeout", "auto_devops_enabled"),
    *("auto_devops_deploy_strategy", "runners_token", "import_error"),
    *("ci_forward_deployment_rollback_allowed", "ci_pipeline_variables_minimum_override_role"),
    *("ci_push_repository_for_job_token_allowed",),
)
"""What of a project only those see who may change it."""

EXPIRATION_POLICY: dict[str, Any] = {
    "cadence": "1d",
    "enabled": False,
    "keep_n": 10,
    "older_than": "90d",
    "name_regex": None,
    "name_regex_delete": None,
    "name_regex_keep": None,
}
"""How long images in a container registry stay."""

EXPIRATION_CHOICES = {
    "cadence": ("1d", "7d", "14d", "1month", "3month"),
    "keep_n": ("1", "5", "10", "25", "50", "100"),
    "older_than": ("7d", "14d", "30d", "60d", "90d"),
}

_BY_MAINTAINERS = [{"access_level": 40}]
_BY_DEVELOPERS = [{"access_level": 30}]
BRANCH_PROTECTIONS: tuple[dict[str, Any], ...] = tuple(
    {
        "allowed_to_push": push,
        "allow_force_push": force,
        "allowed_to_merge": merge,
        "developer_can_initial_push": initial,
    }
    for push, force, merge, initial in (
        (_BY_DEVELOPERS, True, _BY_DEVELOPERS, False),
        (_BY_DEVELOPERS, False, _BY_DEVELOPERS, False),
        (_BY_MAINTAINERS, False, _BY_MAINTAINERS, False),
        (_BY_MAINTAINERS, False, _BY_DEVELOPERS, False),
        (_BY_MAINTAINERS, False, _BY_MAINTAINERS, True),
    )
)
"""What each `default_branch_protection` of a group, 0 to 4, stands for."""
