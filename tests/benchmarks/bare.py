"""The bare compilation of what a proof compiles: `python bare.py SPEC…` prints the seconds that it takes.

Each file in every mode, both languages at once, as many at a time as there are processors; nothing is remembered.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from atgen.proof import compilers
from atgen.rendering import languages, pipeline


def main() -> None:
    """Render, have the stand-ins built, and only then look at the clock."""
    work = []
    for case in pipeline.load([Path(path) for path in sys.argv[1:]]):
        for platform in case.platforms:
            for name in ("swift", "objc"):
                compiler = compilers.find_compiler(name)
                assert isinstance(compiler, compilers.Compiler), compiler.reason
                assert compiler.standins
                rendered = pipeline.render(case._replace(platforms=(platform,)), [name])
                files = {Path(path).name: file.text for path, file in rendered.items()}
                own = pipeline.own(case, platform, languages.get(name)) if files else {}
                work += [(compiler, files | own, mode) for mode in compiler.modes if files]
    begin = perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        asked = [pool.submit(compiler.check, files, mode, again=True) for compiler, files, mode in work]
        assert all(verdict.result().accepted for verdict in asked)
    print(perf_counter() - begin)  # noqa: T201 (what the script is for)


if __name__ == "__main__":
    main()
