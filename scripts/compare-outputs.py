"""Compares two folders of outputs, file by file, after the renames and without what is random or tells the time.

usage: compare-outputs.py OLDER NEWER RENAMES
"""

import difflib
import json
import re
import subprocess
import sys
from pathlib import Path

older, newer, renames = (Path(word) for word in sys.argv[1:4])
MAP = []
if renames.exists():
    for line in renames.read_text().splitlines():
        if line and not line.startswith("#"):
            old, new = line.split("\t")[:2]
            MAP.append((old, new))

# Settings that run.json did not record and does now.
ADDED = ("calibrate", "earlier", "edges_only", "intake", "sensitivity", "url_map")

UNSTABLE = [
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", "TIME"),
    (r"20\d{15}-[0-9a-f]+", "RUN"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\b[0-9a-f]{64}\b", "SHA256"),
    (r"\b[0-9a-f]{32}\b|\b[0-9a-f]{24}\b", "ID"),
    (r"[A-Za-z0-9+/]{43}=", "ROOT"),
    (r"(?m)^— (\S+) [A-Za-z0-9+/=]+$", r"— \1 SIGNATURE"),
    (r"\b1[67]\d{8}\b", "SECONDS"),
]


def text(path, rename):
    data = path.read_bytes()
    if path.suffix == ".parquet":
        return "parquet, compared by its CSV twin"
    if path.suffix == ".pdf":
        data = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True).stdout
        # Times are cut by the ends of lines, in one place or another.
        data = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?|\d+Z", b"", b"".join(data.split()))
    words = data.decode("utf-8", "surrogateescape")
    if path.name == "run.json":
        run = json.loads(words)
        run["settings"] = {key: value for key, value in run["settings"].items() if key not in ADDED}
        words = json.dumps(run, indent=1, ensure_ascii=False)
    if rename:
        for old, new in MAP:
            words = words.replace(old, new)
    if path.suffix == ".out":
        # Numbers that people read have their digits in groups.
        words = re.sub(r"(?<=\d),(?=\d{3}\b)", "", words)
        words = re.sub(r"(\d) pairs of (\d+ accounts posted in step)", r"\1 pairs among \2", words)
    for pattern, stands_for in UNSTABLE:
        words = re.sub(pattern, stands_for, words)
    return words


def files(root):
    return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and not p.is_symlink()}


before, after = files(older), files(newer)
different = 0
for name in sorted(before | after):
    if name not in before or name not in after:
        different += 1
        print(f"only in the {'newer' if name in after else 'older'}: {name}")
        continue
    a, b = text(older / name, True), text(newer / name, False)
    if a != b:
        different += 1
        print(f"--- {name}")
        lines = difflib.unified_diff(a.splitlines(), b.splitlines(), lineterm="", n=0)
        shown = [line[:300] for line in lines][2:]
        print("\n".join(shown[:20]))
        if len(shown) > 20:
            print(f"    and {len(shown) - 20} lines more")
print(f"{len(before | after)} files compared, {different} differ")
sys.exit(different > 0)
