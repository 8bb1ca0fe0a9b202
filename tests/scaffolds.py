"""The apps that `atgen scaffold` makes of specs/, for the workflow that builds them on a Mac.

python tests/scaffolds.py list                              a line for each: CASE PLATFORM LANGUAGE
python tests/scaffolds.py check CASE PLATFORM LANGUAGE APP  says what the built APP (a folder, NAME.app) lacks, exit code 1
"""

from __future__ import annotations

import plistlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from atgen import scaffold
from atgen.case.model import Lifecycle, Platform
from atgen.case.requirements import requirements
from atgen.rendering import languages, pipeline

if TYPE_CHECKING:
    from atgen.case.model import Case

SPECS = Path(__file__).resolve().parents[1] / "specs"


def apps() -> list[tuple[Case, Platform, str]]:
    """List the case, the platform and the language of each app."""
    return [(case, *kind) for case in pipeline.load(sorted(SPECS.glob("*.yaml"))) for kind in scaffold.kinds(case)]


def lacks(app: Path, case: Case, platform: Platform, language: str) -> list[str]:
    """Compare what Xcode has built with what the case needs."""
    module = languages.get(language).module.replace("$(PRODUCT_MODULE_NAME)", app.stem)
    needs = requirements(case._replace(lifecycle=Lifecycle.SCENE), platform, module)
    built = plistlib.loads((app / "Info.plist").read_bytes())
    found = [
        f"Info.plist: {key} is {built.get(key)}" for key, value in needs.info_plist.items() if built.get(key) != value
    ]
    found += [f"Info.plist: {key} is there" for key in needs.absent if key in built]
    privacy = app / "PrivacyInfo.xcprivacy"
    return found if privacy.is_file() else [*found, f"{privacy.name} is missing"]


def main(command: str, *arguments: str) -> None:
    """Run one of the two commands."""
    if command == "list":
        for case, platform, language in apps():
            sys.stdout.write(f"{case.name} {platform.value} {language}\n")
        return
    name, platform, language, app = arguments
    [case] = pipeline.load([SPECS / f"{name}.yaml"])
    if found := lacks(Path(app), case, Platform(platform), language):
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
