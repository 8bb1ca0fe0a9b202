"""Says what an app lacks that was built on a Mac from what `atgen scaffold` makes of a case of iOS; exit code 1 if anything.

python tests/scaffolds.py CASE LANGUAGE APP     (APP is a folder, NAME.app)
"""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from atgen import scaffold
from atgen.case.model import Platform
from atgen.case.requirements import requirements
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from atgen.case.model import Described

SPECS = Path(__file__).resolve().parents[1] / "specs"


def lacks(app: Path, case: Described, language: str) -> list[str]:
    """Compare what Xcode has built with what the case needs."""
    module = languages.get(language).module.replace("$(PRODUCT_MODULE_NAME)", app.stem)
    case = scaffold.with_scenes(case)
    needs = requirements(case, Platform.IOS, module)
    built = plistlib.loads((app / "Info.plist").read_bytes())
    found = [
        f"Info.plist: {key} is {built.get(key)}" for key, value in needs.info_plist.items() if built.get(key) != value
    ]
    found += [f"Info.plist: {key} is there" for key in needs.absent if key in built]
    privacy = app / "PrivacyInfo.xcprivacy"
    return found if privacy.is_file() else [*found, f"{privacy.name} is missing"]


def main(name: str, language: str, app: str) -> None:
    """Compare, and say what was found."""
    [case] = pipeline.load([SPECS / f"{name}.yaml"])
    if found := lacks(Path(app), case, language):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
