"""A registration with further roles of Studio: the portfolio, and whom a project lets in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App, CfnParameter, Stack
from aws_cdk.assertions import Template

from mlops_sm_project_template.catalog_constructs.product import CatalogPortfolio, PortfolioSpec
from tests.synth.conftest import STUDIO_ROLES, Synthesis

_FIRST = "{{resolve:ssm:/sagemaker/execution/role}}"
_ASSOCIATION = "AWS::ServiceCatalog::PortfolioPrincipalAssociation"


@pytest.fixture(scope="module")
def generous_product(generous: Synthesis) -> dict[str, Any]:
    template: dict[str, Any] = json.loads(generous.product_file.read_text(encoding="utf-8"))
    return template


def _associations(template: dict[str, Any]) -> dict[str, Any]:
    """Who has the portfolio, by the association's logical id."""
    return {
        id_: resource["Properties"]["PrincipalARN"]
        for id_, resource in template["Resources"].items()
        if resource["Type"] == _ASSOCIATION
    }


def test_the_portfolio_is_given_to_the_first_role_and_to_all_others(
    generous: Synthesis, registration: dict[str, Any]
) -> None:
    first = {"Ref": "ExecutionRoleArn"}
    with_others = json.loads(generous.registration_file.read_text(encoding="utf-8"))
    assert list(_associations(registration).values()) == [first]
    assert list(_associations(with_others).values()) == [first, *STUDIO_ROLES]
    # A registration that names more roles leaves the first one's access as it is.
    assert _associations(registration).items() <= _associations(with_others).items()


@pytest.mark.parametrize("gone", STUDIO_ROLES)
def test_a_role_that_is_taken_out_moves_the_access_of_no_other(gone: str) -> None:
    before, after = (
        _associations(_portfolio(*roles))
        for roles in (STUDIO_ROLES, [one for one in STUDIO_ROLES if one != gone])
    )
    assert set(before.items()) - set(after.items()) == {
        (id_, arn) for id_, arn in before.items() if arn == gone
    }
    assert after.items() <= before.items()


def _portfolio(*roles: str) -> dict[str, Any]:
    stack = Stack(App(), "Stack")
    texts = [CfnParameter(stack, name, default="x") for name in ("Name", "Owner")]
    given = CfnParameter(stack, "Given", type="AWS::SSM::Parameter::Value<String>")
    spec = PortfolioSpec(*texts, execution_role_arn=given)
    CatalogPortfolio(stack, "Catalog", spec=spec, studio_roles=roles)
    template: dict[str, Any] = Template.from_stack(stack).to_json()
    for resource in template["Resources"].values():
        if resource["Properties"].get("PrincipalARN") == {"Ref": "Given"}:
            resource["Properties"]["PrincipalARN"] = "first"
    return template


def test_a_project_chooses_among_the_roles_and_nothing_else(
    generous_product: dict[str, Any],
) -> None:
    parameter = generous_product["Parameters"]["StudioRoleArn"]
    assert (parameter["Type"], parameter["Default"]) == ("String", "")
    assert parameter["AllowedValues"] == ["", *STUDIO_ROLES]
    form = generous_product["Metadata"]["AWS::CloudFormation::Interface"]
    assert "StudioRoleArn" in form["ParameterLabels"]
    assert any("StudioRoleArn" in group["Parameters"] for group in form["ParameterGroups"])


@pytest.mark.parametrize("chosen", ["", *STUDIO_ROLES])
def test_bucket_and_key_let_in_the_chosen_role_alone(
    generous_product: dict[str, Any], chosen: str
) -> None:
    assert _is_chosen(generous_product, "") is False
    found = [
        _filled(value, _is_chosen(generous_product, chosen), chosen)
        for value in _doors(generous_product)
    ]
    assert found == [chosen or _FIRST] * 4


def test_without_the_setting_there_is_no_choice(product: dict[str, Any]) -> None:
    assert "StudioRoleArn" not in json.dumps(product)
    assert list(_doors(product)) == [_FIRST] * 4


def _doors(template: dict[str, Any]) -> Iterator[Any]:
    """Whom each statement for Studio lets in: three of the bucket's policy, one of the key's."""
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        document = properties.get("KeyPolicy") or properties.get("PolicyDocument") or {}
        for statement in document.get("Statement", ()):
            sid = statement.get("Sid", "")
            if sid == "Studio":
                yield statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]
            elif sid.startswith("Studio"):
                yield statement["Principal"]["AWS"]


def _is_chosen(template: dict[str, Any], chosen: str) -> bool:
    assert template["Conditions"]["StudioRoleIsChosen"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "StudioRoleArn"}, ""]}]
    }
    return chosen != ""


def _filled(value: Any, is_chosen: bool, chosen: str) -> str:
    condition, one, other = value["Fn::If"]
    assert (condition, one) == ("StudioRoleIsChosen", {"Ref": "StudioRoleArn"})
    return chosen if is_chosen else str(other)
