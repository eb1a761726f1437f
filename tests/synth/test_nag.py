from __future__ import annotations

import contextlib
import functools
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cdk_nag
import pytest
from app import SeededUserPool
from aws_cdk import App, CfnResource, CloudFormationValidatePlugin, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from examples.regulated import RegulatedUserPool
from helpers.imports import import_into, pool_of, workflow_of

from cdk_cognito_user_import import ImportWorkflow, UserSource
from cdk_cognito_user_import._lambda.user_import.contract import IMPORT_PRINCIPAL

if TYPE_CHECKING:
    from collections.abc import Callable

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"
LIBRARYS_OWN = "CognitoUserImport"
BY_DEFAULT = ("AwsSolutionsChecks", "ServerlessChecks")
ROLES_OF_IMPORTS = {"Test/Seed/Role", "Test/More/Role"}
UNDER_RULES = ("HIPAASecurityChecks", "NIST80053R5Checks", "PCIDSS321Checks")


@functools.cache
def cloudformations_rules() -> CloudFormationValidatePlugin:
    return CloudFormationValidatePlugin()


def checked(build: Callable[..., Any], *packs: str) -> tuple[Any, ...]:
    """Synthesise an app with cdk-nag and CloudFormation's rules, as users do.

    Returns what they found, and what was acknowledged.
    """
    folder = Path(tempfile.mkdtemp(prefix="cdk-out-"))
    app = App(outdir=str(folder), analytics_reporting=False)
    build(app)
    Validations.of(app).add_plugins(cloudformations_rules())
    for pack in packs:
        Validations.of(app).add_plugins(getattr(cdk_nag, pack)(app))
    with contextlib.suppress(RuntimeError):  # where there are findings; they are in the report
        app.synth()
    reports = json.loads((folder / "validation-report.json").read_text())["pluginReports"]
    return tuple(
        [finding for report in reports for finding in report.get(kind, [])]
        for kind in ("violations", "suppressedViolations")
    )


def places(findings: list[Any]) -> list[Any]:
    return [
        (finding["ruleName"], construct["constructPath"])
        for finding in findings
        for construct in finding["violatingConstructs"]
    ]


def two_imports(app: App, env: dict[str, str] | None = None) -> None:
    stack = Stack(app, "Test", env=env)
    import_into(stack)
    import_into(stack, "More", user_pool=pool_of(stack, "Other"))


def of_users(place: tuple[str, ...]) -> bool:
    return place[1].startswith(("Test/Pool/", "Test/Other/"))


@pytest.fixture(scope="module")
def by_default() -> tuple[list[dict[str, Any]], ...]:
    return checked(two_imports, *BY_DEFAULT)


@pytest.fixture(scope="module")
def regulated() -> tuple[list[Any], list[dict[str, Any]]]:
    packs = (*BY_DEFAULT, *UNDER_RULES)
    return checked(lambda app: RegulatedUserPool(app, "Regulated"), *packs)


def test_the_rules_find_templates_that_cloudformation_would_reject() -> None:
    """Or its rules would say nothing of the stacks below."""

    def build(app: App) -> None:
        CfnResource(Stack(app, "Test"), "Key", type="AWS::KMS::Key", properties={"Colour": "red"})

    violations, _ = checked(build)
    assert [construct for _, construct in places(violations)] == ["Test/Key"]


def test_the_example_has_only_acknowledged_findings() -> None:
    violations, acknowledged = checked(
        lambda app: SeededUserPool(app, "Pool", users="examples/users.csv"), "AwsSolutionsChecks"
    )
    assert violations == []
    acknowledged = places(acknowledged)
    shared = [place for place in acknowledged if LIBRARYS_OWN in place[1]]
    assert len(shared) <= 6, shared
    of_import = [place for place in acknowledged if "/SeedUsers/" in place[1]]
    assert len(of_import) == 1, of_import
    assert len(acknowledged) - len(shared) - len(of_import) <= 3, acknowledged
    assert len(set(acknowledged)) == len(acknowledged), "one finding on one resource each"


