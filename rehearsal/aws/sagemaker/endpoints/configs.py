"""Endpoint configurations: which models an endpoint serves, and with what weight."""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.endpoints.serverless import check_config
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_LISTING = Listing(name="EndpointConfigName")
_NOT_SERVED = ("AsyncInferenceConfig", "ShadowProductionVariants", "ExplainerConfig")


class EndpointConfigOperations:
    """Create, describe, list and delete endpoint configurations."""

    def __init__(self, context: AccountContext, models: ModelOperations) -> None:
        self._context = context
        self._store = context.store
        self._models = models

    @answers("CreateEndpointConfig")
    def create_endpoint_config(self, request: Record, _caller: RequestContext) -> Record:
        """Make a configuration of models that exist."""
        name = request["EndpointConfigName"]
        arn = self._context.settings.arn("endpoint-config", name)
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
        check_config(request, [self._models.model(variant["ModelName"]) for variant in variants])
        with self._store.lock:
            if name in self._store.endpoint_configs:
                raise RequestRefusedError(
                    f'Cannot create already existing endpoint configuration "{arn}".'
                )
            set_tags(self._store, arn, request.get("Tags"))
            self._store.endpoint_configs[name] = {
                **{key: value for key, value in request.items() if key != "Tags"},
                "ProductionVariants": variants,
                "EndpointConfigArn": arn,
                "CreationTime": self._context.clock(),
            }
        return {"EndpointConfigArn": arn}

    @answers("DescribeEndpointConfig")
    def describe_endpoint_config(self, request: Record, _caller: RequestContext) -> Record:
        """One configuration."""
        return self.config(request["EndpointConfigName"])

    @answers("ListEndpointConfigs")
    def list_endpoint_configs(self, request: Record, _caller: RequestContext) -> Record:
        """Configurations, newest first unless the request says otherwise."""
        page, more = _LISTING.page(self._store.all(self._store.endpoint_configs), request)
        return {"EndpointConfigs": page, **more}

    @answers("DeleteEndpointConfig")
    def delete_endpoint_config(self, request: Record, _caller: RequestContext) -> Record:
        """Remove a configuration; endpoints made from it go on."""
        config = self.config(request["EndpointConfigName"])
        with self._store.lock:
            del self._store.endpoint_configs[config["EndpointConfigName"]]
            self._store.forget_tags([config["EndpointConfigArn"]])
        return {}

    def config(self, name: str) -> Record:
        """A configuration by name."""
        config = self._store.endpoint_configs.get(name)
        if config is None:
            arn = self._context.settings.arn("endpoint-config", name)
            raise RequestRefusedError(f'Could not find endpoint configuration "{arn}".')
        return config

    def _variant(self, variant: Record) -> Record:
        if not variant.get("ModelName"):
            raise RequestRefusedError(f"Variant {variant['VariantName']} names no ModelName.")
        self._models.model(variant["ModelName"])
        if variant.get("ServerlessConfig"):
            return {"InitialVariantWeight": 1.0, **variant}
        if not variant.get("InstanceType"):
            raise RequestRefusedError(
                f"Variant {variant['VariantName']} has neither InstanceType nor ServerlessConfig."
            )
        return {"InitialVariantWeight": 1.0, "InitialInstanceCount": 1, **variant}
