"""Names of the devices that can follow the paths of a run."""

from __future__ import annotations

DEVICES: tuple[str, ...] = ("cpu", "cuda")
"""The processor, which is the default, and an NVIDIA GPU."""
