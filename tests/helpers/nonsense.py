"""Texts for what is not on record about Cognito, so that nothing can depend on them."""

from __future__ import annotations

from dataclasses import fields

from cognito_import_local import Texts

NONSENSE = {each.name: f"Rhubarb {number}" for number, each in enumerate(fields(Texts))}
