"""Functions in a VPC: the rights that Lambda needs, and the endpoints that the functions need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from constructs import Construct

_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
"""The actions with which Lambda connects a function to a VPC (Lambda Developer Guide, "Giving
Lambda functions access to resources in an Amazon VPC")."""


def network_policy(scope: Construct) -> iam.ManagedPolicy:
    """Make the policy with which Lambda connects functions to a VPC.

    Lambda checks these rights when it makes the function, so they must be in force by then.
    """
    return iam.ManagedPolicy(
        scope,
        "Network",
        description="Lambda connects the functions of the import workflow to a VPC",
        statements=[iam.PolicyStatement(actions=_ACTIONS, resources=["*"])],
    )


def deny_network_to_code(function_arn: str) -> iam.PolicyStatement:
    """Return a statement that denies these rights to the function's own code.

    Source: the same page, on `lambda:SourceFunctionArn`.
    """
    return iam.PolicyStatement(
        effect=iam.Effect.DENY,
        actions=[*_ACTIONS, "ec2:DetachNetworkInterface"],
        resources=["*"],
        conditions={"ArnEquals": {"lambda:SourceFunctionArn": function_arn}},
    )


def security_group(scope: Construct, vpc: ec2.IVpc) -> ec2.SecurityGroup:
    """Make a security group that lets HTTPS out and nothing in."""
    group = ec2.SecurityGroup(
        scope,
        "SecurityGroup",
        vpc=vpc,
        description="The functions that import users into Amazon Cognito",
        allow_all_outbound=False,
    )
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "AWS services")
    return group
