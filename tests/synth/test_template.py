from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from helpers.imports import import_into, pool_of
from helpers.synthesis import synthesise
from helpers.templates import (
    as_list,
    condition,
    identity_statements,
    references,
    text,
    without_hashes,
)

from cdk_cognito_user_import import (
    ImportWorkflow,
    LogsRole,
    StagingBucket,
    Tolerance,
    UserImport,
)
from cdk_cognito_user_import.messages import arguments

if TYPE_CHECKING:
    from helpers.synthesis import Synthesised

FOUR_ACTIONS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
]


def two_imports_into_one_pool(stack: Stack) -> None:
    pool = pool_of(stack)
    import_into(stack, user_pool=pool)
    import_into(stack, "More", user_pool=pool)


def the_only(found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    (value,) = found.values()
    return value


def logs_role(stack: Synthesised) -> dict[str, Any]:
    (role,) = (r for n, r in stack.resources("AWS::IAM::Role").items() if "LogsRole" in n)
    properties: dict[str, Any] = role["Properties"]
    return properties


def test_only_cognito_may_assume_the_logs_role(small: Synthesised) -> None:
    document = logs_role(small)["AssumeRolePolicyDocument"]
    assert document["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "cognito-idp.amazonaws.com"},
        }
    ]


def test_the_logs_role_may_do_four_things_to_cognitos_log_groups_of_its_own_account(
    small: Synthesised,
) -> None:
    (policy,) = logs_role(small)["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == FOUR_ACTIONS
    assert text(statement["Resource"]) == (
        "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/cognito/*"
    )


def test_the_logs_role_can_be_restricted_to_one_pool() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        import_into(stack, user_pool=pool, logs_role=LogsRole(stack, "LogsRole", only_for=pool))

    stack = synthesise(build)
    (statement,) = logs_role(stack)["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Condition"]["StringEquals"] == {
        "aws:SourceAccount": {"Ref": "AWS::AccountId"}
    }
    assert list(statement["Condition"]["ArnEquals"]) == ["aws:SourceArn"]


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-central-1", "aws"), ("eusc-de-east-1", "aws-eusc"), ("us-gov-west-1", "aws-us-gov")],
)
def test_arns_have_the_partition_of_the_stacks_region(region: str, partition: str) -> None:
    stack = synthesise(import_into, env={"account": "111122223333", "region": region})
    (policy,) = logs_role(stack)["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    arn = text(statement["Resource"]).replace("<AWS::Partition>", partition)
    assert arn == f"arn:{partition}:logs:{region}:111122223333:log-group:/aws/cognito/*"


def test_the_staging_bucket_is_encrypted_private_and_short_lived(small: Synthesised) -> None:
    (key_name,) = small.resources("AWS::KMS::Key")
    bucket = the_only(small.resources("AWS::S3::Bucket"))
    properties = bucket["Properties"]
    (rule,) = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": [key_name, "Arn"]},
    }
    assert all(properties["PublicAccessBlockConfiguration"].values())
    assert properties["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    whole, *expiring = properties["LifecycleConfiguration"]["Rules"]
    assert whole["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    days = {rule["Prefix"]: rule["ExpirationInDays"] for rule in expiring}
    assert days == {"imports/": 1, "background/": 15}
    assert bucket["DeletionPolicy"] == "Delete"


def test_the_staging_bucket_refuses_requests_without_tls(small: Synthesised) -> None:
    policy = the_only(small.resources("AWS::S3::BucketPolicy"))["Properties"]["PolicyDocument"]
    denied = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [each["Condition"] for each in denied]
    assert {each["Effect"] for each in policy["Statement"]} == {"Deny"}


def test_the_key_rotates_and_is_deleted_with_the_stack(small: Synthesised) -> None:
    key = the_only(small.resources("AWS::KMS::Key"))
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Delete"


def test_the_workflow_and_all_log_groups_use_the_key(small: Synthesised) -> None:
    (key_name,) = small.resources("AWS::KMS::Key")
    arn = {"Fn::GetAtt": [key_name, "Arn"]}
    machine = the_only(small.resources("AWS::StepFunctions::StateMachine"))["Properties"]
    assert machine["EncryptionConfiguration"] == {
        "KmsKeyId": arn,
        "Type": "CUSTOMER_MANAGED_KMS_KEY",
    }
    groups = small.resources("AWS::Logs::LogGroup")
    assert len(groups) == 2
    for group in groups.values():
        assert group["Properties"]["KmsKeyId"] == arn
        assert group["Properties"]["RetentionInDays"] == 30
        assert group["DeletionPolicy"] == "Delete"


def test_the_workflows_log_holds_no_data_of_the_executions(small: Synthesised) -> None:
    machine = the_only(small.resources("AWS::StepFunctions::StateMachine"))["Properties"]
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["LoggingConfiguration"]["Level"] == "ALL"


def known_grants() -> dict[str, dict[tuple[str, str], set[str]]]:
    """Return each statement of a stack with one import: holder, resource and condition, actions."""
    own = "CognitoUserImport"
    place = "<AWS::Region>:<AWS::AccountId>"
    groups = f"arn:<AWS::Partition>:logs:{place}:log-group:"
    key, bucket = f"<{own}StagingKey.Arn>", f"<{own}StagingBucket.Arn>"
    folder = "imports/<AWS::StackName>/{folder}"
    record = "records/<AWS::StackName>/{folder}/import.json"
    assets = "arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>"
    through_logs = "StringEquals kms:ViaService logs.<AWS::Region>.amazonaws.com"
    arn = f"arn:<AWS::Partition>:states:{place}:stateMachine:{{machine}}"
    logs_and_key = {
        (f"<{own}WorkflowFunctionsLog.Arn>", ""): {"logs:CreateLogStream", "logs:PutLogEvents"},
        (key, through_logs): {
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:GenerateDataKeyWithoutPlaintext",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        },
    }
    return {
        "SeedRole": {
            ("<Pool.Arn>", ""): {
                "cognito-idp:CreateUserImportJob",
                "cognito-idp:DescribeUserImportJob",
                "cognito-idp:DescribeUserPool",
                "cognito-idp:GetCSVHeader",
                "cognito-idp:ListUserImportJobs",
                "cognito-idp:StartUserImportJob",
                "cognito-idp:StopUserImportJob",
            },
            (
                f"<{own}LogsRole.Arn>",
                "StringEqualsIfExists iam:PassedToService cognito-idp.amazonaws.com",
            ): {"iam:PassRole"},
            **{
                (f"{bucket}/{name}", ""): {
                    "s3:AbortMultipartUpload",
                    "s3:DeleteObject",
                    "s3:GetObject",
                    "s3:PutObject",
                }
                for name in (f"{folder}/users.csv", f"{folder}/problems.csv", record)
            },
            (bucket, f"StringLike s3:prefix {[f'{folder}/*', record]}"): {"s3:ListBucket"},
            (key, ""): {"kms:Decrypt", "kms:GenerateDataKey"},
            ("<AWS::StackId>", ""): {"cloudformation:DescribeStacks"},
            (f"{groups}/aws/cognito/userpools/<Pool>/*", ""): {
                "logs:FilterLogEvents",
                "logs:PutRetentionPolicy",
            },
            (f"{assets}/{{asset}}.csv", ""): {"s3:GetObject"},
        },
        f"{own}LogsRole": {(f"{groups}/aws/cognito/*", ""): set(FOUR_ACTIONS)},
        f"{own}WorkflowWorkerRole": {
            **logs_and_key,
            (
                "arn:<AWS::Partition>:iam::<AWS::AccountId>:role/cdk-cognito-user-import/*",
                "",
            ): {"sts:AssumeRole"},
        },
        f"{own}StarterRole": {
            **logs_and_key,
            (arn, ""): {"states:StartExecution"},
            (arn.replace("stateMachine:", "execution:") + ":*", ""): {"states:DescribeExecution"},
            (key, f"StringEquals kms:EncryptionContext:aws:states:stateMachineArn {arn}"): {
                "kms:Decrypt"
            },
            (
                f"arn:<AWS::Partition>:events:{place}:event-bus/default",
                "StringEquals events:source cdk-cognito-user-import",
            ): {"events:PutEvents"},
        },
        f"{own}WorkflowTraces": {("*", ""): {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}},
        f"{own}WorkflowStateMachineRole": {
            (f"arn:<AWS::Partition>:lambda:{place}:function:{{worker}}", ""): {
                "lambda:InvokeFunction"
            },
            (key, ""): {"kms:Decrypt", "kms:GenerateDataKey"},
            (arn, ""): {"states:StartExecution"},
            ("*", ""): {
                "logs:CreateLogDelivery",
                "logs:DeleteLogDelivery",
                "logs:DescribeLogGroups",
                "logs:DescribeResourcePolicies",
                "logs:GetLogDelivery",
                "logs:ListLogDeliveries",
                "logs:PutResourcePolicy",
                "logs:UpdateLogDelivery",
                "xray:GetSamplingRules",
                "xray:GetSamplingTargets",
                "xray:PutTelemetryRecords",
                "xray:PutTraceSegments",
            },
        },
    }


def test_every_grant_is_known(small: Synthesised) -> None:
    """A new grant, or a wider one, must be written down here as well."""
    (machine,) = small.resources("AWS::StepFunctions::StateMachine").values()
    (worker,) = (
        each for name, each in small.resources("AWS::Lambda::Function").items() if "Worker" in name
    )
    names = {
        text(worker["Properties"]["FunctionName"]): "{worker}",
        text(machine["Properties"]["StateMachineName"]): "{machine}",
    }

    def written(value: str) -> str:
        for name, short in names.items():
            value = value.replace(name, short)
        value = re.sub(r"(?<=<AWS::StackName>/)[0-9a-f]{40}(?=/)", "{folder}", value)
        return without_hashes(re.sub(r"(?<=/)[0-9a-f]{64}(?=\.csv$)", "{asset}", value))

    grants: dict[str, dict[tuple[str, str], set[str]]] = {}
    for name, statement in identity_statements(small):
        assert set(statement) <= {"Effect", "Action", "Resource", "Condition"}, name
        assert statement["Effect"] == "Allow", name
        for arn in map(text, as_list(statement["Resource"])):
            held = grants.setdefault(written(name), {})
            place = written(arn), written(condition(statement))
            held.setdefault(place, set()).update(as_list(statement["Action"]))
    assert grants == known_grants()


def test_each_import_may_write_to_its_own_folder_only() -> None:
    stack = synthesise(two_imports_into_one_pool)
    folders = {}
    for custom in stack.resources("Custom::CognitoUserImport").values():
        (role,) = references(custom["Properties"]["ImportRoleArn"])
        folders[role] = {
            text(custom["Properties"][name]).rpartition("/")[0]
            for name in ("StagingKey", "RecordKey")
        }
    staged: dict[str, set[str]] = {role: set() for role in folders}
    for name, statement in identity_statements(stack):
        if "s3:PutObject" in as_list(statement["Action"]):
            for arn in map(text, as_list(statement["Resource"])):
                staged[name].add(arn.partition(".Arn>/")[2].rpartition("/")[0])
    assert staged == folders
    assert len(set.union(*folders.values())) == 4


def test_the_logs_role_may_be_passed_to_cognito_only(small: Synthesised) -> None:
    (statement,) = (s for _, s in identity_statements(small) if s["Action"] == "iam:PassRole")
    assert statement["Condition"] == {
        "StringEqualsIfExists": {"iam:PassedToService": "cognito-idp.amazonaws.com"}
    }


def test_the_workflow_has_no_dead_letter_queue_unless_one_is_given(small: Synthesised) -> None:
    assert not small.resources("AWS::SQS::Queue")
    for function in small.resources("AWS::Lambda::Function").values():
        assert "DeadLetterConfig" not in function["Properties"]
    (target,) = the_only(small.resources("AWS::Events::Rule"))["Properties"]["Targets"]
    assert "DeadLetterConfig" not in target


def test_the_import_is_created_after_and_deleted_before_its_dependencies(
    small: Synthesised,
) -> None:
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    needed = {
        name
        for name, resource in small.template["Resources"].items()
        if resource["Type"] not in ("Custom::CognitoUserImport", "AWS::Cognito::UserPool")
    }
    assert needed <= set(custom["DependsOn"])


def test_the_service_timeout_is_two_minutes_longer_than_the_import_timeout(
    small: Synthesised,
) -> None:
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["TimeoutSeconds"] == "1800"
    assert custom["Properties"]["ServiceTimeout"] == "1920"
    longest = synthesise(lambda stack: import_into(stack, timeout=Duration.minutes(58)))
    (custom,) = longest.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["ServiceTimeout"] == "3600"


def test_properties_reach_the_custom_resource() -> None:
    def build(stack: Stack) -> None:
        import_into(
            stack,
            job_name="Seed 2026",
            start=False,
            tolerance=Tolerance(failed=None, skipped=7),
            run_token="again",
        )

    (custom,) = synthesise(build).resources("Custom::CognitoUserImport").values()
    properties = custom["Properties"]
    assert properties["JobName"] == "Seed 2026"
    assert properties["Start"] == "false"
    assert properties["ToleratedSkipped"] == "7"
    assert "ToleratedFailed" not in properties
    assert properties["RunToken"] == "again"


def test_with_access_logs_a_stack_has_at_most_22_resources() -> None:
    def build(stack: Stack) -> None:
        logs = s3.Bucket(stack, "Access", enforce_ssl=True)
        staging = StagingBucket(stack, "Staging", access_logs_bucket=logs)
        import_into(stack, staging=staging)

    assert len(synthesise(build).template["Resources"]) + 1 <= 22


def test_a_second_import_into_the_same_pool_adds_a_role_and_a_custom_resource(
    small: Synthesised,
) -> None:
    two, one = (
        synthesise(two_imports_into_one_pool).template["Resources"],
        small.template["Resources"],
    )
    assert sorted(two[name]["Type"] for name in set(two) - set(one)) == [
        "AWS::IAM::Role",
        "Custom::CognitoUserImport",
    ]
    assert set(one) <= set(two)


def test_imports_with_another_removal_policy_than_the_first_are_refused() -> None:
    def build(stack: Stack) -> None:
        pool = pool_of(stack)
        import_into(stack, user_pool=pool)
        import_into(stack, "More", user_pool=pool, removal_policy=RemovalPolicy.RETAIN)

    reported = arguments.removal_policies_differ("Test", "DESTROY", "RETAIN")
    with pytest.raises(ValueError, match=reported):
        synthesise(build)


def test_given_resources_are_used_and_no_others_are_created() -> None:
    def build(stack: Stack) -> None:
        role = iam.Role.from_role_arn(stack, "Given", "arn:aws:iam::111122223333:role/given")
        key = kms.Key(stack, "Key")
        staging = StagingBucket(stack, "Staging", encryption_key=key)
        import_into(stack, logs_role=role, staging=staging)
        import_into(
            stack, "More", user_pool=pool_of(stack, "Other"), logs_role=role, staging=staging
        )

    stack = synthesise(build)
    assert len(stack.resources("AWS::S3::Bucket")) == 1
    assert len(stack.resources("AWS::KMS::Key")) == 1
    assert len(stack.resources("AWS::StepFunctions::StateMachine")) == 1
    assert not any("LogsRole" in name for name in stack.resources("AWS::IAM::Role"))


def test_an_import_with_a_staging_bucket_of_its_own_may_use_that_one_only() -> None:
    def build(stack: Stack) -> None:
        import_into(stack)
        own = StagingBucket(stack, "Own")
        import_into(stack, "More", user_pool=pool_of(stack, "Other"), staging=own)

    used: dict[str, set[str]] = {"SeedRole": set(), "MoreRole": set()}
    for name, statement in identity_statements(synthesise(build)):
        if without_hashes(name) in used:
            used[without_hashes(name)] |= {
                without_hashes(each)
                for each in references(statement["Resource"])
                if "Bucket" in each or "Key" in each
            }
    assert used == {
        "SeedRole": {"CognitoUserImportStagingBucket", "CognitoUserImportStagingKey"},
        "MoreRole": {"OwnBucket", "OwnKey"},
    }


def test_the_resources_made_can_be_reached(small: Synthesised) -> None:
    seen = []
    synthesise(lambda stack: seen.append(import_into(stack)))
    (seed,) = seen
    assert isinstance(seed, UserImport)
    assert isinstance(seed.logs_role, iam.Role)
    assert isinstance(seed.role, iam.Role)
    assert isinstance(seed.workflow, ImportWorkflow)
    assert isinstance(seed.staging.bucket, s3.Bucket)
    assert isinstance(seed.staging.encryption_key, kms.Key)
    assert isinstance(seed.staging, StagingBucket)
    assert Stack.of(seed.staging) is Stack.of(seed)
