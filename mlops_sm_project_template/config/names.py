"""Names that another system must know; CloudFormation makes up all the others.

`<id>` is the SageMaker project id, `p-` and 12 characters. `ANY_PROJECT_ID` stands for it in the
policies of what serves every project, and `ANY_OWNER` for a GitHub owner.
"""

STACK = "MLOpsServiceCatalog"
PRODUCT = "MLOps with GitHub Action template for real-time deployment"
DISTRIBUTOR = "mlops-sm-project-template"
STUDIO_VISIBILITY_TAG = "sagemaker:studio-visibility"
PROJECT_NAME_TAG = "sagemaker:project-name"
PROJECT_ID_TAG = "sagemaker:project-id"
# Of roles: policies can name the value of this tag, but not of one with a colon in its key.
BOUNDARY_TAG = "mlops-project-id"
NAME_TAG_OF_ROLE, STAGE_TAG_OF_ROLE = "mlops-project-name", "mlops-stage"

EXECUTION_ROLE_PARAMETER = "/sagemaker/execution/role"
LAUNCH_ROLE = "mlops-sm-project-launch"
PROJECT_BOUNDARY = "mlops-sm-project-boundary"
EXECUTION_BOUNDARY = "mlops-sm-project-execution-boundary"
DATA_LOCATIONS = "mlops-sm-project-data-locations"
BOUNDARIES = (PROJECT_BOUNDARY, EXECUTION_BOUNDARY, DATA_LOCATIONS)
# Duties of the roles of a project; what a role's name ends in.
DUTIES = ("execution", "reader", "build", "deploy", "cloudformation")
REPOSITORY_FUNCTION = "mlops-sm-project-repository"
DATA_FUNCTION = "mlops-sm-project-data"
# Named, since the keys' policies name it.
DATA_ROLE = "mlops-sm-project-data"
DISPATCH_FUNCTION = "mlops-sm-project-dispatch"
TOKEN_FUNCTION = "mlops-sm-project-tokens"  # noqa: S105 # the name of a function
VERSIONS_FUNCTION = "mlops-sm-project-versions"
APPROVAL_TABLE = "mlops-sm-project-approvals"
METRIC_NAMESPACE = "MLOpsSageMakerProject"
DAYS_LEFT_METRIC = "TokenDaysLeft"
ATTENTION_METRIC = "StagesNeedingAttention"
IDLE_METRIC = "IdleEndpoints"

SHARED_KEY_ALIAS = "alias/mlops-sm-project-shared"
# Tells the key that projects share when nothing else names it any more.
SHARED_KEY_TAG = ("mlops:key", "shared")
BUCKET_PREFIX = "mlops-sm-project-"
# Where people put data into a project's bucket.
DATA_FOLDER = "data/"
PROJECT_PARAMETER_PREFIX = "/mlops-sm-project/"
DEFAULT_BRANCH = "main"
GITHUB_COM_ISSUER = "token.actions.githubusercontent.com"
DEPLOY_WORKFLOW = "deploy.yml"
STAGE_PATTERN = "[a-z][a-z0-9]{0,19}"
# Of a project whose parameter `Stages` nobody set; each project may name its own.
DEFAULT_STAGES = ("dev", "staging", "prod")
STAGE_TAG = "mlops:stage"
REPORT_EVENT = "Stage Deployment Report"
REPORT_SOURCES = "mlops-sm-project."
# Metadata of a model version that the dispatch function alone writes. What others write of stages
# that a project named itself it takes away (docs/decisions/template-stages-are-free.md).
DISPLAY_KEYS = (
    "approved-by",
    "model-sha256",
    "data-sha256",
    *(f"approved-by-{stage}" for stage in DEFAULT_STAGES),
    *(
        f"{stage}-{what}"
        for stage in DEFAULT_STAGES
        for what in ("healthy", "last", "removed", "untested")
    ),
)

ANY_PROJECT_ID = "p-*"
ANY_OWNER = "*"
# Service Catalog names the stacks that it launches SC-<account>-pp-<random>.
LAUNCHED_STACKS = "stack/SC-*-pp-*"


def build_repository(project_name: str) -> str:
    """Repository that trains and registers models."""
    return f"{project_name}-build"


def deploy_repository(project_name: str) -> str:
    """Repository that deploys approved models."""
    return f"{project_name}-deploy"


def pipeline(project_name: str, project_id: str) -> str:
    """SageMaker pipeline and model package group share one name."""
    return f"{project_name}-{project_id}"


def bucket(project_id: str) -> str:
    """Bucket of a project's data and models."""
    return f"{BUCKET_PREFIX}{project_id}"


def version_bucket(account: str, region: str) -> str:
    """Bucket of what the versions of the products name; it outlives a registration."""
    return f"{BUCKET_PREFIX}versions-{account}-{region}"


def key_alias(project_id: str) -> str:
    """Alias of the key that encrypts a project's bucket."""
    return f"alias/mlops-sm-project-{project_id}"


def budget(project_id: str) -> str:
    """Beginning of the name of a project's budget."""
    return f"mlops-sm-project-{project_id}"


def token_secret(project_id: str) -> str:
    """Secret with the GitHub token of a project."""
    return f"mlops-sm-project/{project_id}/github-token"


def owner_secret(owner: str) -> str:
    """Secret with the GitHub token that is stored for an owner, in lower case once it exists."""
    return f"mlops-sm-project/owner/{owner}/github-token"


def project_parameter(project_name: str, project_id: str) -> str:
    """SSM parameter in which the dispatch function finds the project of an event."""
    return f"{PROJECT_PARAMETER_PREFIX}{pipeline(project_name, project_id)}"


def project_role(project_id: str, duty: str) -> str:
    """Role of a project; the duty is execution, reader, build, or a stage's (`stage_duties`)."""
    return f"mlops-{project_id}-{duty}"


def duty_policy(duty: str, purpose: str) -> str:
    """Managed policy of the registration with rights of a duty; `*` for any purpose."""
    return f"mlops-sm-project-duty-{duty}-{purpose}"


def stage_duties(stage: str) -> tuple[str, str]:
    """Duties in a stage: that of its workflow, and that of CloudFormation."""
    return f"deploy-{stage}", f"cloudformation-{stage}"


def stage_execution_role(project_id: str, stage: str) -> str:
    """Role of the endpoint of a stage that lies in an account of its own; `*` for any stage."""
    return project_role(project_id, f"execution-{stage}")


def endpoint_stack(project_id: str, stage: str) -> str:
    """CloudFormation stack that holds the endpoint of a stage."""
    return f"mlops-{project_id}-{stage}"


def endpoint(project_name: str, stage: str) -> str:
    """SageMaker endpoint of a stage."""
    return f"{project_name}-{stage}"


def alarms(project_id: str, stage: str) -> str:
    """Pattern of the names of a stage's alarms."""
    return f"mlops-{project_id}-{stage}-*"


def tracking_alarms(endpoint_name: str) -> str:
    """Pattern of the alarms that Application Auto Scaling makes for an endpoint."""
    return f"TargetTracking-endpoint/{endpoint_name}/*"


def report_source(project_id: str, stage: str) -> str:
    """Source of the events that a stage's workflow sends; its role may use no other."""
    return f"{REPORT_SOURCES}{project_id}.{stage}"


def stages_item(group: str) -> str:
    """Item of the ledger that tells what the stages of a project serve."""
    return f"stages {group}"


def live_item(group: str) -> str:
    """Item of the table of claims and ledger that names the live version of a project."""
    return f"live {group}"
