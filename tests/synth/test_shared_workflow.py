"""Which workflow runs an import: the stack's own, another stack's, or another app's."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import NestedStack, Stack, Stage
from helpers.imports import import_into, pool_of, workflow_of
from helpers.synthesis import synthesise, synthesise_app
from helpers.templates import condition, identity_statements, references, resolved, text

from cdk_cognito_user_import import ImportWorkflow, StagingBucket
from cdk_cognito_user_import.messages import arguments, workflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App
    from helpers.synthesis import Synthesised

    from cdk_cognito_user_import.user_import import UserImport

IMPORT, ROLE = "Custom::CognitoUserImport", "AWS::IAM::Role"
FUNCTION, MACHINE = "AWS::Lambda::Function", "AWS::StepFunctions::StateMachine"
INFO = "cdk-cognito-user-import:shared-workflow"
EXPORT = "user-imports"
PLACE = "eu-central-1:111122223333"
ARNS = {
    "state_machine_arn": f"arn:aws:states:{PLACE}:stateMachine:UserImport-1",
    "starter_arn": f"arn:aws:lambda:{PLACE}:function:UserImport-2-starter",
    "worker_role_arn": "arn:aws:iam::111122223333:role/UserImport-3-worker",
    "staging_bucket_name": "users-on-their-way",
    "encryption_key_arn": f"arn:aws:kms:{PLACE}:key/11111111-2222-3333-4444-555555555555",
}
ARN_FORMATS = {
    "state_machine_arn": "arn:aws:states:<Region>:<account>:stateMachine:<name>",
    "starter_arn": (
        "arn:aws:lambda:<Region>:<account>:function:<name>, without a version or alias"
    ),
    "worker_role_arn": "arn:aws:iam::<account>:role/<name>",
    "encryption_key_arn": "arn:aws:kms:<Region>:<account>:key/<id>",
}


def exactly(message: str) -> str:
    """Return a pattern that matches this message and no other."""
    return f"^{re.escape(message)}$"


def infos(construct: UserImport) -> list[str]:
    return [each.data for each in construct.node.metadata if each.type == "aws:cdk:info"]


def by_default(stack: Stack) -> None:
    import_into(stack)


def own(stack: Stack) -> None:
    import_into(stack, workflow=workflow_of(stack))


def by_exports(stack: Stack, export_name: str = EXPORT, id_: str = "Shared") -> UserImport:
    shared = ImportWorkflow.from_attributes(stack, id_, export_name=export_name)
    return import_into(stack, workflow=shared)


def by_arns(stack: Stack, **changed: Any) -> UserImport:
    attributes: dict[str, Any] = {**ARNS, **changed}
    shared = ImportWorkflow.from_attributes(stack, "Shared", **attributes)
    return import_into(stack, workflow=shared)


def identities(stack: Synthesised) -> tuple[dict[str, list[str]] | str, ...]:
    """Return what CloudFormation knows import, role and starter by, and the starter's name."""
    ((name, custom),) = stack.resources(IMPORT).items()
    (role,) = references(custom["Properties"]["ImportRoleArn"])
    token = custom["Properties"]["ServiceToken"]
    (starter,) = references(token)
    return (
        name,
        role,
        starter,
        token,
        text(stack.template["Resources"][starter]["Properties"]["FunctionName"]),
    )


def test_an_own_workflow_in_place_of_the_default_one_changes_no_identity_of_an_import() -> None:
    """CloudFormation lets no custom resource change its function."""
    default, given = synthesise(by_default), synthesise(own)
    assert identities(default) == identities(given)
    (theirs,) = default.resources(MACHINE).values()
    (ours,) = given.resources(MACHINE).values()
    assert text(theirs["Properties"]["StateMachineName"]) != text(
        ours["Properties"]["StateMachineName"]
    )


def test_the_starter_starts_the_machine_of_the_workflow_that_is_given() -> None:
    stack = synthesise(own)
    (machine,) = stack.resources(MACHINE).values()
    started = [
        text(statement["Resource"])
        for name, statement in identity_statements(stack)
        if statement["Action"] == "states:StartExecution" and "Starter" in name
    ]
    (arn,) = started
    assert arn.endswith(f":stateMachine:{text(machine['Properties']['StateMachineName'])}")


