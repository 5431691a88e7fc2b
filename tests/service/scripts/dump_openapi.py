"""Writes the service's OpenAPI document to the path given as the only argument.

Without an argument the document goes to standard output, where it follows the log line that
importing the application prints: `dump_openapi.py > openapi.json` makes a file that is not JSON.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # A dump only reads; it may run where the tree cannot be written.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from watcher.app import app  # noqa: E402


def main(arguments: list[str]) -> None:
    document = json.dumps(app.openapi(), indent=2) + "\n"
    match arguments:
        case []:
            sys.stdout.write(document)
        case [path]:
            Path(path).write_text(document, encoding="utf-8")
        case _:
            sys.exit("usage: dump_openapi.py [PATH]")


if __name__ == "__main__":
    main(sys.argv[1:])
