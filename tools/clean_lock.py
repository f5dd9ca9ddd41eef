#!/usr/bin/env python3
"""Takes every address out of npm's lock file: where packages come from is each machine's own setting.

    tools/clean_lock.py [--check] [FILE]     FILE is web/package-lock.json unless given

Deletes the fields `resolved` and `funding`; the hashes (`integrity`) stay, so `npm ci` still knows what it must get.
With --check it changes nothing and fails when there is something to delete.
"""
import json
import pathlib
import sys

UNWANTED = ("resolved", "funding")


def without_addresses(value):
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items() if key not in UNWANTED}
    if isinstance(value, list):
        return [without_addresses(item) for item in value]
    return value


def main(arguments):
    check = "--check" in arguments
    files = [argument for argument in arguments if argument != "--check"]
    here = pathlib.Path(__file__).resolve().parent.parent
    path = pathlib.Path(files[0]) if files else here / "web" / "package-lock.json"
    before = path.read_text(encoding="utf-8")
    after = json.dumps(without_addresses(json.loads(before)), indent=4, ensure_ascii=False) + "\n"
    left = [line for line in after.splitlines() if "://" in line]
    if left:
        print(f"{path}: an address is left: {left[0].strip()}; add its field to UNWANTED in tools/clean_lock.py")
        return 1
    if before == after:
        return 0
    if check:
        print(f"{path}: holds download or funding addresses; run `python3 tools/clean_lock.py` and commit the result")
        return 1
    path.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
