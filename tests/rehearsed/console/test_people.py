"""The same pages with the credentials of different people: each sees what that person may."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.timeout(900)
