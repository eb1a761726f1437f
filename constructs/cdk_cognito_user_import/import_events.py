"""The events of an import, and the rules that match them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import IStableStringProducer, Lazy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import DependencyGroup

from ._lambda.user_import.contract import (
    EVENT_DETAIL_TYPE,
    EVENT_SOURCE,
    Property,
    needed_version,
)
from .names import path_in_stack

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct, IConstruct

    from ._lambda.user_import.contract import EventStatus


def may_send_events(scope: IConstruct) -> iam.PolicyStatement:
    """Return the right to send the library's events to the default bus, and no others."""
    return iam.PolicyStatement(
        actions=["events:PutEvents"],
        resources=[
            Stack.of(scope).format_arn(
                service="events", resource="event-bus", resource_name="default"
            )
        ],
        # EventBridge User Guide, "Using IAM policy conditions in Amazon EventBridge".
        conditions={"StringEquals": {"events:source": EVENT_SOURCE}},
    )


class ImportEvents:
    """The events of an import: the handler sends them where a rule asks for them.

    A rule may be made long after the import, so that the properties are only known when the app is
    complete.
    """

    def __init__(self, seed: Construct, rights: iam.PolicyDocument) -> None:
        """Ask for no events yet.

        Args:
            seed: The import, whose path in its stack is its name in the events.
            rights: Rights of its role, which gets the right to send events.
        """
        self._seed = seed
        self._rights = rights
        self._rules = DependencyGroup()
        self._name = path_in_stack(seed)
        self._asked = False

    def properties(
        self, properties: Mapping[Property, str | int | None]
    ) -> dict[Property, str | int | None]:
        """Return the properties of the custom resource, with those about events.

        Args:
            properties: All others, but for the version of the contract.
        """
        return {
            Property.CONTRACT_VERSION: Lazy.string(_Version(self, properties)),
            **properties,
            Property.EVENTS: Lazy.string(_Name(self)),
        }

    def precede(self, resource: Construct) -> None:
        """Let the rules exist before the custom resource, whose first import must find them."""
        resource.node.add_dependency(self._rules)

    @property
    def name(self) -> str | None:
        """The name of the import in its events; None where no rule asks for them."""
        return self._name if self._asked else None

    def rule(
        self,
        id: str,  # noqa: A002  as CDK names it
        *,
        status: EventStatus | None,
        target: events.IRuleTarget | None,
        scope: Construct | None,
        description: str | None,
        event_pattern: events.EventPattern | None,
        rule_name: str | None,
    ) -> events.Rule:
        """Make a rule that matches the events of this import.

        Args:
            id: Construct id of the rule.
            status: Status of the events; None for any.
            target: Target of the rule.
            scope: Scope of the rule. Default: the import.
            description: Description of the rule.
            event_pattern: Further conditions.
            rule_name: Name of the rule.
        """
        rule = events.Rule(
            scope or self._seed,
            id,
            description=description,
            event_pattern=event_pattern,
            rule_name=rule_name,
        )
        detail = {"stackId": [Stack.of(self._seed).stack_id], "import": [self._name]}
        if status is not None:
            detail["status"] = [str(status)]
        rule.add_event_pattern(
            source=[EVENT_SOURCE], detail_type=[EVENT_DETAIL_TYPE], detail=detail
        )
        if target is not None:
            rule.add_target(target)
        if not self._asked:
            self._asked = True
            self._rights.add_statements(may_send_events(self._seed))
        if Stack.of(rule) is Stack.of(self._seed):
            self._rules.add(rule)
        return rule


@jsii.implements(IStableStringProducer)
class _Name:
    def __init__(self, events: ImportEvents) -> None:
        self._events = events

    def produce(self) -> str | None:
        return self._events.name


@jsii.implements(IStableStringProducer)
class _Version:
    def __init__(
        self, events: ImportEvents, properties: Mapping[Property, str | int | None]
    ) -> None:
        self._events = events
        self._properties = properties

    def produce(self) -> str:
        return str(needed_version({**self._properties, Property.EVENTS: self._events.name}))
