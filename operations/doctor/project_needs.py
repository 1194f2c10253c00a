"""What registration and projects take of an account; tests hold it to the templates themselves."""

# The roles in the template that Service Catalog launches, and those made once.
ROLES_OF_ONE_STAGE = 4
ROLES_OF_A_FURTHER_STAGE = 2
ROLES_OF_A_READER = 1  # of a project that reads registered folders
STAGES_OF_A_PROJECT = 3  # unless it names others
ROLES_OF_A_REGISTRATION = 7
KEYS_OF_A_PROJECT = 1
SECRETS_OF_A_PROJECT = 1
ALARMS_OF_A_REGISTRATION = 10

# What the seed repositories ask for as they are shipped.
JOB_INSTANCE_TYPE = "ml.m5.large"
ENDPOINT_INSTANCE_TYPE = "ml.m5.large"
SERVERLESS_CONCURRENCY = 5
RUNNER_LABEL = "ubuntu-24.04"
ACTIONS = (
    "actions/checkout",
    "actions/setup-node",
    "astral-sh/setup-uv",
    "aws-actions/configure-aws-credentials",
)

# Types of CloudFormation, of the prerequisites, the registration, a project and its endpoints.
RESOURCE_TYPES = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::SageMaker::Endpoint",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::SecretsManager::Secret",
    "AWS::ServiceCatalog::LaunchRoleConstraint",
    "AWS::ServiceCatalog::Portfolio",
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
    "AWS::ServiceCatalog::PortfolioProductAssociation",
)
