"""The whole template beside the assertions: a change that nobody meant is seen.

`UPDATE_SNAPSHOTS=1 pytest tests/synth/test_snapshot.py` rewrites it; read the difference before you
commit it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.snapshots import held_by

if TYPE_CHECKING:
    from helpers.synthesis import Synthesised

SNAPSHOT = Path(__file__).parent / "snapshots" / "small.template.json"


def test_the_template_equals_the_reviewed_snapshot(small: Synthesised) -> None:
    template = json.dumps(small.template, indent=1, ensure_ascii=False)
    # What the Lambda code is made of does not belong to the template's story.
    template = re.sub(r"\b[0-9a-f]{64}\b", "asset", template) + "\n"
    assert held_by(SNAPSHOT, template) == template