def test_an_import_with_an_own_workflow_has_no_message_about_a_shared_one() -> None:
    made = []
    synthesise(lambda stack: made.append(import_into(stack, workflow=workflow_of(stack))))
    assert not any(INFO in each for each in infos(made[0]))


def of_another_stack(app: App) -> UserImport:
    workflow = workflow_of(Stack(app, "Platform"))
    return import_into(Stack(app, "Test"), workflow=workflow)


def test_an_import_with_a_shared_workflow_has_other_logical_ids_than_with_an_own_one() -> None:
    own_import, own_role, *_ = identities(synthesise(by_default))
    shared = synthesise_app(of_another_stack)["Test"]
    ((name, custom),) = shared.resources(IMPORT).items()
    (role,) = references(custom["Properties"]["ImportRoleArn"])
    assert name.startswith("Seed")
    assert role.startswith("Seed")
    assert name != own_import
    assert role != own_role


def test_an_import_with_a_shared_workflow_says_that_it_may_import_again() -> None:
    made = []
    synthesise_app(lambda app: made.append(of_another_stack(app)))
    (info,) = (each for each in infos(made[0]) if INFO in each)
    assert info.startswith(workflow.other_workflow("Platform/Workflow"))


def test_two_shared_workflows_give_an_import_different_logical_ids() -> None:
    names = {
        name
        for export in ("one", "other")
        for name in synthesise(partial(by_exports, export_name=export)).resources(IMPORT)
    }
    assert len(names) == 2


def logical_ids(build: Callable[..., Any]) -> set[str]:
    """Return the logical ids of role and custom resource of the stack Customers."""
    stack = synthesise_app(build)["Customers"]
    return {*stack.resources(IMPORT), *stack.resources(ROLE)}


def shared_in(app: App | Stage, platform: str = "Platform") -> None:
    workflow = workflow_of(Stack(app, platform, stack_name=platform))
    import_into(Stack(app, "Customers", stack_name="Customers"), workflow=workflow)


def test_workflows_of_two_stacks_of_an_app_give_an_import_different_logical_ids() -> None:
    assert logical_ids(shared_in) != logical_ids(lambda app: shared_in(app, "Other"))


def test_an_import_keeps_its_logical_ids_where_both_stacks_move_in_their_app() -> None:
    assert logical_ids(shared_in) == logical_ids(lambda app: shared_in(Stage(app, "Production")))


@pytest.mark.parametrize("build", [by_exports, by_arns])
def test_an_import_with_the_same_shared_workflow_keeps_its_logical_ids(
    build: Callable[..., Any],
) -> None:
    once, again = synthesise(build), synthesise(build)
    assert list(once.resources(IMPORT)) == list(again.resources(IMPORT))
    assert list(once.resources(ROLE)) == list(again.resources(ROLE))


def test_the_logical_ids_of_an_import_do_not_depend_on_the_id_of_the_shared_workflow() -> None:
    names = {
        name
        for id_ in ("Shared", "Renamed")
        for name in synthesise(partial(by_exports, id_=id_)).resources(IMPORT)
    }
    assert len(names) == 1


def test_a_shared_workflow_adds_no_function_and_no_key_to_the_imports_stack() -> None:
    stack = synthesise(by_exports)
    kinds = [each["Type"] for each in stack.template["Resources"].values()]
    assert sorted(kinds) == ["AWS::Cognito::UserPool", ROLE, ROLE, IMPORT]


def test_a_stack_with_a_workflow_may_use_one_of_another_stack() -> None:
    def build(app: App) -> None:
        stack = Stack(app, "Test")
        workflow_of(stack, "Unused")
        import_into(stack, workflow=workflow_of(Stack(app, "Platform")))

    (custom,) = synthesise_app(build)["Test"].resources(IMPORT).values()
    assert "Fn::ImportValue" in custom["Properties"]["ServiceToken"]


