"""Tags of the company on everything that costs money, as the setting `TAGS` names them.

With commas between them, each is `Key=Value`. What a tag may look like is what all the services
take: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
"""

import re

from mlops_sm_project_template.config.refused_values import RefusedValueError, split_items

# A resource has 50, and SageMaker, Service Catalog, Studio and this template give some of them.
MOST_TAGS = 20
_TAG = re.compile(r"(?P<key>[\w .:/+@-]{1,128})=(?P<value>[\w .:/+=@-]{0,256})")
_RESERVED = ("aws:", "mlops", "sagemaker:", "servicecatalog:")


class CompanyTagError(RefusedValueError):
    """A tag is malformed or not the company's to give; the message names it and the remedy."""


def parse_tags(text: str) -> tuple[tuple[str, str], ...]:
    """Read the setting: keys and values, in its order.

    Raises:
        CompanyTagError: it is not what the module says; correct the tag that is named.
    """
    tags = tuple(_parse(item) for item in split_items(text))
    keys = [key.lower() for key, _ in tags]  # IAM takes keys for the same that differ by case
    for key, _ in tags:
        if keys.count(key.lower()) > 1:
            raise CompanyTagError(f"the key {key!r} stands there twice; name each key once")
    if len(tags) > MOST_TAGS:
        raise CompanyTagError(f"it names {len(tags)} tags; name at most {MOST_TAGS}")
    return tags


def _parse(item: str) -> tuple[str, str]:
    found = _TAG.fullmatch(item)
    if found is None:
        raise CompanyTagError(
            f"{item!r} is no tag, such as cost-center=4711; a key takes 128 and a value 256 "
            "letters, digits, spaces and . : / + - @ _"
        )
    key, value = found["key"].strip(), found["value"].strip()
    if key.lower().startswith(_RESERVED) or not key:
        raise CompanyTagError(
            f"the key {key!r} begins like those that AWS or this template give; choose another"
        )
    return key, value
