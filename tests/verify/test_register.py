"""Every row of docs/unproven.md names its probe, or says why it has none."""

from __future__ import annotations

import pytest

from cognito_import_local import ImportSettings
from verify_aws import example, register
from verify_aws.probes import PROBES, Probe

ROWS = register.rows()
ROWS_OF_PROBES = {
    **{probe.name: set(probe.rows) for probe in PROBES},
    example.NAME: set(example.ROWS),
}


@pytest.mark.parametrize("row", ROWS, ids=[row.id for row in ROWS])
def test_a_row_has_a_probe_or_a_reason(row: register.Row) -> None:
    if row.probe is None:
        assert row.reason.startswith("no: ")
        assert len(row.reason) > len("no: ") + 10
    else:
        assert row.id in ROWS_OF_PROBES[row.probe]


def test_every_probe_answers_rows_of_the_register() -> None:
    known = {row.id: row.probe for row in ROWS}
    for name, rows in ROWS_OF_PROBES.items():
        for row in rows:
            # Another probe may add to the answer.
            assert known[row] is not None, (name, row)


def test_all_rows_are_read() -> None:
    page = register.PAGE.read_text(encoding="utf-8")
    ids = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    expected = [each for each in ids if "-" in each and each.rpartition("-")[2].isdecimal()]
    assert [row.id for row in ROWS] == expected


@pytest.mark.parametrize("probe", PROBES, ids=[probe.name for probe in PROBES])
def test_a_probe_sees_settings_of_the_local_aws(probe: Probe) -> None:
    settings = ImportSettings().as_json()
    assert set(probe.sees.values()) <= settings.keys()
    assert set(probe.sees) <= set(probe.rows)
