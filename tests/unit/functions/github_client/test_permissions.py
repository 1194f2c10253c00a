"""How permissions are named."""

import pytest

from github_client.permissions import describe_permissions


@pytest.mark.parametrize(
    ("accepted", "told"),
    [
        ("", ""),
        (" ; ,", ""),
        ("administration=write", "Administration: write"),
        ("statuses=write", "Commit statuses: write"),
        ("actions_variables=read", "Variables: read"),
        ("pull_requests=write", "Pull requests: write"),
        ("workflows=write, contents=write", "Contents: write and Workflows: write"),
        ("contents=write; contents=write,workflows=write", "Contents: write"),
        ("issues=write; pull_requests=write", "Issues: write or Pull requests: write"),
        ("contents=read; contents=read", "Contents: read"),
        ("unheard_of", "Unheard of"),
    ],
)
def test_a_header_is_told_as_the_form_says_it(accepted: str, told: str) -> None:
    assert describe_permissions(accepted) == told
