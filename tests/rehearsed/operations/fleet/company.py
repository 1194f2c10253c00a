"""An account with a registered product of two versions, in which projects are cheap."""

from __future__ import annotations

import io
import json
import tarfile
import time
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.ledger import Ledger
from deploy_dispatch.stage_record import StageRecord
from operations.fleet.daily_look_log import FUNCTION
from operations.fleet.stages import TABLE
from operations.installation import STACK
from rehearsal.tests.catalog.shop import TEMPLATE, Shop
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, allow, trust, wait_for
from rehearsal.tests.sagemaker.pipelines.definitions import fail, pipeline

LOG = f"/aws/lambda/{FUNCTION}"


class Company(Shop):
    """The template registered, with versions 1.0 and 2.0; the second has one more parameter."""

    def register(self, *versions: tuple[str, str]) -> None:
        outputs = {
            "BasicProjectStackProductId": {"Value": {"Ref": "Product"}},
            "PortfolioId": {"Value": {"Ref": "Portfolio"}},
        }
        stack = self.aws.stack(self.stack, self.resources(*versions), template={"Outputs": outputs})
        assert stack["StackStatus"] == "CREATE_COMPLETE", self.aws.failures(self.stack)
        values = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
        self.product_id = values["BasicProjectStackProductId"]
        self.portfolio_id = values["PortfolioId"]

    def root(self, service: str) -> Any:
        """A service as the account's root user."""
        return self.aws.client(service)

    def version_id(self, name: str) -> str:
        """Id of a version."""
        told = self.root("servicecatalog").list_provisioning_artifacts(ProductId=self.product_id)
        found = {one["Name"]: one["Id"] for one in told["ProvisioningArtifactDetails"]}
        return str(found[name])

    def publish_second(self) -> None:
        """Offer version 2.0, which makes a second queue and has one more parameter."""
        self.publish("2.0", {"Second": {"Type": "AWS::SQS::Queue", "Properties": {}}})

    def publish(self, name: str, more: dict[str, Any]) -> None:
        """Offer a version with more resources and one more parameter than the first."""
        parameters = {**TEMPLATE["Parameters"], "Added": {"Type": "String", "Default": "new"}}
        template = {
            **TEMPLATE,
            "Parameters": parameters,
            "Resources": {**TEMPLATE["Resources"], **more},
        }
        self.root("servicecatalog").create_provisioning_artifact(
            ProductId=self.product_id,
            Parameters={
                "Name": name,
                "Type": "CLOUD_FORMATION_TEMPLATE",
                "Info": {"LoadTemplateFromURL": self.upload(f"{name}.json", template)},
            },
            IdempotencyToken=name.replace(".", "-"),
        )

    def begin(self, name: str, version: str = "1.0", **parameters: str) -> str:
        """Begin to launch a project; returns its id."""
        given = {"Owner": "ann", **parameters}
        answer = self.sagemaker().create_project(
            ProjectName=name,
            ServiceCatalogProvisioningDetails={
                "ProductId": self.product_id,
                "ProvisioningArtifactId": self.version_id(version),
                "ProvisioningParameters": [{"Key": k, "Value": v} for k, v in given.items()],
            },
        )
        return str(answer["ProjectId"])

    def launch(self, name: str, version: str = "1.0", **parameters: str) -> Launched:
        """Launch a project and wait for its end, whatever that is."""
        id_ = self.begin(name, version, **parameters)
        self.settled_project(name)
        return Launched(self, name, id_)

    def settled_project(self, name: str) -> str:
        """The status of a project once nothing happens to it."""

        def look() -> str | None:
            status: str = self.sagemaker().describe_project(ProjectName=name)["ProjectStatus"]
            return None if status.endswith("InProgress") else status

        return str(wait_for(look, what=f"the end of {name}"))


