from __future__ import annotations

import json
import re

import pytest
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from support.imports import import_into, pool_of
from support.synthesis import synthesise
from support.templates import as_list, identity_statements, text

from cdk_cognito_user_import import LogsRole, StagingBucket, Tolerance, UserImport, UserSource

FOUR_ACTIONS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
]


def the_only(found):
    (value,) = found.values()
    return value


def logs_role(stack):
    (role,) = (r for n, r in stack.resources("AWS::IAM::Role").items() if "LogsRole" in n)
    return role["Properties"]


def test_cognito_and_nobody_else_may_assume_the_logs_role(small):
    document = logs_role(small)["AssumeRolePolicyDocument"]
    assert document["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "cognito-idp.amazonaws.com"},
        }
    ]


def test_the_logs_role_may_do_four_things_to_cognitos_log_groups_of_its_own_account(small):
    (policy,) = logs_role(small)["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == FOUR_ACTIONS
    assert text(statement["Resource"]) == (
        "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/aws/cognito/*"
    )


def test_the_logs_role_can_be_restricted_to_one_pool():
    def build(stack):
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
    [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_arns_have_the_partition_of_the_stacks_region(region, partition):
    stack = synthesise(import_into, env={"account": "111122223333", "region": region})
    (policy,) = logs_role(stack)["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    arn = text(statement["Resource"]).replace("<AWS::Partition>", partition)
    assert arn == f"arn:{partition}:logs:{region}:111122223333:log-group:/aws/cognito/*"


def test_the_staging_bucket_is_encrypted_private_and_short_lived(small):
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
    (lifecycle,) = properties["LifecycleConfiguration"]["Rules"]
    assert lifecycle["ExpirationInDays"] == 1
    assert lifecycle["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert bucket["DeletionPolicy"] == "Delete"


def test_the_staging_bucket_refuses_what_does_not_come_over_tls(small):
    policy = the_only(small.resources("AWS::S3::BucketPolicy"))["Properties"]["PolicyDocument"]
    denied = [each for each in policy["Statement"] if each["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in [each["Condition"] for each in denied]
    assert {each["Effect"] for each in policy["Statement"]} == {"Deny"}


def test_the_key_rotates_and_goes_with_the_stack(small):
    key = the_only(small.resources("AWS::KMS::Key"))
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Delete"


def test_the_workflow_and_all_log_groups_use_the_key(small):
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


def test_the_workflows_log_holds_no_data_of_the_executions(small):
    machine = the_only(small.resources("AWS::StepFunctions::StateMachine"))["Properties"]
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["LoggingConfiguration"]["Level"] == "ALL"


def test_no_identity_policy_has_an_action_with_a_wildcard(small):
    for name, statement in identity_statements(small):
        assert not any("*" in action for action in as_list(statement["Action"])), name


def test_only_log_delivery_and_xray_have_any_resource(small):
    found = [
        action
        for _, statement in identity_statements(small)
        if "*" in as_list(statement["Resource"])
        for action in as_list(statement["Action"])
    ]
    assert found
    for action in found:
        assert action.startswith("xray:") or re.match(
            r"logs:(\w+LogDeliver(y|ies)|(Put|Describe)ResourcePolic(y|ies)|DescribeLogGroups)$",
            action,
        ), action


def test_every_grant_is_known(small):
    """A new grant, or a wider one, must be written down here as well."""
    grants = {
        (re.sub(r"[0-9A-F]{8}(?=\b|_)", "", name), action, re.sub(r"[0-9A-F]{8}(?=[.>])", "", arn))
        for name, statement in identity_statements(small)
        for action in as_list(statement["Action"])
        for arn in map(text, as_list(statement["Resource"]))
        if arn != "*"
    }
    own = "CognitoUserImport"
    account = "<AWS::Region>:<AWS::AccountId>"
    log_groups = f"arn:<AWS::Partition>:logs:{account}:log-group:"
    pool, role = "<Pool.Arn>", f"<{own}LogsRole.Arn>"
    key, bucket = f"<{own}StagingKey.Arn>", f"<{own}StagingBucket.Arn>"
    worker, starter = f"{own}WorkflowWorkerRole", f"{own}WorkflowStarterRole"
    machine = f"{own}WorkflowStateMachine"
    staged, problems = sorted(
        {arn for _, action, arn in grants if action == "s3:PutObject"}, reverse=True
    )
    (asset,) = {arn for _, action, arn in grants if action == "s3:GetObject" and bucket not in arn}
    assert re.fullmatch(rf"{bucket}/imports/<AWS::StackName>/[0-9a-f]{{42}}/users\.csv", staged)
    assert problems == staged.replace("users.csv", "problems.csv")
    assert re.fullmatch(
        r"arn:<AWS::Partition>:s3:::cdk-hnb659fds-assets-<AWS::AccountId>-<AWS::Region>"
        r"/[0-9a-f]{64}\.csv",
        asset,
    )
    cognito = ("Create", "Describe", "Start", "Stop")
    assert grants == {
        *(("SeedPolicy", f"cognito-idp:{each}UserImportJob", pool) for each in cognito),
        ("SeedPolicy", "cognito-idp:ListUserImportJobs", pool),
        ("SeedPolicy", "cognito-idp:GetCSVHeader", pool),
        ("SeedPolicy", "cognito-idp:DescribeUserPool", pool),
        ("SeedPolicy", "iam:PassRole", role),
        ("SeedPolicy", "s3:GetObject", asset),
        *(
            ("SeedPolicy", f"s3:{action}", arn)
            for action in ("PutObject", "GetObject", "DeleteObject", "AbortMultipartUpload")
            for arn in (staged, problems)
        ),
        *(
            (
                f"{own}LogsRole",
                action,
                f"{log_groups}/aws/cognito/*",
            )
            for action in FOUR_ACTIONS
        ),
        *(
            (role_of_function, action, f"<{own}Workflow{resource}.Arn>")
            for role_of_function in (worker, starter)
            for action, resource in (
                ("logs:CreateLogStream", "FunctionsLog"),
                ("logs:PutLogEvents", "FunctionsLog"),
                ("sqs:SendMessage", "DeadLetters"),
            )
        ),
        *(
            (worker, f"logs:{action}", f"{log_groups}/aws/cognito/userpools/<Pool>/*")
            for action in ("FilterLogEvents", "PutRetentionPolicy", "DeleteLogGroup")
        ),
        (worker, "cloudformation:DescribeStacks", "<AWS::StackId>"),
        (worker, "s3:ListBucket", bucket),
        (worker, "kms:Decrypt", key),
        (worker, "kms:GenerateDataKey", key),
        (starter, "states:StartExecution", f"<{machine}.Arn>"),
        (
            starter,
            "states:DescribeExecution",
            f"arn:<AWS::Partition>:states:{account}:execution:<{machine}.Name>:*",
        ),
        (starter, "kms:Decrypt", key),
        (starter, "kms:GenerateDataKey", key),
        (f"{machine}Role", "lambda:InvokeFunction", f"<{own}WorkflowWorker.Arn>"),
        (f"{machine}Role", "kms:Decrypt", key),
        (f"{machine}Role", "kms:GenerateDataKey", key),
    }


def test_the_logs_role_may_be_passed_to_cognito_only(small):
    (statement,) = (s for _, s in identity_statements(small) if s["Action"] == "iam:PassRole")
    assert statement["Condition"] == {
        "StringEqualsIfExists": {"iam:PassedToService": "cognito-idp.amazonaws.com"}
    }


def test_the_import_comes_after_all_it_needs_and_goes_before_it(small):
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    needed = {
        name
        for name, resource in small.template["Resources"].items()
        if resource["Type"] not in ("Custom::CognitoUserImport", "AWS::Cognito::UserPool")
    }
    assert needed <= set(custom["DependsOn"])


def test_cloudformation_waits_two_minutes_longer_than_the_import_may_take(small):
    (custom,) = small.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["TimeoutSeconds"] == "1800"
    assert custom["Properties"]["ServiceTimeout"] == "1920"
    longest = synthesise(lambda stack: import_into(stack, timeout=Duration.minutes(58)))
    (custom,) = longest.resources("Custom::CognitoUserImport").values()
    assert custom["Properties"]["ServiceTimeout"] == "3600"


def test_properties_reach_the_custom_resource():
    def build(stack):
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


def test_the_example_has_at_most_22_resources_with_cdk_metadata(example):
    assert len(example.template["Resources"]) + 1 <= 22


def test_with_access_logs_a_stack_has_at_most_24_resources():
    def build(stack):
        logs = s3.Bucket(stack, "Access", enforce_ssl=True)
        staging = StagingBucket(stack, "Staging", access_logs_bucket=logs)
        import_into(stack, staging=staging)

    assert len(synthesise(build).template["Resources"]) + 1 <= 24


def test_a_second_import_into_the_same_pool_adds_at_most_three_resources(small):
    def build(stack):
        pool = pool_of(stack)
        import_into(stack, user_pool=pool)
        import_into(stack, "More", user_pool=pool)

    two = synthesise(build).template["Resources"]
    assert 0 < len(two) - len(small.template["Resources"]) <= 3


def test_the_policies_of_six_imports_fit_into_the_workers_role():
    """IAM User Guide, "IAM and STS quotas": 10,240 characters of inline policies a role."""

    def build(stack):
        for number in range(6):
            import_into(stack, f"Seed{number}", user_pool=pool_of(stack, f"Pool{number}"))

    stack = synthesise(build, "A-name-as-long-as-people-choose-them-in-production-eu")
    longest = {
        "AWS::Partition": "aws-us-gov",
        "AWS::Region": "us-gov-east-1",
        "AWS::AccountId": "111122223333",
        "AWS::StackName": stack.name,
        "AWS::StackId": "arn:aws-us-gov:cloudformation:us-gov-east-1:111122223333:stack/"
        + stack.name
        + "/12345678-1234-1234-1234-123456789012",
    }

    def reference(match):
        if re.fullmatch(r"Pool\d+[0-9A-F]{8}", match[1]):
            return "us-gov-east-1_123456789"
        if re.fullmatch(r"\w+StagingBucket[0-9A-F]{8}\.Arn", match[1]):
            return "arn:aws-us-gov:s3:::" + "x" * 63
        return longest.get(match[1].removesuffix(".Arn"), "x" * 110)

    def written(value):
        value = json.dumps(value, separators=(",", ":"))
        return re.sub(r"<([^>]+)>", reference, value)

    total = 0
    for name, statement in identity_statements(stack):
        if "WorkerRole" in name or ("Policy" in name and "Starter" not in name):
            resource = [text(each) for each in as_list(statement["Resource"])]
            total += len(written({**statement, "Resource": resource}))
    assert 5_000 < total < 10_240


def test_imports_with_another_removal_policy_than_the_first_are_refused():
    def build(stack):
        pool = pool_of(stack)
        import_into(stack, user_pool=pool)
        import_into(stack, "More", user_pool=pool, removal_policy=RemovalPolicy.RETAIN)

    with pytest.raises(ValueError, match=r"different removal policies: DESTROY and RETAIN"):
        synthesise(build)


def test_resources_that_are_given_are_used_and_no_others_made():
    def build(stack):
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


def test_an_import_with_a_staging_bucket_of_its_own_may_use_it():
    def build(stack):
        import_into(stack)
        own = StagingBucket(stack, "Own")
        import_into(stack, "More", user_pool=pool_of(stack, "Other"), staging=own)

    grants = {
        (action, text(arn))
        for name, statement in identity_statements(synthesise(build))
        if name.startswith("MorePolicy")
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
    }
    assert any(action == "s3:ListBucket" and arn.startswith("<OwnBucket") for action, arn in grants)
    assert any(action == "kms:Decrypt" and arn.startswith("<OwnKey") for action, arn in grants)


def test_the_right_to_read_the_source_is_for_this_object_and_its_key():
    def build(stack):
        key = kms.Key(stack, "Key")
        bucket = s3.Bucket(stack, "Source", encryption_key=key)
        source = UserSource.from_bucket(bucket, "in/users.csv", version="v7")
        import_into(stack, source=source)

    grants = {
        (action, text(arn))
        for name, statement in identity_statements(synthesise(build))
        if name.startswith("SeedPolicy")
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
    }
    assert ("s3:GetObjectVersion", "<Source71E471F1.Arn>/in/users.csv") in grants
    assert ("kms:Decrypt", "<Key961B73FD.Arn>") in grants


def test_the_resources_made_can_be_reached(small):
    seen = []
    synthesise(lambda stack: seen.append(import_into(stack)))
    (seed,) = seen
    assert isinstance(seed, UserImport)
    assert isinstance(seed.logs_role, iam.Role)
    assert isinstance(seed.staging.bucket, s3.Bucket)
    assert isinstance(seed.staging.encryption_key, kms.Key)
    assert Stack.of(seed.staging) is Stack.of(seed)
