"""The warning of functions that cannot reach Amazon Cognito from their VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_ec2 as ec2
from helpers.imports import by_id, import_into, pool_of, workflow_of
from helpers.synthesis import synthesise_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_cdk import App
    from aws_cdk.aws_ec2 import SubnetSelection, SubnetType, Vpc

    from cdk_cognito_user_import.user_import import UserImport

WARNING = "cdk-cognito-user-import:endpoint"
DOMAIN = cognito.CognitoDomainOptions(domain_prefix="members")
ISOLATED = ec2.SubnetType.PRIVATE_ISOLATED


def warnings(build: Callable[..., Any]) -> list[Any]:
    """Return what an app's import warns of; `build` returns the import."""
    made = []
    synthesise_app(lambda app: made.append(build(app)))
    return [
        each.data
        for each in made[0].node.metadata
        if each.type == "aws:cdk:warning" and WARNING in each.data
    ]


def vpc_of(stack: Stack, *kinds: SubnetType) -> Vpc:
    """Make a VPC with a group of subnets of each kind, and a NAT gateway if one needs it."""
    egress = ec2.SubnetType.PRIVATE_WITH_EGRESS in kinds
    return ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        nat_gateways=1 if egress else 0,
        subnet_configuration=[
            ec2.SubnetConfiguration(name=kind.name, subnet_type=kind) for kind in kinds
        ],
    )


def with_egress(stack: Stack) -> Vpc:
    return vpc_of(stack, ec2.SubnetType.PUBLIC, ec2.SubnetType.PRIVATE_WITH_EGRESS, ISOLATED)


def import_in_vpc(
    stack: Stack, vpc: Any, *, pool: Any = None, domain: bool = True, **properties: Any
) -> UserImport:
    if pool is None:
        pool = pool_of(stack)
        if domain:
            pool.add_domain("Domain", cognito_domain=DOMAIN)
    return import_into(stack, user_pool=pool, workflow=workflow_of(stack, vpc=vpc, **properties))


def test_a_pool_with_a_domain_and_functions_in_isolated_subnets_give_a_warning() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        return import_in_vpc(stack, vpc_of(stack, ISOLATED))

    (warning,) = warnings(build)
    assert "user pool Test/Pool has a domain" in warning
    assert "give them subnets with a NAT gateway, or leave the VPC out" in warning


def test_a_pool_without_a_domain_gives_no_warning() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        return import_in_vpc(stack, vpc_of(stack, ISOLATED), domain=False)

    assert warnings(build) == []


def test_functions_behind_a_nat_gateway_give_no_warning() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        return import_in_vpc(stack, with_egress(stack))

    assert warnings(build) == []


def test_functions_outside_vpcs_give_no_warning() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        pool = pool_of(stack)
        pool.add_domain("Domain", cognito_domain=DOMAIN)
        return import_into(stack, user_pool=pool)

    assert warnings(build) == []


def isolated_of(vpc: Vpc, by: str) -> SubnetSelection:
    given: dict[str, Any]
    match by:
        case "type":
            given = {"subnet_type": ISOLATED}
        case "group":
            given = {"subnet_group_name": ISOLATED.name}
        case "subnets":
            given = {"subnets": vpc.isolated_subnets}
        case "zones":
            zone = vpc.availability_zones[0]
            given = {"subnet_type": ISOLATED, "availability_zones": [zone]}
        case "filters":
            one = vpc.isolated_subnets[0].subnet_id
            given = {"subnet_type": ISOLATED, "subnet_filters": [ec2.SubnetFilter.by_ids([one])]}
    return ec2.SubnetSelection(**given)


@pytest.mark.parametrize("by", ["type", "group", "subnets", "zones", "filters"])
def test_isolated_subnets_of_a_vpc_are_recognized_with_every_kind_of_subnet_selection(
    by: str,
) -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        vpc = with_egress(stack)
        return import_in_vpc(stack, vpc, vpc_subnets=isolated_of(vpc, by))

    assert len(warnings(build)) == 1


def test_one_subnet_with_egress_is_enough_for_no_warning() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        vpc = with_egress(stack)
        chosen = [vpc.isolated_subnets[0], vpc.private_subnets[0]]
        return import_in_vpc(stack, vpc, vpc_subnets=ec2.SubnetSelection(subnets=chosen))

    assert warnings(build) == []


def test_a_domain_that_is_added_after_the_import_counts() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        pool = pool_of(stack)
        seed = import_in_vpc(stack, vpc_of(stack, ISOLATED), pool=pool)
        pool.add_domain("Domain", cognito_domain=DOMAIN)
        return seed

    assert len(warnings(build)) == 1


def test_a_domain_of_another_pool_does_not_count() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        pool_of(stack, "Other").add_domain("Domain", cognito_domain=DOMAIN)
        return import_in_vpc(stack, vpc_of(stack, ISOLATED), pool=pool_of(stack))

    assert warnings(build) == []


def test_a_domain_of_a_pool_that_is_known_by_its_id_counts() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        pool = by_id("eu-central-1_AbCdEfGhI")(stack)
        cognito.UserPoolDomain(stack, "Domain", user_pool=pool, cognito_domain=DOMAIN)
        return import_in_vpc(stack, vpc_of(stack, ISOLATED), pool=pool)

    assert len(warnings(build)) == 1


def test_a_pool_and_its_domain_in_another_stack_than_the_import_count() -> None:
    def build(app: App) -> UserImport:
        pool = pool_of(Stack(app, "Pools"))
        pool.add_domain("Domain", cognito_domain=DOMAIN)
        stack = Stack(app, "Test")
        return import_in_vpc(stack, vpc_of(stack, ISOLATED), pool=pool)

    assert len(warnings(build)) == 1


def test_a_domain_in_another_stack_than_its_pool_counts() -> None:
    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        pool = pool_of(stack)
        cognito.UserPoolDomain(
            Stack(app, "Domains"), "Domain", user_pool=pool, cognito_domain=DOMAIN
        )
        return import_in_vpc(stack, vpc_of(stack, ISOLATED), pool=pool)

    assert len(warnings(build)) == 1


def test_a_shared_workflow_in_isolated_subnets_gives_a_warning_on_the_import_that_uses_it() -> None:
    def build(app: App) -> UserImport:
        platform = Stack(app, "Platform")
        workflow = workflow_of(platform, vpc=vpc_of(platform, ISOLATED))
        stack = Stack(app, "Test")
        pool = pool_of(stack)
        pool.add_domain("Domain", cognito_domain=DOMAIN)
        return import_into(stack, user_pool=pool, workflow=workflow)

    assert len(warnings(build)) == 1


def test_subnets_that_are_known_only_by_their_ids_are_accepted() -> None:
    """Nothing says whether they are isolated; and the CDK knows no availability zone of them."""

    def build(app: App) -> UserImport:
        stack = Stack(app, "Test")
        vpc = ec2.Vpc.from_vpc_attributes(
            stack, "Vpc", vpc_id="vpc-0123456789abcdef0", availability_zones=["eu-central-1a"]
        )
        subnet = ec2.Subnet.from_subnet_id(stack, "Subnet", "subnet-0123456789abcdef0")
        return import_in_vpc(stack, vpc, vpc_subnets=ec2.SubnetSelection(subnets=[subnet]))

    assert warnings(build) == []
