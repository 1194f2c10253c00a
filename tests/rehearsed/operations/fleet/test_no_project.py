"""`python -m operations fleet` where there is nothing to show."""

from __future__ import annotations

import json

from rehearsal.tests.emulator.local_aws import LocalAws
from tests.rehearsed.operations.fleet.company import open_company
from tests.rehearsed.operations.fleet.conftest import Type


def test_first_it_is_not_registered_and_then_without_a_project(
    own_aws: LocalAws, type_fleet: Type
) -> None:
    done = type_fleet()
    assert done.returncode == 1
    assert "There is no stack MLOpsServiceCatalog in eu-west-1" in done.stderr
    open_company(own_aws)
    assert type_fleet().stdout == "There is no project in this account and region.\n"
    assert json.loads(type_fleet("--json").stdout) == {"projects": [], "notes": []}
