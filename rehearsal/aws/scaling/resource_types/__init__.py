"""The CloudFormation types AWS::ApplicationAutoScaling::*.

`Ref` and identifiers are those of the CloudFormation resource reference: a target is known by
resource, dimension and namespace, a policy by its ARN.
"""
