"""The CloudFormation types AWS::SageMaker::*, over the same operations that clients call.

`Ref` and attributes are those of the CloudFormation resource reference: `Ref` answers the ARN of
each of these types.
"""
