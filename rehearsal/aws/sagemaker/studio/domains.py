"""Domains of Studio: what people find there by default, above all the execution role.

Imitated: SageMaker API reference, CreateDomain, DescribeDomain, ListDomains. A domain is in service
at once, without the minutes that AWS takes; nothing of its network or its applications exists.
"""

from __future__ import annotations

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError, ResourceNotFoundError
from rehearsal.aws.sagemaker.paging import Listing
from rehearsal.aws.sagemaker.tags import set_tags
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

_LISTING = Listing(name="DomainName", order="Ascending")


class DomainOperations:
    """CreateDomain, DescribeDomain, ListDomains."""

    def __init__(self, context: AccountContext) -> None:
        self._context = context
        self._store = context.store

    @answers("CreateDomain")
    def create_domain(self, request: Record, caller: RequestContext) -> Record:
        """Make a domain; whoever does must be allowed to pass its execution role."""
        role = request["DefaultUserSettings"].get("ExecutionRole")
        if not role:
            raise RequestRefusedError(
                "DefaultUserSettings.ExecutionRole is missing; give the role of the domain's users."
            )
        self._context.access.check_role(caller.access_key_id, role)
        id_ = f"d-{self._context.random_id()}"
        arn = self._context.settings.arn("domain", id_)
        url = f"https://{id_}.studio.{self._context.settings.region}.sagemaker.aws"
        now = self._context.clock()
        given = {name: value for name, value in request.items() if name != "Tags"}
        own = {"DomainId": id_, "DomainArn": arn, "Url": url, "Status": "InService"}
        with self._store.lock:
            set_tags(self._store, arn, request.get("Tags"))
            times = {"CreationTime": now, "LastModifiedTime": now}
            self._store.domains[id_] = {**given, **own, **times}
        return own

    @answers("DescribeDomain")
    def describe_domain(self, request: Record, _caller: RequestContext) -> Record:
        """A domain with what its users get by default."""
        return self.find(request["DomainId"])

    @answers("ListDomains")
    def list_domains(self, request: Record, _caller: RequestContext) -> Record:
        """Domains, the oldest first."""
        page, more = _LISTING.page(self._store.all(self._store.domains), request)
        return {"Domains": page, **more}

    def find(self, id_: str) -> Record:
        """A domain by its id.

        Raises:
            ResourceNotFoundError: there is none.
        """
        record = self._store.domains.get(id_)
        if record is None:
            raise ResourceNotFoundError(f"Domain [{id_}] does not exist.")
        return record
