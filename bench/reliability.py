"""Draws how often names with a score are the same: scores out of fold, so that no name was seen in fitting.

usage: reliability.py NAMES PAIRS.csv OUTPUT.svg     NAMES is the built target/release/names
"""

import re
import subprocess
import sys
from math import sqrt

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "overt"
import matplotlib.pyplot as plot


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    z = 1.96
    middle = (hits + z * z / 2) / (of + z * z)
    half = z * sqrt(hits * (of - hits) / of + z * z / 4) / (of + z * z)
    return middle - half, middle + half


def main() -> None:
    names, pairs, output = sys.argv[1:]
    said = subprocess.run([names, pairs], check=True, capture_output=True, text=True).stdout
    print(said, end="")
    rows = [tuple(map(float, r)) for r in re.findall(r"^(0\.\d) \| (\d+) \| (\d+)", said, re.M)]
    fold = re.search(r"^out of fold: (.*)$", said, re.M).group(1)
    figure, axes = plot.subplots(figsize=(6.4, 4.2))
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=1)
    for score, count, hits in rows:
        if count:
            low, high = wilson(int(hits), int(count))
            axes.plot([score + 0.05] * 2, [low, high], color="#1f5f8b", linewidth=1.5)
            axes.plot(score + 0.05, hits / count, "o", color="#1f5f8b", markersize=3 + sqrt(count) / 2)
            axes.annotate(f"{int(count)}", (score + 0.05, high), ha="center", va="bottom", fontsize=8)
    axes.axvline(0.7, color="#b03a2e", linewidth=1, linestyle="--")
    axes.set(
        xlim=(0, 1), ylim=(0, 1.08), xlabel="score of two names", ylabel="share that are the same, with 95 % intervals"
    )
    axes.set_title(f"{int(sum(r[1] for r in rows))} labelled pairs, out of fold: {fold}", fontsize=9)
    figure.tight_layout()
    figure.savefig(output, metadata={"Date": None})


main()
