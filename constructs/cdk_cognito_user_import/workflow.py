"""The import workflow: the state machine, its two functions, their grants. One a stack."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import ArnFormat, Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from .acknowledge import acknowledge, acknowledge_wildcard
from .grant import grant, grant_more

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_kms as kms

    from .staging import StagingBucket

_CODE = Path(__file__).parent / "_lambda"
_EXECUTION_SECONDS = 3600
"""The longest an execution may take; CloudFormation listens no longer than that."""

_WORKER_MEMORY = 1024
"""MiB. Staging and uploading stream, in 256; but that no user comes twice takes eight bytes a user
and column: 160 MB for the usernames of the 20 million users that an import can have, and as much
for each alias. It also buys more of a processor, by which starting and checking take less time."""


_NETWORK_ACTIONS = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
]
"""What Lambda does with a function's role to put it into a VPC (Lambda Developer Guide, "Giving
Lambda functions access to resources in an Amazon VPC")."""


class ImportWorkflow(Construct):
    """Runs imports: Stage, Advance until done, Report.

    ``UserImport`` makes one for all imports of a stack. Make one yourself to put its functions into
    a VPC, or where other rules ask for more than the defaults, and give it to all imports of the
    stack.

    For a permissions boundary, apply it to the stack: ``iam.PermissionsBoundary.of(stack).apply``.

    Attributes:
        state_machine_arn: of the workflow.
        starter: the function that CloudFormation calls.
        worker_role: the role to which each import attaches a policy of its own.
        staging: the staging bucket that the worker may use without such a policy.
        dead_letter_queue: what Lambda and EventBridge could not deliver to the functions.
        managed_policies: whether rights are in managed policies.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002  as CDK names it
        *,
        staging: StagingBucket,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        reserved_concurrent_executions: int | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        managed_policies: bool = False,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        """Make the workflow.

        Args:
            scope: the construct to make it in.
            id: the name of the construct.
            staging: where the users wait for Cognito. Its key encrypts the state machine, the log
                groups and the dead-letter queue as well.
            vpc: where the functions run. From there they must reach Step Functions, Amazon Cognito
                user pools, CloudWatch Logs, CloudFormation and S3, by endpoints in the VPC or
                otherwise; see docs/security.md. Default: outside your VPCs.
            vpc_subnets: which subnets of the VPC. Default: the private ones.
            security_groups: of the functions. Default: a new one that lets HTTPS out and nothing
                in.
            reserved_concurrent_executions: how many of each of the two functions may run at once;
                at least as many as imports of the stack run at once. Default: no limit but the
                account's.
            dead_letter_queue: takes what Lambda and EventBridge could not deliver to the functions.
                A message may hold the URL that answers CloudFormation, so encrypt it. If the queue
                and its key were not made in this app, their policies must let EventBridge in.
                Default: a new one, encrypted with the key of ``staging``, that keeps messages for
                four days.
            log_retention: of the log groups of the functions and of the state machine.
                Default: a month.
            managed_policies: whether rights are in managed policies, as some rules of compliance
                ask, and not in the roles themselves. A role has ten managed policies at most
                unless you have asked AWS for more. Default: False.
            removal_policy: of the log groups and the dead-letter queue.
                Default: they are removed with the stack.

        Raises:
            ValueError: an argument is not allowed.
        """
        super().__init__(scope, id)
        if vpc is None and (vpc_subnets is not None or security_groups is not None):
            raise ValueError(
                f"The import workflow {self.node.path} has vpc_subnets or security_groups but no "
                "vpc. Give the VPC that they belong to as vpc, or leave them out."
            )
        if reserved_concurrent_executions is not None and reserved_concurrent_executions < 1:
            raise ValueError(
                f"The import workflow {self.node.path} has reserved_concurrent_executions="
                f"{reserved_concurrent_executions}: with less than 1 its functions never run. Give "
                "at least as many as imports of the stack run at once, or leave it out."
            )
        self.staging = staging
        self.managed_policies = managed_policies
        self._key = staging.encryption_key
        self._log_retention = log_retention
        self._removal_policy = removal_policy
        self._function_properties: dict[str, Any] = {
            "reserved_concurrent_executions": reserved_concurrent_executions
        }
        if vpc is not None:
            self._function_properties |= {
                "vpc": vpc,
                "vpc_subnets": vpc_subnets,
                "security_groups": list(security_groups or [self._security_group(vpc)]),
            }
        self.dead_letter_queue: sqs.IQueue = dead_letter_queue or self._dead_letter_queue()
        self._let_events_use_key(self.dead_letter_queue.encryption_master_key)
        self._telemetry = self._telemetry_policy()
        self._of_functions = [self._telemetry] + ([self._network_policy()] if vpc else [])
        # Of both functions: they are called by turns, and tell one story.
        self._log_group = self._logs("FunctionsLog")
        code = lambda_.Code.from_asset(str(_CODE), exclude=["**/__pycache__"])

        self._sees_to_logs: dict[tuple[str, ...], iam.PolicyStatement] = {}
        self._logs_seen_to: set[str] = set()
        self.worker_role = self._role("WorkerRole", "Imports users into Amazon Cognito")
        worker = self._function(
            "Worker",
            code=code,
            handler="user_import.worker.handler",
            role=self.worker_role,
            description="Stages users, runs Amazon Cognito import jobs, and reports how they ended",
            timeout=Duration.minutes(15),
            memory_size=_WORKER_MEMORY,
            statements=[
                iam.PolicyStatement(
                    actions=["cloudformation:DescribeStacks"], resources=[Aws.STACK_ID]
                ),
                *use_of(staging),
            ],
            wildcards={},
        )
        state_machine = self._state_machine(worker)
        self.state_machine_arn: str = state_machine.attr_arn
        self.starter = self._starter(code, state_machine)
        if vpc is not None:
            self._keep_code_from_network([worker, self.starter])

    def let_worker_see_to_log(self, user_pool_id: str | None, actions: Sequence[str]) -> None:
        """Let the worker see to the log group that Cognito makes for a user pool.

        In the worker's role, and not in the import's policy: what several imports of a pool need is
        there once, and none of it is needed when one of them goes.

        Args:
            user_pool_id: of the user pool; None where this stack does not know it.
            actions: what the worker does to the log group.
        """
        log_groups = Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name="/".join(filter(None, ("/aws/cognito/userpools", user_pool_id, "*"))),
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        statement = self._sees_to_logs.get(tuple(actions))
        if statement is None:
            statement = iam.PolicyStatement(actions=list(actions))
            self._sees_to_logs[tuple(actions)] = statement
            grant_more(self._worker_rights, statement)
        statement.add_resources(log_groups)
        if log_groups not in self._logs_seen_to:
            self._logs_seen_to.add(log_groups)
            acknowledge_wildcard(
                self._worker_rights,
                log_groups,
                "Cognito names the log group of an import after the pool's id and its name, and "
                "the name is only known when the pool is made.",
            )

    def _security_group(self, vpc: ec2.IVpc) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="The functions that import users into Amazon Cognito",
            allow_all_outbound=False,
        )
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.HTTPS, "AWS services")
        return group

    def _dead_letter_queue(self) -> sqs.Queue:
        queue = sqs.Queue(
            self,
            "DeadLetters",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            removal_policy=self._removal_policy,
        )
        acknowledge(
            queue,
            "SQSRedrivePolicy",
            "It is the dead-letter queue itself: nothing is received from it but by a person.",
            pack="Serverless",
        )
        return queue

    def _let_events_use_key(self, key: kms.IKey | None) -> None:
        """Let EventBridge put what it could not deliver into the encrypted queue.

        Source: EventBridge User Guide, "Using dead-letter queues".
        """
        if key is not None:
            key.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("events.amazonaws.com")],
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=["*"],
                    conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
                )
            )

    def _logs(self, id: str, name: str | None = None) -> logs.LogGroup:  # noqa: A002
        return logs.LogGroup(
            self,
            id,
            log_group_name=name,
            encryption_key=self._key,
            retention=self._log_retention,
            removal_policy=self._removal_policy,
        )

    def _telemetry_policy(self) -> iam.ManagedPolicy:
        """Return the rights to traces and to log delivery: those that have no resource to name."""
        policy = iam.ManagedPolicy(
            self,
            "Telemetry",
            description="Traces of the import workflow, and the delivery of its log",
            statements=[
                # Step Functions Developer Guide, "Tracing with X-Ray".
                iam.PolicyStatement(
                    actions=[
                        "xray:GetSamplingRules",
                        "xray:GetSamplingTargets",
                        "xray:PutTelemetryRecords",
                        "xray:PutTraceSegments",
                    ],
                    resources=["*"],
                ),
                # The same guide, "Logging in CloudWatch Logs". For the state machine only: what a
                # Lambda function calls has the function's ARN in its context.
                iam.PolicyStatement(
                    actions=[
                        "logs:CreateLogDelivery",
                        "logs:DeleteLogDelivery",
                        "logs:DescribeLogGroups",
                        "logs:DescribeResourcePolicies",
                        "logs:GetLogDelivery",
                        "logs:ListLogDeliveries",
                        "logs:PutResourcePolicy",
                        "logs:UpdateLogDelivery",
                    ],
                    resources=["*"],
                    conditions={"Null": {"lambda:SourceFunctionArn": "true"}},
                ),
            ],
        )
        acknowledge_wildcard(
            policy, "*", "Log delivery and X-Ray have no resources that a policy could name."
        )
        return policy

    def _network_policy(self) -> iam.ManagedPolicy:
        """Return the rights with which Lambda connects the functions to the VPC."""
        policy = iam.ManagedPolicy(
            self,
            "Network",
            description="Lambda connects the functions of the import workflow to a VPC",
            statements=[iam.PolicyStatement(actions=_NETWORK_ACTIONS, resources=["*"])],
        )
        acknowledge_wildcard(
            policy,
            "*",
            "Lambda asks for network interfaces on all resources before there are any; the "
            "functions' own code is denied them.",
        )
        return policy

    def _role(self, id: str, description: str) -> iam.Role:  # noqa: A002
        return iam.Role(
            self,
            id,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=description,
            managed_policies=self._of_functions,
        )

    def _function(
        self,
        id: str,  # noqa: A002
        *,
        role: iam.Role,
        statements: Sequence[iam.PolicyStatement],
        wildcards: Mapping[str, str],
        **properties: Any,
    ) -> lambda_.Function:
        """Make a function.

        Args:
            id: the function's name.
            role: the function's.
            statements: its rights beside those that both functions have.
            wildcards: resources with a wildcard in the statements, and why.
            properties: of the function.
        """
        function = lambda_.Function(
            self,
            id,
            runtime=lambda_.Runtime.PYTHON_3_14,
            role=role,
            log_group=self._log_group,
            **self._function_properties,
            **properties,
        )
        resource = function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        # Asked of the L2 construct, each would add a policy of its own to the role.
        resource.dead_letter_config = lambda_.CfnFunction.DeadLetterConfigProperty(
            target_arn=self.dead_letter_queue.queue_arn
        )
        resource.tracing_config = lambda_.CfnFunction.TracingConfigProperty(mode="Active")
        holder = grant(
            role,
            "Run",
            [
                iam.PolicyStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[self._log_group.log_group_arn],
                ),
                *self._use_of_queue(may_use_key=role is self.worker_role),
                *statements,
            ],
            managed=self.managed_policies,
        )
        for resource_name, reason in wildcards.items():
            acknowledge_wildcard(holder, resource_name, reason)
        if role is self.worker_role:
            self._worker_rights = holder
        return function

    def _use_of_queue(self, *, may_use_key: bool) -> list[iam.PolicyStatement]:
        """Return the right to put into the dead-letter queue what a function could not take.

        Args:
            may_use_key: whether the function may use the key of the staging bucket anyway.
        """
        queue, stack = self.dead_letter_queue, Stack.of(self)
        statements = [iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[queue.queue_arn])]
        key = queue.encryption_master_key
        if key is not None and not (may_use_key and key.key_arn == self._key.key_arn):
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[key.key_arn],
                    conditions={
                        "StringEquals": {"kms:ViaService": f"sqs.{stack.region}.{stack.url_suffix}"}
                    },
                )
            )
        return statements

    def _keep_code_from_network(self, functions: Sequence[lambda_.Function]) -> None:
        """Leave the rights to the network to Lambda, and take them from the functions' code.

        Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon
        VPC", on ``lambda:SourceFunctionArn``.
        """
        kind = iam.ManagedPolicy if self.managed_policies else iam.Policy
        kind(
            self,
            "NotByCode",
            roles=[function.role for function in functions if function.role is not None],
            statements=[
                iam.PolicyStatement(
                    effect=iam.Effect.DENY,
                    actions=[*_NETWORK_ACTIONS, "ec2:DetachNetworkInterface"],
                    resources=["*"],
                    conditions={
                        "ArnEquals": {
                            "lambda:SourceFunctionArn": [
                                function.function_arn for function in functions
                            ]
                        }
                    },
                )
            ],
        )

    def _state_machine(self, worker: lambda_.Function) -> sfn.CfnStateMachine:
        """Make the state machine: encrypted, traced, and logged without the data it handles."""
        stack = Stack.of(self)
        # Names under this prefix do not fill up the account's log resource policy.
        name = f"/aws/vendedlogs/states/user-import-{_stack_guid()}"
        log_group = self._logs("StateMachineLog", name)
        role = iam.Role(
            self,
            "StateMachineRole",
            # Step Functions Developer Guide, "Prevent cross-service confused deputy issue". The
            # name of this state machine is not known before its role is there.
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(
                            service="states",
                            resource="stateMachine",
                            resource_name="*",
                            arn_format=ArnFormat.COLON_RESOURCE_NAME,
                        )
                    },
                },
            ),
            description="Runs the import workflow",
            managed_policies=[self._telemetry],
        )
        grant(
            role,
            "Run",
            [
                iam.PolicyStatement(
                    actions=["lambda:InvokeFunction"], resources=[worker.function_arn]
                ),
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[self._key.key_arn],
                ),
            ],
            managed=self.managed_policies,
        )
        machine = sfn.CfnStateMachine(
            self,
            "StateMachine",
            role_arn=role.role_arn,
            definition_string=stack.to_json_string(definition(worker.function_arn)),
            encryption_configuration=sfn.CfnStateMachine.EncryptionConfigurationProperty(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=self._key.key_arn
            ),
            logging_configuration=sfn.CfnStateMachine.LoggingConfigurationProperty(
                level="ALL",
                include_execution_data=False,
                destinations=[
                    sfn.CfnStateMachine.LogDestinationProperty(
                        cloud_watch_logs_log_group=(
                            sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(
                                log_group_arn=log_group.log_group_arn
                            )
                        )
                    )
                ],
            ),
            tracing_configuration=sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True),
        )
        machine.node.add_dependency(role)
        return machine

    def _starter(self, code: lambda_.Code, state_machine: sfn.CfnStateMachine) -> lambda_.Function:
        """Make the function that CloudFormation calls, and call it for executions that broke."""
        role = self._role("StarterRole", "Starts the import workflow for CloudFormation")
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{state_machine.attr_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        starter = self._function(
            "Starter",
            code=code,
            handler="user_import.custom_resource.handler",
            role=role,
            description="Starts the import workflow for CloudFormation, or answers by itself",
            timeout=Duration.minutes(2),
            memory_size=128,
            statements=[
                iam.PolicyStatement(
                    actions=["states:StartExecution"], resources=[state_machine.attr_arn]
                ),
                # The event that an encrypted execution has broken tells no more than its name.
                iam.PolicyStatement(actions=["states:DescribeExecution"], resources=[executions]),
                iam.PolicyStatement(
                    actions=["kms:Decrypt"],
                    resources=[self._key.key_arn],
                    conditions={
                        "StringEquals": {
                            "kms:EncryptionContext:aws:states:stateMachineArn": (
                                state_machine.attr_arn
                            )
                        }
                    },
                ),
            ],
            wildcards={
                executions: "The executions of this one state machine; their names are those of "
                "the requests."
            },
        )
        events.Rule(
            self,
            "Broken",
            description="Executions of the import workflow that ended without answering",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                    "stateMachineArn": [state_machine.attr_arn],
                },
            ),
            targets=[targets.LambdaFunction(starter, dead_letter_queue=self.dead_letter_queue)],
        )
        return starter


def use_of(staging: StagingBucket) -> list[iam.PolicyStatement]:
    """Return what the worker needs of a staging bucket beside the rights to single objects."""
    return [
        # Without this S3 says 403 of what is not there, as of what is denied.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[staging.bucket.bucket_arn]),
        iam.PolicyStatement(
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=[staging.encryption_key.key_arn],
        ),
    ]


def definition(worker_arn: str) -> dict[str, Any]:
    """Return the workflow in the Amazon States Language.

    Stage → Finished? → Wait → Advance → Finished? … → Report. What a state can catch goes to Report
    as well; what it cannot (States.Runtime, States.DataLimitExceeded, a time-out, an abort), the
    EventBridge rule tells the starter.

    The URL that takes the answer is in the execution's input and reaches Report from there; it is
    in no state between.
    """
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Report"}]
    request = {"request.$": "$$.Execution.Input.request"}
    return {
        "Comment": "Imports users into an Amazon Cognito user pool",
        "StartAt": "Stage",
        "TimeoutSeconds": _EXECUTION_SECONDS,
        "States": {
            "Stage": {
                **_task(
                    worker_arn,
                    {"step": "stage", **request, "started_at.$": "$$.Execution.StartTime"},
                ),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Finished?": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.done", "BooleanEquals": True, "Next": "Report"}],
                "Default": "Wait",
            },
            "Wait": {"Type": "Wait", "SecondsPath": "$.wait_seconds", "Next": "Advance"},
            "Advance": {
                **_task(worker_arn, {"step": "advance", **request, "state.$": "$"}),
                "Catch": catch,
                "Next": "Finished?",
            },
            "Report": {
                **_task(
                    worker_arn,
                    {
                        "step": "report",
                        **request,
                        "response_url.$": "$$.Execution.Input.response_url",
                        "state.$": "$",
                    },
                ),
                "End": True,
            },
        },
    }


def _task(worker_arn: str, payload: dict[str, str]) -> dict[str, Any]:
    """Return a call of the worker, tried again for about a minute where it fails."""
    return {
        "Type": "Task",
        "Resource": f"arn:{Aws.PARTITION}:states:::lambda:invoke",
        "Parameters": {"FunctionName": worker_arn, "Payload": payload},
        "OutputPath": "$.Payload",
        "TimeoutSeconds": 900,
        "Retry": [
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 2,
                "MaxAttempts": 5,
                "BackoffRate": 2,
            }
        ],
    }


def _stack_guid() -> str:
    """Return the part of the stack's ARN that no other stack has, not even one of its name."""
    return Fn.select(2, Fn.split("/", Aws.STACK_ID))
