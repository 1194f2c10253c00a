"""A licence is what the package says exactly, or what we read in its licence file."""

from __future__ import annotations

from email.message import Message
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

from supply_chain.errors import SupplyChainError
from supply_chain.installed_licences import permitted, spdx

TABLES: dict[str, Any] = {
    "classifiers": {"MIT License": "MIT", "Apache Software License": "Apache-2.0"},
    "texts": {"3-Clause BSD License": "BSD-3-Clause"},
    "packages": {"read-by-us": "ISC"},
    "versions": {"thing 1": "Zlib"},
}
OSI = "License :: OSI Approved"


class _Package(Distribution):
    def __init__(self, text: str) -> None:
        self._text = text

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: Any) -> Any:
        return Path(path)


def _package(*fields: tuple[str, str], name: str = "thing", version: str = "2") -> Distribution:
    metadata = Message()
    for key, value in (("Name", name), ("Version", version), *fields):
        metadata[key] = value
    return _Package(metadata.as_string())


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ([("License-Expression", "mit OR apache-2.0")], "MIT OR Apache-2.0"),
        ([("License", "BSD-3-Clause")], "BSD-3-Clause"),
        ([("License", "3-Clause BSD License")], "BSD-3-Clause"),
        ([("Classifier", OSI), ("Classifier", f"{OSI} :: MIT License")], "MIT"),
        ([("License", "MIT License\n many words"), ("Classifier", f"{OSI} :: MIT License")], "MIT"),
        ([("License-Expression", "GPL-3.0-only"), ("License", "MIT")], "GPL-3.0-only"),
    ],
)
def test_exact_statements_are_taken(fields: list[tuple[str, str]], licence: str) -> None:
    assert spdx(_package(*fields), TABLES) == licence


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [("License", "BSD")],
        [("Classifier", f"{OSI} :: BSD License")],
        [("Classifier", f"{OSI} :: MIT License"), ("Classifier", f"{OSI} :: BSD License")],
        [
            ("Classifier", f"{OSI} :: MIT License"),
            ("Classifier", f"{OSI} :: Apache Software License"),
        ],
    ],
)
def test_a_statement_that_is_not_exact_is_refused(fields: list[tuple[str, str]]) -> None:
    with pytest.raises(SupplyChainError, match=r"thing 2 does not name its licence exactly .*toml"):
        spdx(_package(*fields), TABLES)


def test_what_we_read_goes_before_what_the_package_says() -> None:
    said = ("License-Expression", "MIT")
    assert spdx(_package(said, name="Read_By.Us"), TABLES) == "ISC"
    assert spdx(_package(said, version="1"), TABLES) == "Zlib"
    assert spdx(_package(said), TABLES) == "MIT"


def test_strong_copyleft_is_not_permitted() -> None:
    strong = [one for one in permitted() if one.startswith(("GPL", "AGPL", "SSPL", "BUSL"))]
    assert strong == []
    assert "MIT" in permitted()
