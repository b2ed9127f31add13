"""A small invented lottery among women and men, young and old, whose groups a plan declares."""

import numpy as np
import pandas as pd

from plans.trial import claim, content

COLUMNS = ("sex", "age group")


def people(n: int = 240, *, few: int = 0, seed: int = 5) -> pd.DataFrame:
    """Return invented people: the course helps women by 12 in y and men by 2, and nobody in z.

    ``few`` of them, half of each arm, are of a third sex.
    """
    rng = np.random.default_rng(seed)
    arm = np.arange(n) % 2
    sex = np.where(rng.permutation(n) < n // 2, "women", "men").astype(object)
    sex[:few] = "other"
    old = rng.permutation(n) < n // 3
    noise = rng.normal(0, 4, (2, n))
    return pd.DataFrame(
        {
            "unit": [f"u{i}" for i in range(n)],
            "arm": arm,
            "sex": sex,
            "age group": np.where(old, "65 or more", "under 65"),
            "y": (40 + arm * np.where(sex == "women", 12, 2) + noise[0]).round(4),
            "z": (40 + noise[1]).round(4),
        }
    )


def declared(*, claims=None, subgroups=COLUMNS, public=True, **more):
    """Return the content of a plan on them."""
    data = {"file": "people.csv", "subgroups": list(subgroups), "public": public}
    return content(claims=claims or [claim("C1", "y")], data=data, **more)


def written(folder, frame=None):
    """Write the people in a folder."""
    table = people() if frame is None else frame
    table.to_csv(folder / "people.csv", sep=";", index=False)
    return table
