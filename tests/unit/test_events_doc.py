"""docs/events.md: its example and its schema, held to the events that are sent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from helpers.events import create, run
from helpers.fake_world import Execution, Outcome, run_workflow

from user_import.contract import EVENT_DETAIL_TYPE, EVENT_SOURCE, Attribute

if TYPE_CHECKING:
    from helpers.fake_world import FakeAws

PAGE = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
EXAMPLE, SCHEMA = (
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
)


def problems(value: Any, schema: dict[str, Any]) -> list[str]:
    """Return where a value breaks the part of JSON Schema that the page uses."""
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{value} is none of {schema['enum']}")
    if schema.get("type") == "string" and not isinstance(value, str):
        found.append(f"{value} is not text")
    if isinstance(value, str) and len(value) > schema.get("maxLength", len(value)):
        found.append("too long")
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        found += [f"{name} is missing" for name in schema["required"] if name not in value]
        for name, each in value.items():
            of = properties.get(name) or schema.get("additionalProperties")
            found += [f"{name} is not in the schema"] if of is None else problems(each, of)
    return found


def sent(world: FakeAws, *outcomes: Outcome, **changes: Any) -> dict[str, Any]:
    world.cognito.outcomes = list(outcomes)
    run_workflow(create(Events="Seed", ContractVersion="2", **changes), world)
    (detail,) = world.events.details
    return detail


@pytest.mark.parametrize(
    "outcome",
    [Outcome(), Outcome("Failed", failed=3), Outcome(failed=1)],
    ids=lambda each: each.status,
)
def test_an_event_keeps_to_the_schema(world: FakeAws, outcome: Outcome) -> None:
    assert problems(sent(world, outcome), SCHEMA) == []


def test_the_event_of_a_refused_request_keeps_to_the_schema(world: FakeAws) -> None:
    assert problems(sent(world, Start="maybe"), SCHEMA) == []


def test_the_event_of_a_run_keeps_to_the_schema(world: FakeAws) -> None:
    event = create(Events="Seed", ContractVersion="2")
    run_workflow(event, world)
    world.cloudformation.status = "CREATE_COMPLETE"
    Execution(run(event, "monday"), world).run()
    assert problems(world.events.details[-1], SCHEMA) == []


def test_the_example_keeps_to_the_schema_and_has_all_that_is_sent(world: FakeAws) -> None:
    assert problems(EXAMPLE, SCHEMA) == []
    assert set(EXAMPLE) == set(sent(world, Outcome(failed=1)))
    assert set(EXAMPLE["attributes"]) == set(Attribute) - {Attribute.RELAY}


def test_the_schema_finds_what_breaks_it() -> None:
    assert problems({**EXAMPLE, "status": "Done"}, SCHEMA)
    assert problems({**EXAMPLE, "more": 1}, SCHEMA)
    assert problems({name: EXAMPLE[name] for name in EXAMPLE if name != "id"}, SCHEMA)


def test_the_page_names_source_and_detail_type() -> None:
    assert f"`{EVENT_SOURCE}`" in PAGE
    assert f"`{EVENT_DETAIL_TYPE}`" in PAGE
