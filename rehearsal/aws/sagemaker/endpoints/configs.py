"""Endpoint configurations: which models an endpoint serves, and with what weight."""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.endpoints.serverless import check_config
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.named_records import NamedRecords
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_NOT_SERVED = ("AsyncInferenceConfig", "ShadowProductionVariants", "ExplainerConfig")


class EndpointConfigOperations(NamedRecords):
    """Create, describe, list and delete endpoint configurations."""

    kind, arn_kind, words = "EndpointConfig", "endpoint-config", "endpoint configuration"

    def __init__(self, context: AccountContext, models: ModelOperations) -> None:
        super().__init__(context, context.store.endpoint_configs)
        self._models = models

    @answers("CreateEndpointConfig")
    def create_endpoint_config(self, request: Record, _caller: RequestContext) -> Record:
        """Make a configuration of models that exist."""
        name = request["EndpointConfigName"]
        for member in _NOT_SERVED:
            if request.get(member):
                raise RequestRefusedError(
                    f"{member} is not served by the rehearsal; leave it out of {name}."
                )
        if request.get("EnableNetworkIsolation"):
            raise RequestRefusedError(
                "EnableNetworkIsolation of an endpoint configuration is for inference components "
                f"only; set it on the models of {name}."
            )
        variants = [self._variant(variant) for variant in request["ProductionVariants"]]
        names = [variant["VariantName"] for variant in variants]
        if len(set(names)) != len(names):
            raise RequestRefusedError(f"Variant names must be unique in {name}: {names}")
        check_config(request, [self._models.find(variant["ModelName"]) for variant in variants])
        return self.add(request, ProductionVariants=variants)

    def _variant(self, variant: Record) -> Record:
        if not variant.get("ModelName"):
            raise RequestRefusedError(f"Variant {variant['VariantName']} names no ModelName.")
        self._models.find(variant["ModelName"])
        if variant.get("ServerlessConfig"):
            return {"InitialVariantWeight": 1.0, **variant}
        if not variant.get("InstanceType"):
            raise RequestRefusedError(
                f"Variant {variant['VariantName']} has neither InstanceType nor ServerlessConfig."
            )
        return {"InitialVariantWeight": 1.0, "InitialInstanceCount": 1, **variant}