def nested_in_parent(app: App) -> None:
    parent = Stack(app, "Test")
    import_into(parent, workflow=workflow_of(NestedStack(parent, "Nested")))


def parent_in_nested(app: App) -> None:
    parent = Stack(app, "Test")
    import_into(NestedStack(parent, "Nested"), workflow=workflow_of(parent))


@pytest.mark.parametrize("build", [nested_in_parent, parent_in_nested])
def test_a_nested_stack_and_its_parent_may_share_a_workflow(build: Callable[..., Any]) -> None:
    template = synthesise_app(build)["Test"].template["Resources"]
    (nested,) = (each for each in template.values() if each["Type"] == "AWS::CloudFormation::Stack")
    rules = {name for name, each in template.items() if each["Type"] == "AWS::Events::Rule"}
    if build is parent_in_nested:
        assert rules
        assert rules <= set(nested["DependsOn"])
    else:
        (custom,) = (each for each in template.values() if each["Type"] == IMPORT)
        assert any("NestedStack" in each for each in custom["DependsOn"])


def test_imports_that_are_given_one_workflow_share_it_and_its_staging_bucket() -> None:
    def build(stack: Stack) -> None:
        workflow = workflow_of(stack)
        first = import_into(stack, workflow=workflow)
        other = import_into(stack, "More", user_pool=pool_of(stack, "Other"), workflow=workflow)
        assert first.workflow is other.workflow is workflow
        assert first.staging is workflow.staging

    stack = synthesise(build)
    assert len(stack.resources("AWS::S3::Bucket")) == 1
    assert len(stack.resources(MACHINE)) == 1


@pytest.mark.parametrize("first", ["own", "default"])
def test_a_second_workflow_of_a_stack_is_refused(first: str) -> None:
    stack = Stack(None, "Test")
    if first == "own":
        workflow_of(stack, "First")
        path = "Test/First"
    else:
        import_into(stack)
        path = "Test/CognitoUserImport/Workflow"
    with pytest.raises(ValueError, match=exactly(arguments.second_workflow("Test", path))):
        workflow_of(stack, "Second")


def test_an_import_without_a_workflow_beside_an_own_one_is_refused_with_that_workflow() -> None:
    stack = Stack(None, "Test")
    workflow_of(stack)
    reported = arguments.second_workflow("Test", "Test/Workflow")
    with pytest.raises(ValueError, match=exactly(reported)):
        import_into(stack)


@pytest.mark.parametrize("second", ["another", "none"])
def test_imports_of_a_stack_with_different_workflows_are_refused(second: str) -> None:
    stack = Stack(None, "Test")
    import_into(stack, workflow=workflow_of(Stack(None, "One")))
    other = workflow_of(Stack(None, "Other")) if second == "another" else None
    path = "Other/Workflow" if other else "Test/CognitoUserImport/Workflow"
    reported = arguments.workflows_differ("Test", "One/Workflow", path)
    with pytest.raises(ValueError, match=exactly(reported)):
        import_into(stack, "More", user_pool=pool_of(stack, "P"), workflow=other)


@pytest.mark.parametrize(
    ("env", "place"),
    [
        (
            {"account": "111122223333", "region": "eu-west-1"},
            ("Region", "eu-west-1", "Test", "eu-central-1"),
        ),
        (
            {"account": "444455556666", "region": "eu-central-1"},
            ("account", "444455556666", "Test", "111122223333"),
        ),
    ],
    ids=["Region", "account"],
)
def test_a_workflow_of_another_account_or_region_is_refused(
    env: dict[str, str], place: tuple[str, ...]
) -> None:
    stack = Stack(None, "Test", env={"account": "111122223333", "region": "eu-central-1"})
    workflow = workflow_of(Stack(None, "Platform", env=env))
    reported = arguments.other_place("import workflow", *place)
    with pytest.raises(ValueError, match=exactly(reported)):
        import_into(stack, workflow=workflow)


