"""cdk.json sets the feature flags that the CDK recommends for new apps."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import aws_cdk

ROOT = Path(__file__).parents[2]


def test_every_recommended_feature_flag_is_set_as_the_cdk_recommends_it() -> None:
    context = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    (package,) = Path(aws_cdk.__file__).parent.glob("_jsii/aws-cdk-lib@*.jsii.tgz")
    with tarfile.open(package) as archive:
        file = archive.extractfile("package/recommended-feature-flags.json")
        assert file is not None
        recommended = json.load(file)
    assert recommended
    assert {name: context.get(name) for name in recommended} == recommended
