"""Settings of a pipeline that are valid by SageMaker's own description, written as TOML."""

from __future__ import annotations

import json
from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from botocore.loaders import Loader
from hypothesis import strategies as st

_SHAPES = Loader().load_service_model("sagemaker", "service-2")["shapes"]
_TRAINING = st.sampled_from(_SHAPES["TrainingInstanceType"]["enum"])
_PROCESSING = st.sampled_from(_SHAPES["ProcessingInstanceType"]["enum"])
_SERVING = st.lists(
    st.sampled_from(_SHAPES["ProductionVariantInstanceType"]["enum"]), min_size=1, max_size=4
)
_TRANSFORM = st.lists(
    st.sampled_from(_SHAPES["TransformInstanceType"]["enum"]), min_size=1, max_size=4
)
_hyperparameters = st.fixed_dictionaries(
    {"num_round": st.integers(1, 500), "eval_metric": st.sampled_from(["rmse", "mae"])},
    optional={
        "early_stopping_rounds": st.integers(1, 50),
        "eta": st.floats(0.01, 1),
        "max_depth": st.integers(1, 12),
        "tree_method": st.sampled_from(["hist", "exact"]),
    },
)

IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/models@sha256:" + 64 * "0"
_algorithms = st.fixed_dictionaries(
    {
        "framework": st.just("xgboost"),
        "version": st.sampled_from(["3.2-0", "1.7-1"]),
        "hyperparameters": _hyperparameters,
    }
) | st.fixed_dictionaries({"image": st.just(IMAGE), "hyperparameters": _hyperparameters})
_jobs = st.fixed_dictionaries(
    {
        "processing_instance_type": _PROCESSING,
        "training_instance_type": _TRAINING,
        "volume_size_gib": st.integers(1, 16384),
        "training_timeout_seconds": st.integers(60, 28 * 86400),
        "cache_expires_after": st.sampled_from(["P1D", "P2W", "PT12H", "P1Y2M3DT4H5M6S"]),
    }
)
_waiting = st.sampled_from([{}, {"training_spot": False}]) | st.just(
    {"training_spot": True, "training_max_wait_seconds": 28 * 86400}
)
_networks = st.just({}) | st.fixed_dictionaries(
    {
        "subnets": st.lists(st.just("subnet-0123456789abcdef0"), min_size=1, max_size=16),
        "security_groups": st.lists(st.just("sg-01234567"), min_size=1, max_size=5),
    }
)

valid_pipelines = st.fixed_dictionaries(
    {
        "data": st.fixed_dictionaries(
            {
                "url": st.sampled_from(
                    ["s3://data-{region}/rings/", "s3://my.data/a folder/rings.csv", "s3://data"]
                ),
                "split_seed": st.integers(0, 2**32 - 1),
            }
        ),
        "algorithm": _algorithms,
        "jobs": st.tuples(_jobs, _waiting, _networks).map(lambda drawn: ChainMap(*drawn)).map(dict),
        "task": st.just({"type": "regression"}),
        "gate": st.fixed_dictionaries(
            {"metric": st.sampled_from(["mse", "rmse", "mae"]), "threshold": st.floats(0, 1e6)}
        ),
        "registration": st.fixed_dictionaries(
            {
                "approval_status": st.sampled_from(["PendingManualApproval", "Rejected"]),
                "inference_instance_types": _SERVING,
                "transform_instance_types": _TRANSFORM,
            }
        ),
    }
)


def to_toml(settings: Mapping[str, Any]) -> str:
    """Write the sections; TOML writes texts, numbers and lists as JSON does."""
    return "\n".join(_section(name, values) for name, values in settings.items())


def _section(name: str, values: Mapping[str, Any]) -> str:
    inner = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    lines = [f"[{name}]"]
    lines += [f"{key} = {json.dumps(values[key])}" for key in values if key not in inner]
    lines += [_section(f"{name}.{key}", value) for key, value in inner.items()]
    return "\n".join([*lines, ""])
