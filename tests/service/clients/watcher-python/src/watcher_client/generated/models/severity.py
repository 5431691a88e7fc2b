from enum import Enum


class Severity(str, Enum):
    MAJOR = "major"
    MINOR = "minor"
    NOTABLE = "notable"

    def __str__(self) -> str:
        return str(self.value)