@dataclass(frozen=True)
class Launched:
    """A project to which things happen as the template's functions and pipelines do them."""

    company: Company
    name: str
    id: str

    @property
    def group(self) -> str:
        return f"{self.name}-{self.id}"

    def build(self) -> None:
        """Run a pipeline that fails at once."""
        aws = self.company.aws
        role = aws.role(f"{self.group}-build", trust({"Service": "sagemaker.amazonaws.com"}))
        client = aws.client("sagemaker")
        client.create_pipeline(
            PipelineName=self.group,
            PipelineDefinition=json.dumps(pipeline(fail("Stop"))),
            RoleArn=role,
            ClientRequestToken=self.group.ljust(32, "0"),
        )
        client.start_pipeline_execution(
            PipelineName=self.group, ClientRequestToken=self.group.ljust(32, "1")
        )

    def register(self, report: dict[str, Any], metric: str) -> str:
        """Register a version with an evaluation report; returns its ARN."""
        s3, sagemaker = self.company.root("s3"), self.company.root("sagemaker")
        key = f"{self.group}/evaluation.json"
        s3.put_object(Bucket=self.company.bucket, Key=key, Body=json.dumps(report).encode())
        sagemaker.create_model_package_group(ModelPackageGroupName=self.group)
        s3.put_object(Bucket=self.company.bucket, Key="model.tar.gz", Body=_archive())
        place = {"ContentType": "application/json", "S3Uri": f"s3://{self.company.bucket}/{key}"}
        model = f"s3://{self.company.bucket}/model.tar.gz"
        image = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/any:1"
        answer = sagemaker.create_model_package(
            ModelPackageGroupName=self.group,
            InferenceSpecification={
                "Containers": [{"Image": image, "ModelDataUrl": model}],
                "SupportedContentTypes": ["text/csv"],
                "SupportedResponseMIMETypes": ["text/csv"],
            },
            ModelMetrics={"ModelQuality": {"Statistics": place}},
            CustomerMetadataProperties={"gate-metric": metric},
        )
        return str(answer["ModelPackageArn"])

    def write_stage(self, stage: str, record: StageRecord) -> None:
        """Write a stage as the dispatch function does."""
        ledger = Ledger(self.company.root("dynamodb"), TABLE)
        ledger.change_stage(self.group, stage, lambda _before: record)

    def log_token(self, rest: str) -> None:
        """Write a line as the daily check does."""
        where = f"project /mlops-sm-project/{self.group} (octo/{self.name}-deploy)"
        self._log(f"{where}: its {rest}")

    def log_endpoint(self, stage: str, rest: str) -> None:
        """Write a line as the daily look at endpoints does."""
        self._log(f"endpoint {self.name}-{stage} of {self.group} in 14 days was asked {rest}")

    def _log(self, message: str) -> None:
        event = {"timestamp": int(time.time() * 1000), "message": message}
        self.company.root("logs").put_log_events(
            logGroupName=LOG, logStreamName="day", logEvents=[event]
        )


def _archive() -> bytes:
    """A model with nothing in it."""
    made = io.BytesIO()
    tarfile.open(fileobj=made, mode="w:gz").close()
    return made.getvalue()


def open_company(aws: LocalAws) -> Company:
    """Register the product under the name that the registration has."""
    bucket, name = "company-templates", STACK
    aws.client("s3").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    launch = aws.role(
        "company-launch", trust({"Service": "servicecatalog.amazonaws.com"}), allow("*")
    )
    person = aws.user("company-person", allow("sts:AssumeRole"))
    people = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/company-person"})
    powers = allow(["servicecatalog:*", "sagemaker:*"])
    user = aws.assume(aws.role(f"{name}-user", people, powers), person)
    outsider = aws.assume(aws.role("company-outsider", people, powers), person)
    company = Company(aws, name, bucket, launch, user, outsider)
    company.register(("1.0", company.upload("one.json", TEMPLATE)))
    aws.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "ClaimId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ClaimId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    logs = aws.client("logs")
    logs.create_log_group(logGroupName=LOG)
    logs.create_log_stream(logGroupName=LOG, logStreamName="day")
    return company
