"""A registration with data locations: the boundary of the readers, and what a project chooses."""

from __future__ import annotations

import json
import re
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
from aws_cdk import App, Fn, Stack
from cfnlint import ManualArgs

from mlops_sm_project_template.config.settings import Settings, SettingsError
from mlops_sm_project_template.location_statements import (
    longest_choice,
    read_chosen,
    read_locations,
)
from mlops_sm_project_template.policy_length import check_length
from tests.synth.conftest import ACCOUNT, ALLOWED, LAKE_KEY, REGION, Synthesis
from tests.synth.launched import launch, launch_stages
from tests.synth.project_resources import ID, find_content, find_role

_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
    "SageMakerProjectId": ID,
    "SageMakerProjectName": "Abalone",
}


@pytest.fixture(scope="module")
def product(generous: Synthesis) -> dict[str, Any]:
    return launch_stages(json.loads(generous.product_file.read_text(encoding="utf-8")))


def _filled(value: Any, parameters: Mapping[str, str]) -> Any:
    """A part of a template as CloudFormation fills it in."""
    if isinstance(value, list):
        items = [_filled(item, parameters) for item in value]
        return [item for item in items if item is not None]
    if not isinstance(value, dict):
        return value
    function, argument = next(iter(value.items()), ("", None))
    if function == "Ref":
        return None if argument == "AWS::NoValue" else parameters.get(argument, argument)
    if function == "Fn::GetAtt":
        return ".".join(argument)
    if function == "Fn::If":
        return _filled(argument[1 if parameters["DataLocations"] else 2], parameters)
    if function == "Fn::Join":
        return argument[0].join(_filled(argument[1], parameters))
    if function == "Fn::Split":
        return _filled(argument[1], parameters).split(argument[0])
    return {key: _filled(item, parameters) for key, item in value.items()}


def _chosen(product: dict[str, Any], folders: str) -> dict[str, Any]:
    """Statements of the reader that follow from the project's choice, by what they are about."""
    _, role = find_role(product["Resources"], "reader")
    policies = _filled(role["Policies"], {**_PSEUDO, "DataLocations": folders})
    (found,) = (
        p["PolicyDocument"]["Statement"] for p in policies if p["PolicyName"] == "locations"
    )
    return {str(s["Action"]) + str(s["Resource"][0]): s for s in found}


def test_the_boundary_of_a_reader_holds_the_locations_and_no_more(generous: Synthesis) -> None:
    template = json.loads(generous.registration_file.read_text(encoding="utf-8"))
    (policy,) = (
        resource["Properties"]["PolicyDocument"]
        for resource in template["Resources"].values()
        if resource["Properties"].get("ManagedPolicyName") == "mlops-sm-project-data-locations"
    )
    statements = _filled(policy["Statement"], {**_PSEUDO, "DataLocations": ""})
    about = [s for s in statements if re.search("lake|own.data|1a2b", str(s))]
    foreign = {"StringEquals": {"aws:ResourceAccount": "222233334444"}}
    own = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}
    below = {"StringLike": {"s3:prefix": ["churn/*", "rings/*"]}}
    assert [(s["Action"], s["Resource"], s["Condition"]) for s in about] == [
        (
            "s3:GetObject",
            ["arn:aws:s3:::lake/churn/*", "arn:aws:s3:::lake/rings/*"],
            foreign,
        ),
        ("s3:GetObject", "arn:aws:s3:::own.data/*", own),
        ("s3:ListBucket", "arn:aws:s3:::lake", {**foreign, **below}),
        ("s3:ListBucket", "arn:aws:s3:::own.data", own),
        ("kms:Decrypt", LAKE_KEY, through_s3),
    ]


def test_a_project_that_chooses_nothing_reads_no_location(product: dict[str, Any]) -> None:
    assert product["Parameters"]["DataLocations"]["Default"] == ""
    resources = launch(product, DataLocations="")["Resources"]
    roles = [r["Properties"]["RoleName"] for r in resources.values() if "Role" in r["Type"]]
    assert not [name for name in roles if "reader" in json.dumps(name)]
    _, build = find_content(resources, "build")
    execution, _ = find_role(resources, "execution")
    assert build["Configuration"]["READER_ROLE_ARN"] == {"Fn::GetAtt": [execution, "Arn"]}


def test_a_project_that_chooses_folders_has_a_reader(product: dict[str, Any]) -> None:
    resources = launch(product, DataLocations="s3://own.data/")["Resources"]
    reader, _ = find_role(resources, "reader")
    _, build = find_content(resources, "build")
    assert build["Configuration"]["READER_ROLE_ARN"] == {"Fn::GetAtt": [reader, "Arn"]}


