"""Times Overt and the coordination-network-toolkit (CNT) on the same synthetic events, at 60 s and weight >= 2.

Events come from the shared generator (seed 7). CPU seconds and peak memory are the operating system's own accounting of
each finished process. Under --compat cnt the edges must equal CNT's; the timed runs are the native ones and
end at the edges with λ, p and q, as CNT's ends at its edges. Of three runs the one with the least CPU counts.
"""

import csv
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
SHARED = Path(os.environ.get("OVERT_SHARED", ROOT.parent / "shared"))
OVERT = ROOT / "target" / "release" / "overt"

CNT = """
import csv, sys
from coordination_network_toolkit.preprocess import preprocess_data
from coordination_network_toolkit.compute_networks import compute_co_retweet_parallel
source, database = sys.argv[1:]
def rows():
    with open(source) as f:
        for r in csv.DictReader(f):
            yield r["content_id"], r["account_id"], "", r["object_id"], None, "", r["timestamp_share"], []
preprocess_data(database, rows())
compute_co_retweet_parallel(database, 60, min_edge_weight=2, n_threads=2)
"""


def timed(command):
    """CPU seconds, wall seconds and peak megabytes of a command with all its children."""
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{command[0]} ended with {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begun, usage.ru_maxrss / 1024


def generate(events):
    source = OUT / f"synth_{events}.csv"
    if not source.exists():
        subprocess.run([sys.executable, SHARED / "reference" / "gen_synth.py", str(events), source.with_suffix(""), "7"], check=True)
    table = source.with_suffix(".parquet")
    if not table.exists():
        # In a process of its own: whatever starts a process lends it its own peak of memory.
        words = "import pandas, sys; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2])"
        subprocess.run([sys.executable, "-c", words, source, table], check=True)
    return source, table


def same_edges(source, database):
    """Whether Overt's --compat cnt has exactly CNT's edges."""
    folder = OUT / "compat"
    shutil.rmtree(folder, ignore_errors=True)
    words = ["--compat", "cnt", "--trace", "object", "--window", "60s", "-o", folder]
    subprocess.run([OVERT, "-q", "detect", source, *words], check=True)
    with open(folder / "cnt_object_60s.csv") as f:
        ours = {(r["source"], r["target"], int(r["weight"])) for r in csv.DictReader(f)}
    rows = sqlite3.connect(database).execute("select user_1, user_2, weight from co_retweet_network where user_1 != user_2")
    theirs = set(rows)
    return ours == theirs, len(theirs)


def main():
    print("events | run | CPU s | wall s | peak MB | CPU of CNT / CPU of run")
    for events in map(int, sys.argv[1:]):
        source, table = generate(events)
        database = OUT / f"cnt_{events}.db"
        database.unlink(missing_ok=True)
        peer, wall, peak = timed([sys.executable, "-c", CNT, source, database])
        print(f"{events} | CNT | {peer:.2f} | {wall:.2f} | {peak:.0f} | 1", flush=True)
        for null in ["plain", "blocks"]:
            for data in [source, table]:
                words = ["--null", null, "--window", "60s", "--edges-only", "--write", "parquet", "-o", OUT / "timed", "--force"]
                cpu, wall, peak = min(timed([OVERT, "-q", "detect", data, *words]) for _ in range(3))
                print(f"{events} | {null} from {data.suffix[1:]} | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {peer / cpu:.1f}", flush=True)
        equal, count = same_edges(source, database)
        print(f"{events} | --compat cnt: {count} edges, {'equal' if equal else 'NOT EQUAL'}", flush=True)


main()
