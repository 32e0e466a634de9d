"""Everything that follows from the code and is kept in the repository: `python tools/regenerate.py`.

Golden figures, the excerpt in README.md and the reference pages. On purpose only: a golden file that
changes is a change of results, to be named in CHANGELOG.md with its size and its reason.
"""

from __future__ import annotations

import runpy
from pathlib import Path

TOOLS = ("golden", "excerpt", "reference")


def main() -> None:
    """Run each tool in turn."""
    for tool in TOOLS:
        print(f"tools/{tool}.py")
        runpy.run_path(str(Path(__file__).parent / f"{tool}.py"), run_name="__main__")


if __name__ == "__main__":
    main()