def test_a_project_reads_the_folders_that_it_chose(product: dict[str, Any]) -> None:
    found = _chosen(product, "s3://lake/churn/2026/,s3://own.data/,s3://lake/rings/")
    objects, lake, own, key = found.values()
    assert objects["Action"] == ["s3:GetObject"]
    assert objects["Resource"] == [
        "arn:aws:s3:::lake/churn/2026/*",
        "arn:aws:s3:::own.data/*",
        "arn:aws:s3:::lake/rings/*",
    ]
    assert lake["Resource"] == ["arn:aws:s3:::lake"]
    # As the second begins no key: a bucket's name follows two slashes.
    assert lake["Condition"] == {
        "StringLike": {"s3:prefix": ["churn/2026/*", "s3://own.data/*", "rings/*"]}
    }
    assert own["Resource"] == ["arn:aws:s3:::own.data"]
    assert own["Condition"]["StringLike"]["s3:prefix"][1] == "*"
    assert (key["Action"], key["Resource"]) == (["kms:Decrypt"], [LAKE_KEY])


@pytest.mark.parametrize(
    ("folders", "is_taken"),
    [
        ("", True),
        ("s3://lake/churn/", True),
        ("s3://lake/churn/2026/,s3://own.data/", True),
        ("s3://lake/", False),
        ("s3://lake/other/", False),
        ("s3://lake/churn", False),
        ("s3://lake/churn/*/", False),
        ("s3://lake/churn/../rings/", False),
        ("s3://own-data/", False),
        ("s3://lake/churn/,", False),
        ("s3://lake/churn/, s3://own.data/", False),
    ],
)
def test_a_choice_outside_the_locations_is_refused_by_the_parameter(
    product: dict[str, Any], folders: str, *, is_taken: bool
) -> None:
    parameter = product["Parameters"]["DataLocations"]
    assert bool(re.search(parameter["AllowedPattern"], folders)) is is_taken
    assert parameter["ConstraintDescription"].startswith("DataLocations takes up to 1000 char")


@pytest.mark.parametrize(("number", "of_key"), [(1, ""), (3, LAKE_KEY), (13, LAKE_KEY), (17, "")])
def test_the_longest_choice_fits_into_the_policies_of_a_role(
    product: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    of_key: str,
) -> None:
    """IAM's quota: 10,240 characters in the inline policies of a role, without white space."""
    buckets = [f"s3://{letter * 3}/" for letter in string.ascii_lowercase[:number]]
    settings = _settings(
        ",".join(
            f"{bucket} {of_key}{place if of_key else ''}" for place, bucket in enumerate(buckets)
        ),
        tmp_path,
        monkeypatch,
    )
    check_length(read_locations(settings.data_locations), settings, "data_locations")
    length = longest_choice(settings.data_locations)
    many = ",".join(buckets * length)[:length].rpartition("/")[0] + "/"
    statements = Stack(App(), "Stack").resolve(read_chosen(Fn.ref("DataLocations"), settings))
    _, role = find_role(product["Resources"], "reader")
    others = [p["PolicyDocument"] for p in role["Policies"] if p["PolicyName"] != "locations"]
    assert len(others) == 2
    filled = _filled([*others, statements], {**_PSEUDO, "DataLocations": many})
    assert sum(len(json.dumps(one, separators=(",", ":"))) for one in filled) < 10240


@pytest.mark.tier("test")
def test_cfn_lint_finds_nothing_in_a_product_with_locations(generous: Synthesis) -> None:
    text = generous.product_file.read_text(encoding="utf-8")
    assert cfnlint.api.lint(text, config=ManualArgs(regions=[REGION])) == []


def _settings(locations: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("AWS_ACCOUNT", ACCOUNT)
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setenv("DATA_LOCATIONS", locations)
    return Settings.load(tmp_path / ".env")


def test_locations_that_fit_into_no_policy_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = ",".join(f"s3://company-lake/department-{number}/" for number in range(100))
    settings = _settings(many, tmp_path, monkeypatch)
    said = r"^DATA_LOCATIONS says too much: a policy of it has \d+ of at most 6144 characters; "
    with pytest.raises(SettingsError, match=said):
        check_length(read_locations(settings.data_locations), settings, "data_locations")
    few = _settings(ALLOWED["DATA_LOCATIONS"], tmp_path, monkeypatch)
    check_length(read_locations(few.data_locations), few, "data_locations")
