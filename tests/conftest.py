"""Settings that every test shares: fixed seeds, and no deadlines on a shared machine."""

from hypothesis import settings

settings.register_profile("interbellum", derandomize=True, deadline=None)
settings.load_profile("interbellum")
