from enum import Enum


class WatchOrder(str, Enum):
    CHANGE_COUNT = "change_count"
    CREATED_AT = "created_at"
    NAME = "name"

    def __str__(self) -> str:
        return str(self.value)
