"""Act: the project gives up its last stage, which it may not while the stage has an endpoint."""

from dataclasses import replace

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.clean_up import remove_endpoint
from rehearsal.conductor.acts.configure import settings_of, write_settings
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.acts.launch import await_project
from rehearsal.conductor.acts.stage_accounts import remove_account_stack
from rehearsal.conductor.errors import RehearsalError


def perform(play: Play) -> None:
    """Take the stage out of the parameter: refused first, done when its endpoint is gone."""
    *kept, last = play.options.stages
    before = _roles(play)
    refusal = _update(play, kept)
    if f"Stages no longer has {last}, whose endpoint is still there" not in refusal:
        raise RehearsalError(f"That {last} goes while it serves was not refused: {refusal!r}.")
    if _roles(play) != before:
        raise RehearsalError(f"The refusal changed the roles {before} to {_roles(play)}.")
    play.facts["refused_to_give_up"] = last
    play.say(f"the project keeps {last} for as long as it has an endpoint")
    remove_endpoint(play, last)
    if last in play.options.stage_accounts:
        remove_account_stack(play, last)
    write_settings(play, [settings_of(play, name) for name in kept])
    refusal = _update(play, kept)
    if refusal:
        raise RehearsalError(f"The project could not give up {last}: {refusal}")
    duties = names.stage_duties(last)
    gone = {names.project_role(play.facts["project_id"], duty) for duty in duties}
    if before - _roles(play) != gone:
        raise RehearsalError(f"Of the roles {before} there are {_roles(play)} when {last} is gone.")
    play.say(f"the project has given up {last}, and its two roles are gone")
    play.options = replace(play.options, stages=tuple(kept))


def _roles(play: Play) -> set[str]:
    """Names of the project's roles, without a prefix of the company's."""
    pages = play.world.administrator.client("iam").get_paginator("list_roles").paginate()
    own = names.project_role(play.facts["project_id"], "")
    every = (str(role["RoleName"]) for page in pages for role in page["Roles"])
    return {name[name.index(own) :] for name in every if own in name}


def _update(play: Play, stages: list[str]) -> str:
    """Update the project in Studio; return why that failed, or nothing."""
    parameters = [{"Key": "Stages", "Value": ",".join(stages)}]
    play.studio.client("sagemaker").update_project(
        ProjectName=PROJECT_NAME,
        ServiceCatalogProvisioningUpdateDetails={"ProvisioningParameters": parameters},
    )
    project = await_project(play, "The update", "Update")
    details = project.get("ServiceCatalogProvisionedProductDetails", {})
    failed = project["ProjectStatus"] == "UpdateFailed"
    return str(details.get("ProvisionedProductStatusMessage", "no reason")) if failed else ""
