"""A launch that must be taken back: the name of its second repository belongs to the user.

The first repository is made before the second is refused, so the rollback has work to do, and
faults meet it there. The user's own repository must outlive all of it.
"""

from mlops_sm_project_template.config import names
from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.trials.project import Ending, TrialProject
from rehearsal.laboratory.trials.traces import list_traces

OPERATION = "refused launch"


def refuse_launch(project: TrialProject) -> Ending:
    """Take the name of the deploy repository, then launch.

    Raises:
        RehearsalError: the user's repository could not be made.
    """
    wish = {"name": names.deploy_repository(project.name), "private": True, "auto_init": True}
    made = project.lane.github("POST", "/user/repos", json=wish)
    if made.status_code not in (201, 422):  # 422: it is there since the first attempt
        raise RehearsalError(f"The trial's own repository could not be made: {made.text}")
    return project.launch()


def wrong_after_refusal(project: TrialProject, ending: Ending) -> list[str]:
    """Say what is wrong after such a launch: what is left, or what the user has lost."""
    _, deploy = project.repositories
    own = f"repository {deploy}"
    wrong = [trace for trace in list_traces(project) if trace != own]
    if ending.is_good:
        wrong.append("the launch took a repository that it had not made")
    elif not ending.reason:
        wrong.append("no reason is given")
    found = project.lane.github("GET", f"/repos/{deploy}")
    if not found.ok or found.json()["archived"]:
        wrong.append("the user's own repository is gone or archived")
    commits = project.lane.github("GET", f"/repos/{deploy}/commits")
    if not commits.ok or len(commits.json()) != 1:
        wrong.append("the user's own repository was written to")
    return wrong


def give_back_name(project: TrialProject) -> None:
    """Delete the user's repository and the failed project, so that a launch finds the name free."""
    _, deploy = project.repositories
    project.lane.github("DELETE", f"/repos/{deploy}")
    project.delete()
