"""What users are told of a CSV, word for word.

``UPDATE_SNAPSHOTS=1 make test`` writes it anew; read the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

from helpers.fuzz_users_csv import STRICT
from test_users_csv_rules import BROKEN, MENDED, as_given, check

TEXTS = Path(__file__).parent / "texts_of_findings.txt"


def test_the_texts_are_those_that_were_read():
    wrong = [
        finding.told(case.reading.counted)
        for case in BROKEN
        for finding in check(case.wrong, case.pool, case.reading, case.limits).found
    ]
    mended = [
        finding.told()
        for case in MENDED
        for finding in check(case.file, as_given(case), STRICT).found
    ]
    told = "".join(f"{each}\n" for each in dict.fromkeys(wrong + mended))
    if os.environ.get("UPDATE_SNAPSHOTS"):
        TEXTS.write_text(told, encoding="utf-8")
    assert TEXTS.read_text(encoding="utf-8") == told
