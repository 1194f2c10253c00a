"""Tags of any SageMaker resource."""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError, ResourceLimitError
from rehearsal.aws.sagemaker.paging import take_page
from rehearsal.aws.sagemaker.resources import SageMakerStore
from rehearsal.aws.service_kit.key_values import items_of, mapping_of
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_MOST_TAGS = 50


class TagOperations:
    """AddTags, ListTags, DeleteTags."""

    def __init__(self, context: AccountContext) -> None:
        self._context = context

    @answers("AddTags")
    def add_tags(self, request: Record, _caller: RequestContext) -> Record:
        """Add or overwrite tags; answers all tags of the resource."""
        arn = self._existing(request["ResourceArn"])
        set_tags(self._context.store, arn, request["Tags"])
        return {"Tags": tags_of(self._context.store, arn)}

    @answers("ListTags")
    def list_tags(self, request: Record, _caller: RequestContext) -> Record:
        """The tags of a resource, a page at a time."""
        arn = self._existing(request["ResourceArn"])
        page, more = take_page(tags_of(self._context.store, arn), request, _MOST_TAGS)
        return {"Tags": page, **more}

    @answers("DeleteTags")
    def delete_tags(self, request: Record, _caller: RequestContext) -> Record:
        """Remove tags by key."""
        arn = self._existing(request["ResourceArn"])
        with self._context.store.lock:
            for key in request["TagKeys"]:
                self._context.store.tags.get(arn, {}).pop(key, None)
        return {}

    def _existing(self, arn: str) -> str:
        if arn not in known_arns(self._context.store):
            raise RequestRefusedError(f"Could not find the resource {arn}.")
        return arn


def set_tags(store: SageMakerStore, arn: str, tags: list[dict[str, str]] | None) -> None:
    """Add or overwrite tags of a resource."""
    with store.lock:
        merged = {**store.tags.get(arn, {}), **mapping_of(tags)}
        if len(merged) > _MOST_TAGS:
            raise ResourceLimitError(
                f"The resource {arn} would have {len(merged)} tags; {_MOST_TAGS} are the most."
            )
        store.tags[arn] = merged


def replace_tags(
    store: SageMakerStore,
    arn: str,
    old: list[dict[str, str]] | None,
    new: list[dict[str, str]] | None,
) -> None:
    """Put tags in the place of those that a template gave before; others stay."""
    with store.lock:
        for tag in old or []:
            store.tags[arn].pop(tag["Key"], None)
        set_tags(store, arn, new)


def tags_of(store: SageMakerStore, arn: str) -> list[Record]:
    """The tags of a resource in the API's shape, by key."""
    with store.lock:
        return items_of(dict(sorted(store.tags[arn].items())))


def known_arns(store: SageMakerStore) -> set[str]:
    """ARNs of the resources that exist; each has an entry, if an empty one, in `tags`."""
    with store.lock:
        return set(store.tags)
