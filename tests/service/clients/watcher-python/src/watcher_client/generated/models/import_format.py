from enum import Enum


class ImportFormat(str, Enum):
    CSV = "csv"
    URL_LIST = "url_list"

    def __str__(self) -> str:
        return str(self.value)
