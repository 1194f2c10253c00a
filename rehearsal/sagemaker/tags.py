"""Tags of any SageMaker resource."""

from __future__ import annotations

from rehearsal.sagemaker.context import RequestContext, World
from rehearsal.sagemaker.errors import RequestRefusedError, ResourceLimitError
from rehearsal.sagemaker.paging import take_page
from rehearsal.sagemaker.resources import Record, Store

_MOST_TAGS = 50


class TagOperations:
    """AddTags, ListTags, DeleteTags."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_tags(self, request: Record, _caller: RequestContext) -> Record:
        """Add or overwrite tags; answers all tags of the resource."""
        arn = self._existing(request["ResourceArn"])
        set_tags(self._world.store, arn, request["Tags"])
        return {"Tags": tags_of(self._world.store, arn)}

    def list_tags(self, request: Record, _caller: RequestContext) -> Record:
        """The tags of a resource, a page at a time."""
        arn = self._existing(request["ResourceArn"])
        page, more = take_page(tags_of(self._world.store, arn), request, _MOST_TAGS)
        return {"Tags": page, **more}

    def delete_tags(self, request: Record, _caller: RequestContext) -> Record:
        """Remove tags by key."""
        arn = self._existing(request["ResourceArn"])
        with self._world.store.lock:
            for key in request["TagKeys"]:
                self._world.store.tags.get(arn, {}).pop(key, None)
        return {}

    def _existing(self, arn: str) -> str:
        if arn not in known_arns(self._world.store):
            raise RequestRefusedError(f"Could not find the resource {arn}.")
        return arn


def set_tags(store: Store, arn: str, tags: list[dict[str, str]] | None) -> None:
    """Add or overwrite tags of a resource."""
    with store.lock:
        merged = {**store.tags.get(arn, {}), **{tag["Key"]: tag["Value"] for tag in tags or []}}
        if len(merged) > _MOST_TAGS:
            raise ResourceLimitError(
                f"The resource {arn} would have {len(merged)} tags; {_MOST_TAGS} are the most."
            )
        store.tags[arn] = merged


def tags_of(store: Store, arn: str) -> list[Record]:
    """The tags of a resource in the API's shape, by key."""
    with store.lock:
        return [{"Key": key, "Value": value} for key, value in sorted(store.tags[arn].items())]


def known_arns(store: Store) -> set[str]:
    """ARNs of the resources that exist; each has an entry, if an empty one, in `tags`."""
    with store.lock:
        return set(store.tags)
