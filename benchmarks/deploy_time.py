"""Model how long CloudFormation takes to create and to delete a synthesized stack.

    python -m benchmarks.deploy_time [--docs] [template.json ...]

Without a template it synthesises the example's stack of app.py, and a stack with a timeout of 24
hours. It also models a stack that does the same with the CDK's `custom_resources.Provider`.
`--docs` prints only the table. Nothing is deployed and nothing is timed: a resource takes the
median time of its type in public deployment logs of December 2024 to July 2026 (the reference,
cloudformation-durations.md), and starts by these rules:

- The first resources start 2.3 s after the stack.
- A resource starts 0.6 s after the last resource that it depends on is complete. It depends on
  what `DependsOn` names and on what `Ref`, `Fn::GetAtt` and `Fn::Sub` refer to.
- A rule, a permission or a queue policy that only refers to a queue, a function or a rule starts
  0.6 s after that one has been configured, which is before it is complete: see `CONFIGURED`.
  All other resources wait for completion, and so does whatever has `DependsOn`.
- Deletion is in reverse: a resource is deleted 0.6 s after the last one that depends on it.
  A retained resource takes no time.

A condition counts as met. The run time of the import itself is not part of the model.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_cdk import App, CustomResource, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk.custom_resources import Provider
from benchmarks.csv_runs import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

IMPORT = "Custom::CognitoUserImport"
FIRST = 2.3
NEXT = 0.6


@dataclass(frozen=True, slots=True)
class Figure:
    """The duration of an operation.

    Attributes:
        seconds: the median.
        samples: how many samples it is the median of; 0 where the figure is assumed.
        assumed: why this figure is assumed; blank where there are samples.
    """

    seconds: float
    samples: int = 0
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Durations:
    """The durations to create and to delete a resource of one type."""

    create: Figure
    delete: Figure


@dataclass(frozen=True, slots=True)
class Configured:
    """The time after which some dependents of an incomplete resource can start.

    Attributes:
        seconds: after the resource's own start.
        dependents: the types that start then. All others wait for completion.
    """

    seconds: float
    dependents: frozenset[str]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a template.

    Attributes:
        name: its logical id.
        kind: its type.
        refers_to: logical ids of the resources in its references.
        depends_on: logical ids of the resources in its `DependsOn`.
        retained: whether it stays when the stack is deleted.
    """

    name: str
    kind: str
    refers_to: frozenset[str]
    depends_on: frozenset[str]
    retained: bool

    @property
    def needs(self) -> frozenset[str]:
        """All resources that this one depends on."""
        return self.refers_to | self.depends_on


@dataclass(frozen=True, slots=True)
class Span:
    """The times of one resource's creation or deletion, in seconds after the start of the stack.

    Attributes:
        name: the resource's logical id.
        kind: its type.
        start: of the operation.
        end: of the operation.
        after: logical id of the resource that it waited for last; None if it waited for none.
    """

    name: str
    kind: str
    start: float
    end: float
    after: str | None


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure without a sample.

    Attributes:
        kind: the type of resource.
        operation: `creation` or `deletion`.
        figure: what is assumed.
    """

    kind: str
    operation: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Timeline:
    """The result of the model for a stack.

    Attributes:
        created: the creation of each resource, by logical id.
        deleted: the deletion of each resource, by logical id.
        assumptions: the figures in both that are assumed.
    """

    created: Mapping[str, Span]
    deleted: Mapping[str, Span]
    assumptions: tuple[Assumption, ...]

    def creation_path(self, kind: str = IMPORT) -> list[Span]:
        """Return the critical path to the last resource of a type, which is the last element.

        Raises:
            ValueError: the stack has no resource of that type.
        """
        spans = [span for span in self.created.values() if span.kind == kind]
        if not spans:
            raise ValueError(f"The template has no resource of type {kind}.")
        return _path(self.created, max(spans, key=lambda span: (span.start, span.name)))

    def deletion_path(self) -> list[Span]:
        """Return the critical path of the deletions, first to last."""
        return _path(self.deleted, max(self.deleted.values(), key=lambda span: span.end))

    def starts(self, kind: str = IMPORT) -> float:
        """Return the seconds after which the last resource of a type starts."""
        return self.creation_path(kind)[-1].start

    @property
    def deletion(self) -> float:
        """The duration of the stack's deletion in seconds."""
        return self.deletion_path()[-1].end


_POLICY = Durations(create=Figure(16.9, samples=37), delete=Figure(0.9, samples=11))

