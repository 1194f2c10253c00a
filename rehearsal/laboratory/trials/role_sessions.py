"""Sessions of the template's roles, which otherwise only services and workflows get."""

import json

from rehearsal.conductor.aws_accounts import ACCOUNT, AwsUser

_VISITOR = "visitor"


class RoleSessions:
    """Takes roles as a user of its own; a session has the role's policies and boundary.

    The trust of a role is opened for that user, and nothing else of it is changed.
    """

    def __init__(self, administrator: AwsUser, account: str = ACCOUNT) -> None:
        """Make the user in the administrator's account, who may do nothing but take roles."""
        self._user_arn = f"arn:aws:iam::{account}:user/{_VISITOR}"
        self._iam = administrator.client("iam")
        self._taken: dict[str, AwsUser] = {}
        self._iam.create_user(UserName=_VISITOR)
        take_roles = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
        self._iam.put_user_policy(
            UserName=_VISITOR,
            PolicyName="take-roles",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [take_roles]}),
        )
        key = self._iam.create_access_key(UserName=_VISITOR)["AccessKey"]
        self._visitor = AwsUser(
            administrator.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"]
        )

    def of(self, role: str) -> AwsUser:
        """The session of a role, the same one each time."""
        if role not in self._taken:
            self._taken[role] = self._visitor.assume(self._open(role), _VISITOR)
        return self._taken[role]

    def _open(self, role: str) -> str:
        found = self._iam.get_role(RoleName=role)["Role"]
        trust = found["AssumeRolePolicyDocument"]
        visitor = {"AWS": self._user_arn}
        statement = {"Effect": "Allow", "Principal": visitor, "Action": "sts:AssumeRole"}
        opened = {**trust, "Statement": [*trust["Statement"], statement]}
        self._iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(opened))
        return str(found["Arn"])
