"""Settings that every test shares: fixed seeds, no deadlines on a shared machine, no user's data."""

import pytest
from hypothesis import settings

settings.register_profile("interbellum", derandomize=True, deadline=None)
settings.load_profile("interbellum")


@pytest.fixture(autouse=True, scope="session")
def _own_data(tmp_path_factory):
    """No test reads or writes the ledger of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INTERBELLUM_DATA", str(tmp_path_factory.mktemp("data")))
        yield
