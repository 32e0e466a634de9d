"""The commented dossier that `interbellum new` writes."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from interbellum.errors import UsageError


def template() -> str:
    """Text of the template: a small invented war in which every field is explained.

    The text is the same every day: its dates are fixed, and its comments say to change them.
    """
    return (resources.files("interbellum.dossier") / "template.yaml").read_text(encoding="utf-8")


def write_template(file: str | Path) -> Path:
    """Write the template to a new file.

    Raises
    ------
    UsageError
        The file exists, or cannot be written. An existing file is never touched.
    """
    path = Path(file)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as out:
            out.write(template())
    except FileExistsError:
        raise UsageError(f"{path} exists and is left as it is. Give a new name.") from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror or error}). Mend: name a file in a place "
            "where you may write."
        ) from None
    return path
