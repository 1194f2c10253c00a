"""GraphQL: the little that GitHub's own command line asks before it calls the REST API.

Imitated: https://docs.github.com/en/graphql/reference/queries#repository. What is not in the schema
is refused by its name, as on GitHub.
"""

from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, build_schema, graphql_sync
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rehearsal.github.core.errors import BadCredentialsError, GitHubError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Repository
from rehearsal.github.repositories.repositories import find_repository
from rehearsal.github.shapes.repository_shapes import node_id

_PATH = "/api/graphql"
_SCHEMA = """
type Query { repository(owner: String!, name: String!): Repository }
type Repository {
  id: ID!
  name: String!
  nameWithOwner: String!
  owner: RepositoryOwner!
  description: String
  defaultBranchRef: Ref
  parent: Repository
  viewerPermission: String
  hasIssuesEnabled: Boolean!
  hasWikiEnabled: Boolean!
  mergeCommitAllowed: Boolean!
  rebaseMergeAllowed: Boolean!
  squashMergeAllowed: Boolean!
}
type RepositoryOwner { id: ID!, login: String! }
type Ref { name: String! }
"""
_FEATURES = {
    "hasIssuesEnabled": "has_issues",
    "hasWikiEnabled": "has_wiki",
    "mergeCommitAllowed": "allow_merge_commit",
    "rebaseMergeAllowed": "allow_rebase_merge",
    "squashMergeAllowed": "allow_squash_merge",
}


class _Question(BaseModel):
    query: str
    variables: dict[str, Any] | None = None


class GraphQl:
    """Answers queries about repositories that the caller may see."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github
        self._schema = build_schema(_SCHEMA)
        self._schema.type_map["Query"].fields["repository"].resolve = self._repository  # type: ignore[attr-defined]

    def routes(self) -> list[Route]:
        """The one address."""
        return [Route(_PATH, self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        try:
            principal = self._github.access.authenticate(request.headers.get("authorization"))
            if principal is None:
                raise BadCredentialsError("This endpoint requires you to be authenticated.")
            asked = _Question.model_validate_json(await request.body())
        except BadCredentialsError as error:
            return JSONResponse(error.body(), error.status)
        except ValidationError:
            return JSONResponse({"message": "Problems parsing JSON"}, 400)
        done = graphql_sync(
            self._schema, asked.query, context_value=principal, variable_values=asked.variables
        )
        return JSONResponse(done.formatted)

    def _repository(self, _root: Any, info: GraphQLResolveInfo, owner: str, name: str) -> Any:
        try:
            found = find_repository(self._github, owner, name)
            self._github.access.require(info.context, found, "metadata", "read")
            is_own = self._github.access.administers(info.context, found.owner)
        except GitHubError as error:
            message = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(message) from error
        return _shape(self._github, found) | {"viewerPermission": "ADMIN" if is_own else "READ"}


def _shape(github: LocalGitHub, repository: Repository) -> dict[str, Any]:
    branch = repository.default_branch
    exists = github.git(repository).ref(f"refs/heads/{branch}") is not None
    return {
        "id": node_id("R", repository.id),
        "name": repository.name,
        "owner": {"id": node_id("U", repository.owner_id), "login": repository.owner},
        "description": repository.description,
        "parent": None,
        "nameWithOwner": repository.full_name,
        "defaultBranchRef": {"name": branch} if exists else None,
        **{name: repository.features[feature] for name, feature in _FEATURES.items()},
    }
