"""The rights in the templates: of two imports with nothing set, and of one under rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from examples.regulated import RegulatedUserPool
from helpers import shapes
from helpers.imports import import_into, pool_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import (
    as_list,
    condition,
    identity_statements,
    references,
    resolved,
    text,
)

if TYPE_CHECKING:
    from helpers.synthesis import Synthesised

FUNCTION, ROLE, IMPORT = "AWS::Lambda::Function", "AWS::IAM::Role", "Custom::CognitoUserImport"
ACCOUNT = {"StringEquals": {"aws:SourceAccount": "<AWS::AccountId>"}}
ROOT = {"AWS": "arn:<AWS::Partition>:iam::<AWS::AccountId>:root"}
NETWORK = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}
LOG_DELIVERY = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
WITHOUT_RESOURCES = {
    "Traces": TRACES,
    "StateMachineRole": {
        *LOG_DELIVERY,
        *TRACES,
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
    },
    "Network": NETWORK,
}


def two_imports(stack: Stack) -> None:
    import_into(stack)
    import_into(stack, "More", user_pool=pool_of(stack, "Other"))


@pytest.fixture(scope="module", params=["two-imports", "under-rules"])
def stack(request: pytest.FixtureRequest) -> Synthesised:
    if request.param == "two-imports":
        return synthesise(two_imports)
    return synthesise_app(lambda app: RegulatedUserPool(app, "Regulated"))["Regulated"]


@pytest.fixture
def key(stack: Synthesised) -> str:
    (name,) = stack.resources("AWS::KMS::Key")
    return name


def actions(statement: dict[str, Any]) -> set[str]:
    return set(as_list(statement["Action"]))


def resources(statement: dict[str, Any]) -> list[str]:
    return [text(each) for each in as_list(statement["Resource"])]


def allowed(stack: Synthesised) -> list[tuple[str, dict[str, Any]]]:
    return [each for each in identity_statements(stack) if each[1]["Effect"] == "Allow"]


def rights_of(stack: Synthesised, role: str) -> list[dict[str, Any]]:
    """Return what a role is allowed, in itself or in policies of the stack."""
    properties = stack.template["Resources"][role]["Properties"]
    holders = {role, *references(properties.get("ManagedPolicyArns", []))}
    for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
        for name, policy in stack.resources(kind).items():
            if role in references(policy["Properties"].get("Roles", [])):
                holders.add(name)
    return [each for name, each in allowed(stack) if name in holders]


def role_of(stack: Synthesised, function: str) -> str:
    (properties,) = (
        each["Properties"] for name, each in stack.resources(FUNCTION).items() if function in name
    )
    (role,) = references(properties["Role"])
    return role


def test_every_action_is_named(stack: Synthesised) -> None:
    for name, statement in allowed(stack):
        assert not any("*" in action for action in actions(statement)), name
        assert "NotAction" not in statement, name


def test_every_statement_is_scoped_to_resources_where_iam_supports_that(stack: Synthesised) -> None:
    found: dict[str, set[str]] = {}
    for name, statement in allowed(stack):
        assert "NotResource" not in statement, name
        if "*" in resources(statement):
            assert resources(statement) == ["*"], name
            (kind,) = (kind for kind in WITHOUT_RESOURCES if kind in name)
            found.setdefault(kind, set()).update(actions(statement))
    assert found == {kind: WITHOUT_RESOURCES[kind] for kind in found}
    assert set(found) >= {"Traces", "StateMachineRole"}


def test_a_resource_has_a_wildcard_only_where_the_name_is_unknown_at_synth(
    stack: Synthesised,
) -> None:
    """docs/security.md has the reasons, and tests/synth/test_nag.py holds it to them."""
    ends = {
        resource.rpartition(":")[2]
        for _, statement in allowed(stack)
        for resource in resources(statement)
        if "*" in resource and resource != "*"
    }
    pools = stack.resources("AWS::Cognito::UserPool")
    executions = "*"
    assert ends == {
        "/aws/cognito/*",
        *(f"/aws/cognito/userpools/<{name}>/*" for name in pools),
        "role/cdk-cognito-user-import/*",
        executions,
    }


def test_functions_have_no_right_to_change_users(stack: Synthesised) -> None:
    """Each import has a role for that; see `test_every_grant_is_known`."""
    writes = {"logs:CreateLogStream", "logs:PutLogEvents"}
    own = {
        "Worker": {"sts:AssumeRole"},
        "Starter": {"states:StartExecution", "states:DescribeExecution", "events:PutEvents"},
    }
    for function, rights in own.items():
        found = rights_of(stack, role_of(stack, function))
        plain = set().union(*map(actions, found)) - NETWORK - {"sqs:SendMessage"}
        assert {each for each in plain if not each.startswith("kms:")} == {
            *rights,
            *writes,
            *TRACES,
        }


def test_the_worker_may_assume_roles_of_imports_and_no_others(stack: Synthesised) -> None:
    found = [each for _, each in allowed(stack) if "sts:AssumeRole" in actions(each)]
    assert found
    (statement,) = (
        each
        for each in rights_of(stack, role_of(stack, "Worker"))
        if "sts:AssumeRole" in actions(each)
    )
    assert found == [statement]
    (roles,) = resources(statement)
    path = roles.partition(":role")[2].removesuffix("*")
    assert {
        each["Properties"].get("Path", "/")
        for name, each in stack.resources(ROLE).items()
        if name in roles_of_imports(stack)
    } == {path}
    assert not any(
        each["Properties"].get("Path", "/").startswith(path)
        for name, each in stack.resources(ROLE).items()
        if name not in roles_of_imports(stack)
    )


def test_log_delivery_is_for_the_state_machine_only(stack: Synthesised) -> None:
    (machine,) = stack.resources("AWS::StepFunctions::StateMachine").values()
    (role,) = references(machine["Properties"]["RoleArn"])
    others = set(stack.resources(ROLE)) - {role}
    assert any(actions(each) >= LOG_DELIVERY for each in rights_of(stack, role))
    assert not any(
        LOG_DELIVERY & actions(each) for other in others for each in rights_of(stack, other)
    )


def test_the_code_of_functions_in_a_vpc_is_denied_the_network() -> None:
    regulated = synthesise_app(lambda app: RegulatedUserPool(app, "Regulated"))["Regulated"]
    denials = [each for each in identity_statements(regulated) if each[1]["Effect"] == "Deny"]
    functions = {
        text(each["Properties"]["FunctionName"]): references(each["Properties"]["Role"])
        for each in regulated.resources(FUNCTION).values()
    }
    assert len(denials) == len(functions) == 2
    for holder, denied in denials:
        assert actions(denied) == {*NETWORK, "ec2:DetachNetworkInterface"}
        assert resources(denied) == ["*"]
        ((operator, keys),) = denied["Condition"].items()
        ((key, arn),) = keys.items()
        assert (operator, key) == ("ArnEquals", "lambda:SourceFunctionArn")
        (role,) = functions.pop(text(arn).rpartition("function:")[2])
        attached = regulated.template["Resources"][role]["Properties"]["ManagedPolicyArns"]
        assert holder in references(attached)
    assert functions == {}


def test_a_role_is_passed_to_cognito_only(stack: Synthesised) -> None:
    found = [each for _, each in allowed(stack) if "iam:PassRole" in actions(each)]
    assert found
    for statement in found:
        assert actions(statement) == {"iam:PassRole"}
        assert statement["Condition"] == {
            "StringEqualsIfExists": {"iam:PassedToService": "cognito-idp.amazonaws.com"}
        }
        (role,) = resources(statement)
        assert "LogsRole" in role


def test_rights_to_keys_are_for_the_staging_key_and_the_one_of_the_source(
    stack: Synthesised, key: str
) -> None:
    found = set()
    for _, statement in allowed(stack):
        if any(action.startswith("kms:") for action in actions(statement)):
            assert all(action.startswith("kms:") for action in actions(statement))
            found.update(resources(statement))
    assert found - {"<SourceKeyArn>"} == {f"<{key}.Arn>"}


def test_functions_use_the_key_through_other_services_or_for_their_own_executions(
    stack: Synthesised,
) -> None:
    for function in ("Worker", "Starter"):
        for statement in rights_of(stack, role_of(stack, function)):
            if any(action.startswith("kms:") for action in actions(statement)):
                held_to = condition(statement).removeprefix("StringEquals ")
                assert held_to.startswith(
                    (
                        "kms:ViaService logs.<AWS::Region>.",
                        "kms:ViaService sqs.<AWS::Region>.",
                        "kms:EncryptionContext:aws:states:stateMachineArn arn:",
                    )
                ), held_to


def test_each_service_in_the_keys_policy_is_restricted_to_this_account(
    stack: Synthesised, key: str
) -> None:
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
        "delivery.logs.amazonaws.com": {
            "StringEquals": {"kms:EncryptionContext:SourceAccount": "<AWS::AccountId>"}
        },
        **({"events.amazonaws.com": ACCOUNT} if stack.resources("AWS::SQS::Queue") else {}),
    }
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        if "AWS" in statement["Principal"]:
            assert resolved(statement["Principal"]) == ROOT


def test_delivery_of_logs_may_only_decrypt(stack: Synthesised, key: str) -> None:
    document = stack.template["Resources"][key]["Properties"]["KeyPolicy"]
    (statement,) = (
        each
        for each in document["Statement"]
        if each["Principal"].get("Service") == "delivery.logs.amazonaws.com"
    )
    assert actions(statement) == {"kms:Decrypt"}


def roles_of_imports(stack: Synthesised) -> set[str]:
    return {
        role
        for custom in stack.resources(IMPORT).values()
        for role in references(custom["Properties"]["ImportRoleArn"])
    }


def trust(role: dict[str, Any]) -> tuple[Any, ...]:
    """Return who may assume a role, and on which condition."""
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sts:AssumeRole")
    return resolved(statement["Principal"]), resolved(statement.get("Condition", {}))


def test_each_role_trusts_only_its_known_principals(stack: Synthesised) -> None:
    trusted: dict[str, Any] = {}
    imports = roles_of_imports(stack)
    for name, role in stack.resources(ROLE).items():
        kinds = ("LogsRole", "WorkerRole", "StarterRole", "StateMachineRole")
        (kind,) = ["import"] if name in imports else [each for each in kinds if each in name]
        assert trusted.setdefault(kind, trust(role)) == trust(role)
    (machine,) = stack.resources("AWS::StepFunctions::StateMachine").values()
    machine = text(machine["Properties"]["StateMachineName"])
    place = "<AWS::Region>:<AWS::AccountId>"
    worker = text(stack.template["Resources"][role_of(stack, "Worker")]["Properties"]["RoleName"])
    assert trusted == {
        "import": (
            ROOT,
            {
                "ArnEquals": {
                    "aws:PrincipalArn": (
                        f"arn:<AWS::Partition>:iam::<AWS::AccountId>:role/{worker}"
                    )
                },
                "StringEquals": {"sts:ExternalId": "<AWS::StackId>"},
            },
        ),
        "LogsRole": ({"Service": "cognito-idp.amazonaws.com"}, {}),
        "WorkerRole": ({"Service": "lambda.amazonaws.com"}, {}),
        "StarterRole": ({"Service": "lambda.amazonaws.com"}, {}),
        "StateMachineRole": (
            {"Service": "states.amazonaws.com"},
            {
                **ACCOUNT,
                "ArnEquals": {
                    "aws:SourceArn": f"arn:<AWS::Partition>:states:{place}:stateMachine:{machine}"
                },
            },
        ),
    }


def test_the_role_of_an_import_with_a_shared_workflow_trusts_its_worker_for_its_own_stack() -> None:
    """The worker is of the workflow's stack, the external id of the import's."""
    templates = shapes.templates("shared-workflow")
    (worker,) = (
        text(each["Properties"]["RoleName"])
        for name, each in templates["Platform.template.json"]["Resources"].items()
        if each["Type"] == ROLE and "WorkerRole" in name
    )
    exports = {
        text(each["Export"]["Name"]): text(each["Value"])
        for each in templates["Platform.template.json"]["Outputs"].values()
    }
    for customer in ("Customers.template.json", "Partners.template.json"):
        (role,) = (
            each
            for each in templates[customer]["Resources"].values()
            if each["Type"] == ROLE and "Path" in each["Properties"]
        )
        principal, held_to = trust(role)
        for name, value in exports.items():
            held_to["ArnEquals"]["aws:PrincipalArn"] = held_to["ArnEquals"][
                "aws:PrincipalArn"
            ].replace(f"<import {name}>", value)
        assert principal == ROOT
        assert held_to == {
            "ArnEquals": {
                "aws:PrincipalArn": f"arn:<AWS::Partition>:iam::<AWS::AccountId>:role/{worker}"
            },
            "StringEquals": {"sts:ExternalId": "<AWS::StackId>"},
        }


def test_events_call_the_starter_and_fill_its_queue_for_one_rule_only(stack: Synthesised) -> None:
    (rule,) = stack.resources("AWS::Events::Rule")
    (permission,) = stack.resources("AWS::Lambda::Permission").values()
    assert text(permission["Properties"]["SourceArn"]) == f"<{rule}.Arn>"
    assert permission["Properties"]["Principal"] == "events.amazonaws.com"
    policies = stack.resources("AWS::SQS::QueuePolicy").values()
    assert len(policies) == len(stack.resources("AWS::SQS::Queue"))
    for policy in policies:
        (allow,) = (
            each
            for each in policy["Properties"]["PolicyDocument"]["Statement"]
            if each["Effect"] == "Allow"
        )
        assert allow["Principal"] == {"Service": "events.amazonaws.com"}
        assert allow["Action"] == "sqs:SendMessage"
        assert resolved(allow["Condition"]) == {"ArnEquals": {"aws:SourceArn": f"<{rule}.Arn>"}}


def test_requests_without_tls_are_denied(stack: Synthesised) -> None:
    policies = [
        *stack.resources("AWS::S3::BucketPolicy").values(),
        *stack.resources("AWS::SQS::QueuePolicy").values(),
    ]
    assert len(policies) == 1 + len(stack.resources("AWS::SQS::Queue"))
    for policy in policies:
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


def test_state_machine_log_groups_bucket_and_queue_are_encrypted_with_the_staging_key(
    stack: Synthesised, key: str
) -> None:
    arn = f"<{key}.Arn>"
    (machine,) = stack.resources("AWS::StepFunctions::StateMachine").values()
    assert text(machine["Properties"]["EncryptionConfiguration"]["KmsKeyId"]) == arn
    (bucket,) = stack.resources("AWS::S3::Bucket").values()
    (rule,) = bucket["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert text(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]) == arn
    for queue in stack.resources("AWS::SQS::Queue").values():
        assert text(queue["Properties"]["KmsMasterKeyId"]) == arn
    groups = stack.resources("AWS::Logs::LogGroup")
    assert len(groups) == 2
    for group in groups.values():
        assert text(group["Properties"]["KmsKeyId"]) == arn


def test_every_log_group_queue_and_bucket_has_a_retention(stack: Synthesised) -> None:
    for group in stack.resources("AWS::Logs::LogGroup").values():
        assert group["Properties"]["RetentionInDays"] in (30, 365)
    for queue in stack.resources("AWS::SQS::Queue").values():
        assert queue["Properties"]["MessageRetentionPeriod"] == 4 * 24 * 3600
    (bucket,) = stack.resources("AWS::S3::Bucket").values()
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert {rule["Status"] for rule in rules} == {"Enabled"}
    assert rules[0]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert "Prefix" not in rules[0]
    # What holds users expires; the record of a relay holds none, and stays.
    days = {
        rule["Prefix"]: rule["ExpirationInDays"]
        for rule in rules[1:]
        if rule["Prefix"] != "records/"
    }
    assert days == {"imports/": 1, "background/": 15}


def test_functions_write_no_log_group_but_the_encrypted_one(stack: Synthesised) -> None:
    (group,) = (name for name in stack.resources("AWS::Logs::LogGroup") if "Functions" in name)
    functions = stack.resources(FUNCTION)
    assert len(functions) == 2
    for function in functions.values():
        assert function["Properties"]["LoggingConfig"]["LogGroup"] == {"Ref": group}
