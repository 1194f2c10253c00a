"""How much of GitHub's limits one launch takes, and so how many launches fit into an hour.

GitHub counts what creates content; here every write counts, also one that comes to nothing, so
that what fits by this number fits. The pushes of the two seeds are git's, which these limits do not
count. The plan is the dearest: one that has environments and refuses their reviewers.
"""

import re
from pathlib import Path

import pytest

from rehearsal.tests.github.in_process_github import TOKEN as CLASSIC_TOKEN
from tests.rehearsed.functions.project_repository.test_token_permissions import launchpad
from tests.rehearsed.functions.repository_world import SECRET_ARN

pytestmark = pytest.mark.tier("test")

REQUESTS_AN_HOUR, WRITES_AN_HOUR = 5000, 500
DOCUMENT = Path(__file__).parents[4] / "docs/platform-engineer/github.md"
_ROW = re.compile(r"^\| (classic|fine-grained) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[int, ...]]:
    """Kind of token -> requests of a launch, writes among them, launches an hour."""
    rows = _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return {kind: tuple(map(int, numbers)) for kind, *numbers in rows}


@pytest.mark.parametrize("kind", ["classic", "fine-grained"])
def test_a_launch_takes_of_the_limits_what_is_documented(tmp_path: Path, kind: str) -> None:
    with launchpad(tmp_path, organization={"plan": "team"}) as stack:
        if kind == "classic":
            stack.world.aws.tokens[SECRET_ARN] = CLASSIC_TOKEN
        assert stack.create(), stack.reasons
        rest = [method for method, path, _ in stack.world.requests() if path.startswith("/api/v3/")]
    writes = sum(method != "GET" for method in rest)
    launches = min(REQUESTS_AN_HOUR // len(rest), WRITES_AN_HOUR // writes)
    assert (len(rest), writes, launches) == documented()[kind]
