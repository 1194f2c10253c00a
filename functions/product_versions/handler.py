"""Lambda entry: `Custom::CatalogProduct`, a product with a version for each registration."""

from typing import Any

from cloudformation_response.properties import PropertyError, text
from cloudformation_response.response import Outcome, PhysicalId, reserve_seconds, respond
from invocation.deadline import LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from product_versions.errors import ProductError
from product_versions.publication import publish, withdraw
from product_versions.request import parse_product
from product_versions.version_files import VersionFiles
from project_data.errors import DataError

_EXPECTED = (PropertyError, ProductError, DataError)


def handle(event: dict[str, Any], context: LambdaContext) -> None:
    """Answer one request of CloudFormation."""
    handle_request(event, context, process_toolbox())


def handle_request(event: dict[str, Any], context: LambdaContext, tools: Toolbox) -> None:
    """Answer one request of CloudFormation with these tools."""
    deadline = tools.deadline(context, reserve_seconds=reserve_seconds(context))
    tools = tools.outlasting(deadline)
    properties = event.get("ResourceProperties", {})
    catalog = tools.aws("servicecatalog")

    def work(_physical_id: PhysicalId) -> Outcome:
        files = VersionFiles(
            tools.aws("s3"), text(properties, "Bucket"), function_arn=context.invoked_function_arn
        )
        if event["RequestType"] == "Delete":
            distributor = text(properties, "Distributor")
            return Outcome(reason=_left(withdraw(catalog, files, distributor, deadline)))
        request = parse_product(properties)
        made = publish(catalog, files, request, str(event["RequestId"]), deadline)
        attributes = {
            "ProductId": made.product_id,
            "VersionId": made.version_id,
            "VersionName": made.version,
        }
        return Outcome(attributes, f"The version {made.version} is offered.")

    respond(
        event,
        context,
        work,
        # Constant: another id would have CloudFormation delete the product as replaced.
        first_id=f"catalog-product:{properties.get('Distributor')}",
        expected=_EXPECTED,
        http=tools.http,
        deadline=deadline,
    )


def _left(used_by: tuple[str, ...]) -> str:
    if not used_by:
        return "The product is removed with all versions."
    return (
        f"The product stays with the versions and files that {', '.join(used_by)} "
        f"{'uses' if len(used_by) == 1 else 'use'}; register again to go on with it, or delete "
        "what uses it, register and remove the registration again."
    )
