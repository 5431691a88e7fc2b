from enum import Enum


class Digest(str, Enum):
    DAILY = "daily"
    HOURLY = "hourly"
    IMMEDIATE = "immediate"

    def __str__(self) -> str:
        return str(self.value)
