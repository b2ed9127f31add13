"""For whom a report is written."""

from __future__ import annotations

from typing import Literal, get_args

Level = Literal["full", "council", "letter"]
LEVELS: tuple[Level, ...] = get_args(Level)
