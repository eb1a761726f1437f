"""The probes, in the order in which they run."""

from __future__ import annotations

from . import jobs, objects, roles, rows
from .probe import Probe

PROBES: tuple[Probe, ...] = (
    jobs.pool_ids,
    # The first job also waits until the stack's roles are usable.
    jobs.first_job,
    jobs.import_again,
    jobs.rights_of_one_log_group,
    jobs.job_that_is_not_started,
    jobs.missing_pool_and_job,
    jobs.slot_taken,
    jobs.stop_a_job,
    rows.doubtful_values,
    rows.escapes,
    rows.username_twice,
    rows.alias_twice,
    rows.pools_of_other_kinds,
    roles.passed_to_service,
    roles.source_keys,
    roles.unusable_logs_roles,
    roles.policies_in_force,
    roles.new_logs_role,
    roles.arn_of_the_caller,
    roles.external_id,
    roles.missing_role,
    objects.missing_objects,
    jobs.deleted_log_group,
)

__all__ = ["PROBES", "Probe"]
