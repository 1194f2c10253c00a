"""Settings that are valid by the README, and whatever else a person may leave in their files.

Nothing here asks the code which settings it takes.
"""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

from botocore.loaders import Loader
from hypothesis import strategies as st

Values = dict[str, Any]

PROJECT_ID = "p-abcdef123456"
_SHAPES = Loader().load_service_model("sagemaker", "service-2")["shapes"]
INSTANCE_TYPES: list[str] = _SHAPES["ProductionVariantInstanceType"]["enum"]
_BURSTABLE = ("ml.t2.", "ml.t3.", "ml.t3a.", "ml.t4g.")
_LONGEST_BAKE = 30
# Of one step: SageMaker's least.
_SHORTEST_BAKE = 2


def _some(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Values]:
    """A mapping with any of these keys."""
    return st.fixed_dictionaries({}, optional=optional)


_alarms = _some(errors_percent=st.integers(1, 99), latency_ms=st.integers(1, 60_000))
_serverless = _some(
    memory_mib=st.sampled_from([1024, 2048, 3072, 4096, 5120, 6144]),
    max_concurrency=st.integers(1, 200),
).map(lambda values: {"mode": "serverless", **values})


@st.composite
def _deployments(draw: st.DrawFn, instances: int, most: int, *, guarded: bool) -> Values:
    """How instances of a realtime stage may change."""
    stepwise = ["canary", "linear", "rolling"] if guarded and instances >= 2 else []
    policy = draw(st.sampled_from(["all_at_once", *stepwise]))
    if policy == "all_at_once":
        if not guarded or not draw(st.booleans()):
            return {"policy": policy}
        bake = _some(bake_minutes=st.integers(_SHORTEST_BAKE, _LONGEST_BAKE))
        return {"policy": policy, "alarms": draw(_alarms), **draw(bake)}
    key, least = {
        "canary": ("canary_percent", 1),
        "linear": ("step_percent", 10),
        "rolling": ("batch_percent", 7),  # below, more steps than can be watched
    }[policy]
    percent = draw(st.integers(least, 50))
    steps = 2 if policy == "canary" else min(most, math.ceil(100 / percent))
    bake_minutes = draw(st.integers(_SHORTEST_BAKE, _LONGEST_BAKE // steps))
    values = {"policy": policy, key: percent, "bake_minutes": bake_minutes}
    return values | draw(_some(alarms=_alarms))


@st.composite
def _realtime(draw: st.DrawFn) -> Values:
    """What serves by instances, and how it changes."""
    instance_type = draw(st.sampled_from(INSTANCE_TYPES))
    count = most = draw(st.integers(1, 100))
    serving: Values = {"mode": "realtime", "instance_type": instance_type, "instance_count": count}
    if count < 100 and not instance_type.startswith(_BURSTABLE) and draw(st.booleans()):
        most = draw(st.integers(count + 1, 100))
        rate = draw(st.integers(1, 1_000_000))
        serving["autoscaling"] = {
            "max_instances": most,
            "invocations_per_instance_per_minute": rate,
        }
    guarded = not instance_type.startswith("ml.inf1.")
    deployment = _deployments(count, most, guarded=guarded)
    return {"serving": serving, **draw(_some(deployment=deployment))}


@st.composite
def _stages(draw: st.DrawFn, name: str, project: dict[str, str]) -> Values:
    """The entry of one stage."""
    approvals = ["automatic"]
    stage: Values = {"name": name}
    if name != project["PROJECT_STAGES"].partition(",")[0]:
        approvals.append("registry")
        if project["APPROVAL_GATE"] == "environment":
            approvals.append("environment")
        accounts = st.sampled_from([project["AWS_ACCOUNT"], "222233334444"])
        stage |= draw(_some(account=accounts))
    stage |= {"approval": draw(st.sampled_from(approvals))}
    stage |= draw(_some(region=st.just(project["AWS_REGION"])))
    if draw(st.booleans()):
        deployment = st.just({"policy": "all_at_once"})
        return stage | {"serving": draw(_serverless)} | draw(_some(deployment=deployment))
    stage |= draw(_realtime())
    if draw(st.booleans()):
        subnets = project["ENDPOINT_SUBNETS"].split(",")
        groups = project["ENDPOINT_SECURITY_GROUPS"].split(",")
        stage["subnets"] = draw(st.lists(st.sampled_from(subnets), min_size=1, max_size=16))
        stage["security_groups"] = draw(st.lists(st.sampled_from(groups), min_size=1, max_size=5))
    if stage.get("account") in (None, project["AWS_ACCOUNT"]):
        capture = st.fixed_dictionaries({"sampling_percentage": st.integers(1, 100)})
        stage |= draw(_some(data_capture=capture))
    return stage


def _text(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


_stage_names = st.lists(_text("[a-z][a-z0-9]{0,19}"), min_size=1, max_size=6, unique=True)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """A `project.env` as the launch writes it, with the names that SageMaker and GitHub allow."""
    region = draw(st.sampled_from(["eu-west-1", "us-east-1", "eu-north-1", "ap-southeast-5"]))
    account = draw(st.sampled_from(["111122223333", "000000000001"]))
    stages = ",".join(draw(_stage_names))
    name = draw(_text(_SHAPES["ProjectEntityName"]["pattern"]).filter(lambda name: len(name) <= 32))
    return {
        "APPROVAL_GATE": draw(st.sampled_from(["environment", "registry"])),
        "ARTIFACT_BUCKET": f"mlops-sm-project-{PROJECT_ID}",
        "AWS_ACCOUNT": account,
        "AWS_REGION": region,
        "ENDPOINT_SECURITY_GROUPS": "sg-01234567,sg-0123456789abcdef0",
        "ENDPOINT_SUBNETS": "subnet-01234567,subnet-0123456789abcdef0",
        "EXECUTION_ROLE_ARN": f"arn:aws:iam::{account}:role/mlops-{PROJECT_ID}-execution",
        "KMS_KEY_ARN": f"arn:aws:kms:{region}:{account}:key/11111111-2222-3333-4444-555555555555",
        "MODEL_PACKAGE_GROUP_NAME": f"{name}-{PROJECT_ID}",
        "OIDC_ISSUER": "token.actions.githubusercontent.com",
        "PROJECT_ID": PROJECT_ID,
        "PROJECT_NAME": name,
        "REPOSITORY_ID": str(draw(st.integers(1, 10**10))),
        "SUB_CLAIM_PREFIX": "repo:octo/demo-deploy",
        "ENVIRONMENTS": draw(st.sampled_from(["", stages])),
        "PROJECT_STAGES": stages,
    }


_price = st.floats(0, 1000) | st.integers(0, 1000)
_prices = st.fixed_dictionaries(
    {
        "date": st.dates().map(str),
        "sources": st.lists(st.just("https://aws.amazon.com/kms/pricing/"), min_size=1, max_size=3),
        "regions": st.dictionaries(
            st.sampled_from(["eu-west-1", "us-east-1"]),
            st.fixed_dictionaries(
                {
                    "serverless_gib_second": _price,
                    "alarm_month": _price,
                    "key_month": _price,
                    "secret_month": _price,
                    "instance_hour": st.dictionaries(st.sampled_from(INSTANCE_TYPES), _price),
                }
            ),
        ),
    }
)


@st.composite
def valid_settings(draw: st.DrawFn) -> Values:
    """The content of the three files: `project`, `stages` and `prices`."""
    project = draw(projects())
    first, *later = project["PROJECT_STAGES"].split(",")
    order = draw(st.permutations(later))
    names = [first, *order[: draw(st.integers(0, len(order)))]]
    stages = [draw(_stages(name, project)) for name in names]
    return {"project": project, "stages": {"stages": stages}, "prices": draw(_prices)}


_OF_YAML = (
    ": ",
    "- ",
    "\n",
    "\t",
    "&a ",
    "*a",
    "!!int ",
    "!!map ",
    "? ",
    "<<: ",
    "[",
    "{",
    "---\n",
)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _places(values: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there is something to change."""
    keys = values if isinstance(values, dict) else range(len(values))
    found = [(*path, key) for key in keys]
    for key in keys:
        if isinstance(values[key], dict | list):
            found += _places(values[key], (*path, key))
    return found


@st.composite
def spoiled_settings(draw: st.DrawFn) -> Values:
    """Valid settings of which some places were changed, with no thought of what is allowed."""
    values: Values = deepcopy(draw(valid_settings()))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(["stages", "prices"]))
        places = _places(values[name])
        if not places:
            break
        *path, last = draw(st.sampled_from(places))
        holder = values[name]
        for key in path:
            holder = holder[key]
        change = draw(st.sampled_from(["replace", "near", "remove", "add"]))
        if change == "remove":
            del holder[last]
        elif change == "add" and isinstance(holder, dict):
            holder[draw(st.text() | st.integers())] = draw(_anything)
        elif change == "add":
            holder.append(deepcopy(draw(st.sampled_from(holder))))
        elif change == "near" and isinstance(holder[last], int):
            holder[last] += draw(st.integers(-200, 200))
        else:
            holder[last] = draw(_anything)
    return values


@st.composite
def spoiled_text(draw: st.DrawFn, text: str) -> bytes:
    """A file in which some characters were lost or typed, or any bytes at all."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary())
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.integers(0, 20))
        text = text[:start] + draw(st.text(max_size=3) | st.sampled_from(_OF_YAML)) + text[end:]
    return text.encode("utf-8", "surrogatepass")
