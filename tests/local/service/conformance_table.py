"""The facts on record, the unknowns and their settings, each with the tests that hold it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One fact on record, and the tests that hold it."""

    id: str
    says: str
    tests: tuple[str, ...]


def fact(section: str, says: str, *tests: str) -> Fact:
    return Fact(section, says, tests)


FACTS = (
    fact(
        "0.1",
        "PasswordHashingAlgorithm is echoed in every answer; eligible pools have the column",
        "a_password_hash_confirms_its_user_and_a_bad_one_fails_its_row",
        "a_pool_may_not_be_eligible_for_password_hashes",
    ),
    fact(
        "1.1, 1.2",
        "the header: the pool's schema in its order, without sub; custom columns before the two "
        "cognito: ones",
        "the_header_follows_the_schema_with_custom_columns_before_the_cognito_columns",
        "the_answer_to_the_guides_request_has_the_same_shape",
    ),
    fact(
        "1.3",
        "columns in any order, all present; an unknown one fails the job",
        "columns_may_come_in_any_order",
        "an_unreadable_file_fails_the_job_and_imports_no_user",
    ),
    fact(
        "1.4",
        "username, required attributes and an auto-verified attribute that is true and there",
        "each_row_is_validated_by_the_rules_of_the_pool",
        "a_row_needs_the_phone_number_when_only_that_is_verified",
        "a_row_needs_one_of_email_and_phone_number_when_both_are_verified",
    ),
    fact(
        "1.4, 4",
        "a pool without auto-verified attribute starts no job",
        "a_pool_without_auto_verified_attribute_does_not_import",
    ),
    fact(
        "1.5",
        r"no quotes, `\,` for a comma, white space trimmed, UTF-8 without byte order mark",
        "imported_users_are_users_of_the_pool",
        "each_row_is_validated_by_the_rules_of_the_pool",
        "an_unreadable_file_fails_the_job_and_imports_no_user",
    ),
    fact(
        "1.5",
        "LF and CRLF both end lines",
        "the_log_begins_with_two_test_lines_and_counts_lines_of_the_file",
    ),
    fact(
        "1.6",
        "the formats of booleans, birthdate, updated_at, phone numbers and usernames",
        "each_row_is_validated_by_the_rules_of_the_pool",
        "imported_users_are_users_of_the_pool",
    ),
    fact(
        "0.2, 1.6",
        "cognito:mfa_enabled is blank or what the pool demands",
        "mfa_enabled_is_blank_or_matches_the_pools_mfa_configuration",
    ),
    fact("1.7", "16,000 characters a row", "a_row_has_at_most_16000_characters"),
    fact(
        "1.7",
        "500,000 users a file",
        "a_file_with_more_users_than_allowed_fails_before_any_user_is_created",
        "the_limits_and_times_on_record_are_the_defaults",
    ),
    fact(
        "1.7",
        "100 MB a file",
        "a_file_above_the_limit_is_refused",
        "a_file_above_the_limit_may_fail_the_job_instead_of_the_upload",
        "the_limits_and_times_on_record_are_the_defaults",
    ),
    fact(
        "1.8",
        "pools that sign in by e-mail or phone take it as username; pools with the e-mail alias "
        "take no username that looks like an e-mail address",
        "a_pool_that_signs_in_by_email_takes_the_email_as_username",
        "a_pool_that_signs_in_by_phone_takes_the_number_as_username",
        "a_verified_alias_of_another_user_fails_the_row",
    ),
    fact(
        "1.9",
        "an existing user is skipped and not changed; a rerun ends Failed",
        "users_who_exist_are_skipped_and_a_second_run_ends_failed",
        "each_row_is_validated_by_the_rules_of_the_pool",
        "a_pool_can_be_case_insensitive",
    ),
    fact(
        "1.10",
        "users get a new sub, are enabled, and their attributes can be read",
        "imported_users_are_users_of_the_pool",
    ),
    fact(
        "0.3, 1.11",
        "RESET_REQUIRED; CONFIRMED with a hash or in a passwordless pool",
        "imported_users_are_users_of_the_pool",
        "a_password_hash_confirms_its_user_and_a_bad_one_fails_its_row",
        "a_user_of_a_passwordless_pool_is_confirmed",
    ),
    fact(
        "1.11",
        "who has no password is told to reset it, unless the app hides who exists; then "
        "ForgotPassword and ConfirmForgotPassword",
        "a_user_without_a_hash_gets_reset_required_unless_the_app_hides_user_existence",
        "srp_tells_a_user_without_a_password_to_reset_it_unless_the_app_hides_user_existence",
        "a_user_who_has_reset_the_password_signs_in",
    ),
    fact(
        "1.12",
        "the forms and caps of the four algorithms",
        "a_password_hash_has_its_form_and_is_not_above_the_caps",
    ),
    fact(
        "1.12",
        "a bad hash fails its row; an algorithm without column fails the job",
        "a_password_hash_confirms_its_user_and_a_bad_one_fails_its_row",
        "an_algorithm_without_the_password_hash_column_fails_the_job",
    ),
    fact(
        "1.12",
        "who has a hash signs in with USER_PASSWORD_AUTH and ADMIN_USER_PASSWORD_AUTH",
        "a_user_with_a_hash_signs_in_with_the_right_password_and_no_other",
    ),
    fact(
        "1.13, 1.14",
        "log group, log stream, two test lines, a line a row by physical line number",
        "the_log_begins_with_two_test_lines_and_counts_lines_of_the_file",
        "users_who_exist_are_skipped_and_a_second_run_ends_failed",
    ),
    fact(
        "1.15",
        "a role that is lost and an unreadable file fail the whole job",
        "a_logs_role_that_vanishes_after_start_fails_the_job",
        "a_logs_role_that_is_deleted_midway_fails_the_job",
        "an_unreadable_file_fails_the_job_and_imports_no_user",
    ),
    fact(
        "2.1",
        "members, types, patterns and enumerations of all answers: every answer that the tests "
        "get is held against the model",
        "the_answer_to_the_guides_request_has_the_same_shape",
        "a_new_job_has_the_members_of_the_service_model_and_no_others",
        "an_answer_that_violates_the_service_model_is_reported",
    ),
    fact(
        "2.1",
        "ids, tokens; names need not be unique; newest first",
        "ids_tokens_and_upload_urls_look_like_those_of_cognito",
        "a_pool_keeps_no_more_jobs_than_its_quota",
        "jobs_are_listed_last_created_first_and_in_pages",
    ),
    fact(
        "2.2",
        "Created, Pending, InProgress, Succeeded; StartDate is rewritten",
        "a_job_passes_through_pending_and_in_progress_and_rewrites_its_start_date",
    ),
    fact(
        "2.2",
        "Stopping, Stopped; not to be started again; imported users stay",
        "a_stopped_job_keeps_its_users_and_does_not_start_again",
        "a_job_that_stops_slowly_has_the_status_stopping",
    ),
    fact(
        "2.2",
        "Expired after 24 hours, without StartDate",
        "an_unstarted_job_expires_when_the_clock_passes_24_hours",
        "an_unstarted_job_expires",
    ),
    fact(
        "2.3",
        "the four completion messages; Failed keeps the imported users",
        "imported_users_are_users_of_the_pool",
        "too_many_bad_rows_end_the_job_failed_and_keep_the_imported_users",
        "a_stopped_job_keeps_its_users_and_does_not_start_again",
        "an_unstarted_job_expires",
    ),
    fact(
        "2.4",
        "the upload URL: PUT, the signed header, 15 minutes; S3's answers to all else",
        "an_upload_without_the_signed_header_is_refused",
        "an_upload_url_is_for_put_and_for_its_own_job_only",
        "an_upload_url_is_valid_for_its_stated_lifetime",
        "an_upload_needs_a_content_length_and_no_chunks",
        "ids_tokens_and_upload_urls_look_like_those_of_cognito",
    ),
    fact("2.5", "one active job an account", "only_one_job_is_active_in_an_account"),
    fact(
        "2.5",
        "1,000 jobs a pool",
        "a_pool_keeps_no_more_jobs_than_its_quota",
        "the_limits_and_times_on_record_are_the_defaults",
    ),
    fact(
        "2.5",
        "20 reads and 15 updates a second, 5 of an operation for a pool",
        "a_pool_takes_five_calls_of_an_operation_a_second",
        "the_quotas_of_an_account_are_20_reads_and_15_updates_a_second",
    ),
    fact(
        "2.5",
        "UserImportInProgressException for UpdateUserPool, AddCustomAttributes and "
        "DeleteUserPool, in CloudFormation too",
        "a_pool_cannot_be_changed_while_it_imports",
        "cloudformation_cannot_delete_a_pool_while_it_imports",
    ),
    fact(
        "3.1",
        "the logs role: its trust policy and its four permissions",
        "a_logs_role_without_a_permission_is_refused",
        "a_logs_role_that_cognito_cannot_assume_is_refused",
    ),
    fact(
        "3.3",
        "the caller's permissions, by pool, and iam:PassRole with or without iam:PassedToService",
        "a_caller_without_permission_is_denied",
        "a_permission_applies_only_to_its_pool",
        "creating_a_job_needs_the_right_to_pass_the_role",
        "a_setting_decides_whether_passing_the_logs_role_sends_the_passed_service",
        "an_assumed_role_has_the_rights_of_the_role_and_no_others",
    ),
    fact(
        "4",
        "Start without upload: PreconditionNotMetException and its message",
        "a_job_without_an_upload_does_not_start",
    ),
    fact(
        "4",
        "ResourceNotFoundException, InvalidParameterException, and no error that is not modelled",
        "unknown_pools_and_jobs_are_not_found",
        "a_job_name_outside_the_model_is_refused",
        "an_answer_that_violates_the_service_model_is_reported",
    ),
    fact(
        "1.12",
        "SRP works from the first sign-in with the password on",
        "srp_fails_like_a_wrong_password_until_a_hash_has_been_used",
    ),
    fact(
        "operations",
        "AdminSetUserPassword: a permanent password confirms its user; the policy and the form of "
        "passwords",
        "a_permanent_password_confirms_its_user",
        "a_password_that_does_not_meet_the_policy_is_refused",
        "a_password_with_white_space_at_an_end_is_refused",
        "a_space_within_a_password_is_a_symbol",
        "a_password_has_at_most_256_characters",
    ),
    fact(
        "operations",
        "ListUsers: the filter, cognito:user_status among its attributes; pages; AttributesToGet; "
        "dates within those of the job",
        "users_are_listed_by_one_attribute",
        "a_list_of_users_with_an_invalid_parameter_is_refused",
        "a_list_of_users_has_pages_of_60_and_the_attributes_asked_for",
        "users_have_dates_within_those_of_their_job",
    ),
    fact(
        "operations",
        "the rights of calls on users, by pool",
        "a_right_to_a_call_on_users_applies_only_to_its_pool",
    ),
    fact(
        "sign-in",
        "the flows of an app client, and its secret hash",
        "an_app_client_allows_its_own_flows_and_no_others",
        "a_client_without_the_flow_refreshes_no_tokens",
        "a_client_with_a_secret_needs_its_hash",
    ),
    fact(
        "sign-in",
        "USER_AUTH with a password and with SRP",
        "choice_based_sign_in_offers_the_password_and_srp",
        "choice_based_sign_in_with_the_password",
        "choice_based_sign_in_with_srp",
        "choice_based_sign_in_refuses_a_wrong_password_and_a_wrong_session",
    ),
    fact(
        "sign-in",
        "MFA_SETUP and SMS_MFA where a pool requires a second factor",
        "a_user_without_a_factor_gets_no_tokens_where_mfa_is_required",
        "a_user_gets_tokens_after_a_factor_was_set_up",
        "a_user_with_a_phone_number_is_asked_for_the_code_of_a_text_message",
    ),
    fact(
        "sign-in",
        "pre and post authentication triggers",
        "a_sign_in_invokes_the_trigger_before_and_the_one_after",
        "a_trigger_before_a_sign_in_can_refuse_it_whatever_the_password",
        "refreshing_tokens_invokes_no_trigger",
    ),
    fact(
        "secrets",
        "GetSecretValue needs the right to the secret, and kms:Decrypt where it has a key",
        "a_secret_without_a_key_needs_the_right_to_read_it",
        "a_secret_with_a_key_needs_the_right_to_decrypt_with_it",
        "a_right_can_be_limited_to_one_version_of_a_secret",
    ),
    fact(
        "clients",
        "the plain AWS CLI runs an import from end to end",
        "the_aws_cli_runs_an_import_from_end_to_end",
    ),
    fact(
        "stacks",
        "what an update removes or replaces, and what a failed one made, is deleted in the "
        "clean-up: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, "
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "removed_and_replaced_resources_are_deleted_in_the_clean_up",
        "what_a_failed_update_made_is_deleted_in_the_clean_up_of_the_rollback",
    ),
    fact(
        "stacks",
        "a custom resource whose Create failed or was not answered is deleted, with the id of its "
        "answer or a made-up one",
        "a_resource_whose_create_failed_is_deleted_with_its_id",
        "a_create_that_is_not_answered_within_its_service_timeout_is_deleted",
        "the_deletion_of_a_failed_stack_deletes_what_failed",
    ),
    fact(
        "stacks",
        "a stack in CREATE_FAILED or UPDATE_FAILED is updated from where it failed, without "
        "rollback only; RollbackStack goes back to the last stable state",
        "a_stack_that_failed_without_rollback_is_updated_from_where_it_failed",
        "a_failed_stack_is_updated_with_the_same_template_as_often_as_it_fails",
    ),
    fact(
        "stacks",
        "custom resources that form a chain are updated in order with fresh attributes, and get "
        "the old ones in a rollback",
        "a_chain_of_resources_is_updated_in_order_with_fresh_attributes_and_goes_back",
    ),
    fact(
        "executions",
        "an execution of one name and input is started once; another input, or one that is closed, "
        "is ExecutionAlreadyExists",
        "an_execution_is_started_once_by_its_name_and_input",
    ),
    fact(
        "executions",
        "a Task starts executions with the role of its state machine, of an encrypted one and of "
        "itself too",
        "an_encrypted_machine_starts_an_execution_of_itself",
        "a_task_starts_no_execution_without_the_right",
        "a_task_that_starts_an_execution_of_a_taken_name_fails_by_its_documented_name",
    ),
    fact(
        "events",
        "PutEvents needs the right to the bus, and can succeed with failed entries; rules deliver "
        "events of one's own",
        "a_rule_delivers_events_of_a_source_of_ones_own",
        "putting_events_needs_the_right_to_the_bus",
        "an_event_with_a_source_of_aws_is_a_failed_entry",
        "events_are_refused_on_request_in_a_call_that_succeeds",
    ),
    fact(
        "logs",
        "FilterLogEvents finds a phrase in double quotes; functions log in text or JSON, with the "
        "fields of their records",
        "a_phrase_in_double_quotes_filters_log_events",
        "the_log_of_a_function_has_its_messages_of_level_info_and_above",
        "the_log_of_a_function_in_json_has_the_attributes_of_each_record_as_fields",
        "a_printed_line_is_a_log_event_as_it_is",
    ),
)


