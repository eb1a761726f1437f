"""Probes of IAM: the logs role, and the rights of whoever imports."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ..bench import NotObservedError, is_allowed
from ..import_job import UNUSABLE_ROLE, code_of, user
from ..names import REGION_TAG, TAG
from ..statements import COGNITO, LOG_ACTIONS, allow, document, trust
from .probe import probe

if TYPE_CHECKING:
    from ..account import Account
    from ..bench import Bench

_LONGEST_DELAY = 120.0
"""Seconds that the library waits for a new role or policy (IAM-3)."""

_HOUR = 3600


def assumed(bench: Bench, role: str) -> Account:
    """Return the account with the rights of a role of the stack, which may be new."""
    arn = bench.outputs[role]
    found: list[Account] = []

    def is_assumed() -> bool:
        try:
            found.append(bench.account.assume(arn))
        except ClientError as error:
            if code_of(error) == "AccessDenied":
                return False
            raise
        return True

    bench.seconds_until(is_assumed)
    return found[0]


@probe("IAM-1", IAM_1="sends_passed_to_service")
def passed_to_service(bench: Bench) -> None:
    """Create a job with a right to pass the role that needs `iam:PassedToService`."""
    caller = assumed(bench, "CallerThatNeedsPassedToService")
    cognito = caller.client("cognito-idp")
    pool_id = bench.outputs["Usernames"]
    bench.seconds_until(lambda: is_allowed(cognito.get_csv_header, UserPoolId=pool_id))
    job = bench.job(caller=caller)
    code = bench.refusal("passed_to_service", job.create, job)
    if code and "Denied" not in code and code != "NotAuthorizedException":
        raise NotObservedError(code)
    bench.findings.fact("passed_to_service_sent", code is None)
    bench.findings.answer("IAM-1", f"not sent: {code}" if code else "sent")


@probe("IAM-2", IAM_2="sends_source_keys")
def source_keys(bench: Bench) -> None:
    """Run a job whose logs role asks for both keys in its trust policy, as `only_for` does."""
    job = bench.job(role="LogsRoleForOnePool")
    job.create()
    job.upload([user("source-keys")])
    refusal = bench.refusal_of_start("source_keys", job)
    is_sent = refusal is None and job.wait()["Status"] == "Succeeded"
    bench.findings.fact("source_keys_sent", is_sent)
    bench.findings.answer("IAM-2", "both are sent" if is_sent else "not both are sent")


@probe("COG-2", "IAM-11", COG_2="logs_role_fault")
def unusable_logs_roles(bench: Bench) -> None:
    """Start jobs whose logs role has a wrong trust policy, or no rights."""
    findings = bench.findings
    for role, row, name in (
        ("LogsRoleWithoutTrust", "IAM-11", "untrusted_logs_role"),
        ("LogsRoleWithoutRights", "COG-2", "logs_role"),
    ):
        job = bench.job(role=role)
        refusal = bench.refusal(f"{name}_create", job.create, job)
        if refusal is None:
            job.upload([user("role")])
            refusal = bench.refusal_of_start(f"{name}_start", job)
        if refusal:
            findings.fact(f"{name}_faults", "refuse_start")
            findings.fact(f"{name}_refusal", refusal)
            findings.answer(row, f"refused with {refusal}", as_assumed=refusal in UNUSABLE_ROLE)
            continue
        ended = job.wait()
        findings.fact(f"{name}_faults", "fail_job")
        bench.text(f"{name}_job", ended.get("CompletionMessage", ""), job)
        is_expected = ended["Status"] == "Failed" and job.counts == (0, 0, 0)
        findings.answer(
            row,
            f"the job ends {ended['Status']} with counters {' '.join(map(str, job.counts))}",
            as_assumed=is_expected,
        )


@probe("IAM-3", "IAM-7", IAM_3="iam_propagation_seconds")
def policies_in_force(bench: Bench) -> None:
    """Give a role a policy, take it away, and measure how long both take."""
    findings = bench.findings
    caller = assumed(bench, "CallerWithoutRights")
    cognito, iam = caller.client("cognito-idp"), bench.account.client("iam")
    name = bench.outputs["CallerWithoutRights"].rpartition("/")[2]
    pool_id = bench.outputs["Usernames"]
    denied = bench.refusal("denied_by_cognito", lambda: cognito.get_csv_header(UserPoolId=pool_id))
    by_s3 = bench.refusal(
        "denied_by_s3",
        lambda: caller.client("s3").head_object(Bucket=bench.outputs["Bucket"], Key="folder/none"),
    )
    by_sts = bench.refusal(
        "denied_by_sts", lambda: bench.account.assume(bench.outputs["CallerOfTheStack"])
    )
    for fact, code in (
        ("denied_by_cognito", denied),
        ("denied_by_s3", by_s3),
        ("denied_by_sts", by_sts),
    ):
        if code:
            findings.fact(fact, code)
    findings.answer(
        "IAM-7",
        f"STS: {by_sts}, Cognito: {denied}, HeadObject: {by_s3}",
        as_assumed=(by_sts, denied, by_s3) == ("AccessDenied", "AccessDeniedException", "403"),
    )

    def is_right() -> bool:
        return is_allowed(cognito.get_csv_header, UserPoolId=pool_id)

    later = document(allow(["cognito-idp:GetCSVHeader"], "*"))
    iam.put_role_policy(RoleName=name, PolicyName="later", PolicyDocument=json.dumps(later))
    try:
        granted = bench.seconds_until(is_right)
        iam.delete_role_policy(RoleName=name, PolicyName="later")
        removed = bench.seconds_until(lambda: not is_right())
    except NotObservedError as error:
        findings.answer("IAM-3", f"a policy, or its removal, is in force {error}", as_assumed=False)
        return
    findings.fact("policy_seconds", round(granted, 1))
    findings.fact("policy_removal_seconds", round(removed, 1))
    findings.answer(
        "IAM-3",
        f"a policy is in force after {granted:.0f} s, its removal after {removed:.0f} s",
        as_assumed=granted <= _LONGEST_DELAY,
    )


@probe("IAM-3")
def new_logs_role(bench: Bench) -> None:
    """Make a logs role, and measure how long it is until Cognito can use it."""
    iam = bench.account.client("iam")
    name = bench.names.new_role
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(document(trust({"Service": COGNITO}))),
        Tags=[
            {"Key": TAG, "Value": bench.names.run},
            {"Key": REGION_TAG, "Value": bench.account.region},
        ],
    )["Role"]
    iam.put_role_policy(
        RoleName=name,
        PolicyName="rights",
        PolicyDocument=json.dumps(document(allow(LOG_ACTIONS, "*"))),
    )
    try:
        job, seconds = bench.run_when_role_is_usable([user("new-role")], role["Arn"])
    except ClientError as error:
        code = code_of(error)
        bench.findings.answer("IAM-3", f"a new logs role is refused: {code}", as_assumed=False)
        return
    if job.counts == (0, 0, 0):
        bench.findings.answer("IAM-3", "a new logs role stays unusable", as_assumed=False)
        return
    bench.findings.fact("logs_role_seconds", round(seconds, 1))
    bench.findings.answer(
        "IAM-3",
        f"a new logs role is usable after {seconds:.0f} s",
        as_assumed=seconds <= _LONGEST_DELAY,
    )


@probe("IAM-4")
def arn_of_the_caller(bench: Bench) -> None:
    """Make a call with rights that depend on the role's ARN, path included."""
    cognito = assumed(bench, "CallerWithPath").client("cognito-idp")
    pool_id = bench.outputs["Usernames"]
    seconds = 0.0
    try:
        seconds = bench.seconds_until(
            lambda: is_allowed(cognito.get_csv_header, UserPoolId=pool_id)
        )
    except NotObservedError:
        bench.findings.answer("IAM-4", "the call is denied", as_assumed=False)
        return
    bench.findings.answer("IAM-4", f"the call is allowed, after {seconds:.0f} s")


