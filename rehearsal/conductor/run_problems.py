"""Why a run did not start, and what to do: GitHub itself shows only the first, on its web page."""

from rehearsal.conductor.github_control import GitHubControl

# Parts of GitHub's sentences, and the remedy of what they are about.
_REMEDIES = {
    "not allowed to be used in": "let an owner of {owner} allow them under Settings, Actions, "
    "General, then run the workflow again",
    "The job was not started because": "let an owner of {owner} do that, then run the workflow "
    "again",
}


def told_problem(control: GitHubControl, run_id: int) -> str | None:
    """GitHub's sentence about a run that it did not start or has ended, with a remedy."""
    for told in control.problems():
        if told["run"] == run_id:
            said = str(told["problem"]).rstrip(".")
            owner = str(told["repository"]).partition("/")[0]
            remedies = [text for part, text in _REMEDIES.items() if part in said]
            return "; ".join([said, *(text.format(owner=owner) for text in remedies)])
    return None
