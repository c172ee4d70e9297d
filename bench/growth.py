"""Time and memory of Overt as events grow: prints a table, draws docs/growth.svg.

usage: growth.py OVERT EVENTS_TOOL SCRATCH SVG SIZE ...   (a size such as 20M+1M adds one object shared by a million accounts)
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plot

NULLS = {"plain": "--null plain", "blocks": "default"}


def number(text):
    return int(text[:-1]) * 1_000_000 if text.endswith("M") else int(text)


def run(overt, table, null, folder):
    """CPU seconds, wall seconds and peak megabytes of one run, to the edges."""
    shutil.rmtree(folder, ignore_errors=True)
    words = ["-q", "detect", table, "--trace", "object", "--window", "60s", "--null", null, "--edges-only", "-o", folder]
    begun = time.monotonic()
    child = subprocess.Popen([overt, *words])
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"overt ended with {status}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - begun, usage.ru_maxrss / 1024


def draw(rows, svg):
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    figure, (left, right) = plot.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for null, label in NULLS.items():
        mine = [r for r in rows if r["null"] == null and not r["viral"]]
        million = [r["events"] / 1e6 for r in mine]
        (line,) = left.plot(million, [r["cpu"] for r in mine], marker="o", label=label)
        right.plot(million, [r["peak"] / 1024 for r in mine], marker="o", label=label)
        for r in rows:
            if r["null"] == null and r["viral"]:
                star = {"marker": "*", "markersize": 11, "linestyle": "none", "color": line.get_color()}
                at = r["events"] / 1e6
                left.plot([at], [r["cpu"]], label=f"{label}, one object shared by a million", **star)
                right.plot([at], [r["peak"] / 1024], **star)
    left.set_ylabel("CPU seconds")
    right.set_ylabel("peak memory, GB")
    for axes in (left, right):
        axes.set_xlabel("events, millions")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
    figure.legend(*left.get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=2)
    figure.savefig(svg, metadata={"Date": None})


def main():
    overt, tool, scratch, svg, *sizes = sys.argv[1:]
    scratch = Path(scratch)
    print("events | null | CPU s | wall s | peak MB | bytes an event")
    rows = []
    for size in sizes:
        base, _, viral = size.partition("+")
        count, extra = number(base), number(viral) if viral else 0
        table = scratch / "events.csv"
        subprocess.run([tool, str(count), table, str(extra)], check=True)
        for null in NULLS:
            cpu, wall, peak = run(overt, table, null, scratch / "findings")
            rows.append({"events": count + extra, "viral": extra, "null": null, "cpu": cpu, "peak": peak})
            each = peak * 1024 * 1024 / (count + extra)
            print(f"{size} | {null} | {cpu:.1f} | {wall:.1f} | {peak:.0f} | {each:.0f}", flush=True)
        table.unlink()
    draw(rows, svg)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"on {os.cpu_count()} cores and {memory:.0f} GB")


if __name__ == "__main__":
    main()
