"""Settings for every test: machines are noisy, so no test has a deadline."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")

# Scripts that made stored values: they ask other software, which is not installed here.
collect_ignore_glob = ["data/*/make_*.py", "data/peers/*.py"]
