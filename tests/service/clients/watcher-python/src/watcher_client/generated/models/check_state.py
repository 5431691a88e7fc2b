from enum import Enum


class CheckState(str, Enum):
    CHANGED = "changed"
    FAILED = "failed"
    QUEUED = "queued"
    RUNNING = "running"
    UNCHANGED = "unchanged"

    def __str__(self) -> str:
        return str(self.value)
