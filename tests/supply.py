"""What animator is built from: pins, lowest versions and a bill of materials, of the packages installed here.

`make constraints`, `make floors` and `make bom` run it; each prints one text.
"""

import json
import sys
import tomllib
from collections.abc import Callable, Iterable
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# torch takes gigabytes, and the tests that need it or Lightning skip without them; setuptools is each
# environment's own.
ABSENT = {"torch", "lightning", "setuptools"}


def needed(extras: Iterable[str]) -> list[Requirement]:
    """What pyproject.toml asks for, with that of these extras."""
    lines = [
        *PROJECT["dependencies"],
        *(line for e in extras for line in PROJECT["optional-dependencies"][e]),
    ]
    return [wish for wish in map(Requirement, lines) if wish.name not in ABSENT]


def installed(requirements: Iterable[Requirement]) -> list[Distribution]:
    """Those, and all that they ask for in turn on this system, by name."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    waiting = list(requirements)
    while waiting:
        wish = waiting.pop()
        if str(wish) in seen:
            continue
        seen.add(str(wish))
        package = found.setdefault(canonicalize_name(wish.name), distribution(wish.name))
        for line in map(Requirement, package.requires or ()):
            extras = wish.extras or {""}
            if line.marker is None or any(line.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(line)
    return [found[name] for name in sorted(found.keys() - ABSENT)]


def constraints() -> str:
    """The pins of the whole development environment, as pip reads them: NAME==VERSION."""
    packages = installed(needed(PROJECT["optional-dependencies"]))
    return "".join(sorted(f"{canonicalize_name(p.name)}=={p.version}\n" for p in packages))


def floors() -> str:
    """The lowest versions that pyproject.toml allows, as pins."""
    wishes = needed(PROJECT["optional-dependencies"])
    return "".join(sorted({str(wish).replace(">=", "==") + "\n" for wish in wishes}))


def component(package: Distribution) -> dict[str, object]:
    """A package as CycloneDX names it."""
    name, about = canonicalize_name(package.name), package.metadata
    classes = [
        line.split(" :: ")[-1] for line in about.get_all("Classifier", ()) if line.startswith("License")
    ]
    words = [*(about.get("License-Expression") or about.get("License") or "").splitlines()[:1], *classes]
    licenses = [{"license": {"name": words[0]}}] if words else []  # what it says first
    address = f"pkg:pypi/{name}@{package.version}"
    return {"type": "library", "bom-ref": address, "name": name, "version": package.version,
            "purl": address, "licenses": licenses}  # fmt: skip


def bom() -> str:
    """The bill of materials of an installed animator with its scenes, as CycloneDX 1.6."""
    about = {"component": {"type": "application", "name": PROJECT["name"], "version": PROJECT["version"]}}
    parts = [component(package) for package in installed(needed(["scenes"]))]
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": about}
    return json.dumps(bill | {"components": parts}, indent=2) + "\n"


TEXTS: dict[str, Callable[[], str]] = {"constraints": constraints, "floors": floors, "bom": bom}

if __name__ == "__main__":
    sys.stdout.write(TEXTS[sys.argv[1]]())
