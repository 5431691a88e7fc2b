from enum import Enum


class ProblemCode(str, Enum):
    CONFLICT = "conflict"
    NOT_FOUND = "not_found"
    NOT_READY = "not_ready"
    STALE_VERSION = "stale_version"
    UNREADABLE_IMPORT = "unreadable_import"

    def __str__(self) -> str:
        return str(self.value)
