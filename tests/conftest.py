"""Settings for every test: machines are noisy, so no test has a deadline."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