def test_an_import_by_exports_imports_every_value() -> None:
    stack = synthesise(by_exports)
    (custom,) = stack.resources(IMPORT).values()
    properties = resolved(custom["Properties"])
    assert properties["ServiceToken"] == f"<import {EXPORT}-StarterArn>"
    assert properties["StateMachineArn"] == f"<import {EXPORT}-StateMachineArn>"
    assert properties["StagingBucket"] == f"<import {EXPORT}-StagingBucketName>"
    (role,) = references(custom["Properties"]["ImportRoleArn"])
    role = stack.template["Resources"][role]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert condition(trust) == (
        f"ArnEquals aws:PrincipalArn <import {EXPORT}-WorkerRoleArn> and "
        "StringEquals sts:ExternalId <AWS::StackId>"
    )
    used = {
        text(statement["Resource"])
        for _, statement in identity_statements(stack)
        if "kms:Decrypt" in statement["Action"]
    }
    assert used == {f"<import {EXPORT}-EncryptionKeyArn>"}


def test_the_owner_exports_what_imports_import() -> None:
    def build(stack: Stack) -> None:
        workflow_of(stack, export_name=EXPORT)

    stack = synthesise(build)
    exported = {
        each["Export"]["Name"]: text(each["Value"]) for each in stack.template["Outputs"].values()
    }
    (worker_role,) = (
        text(each["Properties"]["RoleName"])
        for name, each in stack.resources(ROLE).items()
        if "WorkerRole" in name
    )
    (starter,) = (name for name in stack.resources(FUNCTION) if "Starter" in name)
    (machine,), (bucket,), (key,) = (
        stack.resources(kind) for kind in (MACHINE, "AWS::S3::Bucket", "AWS::KMS::Key")
    )
    assert exported == {
        f"{EXPORT}-StateMachineArn": f"<{machine}.Arn>",
        f"{EXPORT}-StarterArn": f"<{starter}.Arn>",
        f"{EXPORT}-WorkerRoleArn": (
            f"arn:<AWS::Partition>:iam::<AWS::AccountId>:role/{worker_role}"
        ),
        f"{EXPORT}-StagingBucketName": f"<{bucket}>",
        f"{EXPORT}-EncryptionKeyArn": f"<{key}.Arn>",
    }


def test_a_workflow_exports_nothing_without_an_export_name() -> None:
    assert "Outputs" not in synthesise(workflow_of).template


def test_an_import_by_arns_uses_them() -> None:
    stack = synthesise(by_arns)
    (custom,) = stack.resources(IMPORT).values()
    assert custom["Properties"]["ServiceToken"] == ARNS["starter_arn"]
    assert custom["Properties"]["StateMachineArn"] == ARNS["state_machine_arn"]
    assert custom["Properties"]["StagingBucket"] == ARNS["staging_bucket_name"]
    (role,) = references(custom["Properties"]["ImportRoleArn"])
    role = stack.template["Resources"][role]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    held_to = trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert held_to == ARNS["worker_role_arn"]


def test_a_shared_workflow_with_managed_policies_keeps_rights_out_of_the_roles_of_imports() -> None:
    stack = synthesise(lambda stack: by_arns(stack, managed_policies=True))
    assert len(stack.resources("AWS::IAM::ManagedPolicy")) == 2
    for role in stack.resources(ROLE).values():
        assert "Policies" not in role["Properties"]


@pytest.mark.parametrize("missing", ARNS)
def test_a_shared_workflow_with_some_of_its_attributes_is_refused(missing: str) -> None:
    given: dict[str, Any] = {name: value for name, value in ARNS.items() if name != missing}
    reported = workflow.attributes_missing("Shared", [missing], list(ARNS))
    with pytest.raises(ValueError, match=exactly(reported)):
        ImportWorkflow.from_attributes(Stack(), "Shared", **given)


def test_a_shared_workflow_without_attributes_is_refused() -> None:
    reported = workflow.attributes_missing("Shared", list(ARNS), list(ARNS))
    with pytest.raises(ValueError, match=exactly(reported)):
        ImportWorkflow.from_attributes(Stack(), "Shared")


