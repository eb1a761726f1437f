"""Write the package's description from README.md, with links that are right on a package index.

Hatchling runs this before it builds a wheel, an sdist or an editable install. A relative link leads
nowhere on a package index. Where `PROJECT_URL` has the address of the repository (`make build
PROJECT_URL=https://…`), such a link becomes an absolute one, and the address a project URL. Without
it, the link becomes the path of a file in the source distribution.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_VARIABLE = "PROJECT_URL"
_CODE = re.compile(r"(^```.*?^```|`[^`\n]*`)", re.MULTILINE | re.DOTALL)
_RELATIVE_LINK = re.compile(r"\[([^\]]+)\]\((?!https?://)([^)#\s]*)(#[^)\s]+)?\)")
_NOTE = (
    "Paths such as docs/csv-rules.md are files of this project's source distribution (sdist).\n\n"
)


class Description(MetadataHookInterface):
    """Sets the description and the project URLs."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the fields that pyproject.toml calls dynamic.

        Raises:
            ValueError: `PROJECT_URL` is not an address of the web.
        """
        address = os.environ.get(_VARIABLE, "").strip().rstrip("/")
        if address and not address.startswith("https://"):
            raise ValueError(f"{_VARIABLE} must begin with https://, and is {address}.")
        readme = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": described(readme, address),
        }
        if address:
            metadata["urls"] = {
                "Source": address,
                "Documentation": f"{address}/blob/HEAD/README.md",
                "Changelog": f"{address}/blob/HEAD/CHANGELOG.md",
            }


def described(readme: str, address: str) -> str:
    """Return the README as a package index shows it.

    Args:
        readme: The README in Markdown.
        address: The address of the repository; empty where it is not known.
    """

    def replaced(link: re.Match[str]) -> str:
        text, path, anchor = link[1], link[2], link[3] or ""
        if address:
            return f"[{text}]({address}/blob/HEAD/{path or 'README.md'}{anchor})"
        return text if not path or text == path else f"{text} ({path})"

    parts = _CODE.split(readme)
    # Every second part is code.
    parts[::2] = [_RELATIVE_LINK.sub(replaced, part) for part in parts[::2]]
    title, _, rest = "".join(parts).partition("\n\n")
    return f"{title}\n\n{'' if address else _NOTE}{rest}"
