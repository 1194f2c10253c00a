"""Bills of materials in CycloneDX, one for each thing that a user installs or runs.

They are made from the locks and `docs/licences.md` alone, without a network, and are the same at
each making: serial numbers come from the content, the time is SOURCE_DATE_EPOCH or left out.
Format: https://cyclonedx.org/docs/1.6/json/
"""

import hashlib
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from supply_chain.errors import SupplyChainError
from supply_chain.licence_page import PAGE, known_licences
from supply_chain.locks import Pin, read_node_lock, read_python_lock
from supply_chain.release_notes import project_version

LIBRARY = "cyclonedx-python-lib"
CHECKSUMS = "SHA256SUMS"
ALGORITHMS = {"pypi": HashAlgorithm.SHA_256, "npm": HashAlgorithm.SHA_512}


@dataclass(frozen=True, slots=True)
class Product:
    """What a user installs, with the locks that it is installed from."""

    name: str
    python_lock: str
    node_lock: str | None = None


PRODUCTS = (
    Product("registration", "requirements.txt", "package-lock.json"),
    Product("build-repository", "seed_code/build_app/requirements.txt"),
    Product(
        "deploy-repository",
        "seed_code/deploy_app/requirements.txt",
        "seed_code/deploy_app/package-lock.json",
    ),
)


def write_bills(root: Path, folder: Path) -> list[Path]:
    """Write all bills and their checksums into a folder; the files.

    Raises:
        SupplyChainError: a licence is missing, or a bill does not follow its schema.
    """
    version = project_version(root)
    licences = known_licences(root)
    folder.mkdir(parents=True, exist_ok=True)
    bills = {
        product.name: [_package(pin, licences) for pin in _pins(root, product)]
        for product in PRODUCTS
    }
    bills["functions"] = list(_function_files(root))
    written = [
        _write(folder / f"{name}.cdx.json", _bill(name, version, components))
        for name, components in bills.items()
    ]
    sums = "".join(f"{_digest(file)}  {file.name}\n" for file in sorted(written))
    (folder / CHECKSUMS).write_text(sums, encoding="utf-8")
    return [*written, folder / CHECKSUMS]


def _pins(root: Path, product: Product) -> Iterator[Pin]:
    yield from read_python_lock(root / product.python_lock)
    if product.node_lock:
        for pin in read_node_lock(root / product.node_lock):
            if not pin.development:
                yield pin


def _package(pin: Pin, licences: dict[tuple[str, str], str]) -> Component:
    licence = licences.get((pin.name, pin.version))
    if licence is None:
        raise SupplyChainError(
            f"{PAGE} does not tell the licence of {pin.name} {pin.version}; run `make licences`."
        )
    namespace, _, name = pin.name.rpartition("/")
    url = PackageURL(pin.ecosystem, namespace or None, name, pin.version)
    algorithm = ALGORITHMS[pin.ecosystem]
    return Component(
        type=ComponentType.LIBRARY,
        group=namespace or None,
        name=name,
        version=pin.version,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[LicenseFactory().make_from_string(licence)],
        hashes=[HashType(alg=algorithm, content=content) for content in pin.hashes],
    )


def _function_files(root: Path) -> Iterator[Component]:
    bundle = root / "functions"
    for file in sorted(bundle.rglob("*.py")):
        name = file.relative_to(bundle).as_posix()
        yield Component(
            type=ComponentType.FILE,
            name=name,
            bom_ref=f"file:{name}",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=_digest(file))],
        )


def _bill(name: str, version: str, components: Iterable[Component]) -> str:
    url = PackageURL("generic", "mlops-sm-project-template", name, version)
    root = Component(
        type=ComponentType.APPLICATION,
        group="mlops-sm-project-template",
        name=name,
        version=version,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[LicenseFactory().make_from_string("MIT")],
    )
    bom = Bom(components=components)
    bom.metadata.component = root
    bom.metadata.tools.components.add(
        Component(name=LIBRARY, version=installed_version(LIBRARY), bom_ref=f"tool:{LIBRARY}")
    )
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    bom.metadata.timestamp = datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    bom.register_dependency(root, bom.components)
    bom.serial_number = uuid.UUID(int=0)
    content = JsonV1Dot6(bom).output_as_string()
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, content)
    return f"{JsonV1Dot6(bom).output_as_string(indent=2)}\n"


def _write(file: Path, text: str) -> Path:
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        raise SupplyChainError(f"{file.name} does not follow CycloneDX 1.6: {fault}")
    file.write_text(text, encoding="utf-8")
    return file


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
