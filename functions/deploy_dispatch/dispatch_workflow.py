"""Asks GitHub to start a workflow of the deploy repository, and explains a refusal."""

from collections.abc import Callable

from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from github_client.api import GitHubApi
from github_client.errors import GitHubError, RefusedError

_MOVED = frozenset({301, 302, 307, 308})


class DispatchRefusedError(GitHubError):
    """GitHub does not start the workflow."""

    def __init__(self, repository: str, workflow: str, why: str, remedy: str) -> None:
        super().__init__(
            f"GitHub did not start {workflow} of {repository}: {why}; {remedy}, then run "
            "`make redrive`, which sends the event again."
        )


def dispatch_workflow(
    api: GitHubApi, project: Project, order: Order, *, before_repeat: Callable[[], None]
) -> None:
    """Start the order's workflow on the default branch.

    Args:
        api: GitHub.
        project: where.
        order: which workflow, with which inputs.
        before_repeat: called when the request is sent once more, after a wait that GitHub asked
            for or a connection that was refused.

    Raises:
        DispatchRefusedError: the repository, the workflow, the branch or the input is not what
            the template made.
        UnreachableError: the answer is lost; the run may have been started.
    """
    workflow = order.workflow(project.deploy_workflow)
    try:
        api.send(
            "POST",
            f"/repos/{project.deploy_full_name}/actions/workflows/{workflow}/dispatches",
            {"ref": project.default_branch, "inputs": dict(order.inputs)},
            repeatable=False,
            follow_redirects=False,  # the project's roles trust the repository by this name
            before_repeat=before_repeat,
        )
    except RefusedError as error:
        raise explain_refusal(api, project, workflow, error) from None


def explain_refusal(
    api: GitHubApi, project: Project, workflow: str, error: RefusedError
) -> GitHubError:
    """Return the sentence for a refusal, looking at the repository where that tells more."""
    why, remedy = f"it answered {error.status} ({error.said})", "correct what it names"
    said = error.said.lower()
    if error.status == 404 or error.status in _MOVED:
        why, remedy = _what_is_missing(api, project, workflow)
    elif error.status == 403 and "archived" in said:
        why, remedy = "the repository is archived", "unarchive it"
    elif error.status == 403:
        remedy = "let the token's user write to the repository"
    elif "disabled" in said:
        why = "the workflow, or Actions for the repository, is disabled"
        remedy = "enable it under the repository's tab Actions"
    elif "does not exist on" in said:
        why, remedy = missing_file(project, f".github/workflows/{workflow}")
    elif "no ref found" in said:
        why, remedy = missing_branch(project)
    elif "input" in said:
        why = f"its inputs are not what an approval sends ({error.said})"
        remedy = "let it take the inputs of the template's and require no other"
    elif "workflow_dispatch" in said:
        why = "the workflow has no trigger `workflow_dispatch`"
        remedy = "give it the one that the template has"
    return DispatchRefusedError(project.deploy_full_name, workflow, why, remedy)


def _what_is_missing(api: GitHubApi, project: Project, workflow: str) -> tuple[str, str]:
    """Tell a repository that is gone or renamed from a workflow that is."""
    file = f".github/workflows/{workflow}"
    return what_is_wrong_with_repository(api, project) or missing_file(project, file)


def what_is_wrong_with_repository(api: GitHubApi, project: Project) -> tuple[str, str] | None:
    """Tell why the deploy repository is not found by its name, and the remedy; None if it is."""
    repository = api.send("GET", f"/repos/{project.deploy_full_name}", accept=(404,))
    if repository.status == 404:
        return (
            "the repository is deleted, or the token does not reach it",
            "restore it or the token's access",
        )
    found = str(repository.body["full_name"])
    if found.lower() != project.deploy_full_name.lower():
        return f"the repository is now called {found}", f"rename it to {project.deploy_full_name}"
    return None


def missing_file(project: Project, file: str) -> tuple[str, str]:
    """Tell that a file is not on the default branch, and the remedy."""
    return (
        f"the repository has no file {file} on its branch {project.default_branch}",
        f"restore the file {file}, or give it its name back",
    )


def missing_branch(project: Project) -> tuple[str, str]:
    """Tell that the default branch is not there, and the remedy."""
    branch = project.default_branch
    return (
        f"the repository has no branch {branch}",
        f"name its default branch {branch} again, which the project's roles trust",
    )
