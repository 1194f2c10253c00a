"""Records of one kind that have names: made, described, listed and deleted alike."""

from __future__ import annotations

from typing import Any, ClassVar

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.resources import Records
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Operation, Record, RequestContext, operations_of


class NamedRecords:
    """Their operations, to which a subclass adds its own by marks.

    Attributes:
        kind: as operations and members have it, such as `EndpointConfig`.
        arn_kind: as ARNs have it.
        words: as messages have it.
    """

    kind: ClassVar[str]
    arn_kind: ClassVar[str]
    words: ClassVar[str]

    def __init__(self, context: AccountContext, records: Records) -> None:
        self._context = context
        self._store = context.store
        self._records = records
        self._name = f"{self.kind}Name"
        self._listing = Listing(name=self._name, status=f"{self.kind}Status")

    def operations(self) -> dict[str, Operation]:
        """What answers the operations of this kind."""
        shared: dict[str, Operation] = {
            f"Describe{self.kind}": lambda request, _caller: self.find(request[self._name]),
            f"List{self.kind}s": self._list,
            f"Delete{self.kind}": self._delete,
        }
        return shared | operations_of(self)

    def find(self, name: str) -> Record:
        """A record by name."""
        record = self._records.get(name)
        if record is None:
            arn = self._context.settings.arn(self.arn_kind, name)
            raise RequestRefusedError(f'Could not find {self.words} "{arn}".')
        return record

    def add(self, request: Record, **members: Any) -> Record:
        """Keep what a request asks for, with further members, and its tags."""
        name, given = request[self._name], {k: v for k, v in request.items() if k != "Tags"}
        arn = self._context.settings.arn(self.arn_kind, name)
        with self._store.lock:
            if name in self._records:
                raise RequestRefusedError(f'Cannot create already existing {self.words} "{arn}".')
            set_tags(self._store, arn, request.get("Tags"))
            now = self._context.clock()
            own = {f"{self.kind}Arn": arn, "CreationTime": now, "LastModifiedTime": now}
            record = self._records[name] = {**given, **own, **members}
        return record

    def _list(self, request: Record, _caller: RequestContext) -> Record:
        """Newest first unless the request says otherwise."""
        page, more = self._listing.page(self._store.all(self._records), request)
        return {f"{self.kind}s": page, **more}

    def _delete(self, request: Record, _caller: RequestContext) -> Record:
        """What was made from it goes on."""
        record = self.find(request[self._name])
        with self._store.lock:
            del self._records[request[self._name]]
            self._store.forget_tags([record[f"{self.kind}Arn"]])
        return {}
