"""Makes the page's chart script when the package is built: no third-party source is committed.

hatchling calls it for every wheel, editable ones too; `python hatch_build.py` does the same for a
checkout that is run from `src`. The script is Vega, Vega-Lite and Vega-Embed, bundled by the
vl-convert that is installed, so that the page draws what print draws.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

TARGET = "src/interbellum/web/static/vega.js"
VEGA_LITE = "6.4"
"""Of the versions that vl-convert carries, the one of the charts' `$schema` (version 6)."""
SNIPPET = "window.vegaEmbed = vegaEmbed;"
"""All that the page calls: the rest of the bundle stays out of the global names."""


def head() -> str:
    """First line of the script: the versions in it, by which a stale one is known."""
    import vl_convert

    return (
        f"/*! Vega {vl_convert.get_vega_version()}, Vega-Lite {VEGA_LITE}, Vega-Embed "
        f"{vl_convert.get_vega_embed_version()} (BSD-3-Clause, University of Washington Interactive "
        f"Data Lab) and D3 (ISC, Mike Bostock); made by vl-convert {vl_convert.__version__}. */\n"
    )


def write(root: Path) -> Path:
    """Write the script under a checkout unless it is there already; its path."""
    path = root / TARGET
    first = head()
    if not path.is_file() or not path.read_text(encoding="utf-8").startswith(first):
        import vl_convert

        bundle = vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(first + bundle, encoding="utf-8")
    return path


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, where hatchling is not needed
    pass
else:

    class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
        """Adds the script to wheels; a source distribution goes without, and makes it when it is built."""

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:
            """Write the script, and name it to hatchling since git ignores it."""
            if self.target_name == "wheel":
                write(Path(self.root))
                build_data["artifacts"].append(f"/{TARGET}")


if __name__ == "__main__":
    print(write(Path(__file__).parent))
