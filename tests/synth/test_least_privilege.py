"""The rights in the templates: of an import with nothing set, and of one under rules."""

from __future__ import annotations

import pytest
from aws_cdk import Stack
from examples.regulated import RegulatedUserPool
from support.imports import import_into, pool_of
from support.synthesis import synthesise, synthesise_app
from support.templates import as_list, identity_statements, references, text

FUNCTION = "AWS::Lambda::Function"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": "<AWS::AccountId>"}}
WITHOUT_RESOURCES = {
    "Telemetry": {
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
    "Network": {
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    },
}


def two_imports(stack: Stack) -> None:
    import_into(stack)
    import_into(stack, "More", user_pool=pool_of(stack, "Other"))


@pytest.fixture(scope="module", params=["two imports", "under rules"])
def stack(request):
    if request.param == "two imports":
        return synthesise(two_imports)
    return synthesise_app(lambda app: RegulatedUserPool(app, "Regulated"))["Regulated"]


@pytest.fixture
def key(stack):
    (name,) = stack.resources("AWS::KMS::Key")
    return name


def actions(statement):
    return set(as_list(statement["Action"]))


def resources(statement):
    return [text(each) for each in as_list(statement["Resource"])]


def allowed(stack):
    return [each for each in identity_statements(stack) if each[1]["Effect"] == "Allow"]


def resolved(value):
    match value:
        case dict() if len(value) == 1 and isinstance(text(value), str):
            return text(value)
        case dict():
            return {name: resolved(each) for name, each in value.items()}
        case list():
            return [resolved(each) for each in value]
        case _:
            return value


def test_every_action_is_named(stack):
    for name, statement in allowed(stack):
        assert not any("*" in action for action in actions(statement)), name
        assert "NotAction" not in statement, name


def test_every_resource_is_scoped_where_there_is_one_to_name(stack):
    found = {}
    for name, statement in allowed(stack):
        assert "NotResource" not in statement, name
        if "*" in resources(statement):
            (kind,) = (kind for kind in WITHOUT_RESOURCES if kind in name)
            found.setdefault(kind, set()).update(actions(statement))
    assert found == {kind: WITHOUT_RESOURCES[kind] for kind in found}
    assert "Telemetry" in found


def test_a_wildcard_in_a_resource_is_only_where_a_name_is_not_known_before(stack):
    """docs/security.md has the reasons, and tests/synth/test_nag.py holds it to them."""
    ends = {
        resource.rpartition(":")[2]
        for _, statement in allowed(stack)
        for resource in resources(statement)
        if "*" in resource and resource != "*"
    }
    pools = stack.resources("AWS::Cognito::UserPool")
    expected = {"/aws/cognito/*", *(f"/aws/cognito/userpools/<{name}>/*" for name in pools)}
    executions = "*"
    assert ends == {*expected, executions}


def test_log_delivery_is_not_for_functions(stack):
    (statement,) = (each for _, each in allowed(stack) if "logs:CreateLogDelivery" in actions(each))
    assert statement["Condition"] == {"Null": {"lambda:SourceFunctionArn": "true"}}


def test_the_code_of_functions_in_a_vpc_is_denied_the_network():
    regulated = synthesise_app(lambda app: RegulatedUserPool(app, "Regulated"))["Regulated"]
    ((name, denied),) = (
        each for each in identity_statements(regulated) if each[1]["Effect"] == "Deny"
    )
    assert WITHOUT_RESOURCES["Network"] < actions(denied)
    functions = set(regulated.resources(FUNCTION))
    assert references(denied["Condition"]["ArnEquals"]["lambda:SourceFunctionArn"]) == functions
    roles = regulated.template["Resources"][name]["Properties"]["Roles"]
    used = [each["Properties"]["Role"] for each in regulated.resources(FUNCTION).values()]
    assert references(roles) == references(used)


def test_a_role_is_passed_to_cognito_only(stack):
    found = [each for _, each in allowed(stack) if "iam:PassRole" in actions(each)]
    assert found
    for statement in found:
        assert actions(statement) == {"iam:PassRole"}
        assert statement["Condition"] == {
            "StringEqualsIfExists": {"iam:PassedToService": "cognito-idp.amazonaws.com"}
        }
        (role,) = resources(statement)
        assert "LogsRole" in role


def test_rights_to_keys_are_for_the_staging_key_and_the_one_of_the_source(stack, key):
    found = set()
    for _, statement in allowed(stack):
        if any(action.startswith("kms:") for action in actions(statement)):
            assert actions(statement) <= {"kms:Decrypt", "kms:GenerateDataKey"}
            found.update(resources(statement))
    assert found - {"<SourceKeyArn>"} == {f"<{key}.Arn>"}


def test_each_service_in_the_keys_policy_is_held_to_this_account(stack, key):
    document = stack.template["Resources"][key]["Properties"]["KeyPolicy"]
    services = {
        text(statement["Principal"]["Service"]): resolved(statement["Condition"])
        for statement in document["Statement"]
        if "Service" in statement["Principal"]
    }
    log_groups = "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:*"
    assert services == {
        "logs.<AWS::Region>.<AWS::URLSuffix>": {
            "ArnLike": {"kms:EncryptionContext:aws:logs:arn": log_groups}
        },
        "delivery.logs.amazonaws.com": ACCOUNT,
        "events.amazonaws.com": ACCOUNT,
    }
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        if "AWS" in statement["Principal"]:
            assert text(statement["Principal"]["AWS"]).endswith(":iam::<AWS::AccountId>:root")


def test_who_may_assume_the_roles(stack):
    trusted = {}
    for name, role in stack.resources("AWS::IAM::Role").items():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        (kind,) = (
            kind
            for kind in ("LogsRole", "WorkerRole", "StarterRole", "StateMachineRole")
            if kind in name
        )
        assert statement["Action"] == "sts:AssumeRole"
        trusted[kind] = (
            statement["Principal"]["Service"],
            resolved(statement.get("Condition", {})),
        )
    machines = "arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:*"
    assert trusted == {
        "LogsRole": ("cognito-idp.amazonaws.com", {}),
        "WorkerRole": ("lambda.amazonaws.com", {}),
        "StarterRole": ("lambda.amazonaws.com", {}),
        "StateMachineRole": (
            "states.amazonaws.com",
            {**ACCOUNT, "ArnLike": {"aws:SourceArn": machines}},
        ),
    }


def test_events_call_the_starter_and_fill_its_queue_for_one_rule_only(stack):
    (rule,) = stack.resources("AWS::Events::Rule")
    (permission,) = stack.resources("AWS::Lambda::Permission").values()
    assert text(permission["Properties"]["SourceArn"]) == f"<{rule}.Arn>"
    (policy,) = stack.resources("AWS::SQS::QueuePolicy").values()
    (allow,) = (
        each
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        if each["Effect"] == "Allow"
    )
    assert allow["Action"] == "sqs:SendMessage"
    assert resolved(allow["Condition"]) == {"ArnEquals": {"aws:SourceArn": f"<{rule}.Arn>"}}


@pytest.mark.parametrize("kind", ["AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy"])
def test_what_does_not_come_over_tls_is_denied(stack, kind):
    (policy,) = stack.resources(kind).values()
    denied = [
        each
        for each in policy["Properties"]["PolicyDocument"]["Statement"]
        if each["Effect"] == "Deny"
    ]
    conditions = [each["Condition"] for each in denied]
    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions
    for statement in denied:
        assert statement["Principal"] == {"AWS": "*"}
        assert statement["Action"] in ("s3:*", "sqs:*")


def test_state_machine_log_groups_bucket_and_queue_are_encrypted_with_the_staging_key(stack, key):
    arn = f"<{key}.Arn>"
    (machine,) = stack.resources("AWS::StepFunctions::StateMachine").values()
    assert text(machine["Properties"]["EncryptionConfiguration"]["KmsKeyId"]) == arn
    (bucket,) = stack.resources("AWS::S3::Bucket").values()
    (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == arn
    (queue,) = stack.resources("AWS::SQS::Queue").values()
    assert text(queue["Properties"]["KmsMasterKeyId"]) == arn
    groups = stack.resources("AWS::Logs::LogGroup")
    assert len(groups) == 2
    for group in groups.values():
        assert text(group["Properties"]["KmsKeyId"]) == arn


def test_nothing_is_kept_for_ever(stack):
    for group in stack.resources("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] in (30, 365)
    (queue,) = stack.resources("AWS::SQS::Queue").values()
    assert queue["Properties"]["MessageRetentionPeriod"] == 4 * 24 * 3600
    (bucket,) = stack.resources("AWS::S3::Bucket").values()
    (rule,) = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == 1
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert "Prefix" not in rule


def test_functions_write_no_log_group_but_the_encrypted_one(stack):
    (group,) = (name for name in stack.resources("AWS::Logs::LogGroup") if "Functions" in name)
    functions = stack.resources(FUNCTION)
    assert len(functions) == 2
    for function in functions.values():
        assert function["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": group}}
