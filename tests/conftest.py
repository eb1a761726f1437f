"""What all tests share."""

import gc
import os

# The CDK holds every template against CloudFormation's rules, which takes two thirds of the
# processor's time of a small synth; tests/synth/test_nag.py does it where it is looked at. Here,
# before the CDK is loaded: its process has the environment of that moment.
os.environ["CDK_VALIDATION"] = "false"


def pytest_collection_finish() -> None:
    """Leave what is loaded by now out of every later collection of garbage: it stays to the end."""
    gc.collect()
    gc.freeze()