# The medians of cloudformation-durations.md. Its rows "Permission, LogGroup" and "Bucket,
# BucketPolicy" of deletions give one figure for two types.
DURATIONS: Mapping[str, Durations] = {
    "AWS::IAM::Role": Durations(create=Figure(17.8, samples=59), delete=Figure(11.1, samples=22)),
    "AWS::IAM::Policy": _POLICY,
    "AWS::IAM::ManagedPolicy": Durations(
        create=replace(_POLICY.create, samples=0, assumed="as AWS::IAM::Policy"),
        delete=replace(_POLICY.delete, samples=0, assumed="as AWS::IAM::Policy"),
    ),
    "AWS::Lambda::Function": Durations(
        create=Figure(8.2, samples=45), delete=Figure(3.7, samples=12)
    ),
    "AWS::Lambda::Permission": Durations(
        create=Figure(1.4, samples=40), delete=Figure(1.0, samples=22)
    ),
    "AWS::Logs::LogGroup": Durations(
        create=Figure(10.0, samples=19), delete=Figure(1.0, samples=22)
    ),
    "AWS::S3::Bucket": Durations(create=Figure(15.0, samples=18), delete=Figure(1.3, samples=6)),
    "AWS::S3::BucketPolicy": Durations(
        create=Figure(1.6, samples=8), delete=Figure(1.3, samples=6)
    ),
    "AWS::SQS::Queue": Durations(create=Figure(62.9, samples=4), delete=Figure(31.2, samples=2)),
    "AWS::SQS::QueuePolicy": Durations(
        create=Figure(1.6, assumed="as AWS::S3::BucketPolicy"),
        delete=Figure(1.3, assumed="as AWS::S3::BucketPolicy"),
    ),
    "AWS::Events::Rule": Durations(create=Figure(62.0, samples=4), delete=Figure(31.2, samples=1)),
    "AWS::KMS::Key": Durations(create=Figure(16.5, samples=1), delete=Figure(16.3, samples=1)),
    "AWS::StepFunctions::StateMachine": Durations(
        create=Figure(1.8, samples=2), delete=Figure(1.8, assumed="as its creation")
    ),
    "AWS::Cognito::UserPool": Durations(
        create=Figure(2.8, samples=3), delete=Figure(0.9, samples=1)
    ),
    "AWS::CDK::Metadata": Durations(
        create=Figure(1.0, assumed="a second or less"),
        delete=Figure(1.0, assumed="a second or less"),
    ),
}
# The reference has 2 to 3 s for creation, and no deletion.
CUSTOM = Durations(
    create=Figure(2.5, samples=18), delete=Figure(2.5, assumed="as creation of a simple one")
)
# The median of all rows of creations.
UNKNOWN = Durations(
    create=Figure(10.0, assumed="unknown type"), delete=Figure(10.0, assumed="unknown type")
)

# The reference has no sample of a state machine's deletion. In one public log, which is not among
# its files, it took 17.1 s: aws-amplify/amplify-backend, packages/cli-core/src/loggers/test-assets/
# destroy_cdk_structured_events.ts, AmplifyTableWaiterStateMachine, March 2025.
SLOW_STATE_MACHINE: Mapping[str, Durations] = {
    **DURATIONS,
    "AWS::StepFunctions::StateMachine": replace(
        DURATIONS["AWS::StepFunctions::StateMachine"], delete=Figure(17.1, samples=1)
    ),
}

# The reference names the types and gives no times. The times are of two public logs of December
# 2024 and September 2025, from a resource's start to "Eventual consistency check initiated": 2 s
# for a queue (n = 2), 2 s and 3 s for a function outside a VPC, 51 s for a rule. In the other log
# a rule's permission waited for all of its 62 s. Policies of IAM are not among the dependents: in
# a log of the CDK's Provider (new_deployment_structured_cdk_events.ts beside the file above) the
# policy that refers to a function waited for its completion.
CONFIGURED: Mapping[str, Configured] = {
    "AWS::SQS::Queue": Configured(
        2.0, frozenset({"AWS::SQS::QueuePolicy", "AWS::Events::Rule", "AWS::Lambda::Permission"})
    ),
    "AWS::Lambda::Function": Configured(
        3.0, frozenset({"AWS::Events::Rule", "AWS::Lambda::Permission"})
    ),
    "AWS::Events::Rule": Configured(
        51.0, frozenset({"AWS::SQS::QueuePolicy", "AWS::Lambda::Permission"})
    ),
}