@probe("IAM-5", "IAM-6")
def external_id(bench: Bench) -> None:
    """Assume a role whose trust policy asks for the stack's ARN, for an hour."""
    arn = bench.outputs["CallerOfTheStack"]
    parameters: dict[str, Any] = {"ExternalId": bench.outputs["StackId"], "DurationSeconds": _HOUR}
    code = bench.refusal("external_id", lambda: bench.account.assume(arn, **parameters))
    is_allowed_at_last = code is None
    if code == "AccessDenied":
        with suppress(NotObservedError):
            bench.seconds_until(
                lambda: (
                    bench.refusal("external_id", lambda: bench.account.assume(arn, **parameters))
                    is None
                )
            )
            is_allowed_at_last = True
    bench.findings.answer(
        "IAM-5",
        "the role is assumed" if is_allowed_at_last else f"refused with {code}",
        as_assumed=is_allowed_at_last,
    )
    if "assumed-role" in bench.account.client("sts").get_caller_identity()["Arn"]:
        bench.findings.answer("IAM-6", "a role assumed it for an hour")
    else:
        bench.findings.not_observed(["IAM-6"], "the run has no role's credentials")


@probe("IAM-10")
def missing_role(bench: Bench) -> None:
    """Ask IAM for a role that does not exist, with a right by its ARN with a path."""
    caller = assumed(bench, "CallerOfRoles")
    name = f"{bench.names.stack}-missing"
    of_run = bench.refusal(
        "missing_role", lambda: bench.account.client("iam").get_role(RoleName=name)
    )
    by_path = bench.refusal("role_by_path", lambda: caller.client("iam").get_role(RoleName=name))
    bench.findings.answer(
        "IAM-10",
        f"{of_run}; with a right by an ARN with a path: {by_path}",
        as_assumed=of_run == "NoSuchEntity",
    )