def test_two_imports_have_no_findings_in_the_default_packs(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    violations, _ = by_default
    assert [place for place in places(violations) if not of_users(place)] == []


def test_the_library_acknowledges_at_most_nine_findings_for_a_stack_and_one_for_an_import(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    _, acknowledged = by_default
    found = places(acknowledged)
    shared = [place for place in found if f"/{LIBRARYS_OWN}/" in place[1]]
    assert len(shared) <= 9, shared
    of_imports = sorted(place[1] for place in found if place not in shared)
    assert of_imports == sorted(f"{role}/Resource" for role in ROLES_OF_IMPORTS)


def test_each_acknowledgement_is_for_one_finding_on_one_resource(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    _, acknowledged = by_default
    found = places(acknowledged)
    assert len(set(found)) == len(found)
    places_of_reasons = {(each["acknowledgedAt"], each["acknowledgedId"]) for each in acknowledged}
    assert len(places_of_reasons) == len(found)


def test_three_acknowledgements_are_about_queues_that_were_not_given(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    _, acknowledged = by_default
    queues = [
        rule
        for rule, _ in places(acknowledged)
        if rule.startswith("Serverless-") and rule.endswith("DLQ")
    ]
    assert sorted(queues) == [
        "Serverless-EventBusDLQ",
        "Serverless-LambdaDLQ",
        "Serverless-LambdaDLQ",
    ]


def test_the_library_acknowledges_nothing_on_the_users_own_resources(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    violations, acknowledged = by_default
    assert not any(map(of_users, places(acknowledged)))
    assert any(map(of_users, places(violations))), "the pools of the test have findings"
    for each in acknowledged:
        place = each["acknowledgedAt"]
        assert f"/{LIBRARYS_OWN}/" in place or place in ROLES_OF_IMPORTS


def shared_workflows(app: App) -> None:
    """Build a workflow in a VPC, imports of another stack of the app, and imports by exports."""
    platform = Stack(app, "Platform")
    vpc = ec2.Vpc.from_vpc_attributes(
        platform,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-central-1a"],
        isolated_subnet_ids=["subnet-0123456789abcdef0"],
    )
    workflow = workflow_of(platform, vpc=vpc, export_name="user-imports")
    import_into(Stack(app, "Customers"), workflow=workflow)
    partners = Stack(app, "Partners")
    by_name = ImportWorkflow.from_attributes(partners, "Shared", export_name="user-imports")
    import_into(partners, workflow=by_name)


def test_the_wildcard_of_a_prefix_is_acknowledged() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Test")
        bucket = s3.Bucket.from_bucket_name(stack, "Source", "users")
        import_into(stack, source=UserSource.from_bucket(bucket, prefix="exports/"))

    violations, acknowledged = checked(build, "AwsSolutionsChecks")
    assert [place for place in places(violations) if not of_users(place)] == []
    assert "exports/*" in json.dumps(acknowledged)


def test_a_shared_workflow_in_a_vpc_and_its_imports_have_no_findings() -> None:
    violations, acknowledged = checked(shared_workflows, *BY_DEFAULT)
    users = ("Customers/Pool/", "Partners/Pool/")
    assert [each for each in places(violations) if not each[1].startswith(users)] == []
    network = ("AwsSolutions-IAM5[Resource::*]", "Platform/Workflow/Network/Resource")
    assert network in places(acknowledged)
    assert not any(each[1].startswith(users) for each in places(acknowledged))


def test_the_library_acknowledges_its_own_findings_in_an_environment_that_is_known() -> None:
    env = {"account": "111122223333", "region": "eu-central-1"}
    violations, _ = checked(lambda app: two_imports(app, env), *BY_DEFAULT)
    assert [place for place in places(violations) if not of_users(place)] == []


def as_documented(finding: dict[str, Any]) -> tuple[str, ...]:
    """Write a finding as the table in docs/security.md does."""
    (construct,) = finding["violatingConstructs"]
    place = construct["constructPath"].removesuffix("/Resource")
    if place in ROLES_OF_IMPORTS:
        place = "<import>/Role"
    place = place.removeprefix(f"Test/{LIBRARYS_OWN}/")
    rule = finding["ruleName"].replace("<AWS::Partition>", "…")
    rule = re.sub(r"arn:…:(\w+):(<AWS::Region>)?:<AWS::AccountId>:", r"\1 … ", rule)
    rule = re.sub(r"<(Pool|Other)[0-9A-F]{8}>", "<user pool>", rule)
    rule = re.sub(r"UserImport-[0-9a-f]{8}-\{.*\}(?=:)", "<state machine>", rule)
    return rule, place, finding["reason"]


def test_the_documentation_has_a_row_for_each_acknowledgement_and_no_other(
    by_default: tuple[list[dict[str, Any]], ...],
) -> None:
    _, acknowledged = by_default
    rows = re.findall(
        r"^\| `((?:AwsSolutions|Serverless)-[^`]+)` \| `([^`]+)` \| (.+) \|$",
        SECURITY.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(set(rows)) == len(rows)
    assert set(rows) == {as_documented(each) for each in acknowledged}


def test_an_import_under_rules_has_no_findings(
    regulated: tuple[list[Any], list[dict[str, Any]]],
) -> None:
    violations, _ = regulated
    assert places(violations) == []


def test_an_import_under_rules_acknowledges_the_replication_of_its_bucket_and_nothing_else(
    regulated: tuple[list[Any], list[dict[str, Any]]],
) -> None:
    _, acknowledged = regulated
    of_rules = [
        place
        for place in places(acknowledged)
        if not place[0].startswith(("AwsSolutions", "Serverless"))
    ]
    assert sorted(of_rules) == [
        (f"{pack}-S3BucketReplicationEnabled", "Regulated/Staging/Bucket/Resource")
        for pack in ("HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321")
    ]


def test_the_check_reports_unacknowledged_findings() -> None:
    violations, _ = checked(
        lambda app: s3.Bucket(Stack(app, "Test"), "Bucket"), *BY_DEFAULT, *UNDER_RULES
    )
    found = {rule.partition("-")[0] for rule, _ in places(violations)}
    assert found == {"AwsSolutions", "HIPAA.Security", "NIST.800.53.R5", "PCI.DSS.321"}


def test_the_rights_that_a_logs_role_of_the_app_gets_are_acknowledged() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Test")
        role = iam.Role(stack, "Logs", assumed_by=iam.ServicePrincipal(IMPORT_PRINCIPAL))
        import_into(stack, logs_role=role)

    found, acknowledged = checked(build, "AwsSolutionsChecks")
    assert [place for place in places(found) if not of_users(place)] == []
    assert "Test/Logs/DefaultPolicy/Resource" in {path for _, path in places(acknowledged)}


def test_runs_have_no_findings_and_a_rule_for_events_only_that_its_target_has_no_queue() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Test")
        seed = import_into(stack)
        seed.on_finished("Ended")
        seed.grant_run(iam.Role(stack, "Operator", assumed_by=iam.AccountRootPrincipal()))

    found, acknowledged = checked(build, *BY_DEFAULT)
    # The rule is the user's: with a target, its dead-letter queue is an option of the target.
    rule = ("Serverless-EventBusDLQ", "Test/Seed/Ended/Resource")
    assert [place for place in places(found) if not of_users(place)] == [rule]
    runs = [place for place in places(acknowledged) if "/Runs/" in place[1]]
    assert runs == [("AwsSolutions-IAM5[Resource::*]", runs[0][1])]
