"""The model of CloudFormation's times, and what it says about the example's stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from benchmarks.deploy_time import (
    CONFIGURED,
    DURATIONS,
    FIRST,
    IMPORT,
    NEXT,
    UNKNOWN,
    details,
    relay,
    simulate,
    synthesise,
)

if TYPE_CHECKING:
    from benchmarks.deploy_time import Timeline
    from helpers.synthesis import Synthesised

ROLE, FUNCTION, RULE = "AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Events::Rule"
QUEUE, PERMISSION, POLICY = "AWS::SQS::Queue", "AWS::Lambda::Permission", "AWS::IAM::Policy"


def of(**resources: dict[str, Any]) -> Timeline:
    return simulate({"Resources": resources})


def resource(kind: str, value: Any = None, **attributes: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": {"Some": {"Value": [value]}}, **attributes}


def test_a_resource_without_dependencies_starts_with_the_stack() -> None:
    created = of(Role=resource(ROLE)).created["Role"]
    assert created.start == FIRST
    assert created.end == pytest.approx(FIRST + DURATIONS[ROLE].create.seconds)
    assert created.after is None


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Role"},
        {"Fn::GetAtt": ["Role", "Arn"]},
        {"Fn::GetAtt": "Role.Arn"},
        {"Fn::Sub": "${Role}"},
        {"Fn::Sub": "the role ${Role.Arn}"},
        {"Fn::Sub": ["${Of}", {"Of": {"Ref": "Role"}}]},
        {"Fn::Join": ["", ["a", {"Fn::If": ["Some", {"Ref": "Role"}, "b"]}]]},
    ],
    ids=str,
)
def test_a_resource_starts_after_the_resources_it_refers_to(reference: dict[str, Any]) -> None:
    created = of(Role=resource(ROLE), Function=resource(FUNCTION, reference)).created
    assert created["Function"].start == pytest.approx(created["Role"].end + NEXT)
    assert created["Function"].after == "Role"


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "AWS::Region"},
        {"Ref": "AParameter"},
        {"Fn::Sub": "${AWS::Region}"},
        {"Fn::Sub": "${!Role}"},
        {"Fn::Sub": ["${Role}", {"Role": "a text"}]},
        {"Ref": "Function"},
        "Role",
    ],
    ids=str,
)
def test_a_resource_does_not_wait_for_other_names(value: Any) -> None:
    created = of(Role=resource(ROLE), Function=resource(FUNCTION, value)).created
    assert created["Function"].start == FIRST


@pytest.mark.parametrize("depends_on", ["Role", ["Role"]], ids=str)
def test_a_resource_starts_after_the_resources_named_in_depends_on(
    depends_on: str | list[str],
) -> None:
    created = of(Role=resource(ROLE), Function=resource(FUNCTION, DependsOn=depends_on)).created
    assert created["Function"].start == pytest.approx(created["Role"].end + NEXT)


def test_a_resource_waits_for_the_last_of_its_dependencies() -> None:
    created = of(
        Role=resource(ROLE),
        Queue=resource(QUEUE),
        Function=resource(FUNCTION, [{"Ref": "Role"}, {"Ref": "Queue"}]),
    ).created
    assert created["Function"].start == pytest.approx(created["Queue"].end + NEXT)
    assert created["Function"].after == "Queue"


@pytest.mark.parametrize(
    ("kind", "dependent"), [(RULE, PERMISSION), (FUNCTION, RULE), (QUEUE, RULE)], ids=str
)
def test_a_permission_or_rule_starts_before_the_resource_it_refers_to_is_complete(
    kind: str, dependent: str
) -> None:
    created = of(First=resource(kind), Next=resource(dependent, {"Ref": "First"})).created
    configured = created["First"].start + CONFIGURED[kind].seconds
    assert created["Next"].start == pytest.approx(configured + NEXT)
    assert created["Next"].start < created["First"].end


@pytest.mark.parametrize("dependent", [ROLE, FUNCTION, POLICY, IMPORT])
@pytest.mark.parametrize("kind", [RULE, FUNCTION, QUEUE])
def test_other_resources_wait_for_completion(kind: str, dependent: str) -> None:
    created = of(First=resource(kind), Next=resource(dependent, {"Ref": "First"})).created
    assert created["Next"].start == pytest.approx(created["First"].end + NEXT)


def test_a_permission_with_depends_on_waits_for_the_rule_to_complete() -> None:
    created = of(
        Rule=resource(RULE), Permission=resource(PERMISSION, {"Ref": "Rule"}, DependsOn="Rule")
    ).created
    assert created["Permission"].start == pytest.approx(created["Rule"].end + NEXT)


def test_deletion_is_in_reverse_and_waits_for_completion() -> None:
    timeline = of(Rule=resource(RULE), Permission=resource(PERMISSION, {"Ref": "Rule"}))
    permission, rule = timeline.deleted["Permission"], timeline.deleted["Rule"]
    assert permission.start == FIRST
    assert rule.start == pytest.approx(permission.end + NEXT)
    assert rule.end == pytest.approx(rule.start + DURATIONS[RULE].delete.seconds)
    assert timeline.deletion == rule.end
    assert [span.name for span in timeline.deletion_path()] == ["Permission", "Rule"]


def test_a_retained_resource_takes_no_time_to_delete() -> None:
    deleted = of(Queue=resource(QUEUE, DeletionPolicy="RetainExceptOnCreate")).deleted["Queue"]
    assert deleted.end == deleted.start


def test_an_unknown_type_is_reported_with_the_assumed_figures() -> None:
    timeline = of(Role=resource(ROLE), Topic=resource("AWS::SNS::Topic"))
    assert [(each.kind, each.operation, each.figure) for each in timeline.assumptions] == [
        ("AWS::SNS::Topic", "creation", UNKNOWN.create),
        ("AWS::SNS::Topic", "deletion", UNKNOWN.delete),
    ]
    assert timeline.created["Topic"].end == pytest.approx(FIRST + UNKNOWN.create.seconds)


def test_every_figure_has_samples_or_a_reason_why_it_is_assumed() -> None:
    figures = [figure for each in DURATIONS.values() for figure in (each.create, each.delete)]
    assert all((figure.samples > 0) != bool(figure.assumed) for figure in figures)


def test_the_critical_path_leads_to_the_custom_resource() -> None:
    timeline = of(
        Role=resource(ROLE),
        Policy=resource(POLICY, {"Ref": "Role"}),
        Function=resource(FUNCTION, {"Ref": "Role"}),
        Import=resource(IMPORT, {"Ref": "Function"}, DependsOn=["Policy"]),
        Unrelated=resource(QUEUE),
    )
    path = timeline.creation_path()
    assert [span.name for span in path] == ["Role", "Policy", "Import"]
    assert timeline.starts() == path[-1].start


def test_a_template_without_a_custom_resource_is_refused() -> None:
    with pytest.raises(ValueError, match="no resource of type Custom::CognitoUserImport"):
        of(Role=resource(ROLE)).starts()


def test_a_dependency_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Role depends on \['Missing'\]"):
        of(Role=resource(ROLE, DependsOn="Missing"))


def test_circular_dependencies_are_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        of(One=resource(ROLE, {"Ref": "Other"}), Other=resource(ROLE, {"Ref": "One"}))


@pytest.fixture(scope="module")
def timeline(example: Synthesised) -> Timeline:
    """The example's stack, with the metadata that `cdk deploy` adds."""
    template = example.template
    template["Resources"].setdefault("CDKMetadata", {"Type": "AWS::CDK::Metadata"})
    return simulate(template)


def test_the_example_starts_to_import_within_70_seconds(timeline: Timeline) -> None:
    assert timeline.starts() <= 70, details("the example", timeline)


def test_the_example_is_deleted_within_45_seconds(timeline: Timeline) -> None:
    assert timeline.deletion <= 45, details("the example", timeline)


def test_the_example_has_20_resources_at_most(timeline: Timeline) -> None:
    assert len(timeline.created) <= 20, sorted(timeline.created)


def test_24_custom_resources_more_take_80_seconds_at_most(timeline: Timeline) -> None:
    longest = simulate(synthesise(relay))
    legs = [span for span in longest.created.values() if span.kind == IMPORT]
    assert len(legs) == 25
    assert longest.starts() - timeline.starts() <= 80, details("a relay", longest)
