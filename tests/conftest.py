"""Settings for every test: machines are noisy, so no test has a deadline."""

import gc

import pytest
from hypothesis import settings

from impactkit.wording import language

settings.register_profile("house", deadline=None)
settings.load_profile("house")

# Scripts that made stored values: they ask other software, which is not installed here.
collect_ignore_glob = ["data/*/make_*.py", "data/peers/*.py"]


def pytest_collection_finish() -> None:
    """Keep the collector of cycles from going through tens of thousands of tests that stay anyway."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_language():
    """Leave the language as it was: a test that chooses one does not choose for those after it."""
    chosen = language._chosen.set(None)
    yield
    language._chosen.reset(chosen)