def test_a_shared_workflow_with_export_name_and_attributes_is_refused() -> None:
    given: dict[str, Any] = {"starter_arn": ARNS["starter_arn"]}
    reported = workflow.export_name_and_attributes("Shared", ["starter_arn"])
    with pytest.raises(ValueError, match=exactly(reported)):
        ImportWorkflow.from_attributes(Stack(), "Shared", export_name=EXPORT, **given)


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *((name, "no-arn") for name in ARNS if name != "staging_bucket_name"),
        *((name, f"arn:aws:sns:{PLACE}:topic") for name in ARNS if name != "staging_bucket_name"),
        ("state_machine_arn", f"arn:aws:states:{PLACE}:activity:Name"),
        ("state_machine_arn", f"arn:aws:states:{PLACE}:stateMachine:Name:1"),
        ("starter_arn", f"arn:aws:lambda:{PLACE}:layer:Name"),
        ("starter_arn", f"arn:aws:lambda:{PLACE}:function:Name:live"),
        ("worker_role_arn", "arn:aws:iam::111122223333:user/Name"),
        ("encryption_key_arn", f"arn:aws:kms:{PLACE}:alias/name"),
    ],
)
def test_an_arn_of_another_kind_of_resource_is_refused(name: str, wrong: str) -> None:
    example = ARN_FORMATS[name]
    with pytest.raises(ValueError, match=exactly(workflow.arn_invalid(name, wrong, example))):
        by_arns(Stack(), **{name: wrong})


@pytest.mark.parametrize("name", ["state_machine_arn", "starter_arn", "encryption_key_arn"])
def test_an_arn_of_another_region_is_refused(name: str) -> None:
    stack = Stack(None, "Test", env={"account": "111122223333", "region": "eu-central-1"})
    wrong = ARNS[name].replace("eu-central-1", "eu-west-1")
    reported = workflow.arn_of_other_place(name, "Region", "eu-west-1", "Test", "eu-central-1")
    with pytest.raises(ValueError, match=exactly(reported)):
        by_arns(stack, **{name: wrong})


@pytest.mark.parametrize("name", [name for name in ARNS if name != "staging_bucket_name"])
def test_an_arn_of_another_account_is_refused(name: str) -> None:
    stack = Stack(None, "Test", env={"account": "111122223333", "region": "eu-central-1"})
    wrong = ARNS[name].replace("111122223333", "444455556666")
    reported = workflow.arn_of_other_place(name, "account", "444455556666", "Test", "111122223333")
    with pytest.raises(ValueError, match=exactly(reported)):
        by_arns(stack, **{name: wrong})


def test_arns_of_this_region_and_account_are_taken() -> None:
    stack = Stack(None, "Test", env={"account": "111122223333", "region": "eu-central-1"})
    assert by_arns(stack).workflow.starter_arn == ARNS["starter_arn"]


def test_an_import_may_bring_a_staging_bucket_of_its_own_to_a_shared_workflow() -> None:
    def build(stack: Stack) -> None:
        shared = ImportWorkflow.from_attributes(stack, "Shared", export_name=EXPORT)
        import_into(stack, workflow=shared, staging=StagingBucket(stack, "Own"))

    stack = synthesise(build)
    (bucket,) = stack.resources("AWS::S3::Bucket")
    (custom,) = stack.resources(IMPORT).values()
    assert text(custom["Properties"]["StagingBucket"]) == f"<{bucket}>"


@pytest.mark.parametrize("given", ["", "user imports", "user_imports", "user-imports/"])
@pytest.mark.parametrize(
    "make",
    [
        lambda name: ImportWorkflow.from_attributes(Stack(), "Shared", export_name=name),
        lambda name: workflow_of(Stack(), "Shared", export_name=name),
    ],
    ids=["imported", "own"],
)
def test_an_export_name_that_cloudformation_refuses_is_refused_at_once(
    make: Callable[[str], object], given: str
) -> None:
    with pytest.raises(ValueError, match=exactly(workflow.export_name_invalid("Shared", given))):
        make(given)


def test_an_export_name_may_have_all_characters_of_cloudformation() -> None:
    stack = synthesise(lambda stack: workflow_of(stack, export_name="Platform:users-2"))
    names = [each["Export"]["Name"] for each in stack.template["Outputs"].values()]
    assert "Platform:users-2-StarterArn" in names
