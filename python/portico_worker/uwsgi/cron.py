"""When a cron of uWSGI's is due: -1 is any, -N every N, and where both day and week are given as numbers, either is enough."""

from __future__ import annotations

import time
from typing import NamedTuple

ANY = -1
SUNDAY = 7
"""As 0 is; the week of `time` begins with Monday, 0."""


class When(NamedTuple):
    minute: int = ANY
    hour: int = ANY
    day: int = ANY
    month: int = ANY
    week: int = ANY


def is_due(when: When, now: time.struct_time) -> bool:
    week = (now.tm_wday + 1) % SUNDAY
    day_fits = _fits(when.day, now.tm_mday)
    week_fits = _fits(0 if when.week == SUNDAY else when.week, week)
    either = when.day >= 0 and when.week >= 0
    return (
        _fits(when.minute, now.tm_min)
        and _fits(when.hour, now.tm_hour)
        and _fits(when.month, now.tm_mon)
        and (day_fits or week_fits if either else day_fits and week_fits)
    )


def _fits(wanted: int, value: int) -> bool:
    if wanted == ANY:
        return True
    return value % -wanted == 0 if wanted < ANY else value == wanted
