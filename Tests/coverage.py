#!/usr/bin/env python3
"""coverage.py SUMMARY PREFIX: prints the line coverage that `llvm-cov export -summary-only` found, the lowest first."""
import json
import sys

with open(sys.argv[1]) as file:
    files = json.load(file)["data"][0]["files"]
rows = sorted(
    (lines["percent"], lines["covered"], lines["count"], entry["filename"].removeprefix(sys.argv[2]))
    for entry in files
    if (lines := entry["summary"]["lines"])["count"] > 0
)
for percent, covered, count, name in rows:
    print(f"{percent:6.1f} %  {covered:5} of {count:5}  {name}")
covered = sum(row[1] for row in rows)
count = sum(row[2] for row in rows)
print(f"{100 * covered / count if count else 0:6.1f} %  {covered:5} of {count:5}  in total")
