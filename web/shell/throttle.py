"""Guessing personal links is slowed: an address that keeps missing is told to wait."""

from __future__ import annotations

import datetime as dt
from collections import deque


class Misses:
    """Misses per address within a window, in this process's memory; bounded by forgetting the oldest address."""

    def __init__(self, most: int = 20, minutes: int = 10, addresses: int = 10_000) -> None:
        self.most, self.window, self.addresses = most, dt.timedelta(minutes=minutes), addresses
        self._seen: dict[str, deque[dt.datetime]] = {}

    def too_many(self, address: str, now: dt.datetime) -> bool:
        """Count one more miss."""
        seen = self._seen.pop(address, deque(maxlen=self.most + 1))
        seen.append(now)
        self._seen[address] = seen
        if len(self._seen) > self.addresses:
            del self._seen[next(iter(self._seen))]
        while seen and now - seen[0] > self.window:
            seen.popleft()
        return len(seen) > self.most