def simulate(
    template: Mapping[str, Any], durations: Mapping[str, Durations] = DURATIONS
) -> Timeline:
    """Model the creation and the deletion of a stack.

    Args:
        template: a CloudFormation template, as read from JSON.
        durations: how long each type takes; other types are assumed and reported.

    Raises:
        ValueError: `DependsOn` names no resource, or resources depend on each other in a circle.
    """
    resources = parse(template)
    takes = {name: _durations(each.kind, durations) for name, each in resources.items()}
    needs = {name: sorted(resource.needs) for name, resource in resources.items()}
    order = list(TopologicalSorter(needs).static_order())

    created: dict[str, Span] = {}
    for name in order:
        resource = resources[name]
        ready = [(_ready(created[need], resource), need) for need in resource.needs]
        created[name] = _span(resource, takes[name].create.seconds, ready)

    dependents: dict[str, list[str]] = {name: [] for name in resources}
    for name, resource in resources.items():
        for need in resource.needs:
            dependents[need].append(name)
    deleted: dict[str, Span] = {}
    for name in reversed(order):
        resource = resources[name]
        seconds = 0.0 if resource.retained else takes[name].delete.seconds
        gone = [(deleted[dependent].end, dependent) for dependent in dependents[name]]
        deleted[name] = _span(resource, seconds, gone)

    kinds = {resources[name].kind: each for name, each in takes.items()}
    return Timeline(created, deleted, tuple(_assumptions(kinds)))


def parse(template: Mapping[str, Any]) -> dict[str, Resource]:
    """Return the resources of a template by logical id, with what each depends on.

    Raises:
        ValueError: `DependsOn` names a resource that the template does not have.
    """
    bodies: Mapping[str, Mapping[str, Any]] = template["Resources"]
    resources = {}
    for name, body in bodies.items():
        explicit = body.get("DependsOn", [])
        depends_on = frozenset([explicit] if isinstance(explicit, str) else explicit)
        if missing := depends_on - bodies.keys():
            raise ValueError(f"{name} depends on {sorted(missing)}: not in the template.")
        resources[name] = Resource(
            name,
            body["Type"],
            refers_to=frozenset(_references(body)) & bodies.keys() - {name},
            depends_on=depends_on,
            retained=body.get("DeletionPolicy", "").startswith("Retain"),
        )
    return resources


def _references(value: Any) -> Iterator[str]:
    """Yield the names that a part of a template refers to: resources, parameters, others."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), attribute]}:
            yield name
            yield from _references(attribute)
        case {"Fn::GetAtt": str(path)}:
            yield path.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from _placeholders(text)
        case {"Fn::Sub": [str(text), dict(variables)]}:
            yield from (name for name in _placeholders(text) if name not in variables)
            yield from _references(variables)
        case dict():
            for each in value.values():
                yield from _references(each)
        case list():
            for each in value:
                yield from _references(each)


def _placeholders(text: str) -> list[str]:
    """Return the names in `${Name}` and `${Name.Attribute}`; `${!Name}` is literal text."""
    return re.findall(r"\$\{\s*([\w:]+)", text)


def _ready(need: Span, resource: Resource) -> float:
    """Return the time at which a dependency allows a resource to start."""
    configured = CONFIGURED.get(need.kind)
    if (
        configured is None
        or resource.kind not in configured.dependents
        or need.name in resource.depends_on
    ):
        return need.end
    return min(need.end, need.start + configured.seconds)


def _span(resource: Resource, seconds: float, waits: list[tuple[float, str]]) -> Span:
    """Schedule an operation after the last of the times that it depends on."""
    time, after = max(waits, default=(None, None))
    start = FIRST if time is None else time + NEXT
    return Span(resource.name, resource.kind, start, start + seconds, after)


def _path(spans: Mapping[str, Span], last: Span) -> list[Span]:
    path = [last]
    while (after := path[-1].after) is not None:
        path.append(spans[after])
    return path[::-1]


def _durations(kind: str, durations: Mapping[str, Durations]) -> Durations:
    if kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource":
        return CUSTOM
    return durations.get(kind, UNKNOWN)


def _assumptions(kinds: Mapping[str, Durations]) -> Iterator[Assumption]:
    for kind, takes in sorted(kinds.items(), key=lambda item: item[0]):
        for operation, figure in (("creation", takes.create), ("deletion", takes.delete)):
            if not figure.samples:
                yield Assumption(kind, operation, figure)


def example(app: App) -> Stack:
    """Make the stack of app.py."""
    # Here, so that a template from a file can be read while the construct cannot be imported.
    from app import SeededUserPool  # noqa: PLC0415

    return SeededUserPool(app, "SeededUserPool", users=str(ROOT / "examples" / "users.csv"))


def relay(app: App) -> Stack:
    """Make a stack that may import for 24 hours: a relay of custom resources, each for an hour."""
    from cdk_cognito_user_import import UserImport, UserSource  # noqa: PLC0415  as in `example`

    user: dict[str, str | bool | None] = {
        "cognito:username": "ada",
        "email": "ada@example.com",
        "email_verified": True,
    }
    stack = Stack(app, "Relay")
    UserImport(
        stack,
        "Import",
        user_pool=cognito.UserPool(
            stack,
            "Pool",
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            removal_policy=RemovalPolicy.DESTROY,
        ),
        source=UserSource.from_records([user]),
        timeout=Duration.hours(24),
    )
    return stack


def provider(app: App) -> Stack:
    """Make a stack that imports with the CDK's Provider, an encrypted bucket and a logs role."""
    stack = Stack(app, "Provider")
    pool = cognito.UserPool(stack, "Pool", removal_policy=RemovalPolicy.DESTROY)
    bucket = s3.Bucket(
        stack,
        "Bucket",
        encryption_key=kms.Key(stack, "Key", removal_policy=RemovalPolicy.DESTROY),
        removal_policy=RemovalPolicy.DESTROY,
    )
    logs_role = iam.Role(
        stack, "LogsRole", assumed_by=iam.ServicePrincipal("cognito-idp.amazonaws.com")
    )
    functions = {}
    for name in ("OnEvent", "IsComplete"):
        function = lambda_.Function(
            stack,
            name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline("def handler(event, context): ..."),
        )
        bucket.grant_read_write(function)
        function.add_to_role_policy(
            iam.PolicyStatement(actions=["iam:PassRole"], resources=[logs_role.role_arn])
        )
        pool.grant(function, "cognito-idp:*UserImportJob*")
        functions[name] = function
    framework = Provider(
        stack,
        "Framework",
        on_event_handler=functions["OnEvent"],
        is_complete_handler=functions["IsComplete"],
    )
    CustomResource(
        stack,
        "Import",
        service_token=framework.service_token,
        resource_type=IMPORT,
        properties={
            "UserPoolId": pool.user_pool_id,
            "Bucket": bucket.bucket_name,
            "LogsRoleArn": logs_role.role_arn,
        },
    )
    return stack


