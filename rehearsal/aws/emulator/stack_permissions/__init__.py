"""What CloudFormation may do while it makes, changes and deletes the resources of a stack."""
