from enum import Enum


class ChangeKind(str, Enum):
    GONE = "gone"
    IMAGE = "image"
    TEXT = "text"

    def __str__(self) -> str:
        return str(self.value)