# Settings that hold what is not on record, or is only on record with a number.
UNKNOWNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "seconds_pending": (
        "2.2",
        ("a_job_passes_through_pending_and_in_progress_and_rewrites_its_start_date",),
    ),
    "seconds_in_progress": (
        "2.6",
        ("a_job_passes_through_pending_and_in_progress_and_rewrites_its_start_date",),
    ),
    "rows_per_second": ("2.6, U10", ("a_stopped_job_keeps_its_users_and_does_not_start_again",)),
    "stop_created_job": ("2.2", ("a_job_that_was_not_started_is_stopped_or_not",)),
    "stop_answers_within": ("2.2", ("a_job_that_stops_slowly_has_the_status_stopping",)),
    "seconds_stopping": ("2.2", ("a_job_that_stops_slowly_has_the_status_stopping",)),
    "one_job_scope": ("2.5, C7", ("a_setting_lets_two_pools_import_at_once",)),
    "alias_clash": ("1.8, U7", ("a_setting_decides_the_outcome_of_an_alias_conflict",)),
    "too_many_share": ("2.3, U2", ("the_share_of_failed_rows_that_fails_a_job_is_a_setting",)),
    "fail_if_none_imported": ("2.3, U3", ("a_rerun_that_skips_all_users_can_succeed",)),
    "missing_columns": (
        "1.3, C1, U4",
        ("a_setting_accepts_missing_columns",),
    ),
    "log_delay_seconds": ("1.13", ("a_setting_delays_the_log",)),
    "role_propagation_seconds": (
        "3.4, U9",
        ("a_setting_delays_the_effect_of_a_new_logs_role",),
    ),
    "iam_propagation_seconds": (
        "3.4",
        (
            "an_added_right_and_a_removed_right_are_effective_after_a_delay",
            "a_managed_policy_is_effective_after_a_while",
            "a_role_that_is_deleted_keeps_its_rights_for_a_while_and_a_new_one_has_none",
            "a_trust_policy_is_effective_after_a_while_but_not_for_the_root",
            "a_change_of_the_logs_role_is_effective_after_a_while",
        ),
    ),
    "logs_role_fault": ("3.4", ("an_unusable_logs_role_can_fail_the_job_after_start",)),
    "sends_source_keys": (
        "3.2, U8",
        (
            "a_trust_policy_with_the_source_works_if_cognito_sends_it",
            "a_logs_role_that_cognito_cannot_assume_is_refused",
        ),
    ),
    "sends_passed_to_service": (
        "3.3",
        ("a_setting_decides_whether_passing_the_logs_role_sends_the_passed_service",),
    ),
    "describe_url": ("U13", ("the_upload_url_of_later_answers_is_a_setting",)),
    "slot_taken": ("4", ("an_occupied_slot_can_be_reported_as_too_many_requests",)),
    "unknown_status": (
        "2.2",
        ("the_first_description_of_a_running_job_has_an_undocumented_status",),
    ),
    "list_lags": (
        "assumed",
        ("a_list_omits_jobs_created_since_the_previous_list",),
    ),
    "page_size_at_most": (
        "assumed",
        (
            "a_page_of_jobs_is_shorter_than_asked_for",
            "an_empty_page_of_log_events_can_have_a_next_page",
        ),
    ),
    "stack_status_delay_seconds": (
        "assumed",
        (
            "the_status_of_a_stack_that_rolls_back_is_delayed",
            "the_status_of_a_simulated_rollback_is_delayed",
        ),
    ),
    "deliveries": (
        "assumed",
        (
            "a_setting_gives_the_number_of_deliveries_of_a_custom_resource_request",
            "the_number_of_deliveries_applies_to_a_drivers_requests_too",
        ),
    ),
    "functions_at_once": (
        "Lambda",
        ("invocations_above_the_reserved_concurrency_are_throttled_and_run_later",),
    ),
    "history_events_at_most": (
        "executions",
        ("an_execution_fails_when_its_history_is_full",),
    ),
    "password_hash_eligible": ("0.1, C8", ("a_pool_may_not_be_eligible_for_password_hashes",)),
    "hash_without_algorithm": (
        "1.12, U12",
        ("a_hash_in_a_job_without_algorithm_is_ignored_or_fails_its_row",),
    ),
    "stored_birthdate": (
        "1.6, C5",
        ("a_setting_stores_a_birthdate_unchanged",),
    ),
    "attribute_length_unit": (
        "1.6",
        ("the_limit_of_an_attribute_counts_characters_or_bytes",),
    ),
    "oversized_upload": (
        "1.7",
        ("a_file_above_the_limit_may_fail_the_job_instead_of_the_upload",),
    ),
    "characters_per_row": ("1.7", ("a_row_has_at_most_16000_characters",)),
    "users_per_file": (
        "1.7",
        ("a_file_with_more_users_than_allowed_fails_before_any_user_is_created",),
    ),
    "bytes_per_file": ("1.7", ("a_file_above_the_limit_is_refused",)),
    "jobs_per_pool": ("2.5", ("a_pool_keeps_no_more_jobs_than_its_quota",)),
    "upload_url_seconds": ("2.4", ("an_upload_url_expires",)),
    "rate_quotas": ("2.5", ("a_pool_takes_five_calls_of_an_operation_a_second",)),
    "hours_until_expired": ("2.2", ("an_unstarted_job_expires",)),
    "create_users_at_most": (
        "2.6",
        ("every_row_is_counted_when_only_the_first_users_are_kept",),
    ),
    "texts": ("U1", ("unknown_settings_are_refused",)),
    "set_passwords_per_second": (
        "operations",
        (
            "calls_on_users_above_their_rate_are_throttled",
            "the_calls_of_the_accounts_root_are_not_throttled",
        ),
    ),
    "list_users_per_second": ("operations", ("calls_on_users_above_their_rate_are_throttled",)),
    "sign_ins_per_second": (
        "operations",
        (
            "calls_on_users_above_their_rate_are_throttled",
            "the_answers_to_challenges_have_three_times_the_rate_of_sign_ins",
        ),
    ),
    "users_listed_after_seconds": (
        "operations",
        ("a_new_user_is_listed_after_a_delay_but_at_once_for_the_root",),
    ),
    "pbkdf2_base64": (
        "1.12",
        (
            "a_hash_in_another_base64_alphabet_is_imported_and_signs_nobody_in",
            "a_hash_without_the_ambiguous_character_is_read_in_every_alphabet",
        ),
    ),
    "hash_bytes_at_most": (
        "1.12",
        ("a_hash_that_is_too_long_and_a_salt_that_is_too_short_can_fail_the_row",),
    ),
    "salt_bytes_at_least": (
        "1.12",
        ("a_hash_that_is_too_long_and_a_salt_that_is_too_short_can_fail_the_row",),
    ),
    "hash_sign_in": (
        "1.12",
        (
            "choice_based_sign_in_with_a_hash_can_need_a_sign_in_with_the_password_before",
            "managed_login_with_a_hash_can_need_a_sign_in_with_the_password_before",
        ),
    ),
    "mfa_at_first_sign_in": (
        "sign-in",
        ("the_first_sign_in_can_give_tokens_though_mfa_is_required",),
    ),
    "clients_per_pool": ("operations", ("a_pool_has_a_limited_number_of_app_clients",)),
}


# What is unknown and has no setting: one reading was taken, and why.
READINGS = (
    ("1.5, U5", "A backslash before anything but a comma is itself; a quote is a character."),
    ("1.5, U6", "A byte order mark makes the first column unknown, which fails the job."),
    ("1.9, U7", "The second of two rows with one username is skipped, as if the user existed."),
    ("1.10, U11", "Lambda triggers of the pool do not run for imported users."),
    ("1.12, U12", "password_hash is the last column of the header."),
    ("1.12, U5", r"ARGON2ID hashes have their commas written `\,`, as the dialect demands."),
    ("1.2", "Developer-only attributes (dev:custom:) are in the header as the schema has them."),
    ("2.3, U2", "A job is judged at its end: it goes through all rows first."),
    ("2.5", "Calls are metered in a sliding second; one that is refused does not count."),
    ("operations", "A call that the caller has no right to does not count for a rate."),
    (
        "sign-in",
        "The pre authentication trigger runs in InitiateAuth, before the parameters are checked.",
    ),
    ("sign-in", "USER_AUTH offers its choice for a user who does not exist too."),
    ("1.11", "SRP says that a password must be reset in the answer to the proof."),
)
