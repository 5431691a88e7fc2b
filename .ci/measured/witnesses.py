#!/usr/bin/env python3
"""For how many breaking changes of schemas there is a witness, and whether all hold.

usage: .ci/measured/witnesses.py FOLDER [EXAMPLE]

FOLDER holds `pairs.json` and `gap.json`, lists of pairs of documents (`base`, `revision`). EXAMPLE is the program
`witnesses` of `plugins/diff-openapi/examples`, built where it is not named.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pairs(folder):
    found = {}
    for name in ["pairs.json", "gap.json"]:
        listed = json.loads((folder / name).read_text())
        for pair in listed["pairs"] if isinstance(listed, dict) else listed:
            found[(pair["base"], pair["revision"])] = None
    return [path for pair in found for path in pair]


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    example = sys.argv[2:3] or ["cargo", "run", "--quiet", "--manifest-path", str(ROOT / "Cargo.toml"),
                                "--package", "diff-openapi", "--example", "witnesses", "--"]
    subprocess.run([*example, *pairs(folder)], cwd=folder, check=True)


if __name__ == "__main__":
    main()
