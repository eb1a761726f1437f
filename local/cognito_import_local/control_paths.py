"""What the server of the control API and its client both know."""

from __future__ import annotations

PREFIX = "/_local/"
# The settings a server begins with, as a JSON object.
SETTINGS_VARIABLE = "COGNITO_IMPORT_LOCAL_SETTINGS"