def synthesise(build: Callable[[App], Stack]) -> dict[str, Any]:
    """Return the template of a stack, with the metadata that `cdk deploy` adds."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder, analytics_reporting=True)
        name = build(app).stack_name
        template: dict[str, Any] = app.synth().get_stack_by_name(name).template
    return template


def table(templates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the Markdown table of docs/performance.md."""
    titles = (
        "template",
        "resources",
        "last custom resource starts after",
        "deletion takes",
        "with 17.1 s for a state machine",
    )
    lines = [f"| {' | '.join(titles)} |", "|---|--:|--:|--:|--:|"]
    for name, template in templates.items():
        timeline, slow = simulate(template), simulate(template, SLOW_STATE_MACHINE)
        lines.append(
            f"| {name} | {len(timeline.created)} | {timeline.starts():.0f} s"
            f" | {timeline.deletion:.0f} s | {slow.deletion:.0f} s |"
        )
    return "\n".join(lines)


def details(name: str, timeline: Timeline) -> str:
    """Return both critical paths of a stack and the figures that are assumed."""
    lines = [f"{name}: {len(timeline.created)} resources"]
    for title, path in (
        (f"The custom resource starts after {timeline.starts():.1f} s:", timeline.creation_path()),
        (f"Deletion takes {timeline.deletion:.1f} s:", timeline.deletion_path()),
    ):
        lines += ["", f"  {title}"]
        lines += [
            f"    {span.start:6.1f} to {span.end:6.1f}  {span.kind:34}  {span.name}"
            for span in path
        ]
    lines += ["", "  Assumed, without a sample:"]
    lines += [
        f"    {each.kind:34}  {each.operation} {each.figure.seconds:.1f} s ({each.figure.assumed})"
        for each in timeline.assumptions
    ]
    return "\n".join(lines)


def main() -> None:
    """Print the tables that the command line requests."""
    about, _, more = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=about, epilog=more, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("templates", nargs="*", type=Path, help="default: the example of app.py")
    parser.add_argument("--docs", action="store_true", help="print only the table, in Markdown")
    options = parser.parse_args()
    templates = {path.name: json.loads(path.read_text("utf-8")) for path in options.templates}
    if not templates:
        templates = {"the example of app.py": synthesise(example)}
    templates["a timeout of 24 hours"] = synthesise(relay)
    templates["the same with the CDK's Provider"] = synthesise(provider)
    print(table(templates))
    if not options.docs:
        for name, template in templates.items():
            print(f"\n{details(name, simulate(template))}")


if __name__ == "__main__":
    main()
