"""The array types that kernels exchange."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
"""Double-precision numbers of any shape."""

Labels: TypeAlias = NDArray[np.int64]
"""Integer codes: groups, clusters, strata, row numbers."""

Flags: TypeAlias = NDArray[np.bool_]
"""Truth values."""
