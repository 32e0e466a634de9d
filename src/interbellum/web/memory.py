"""How a process that waits for questions treats its memory."""

from __future__ import annotations

import gc

YOUNG = (
    50_000  # new objects before the collector looks: about what one dossier makes when it is read
)


def settle() -> None:
    """What is here now stays, so the collector need not look through it, nor look so often.

    Looking through all that is imported and read took tenths of a second of a request now and then.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
