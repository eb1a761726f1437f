"""The custom resource of an import, and the legs of a relay in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aws_cdk import (
    Annotations,
    CfnResource,
    CliCredentialsStackSynthesizer,
    CustomResource,
    Duration,
    LegacyStackSynthesizer,
    Stack,
)

from ._lambda.user_import.contract import (
    AFTER_TIMEOUT_SECONDS,
    LEG_SECONDS,
    LONGEST_REQUEST_SECONDS,
    RESOURCE_TYPE,
    Attribute,
    Property,
    write_properties,
)
from .messages import arguments as messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import Construct, IDependable

    from .import_events import ImportEvents
    from .workflow import WorkflowAttributes

    Properties = Mapping[Property, str | int | None]


class Made(NamedTuple):
    """The custom resources of an import.

    Attributes:
        last: The custom resource with the import's attributes.
        run_properties: The properties with which the import is run on demand. A run is not a relay.
    """

    last: CustomResource
    run_properties: dict[str, str]


class ImportResources:
    """Makes the custom resources of an import.

    CloudFormation waits for a custom resource for an hour at most, so that a longer import is a
    relay of them. The last one keeps its logical id whatever the timeout is: it has the attributes.
    """

    def __init__(
        self,
        scope: Construct,
        suffix: str,
        *,
        workflow: WorkflowAttributes,
        role_arn: str,
        events: ImportEvents,
        needs: Sequence[IDependable],
    ) -> None:
        """Set what all custom resources of an import have.

        Args:
            scope: The import.
            suffix: Suffix of the construct ids.
            workflow: Workflow that runs the import.
            role_arn: ARN of the import's role.
            events: Events of the import.
            needs: What the handler needs: created before, and deleted after, the custom resources.
        """
        self._scope = scope
        self._suffix = suffix
        self._workflow = workflow
        self._role_arn = role_arn
        self._events = events
        self._needs = needs

    def make(self, properties: Properties, timeout: Duration, *, waits: bool) -> Made:
        """Make the custom resource, and the legs in front of it that its timeout needs.

        Args:
            properties: The properties of the import.
            timeout: Time limit of the import.
            waits: Whether the deployment waits for its end.

        Returns:
            The custom resource with the import's attributes, and the properties of a run.
        """
        return Made(self._last(properties, timeout, waits=waits), self._written(properties))

    def _last(self, properties: Properties, timeout: Duration, *, waits: bool) -> CustomResource:
        seconds = timeout.to_seconds()
        legs = -(-int(seconds) // LEG_SECONDS) if waits else 1
        if legs == 1:
            ends = min(int(seconds), LEG_SECONDS) if waits else LEG_SECONDS
            return self._make("Resource", properties, ends + AFTER_TIMEOUT_SECONDS)
        _warn_of_credentials(self._scope, timeout)
        return self._relay(properties, legs)

    def _relay(self, properties: Properties, legs: int) -> CustomResource:
        last = self._make(
            "Resource", {**properties, Property.RELAY_RESOURCE: ""}, LONGEST_REQUEST_SECONDS
        )
        last_resource = last.node.default_child
        assert isinstance(last_resource, CfnResource)
        before: dict[Property, str | int | None] = {}
        for number in range(1, legs):
            place = {
                Property.RELAY_RESOURCE: last_resource.logical_id,
                Property.LEGS_AFTER: legs - number,
                **before,
            }
            leg = self._make(f"Leg{number}", {**properties, **place}, LONGEST_REQUEST_SECONDS)
            before = {Property.LEG_BEFORE: leg.get_att_string(Attribute.RELAY)}
        for name, value in {
            Property.RELAY_RESOURCE: last_resource.logical_id,
            Property.LEGS_AFTER: "0",
            **before,
        }.items():
            last_resource.add_property_override(name, value)
        return last

    def _make(self, id_: str, properties: Properties, service_timeout: int) -> CustomResource:
        resource = CustomResource(
            self._scope,
            f"{id_}{self._suffix}",
            resource_type=RESOURCE_TYPE,
            service_token=self._workflow.starter_arn,
            service_timeout=Duration.seconds(service_timeout),
            properties=self._written(properties),
        )
        resource.node.add_dependency(*self._needs)
        self._events.precede(resource)
        return resource

    def _written(self, properties: Properties) -> dict[str, str]:
        return write_properties(
            self._events.properties(
                {
                    Property.STATE_MACHINE_ARN: self._workflow.state_machine_arn,
                    Property.IMPORT_ROLE_ARN: self._role_arn,
                    **properties,
                }
            )
        )


def _warn_of_credentials(scope: Construct, timeout: Duration) -> None:
    """Warn where CloudFormation works with the credentials of the deployment."""
    synthesizer = Stack.of(scope).synthesizer
    if isinstance(synthesizer, (LegacyStackSynthesizer, CliCredentialsStackSynthesizer)):
        Annotations.of(scope).add_warning_v2(
            "cdk-cognito-user-import:credentials-must-last",
            messages.credentials_must_last(timeout.to_human_string()),
        )
