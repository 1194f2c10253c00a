"""The form that asks an endpoint, what it showed before, and the same request for a shell."""

from collections.abc import Mapping
from typing import Any

from console.asking.account import Account
from console.asking.invocation import ACCEPT, CONTENT_TYPE, ONCE
from console.asking.names import ProjectNames
from console.asking.record_form import RecordForm
from console.words.command_lines import Invocation


def address_of(project: ProjectNames, stage: str) -> str:
    """Where the form is sent."""
    return f"{project.page}/stages/{stage}/ask"


def shown_form(
    account: Account, project: ProjectNames, stage: str, form: RecordForm | None, line: str
) -> Mapping[str, Any]:
    """What the template of the form is told.

    Args:
        account: whose endpoint it is.
        project: whose.
        stage: of the project.
        form: how one asks; None as long as that is not known.
        line: the record that the form shows.
    """
    fields = []
    if form is not None and form.fields:
        values = form.values(line) or form.values(form.example(0)) or [""] * len(form.fields)
        pairs = enumerate(zip(form.fields, values, strict=True))
        fields = [(f"field-{position}", column, value) for position, (column, value) in pairs]
    return {
        "form": form,
        "action": address_of(project, stage),
        "fields": fields,
        "line": line,
        "commands": invocation(account, project.endpoint(stage), line).lines if line else [],
    }


def invocation(account: Account, endpoint: str, body: str) -> Invocation:
    """The request, by the address and the signature of the client that sends it."""
    meta = account.client("sagemaker-runtime", config=ONCE).meta
    return Invocation(
        endpoint=endpoint,
        region=account.identity.region,
        address=meta.endpoint_url.rstrip("/"),
        service=meta.service_model.signing_name,
        content_type=CONTENT_TYPE,
        accept=ACCEPT,
        body=body,
    )
