"""Times the text trace: all posts of an archive, and 20,000 of them beside all pairs by `rapidfuzz.process.cdist`.

usage: text_speed.py OVERT ARCHIVE.csv SCRATCH   (a table with the column tweet_text or text)
CPU seconds are the operating system's own accounting of each process; both read the same 20,000 posts.
"""

import csv
import os
import subprocess
import sys

overt, archive, scratch = sys.argv[1:]
os.makedirs(scratch, exist_ok=True)
sample = f"{scratch}/sample.csv"
csv.field_size_limit(1 << 26)
with open(archive, newline="") as f, open(sample, "w", newline="") as out:
    rows = csv.reader(f)
    writer = csv.writer(out)
    for n, row in enumerate(rows):
        writer.writerow(row)
        if n == 20_000:
            break

CDIST = """
import csv, re, sys, unicodedata
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
csv.field_size_limit(1 << 26)
rows = csv.DictReader(open(sys.argv[1], newline=""))
text = next(c for c in ("tweet_text", "text", "content") if c in rows.fieldnames)
strip = lambda t: " ".join(re.sub(r"https?://\\S+|@\\w+", " ", unicodedata.normalize("NFKC", t).lower()).split())
texts = sorted({t for t in (strip(r[text]) for r in rows) if len(t) >= 30})
matrix = cdist(texts, texts, scorer=Levenshtein.normalized_similarity, score_cutoff=0.693, workers=1)
print(len(texts), "texts,", int(((matrix > 0.693).sum() - len(texts)) // 2), "similar pairs")
"""


def cpu(command):
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with {status}")
    return usage.ru_utime + usage.ru_stime


def detect(posts):
    options = ["--trace", "text", "--text-reposts", "--edges-only", "--null", "plain", "--force", "-q", "-o", f"{scratch}/found"]
    return cpu([overt, "detect", posts, *options])


print(f"all posts: {detect(archive):.1f} CPU s, reading and counting included")
ours = detect(sample)
theirs = cpu([sys.executable, "-c", CDIST, sample])
print(f"20,000 posts: {ours:.2f} CPU s, all pairs by cdist {theirs:.1f} CPU s: {theirs / ours:.0f} times")
