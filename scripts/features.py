"""Whichever crate of ours is built, its dependencies have the same features: building one does not rebuild the world.

Compares what cargo resolves for each crate alone with what it resolves for the workspace, and names what differs. Our own
crates may differ: whether cases can be kept in a database is a choice.
usage: python3 scripts/features.py
"""

import collections
import subprocess
import sys


def resolved(*selection):
    """Package to the sets of features that it is built with."""
    command = ["cargo", "tree", *selection, "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p} [{f}]"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    found = collections.defaultdict(set)
    for line in lines:
        package, _, features = line.removesuffix(" (*)").partition(" [")
        found[package].add(features.rstrip("]"))
    return found


members = subprocess.run(
    ["cargo", "tree", "--workspace", "--depth", "0", "--prefix", "none", "--format", "{p}"],
    check=True, capture_output=True, text=True,
).stdout.split("\n")
ours = sorted({line.split()[0] for line in members if line.strip()})
workspace = resolved("--workspace")
wrong = 0
for crate in ours:
    for package, features in resolved("--package", crate).items():
        if not package.startswith("overt-") and not features <= workspace[package]:
            wrong += 1
            print(f"{crate} alone builds {package} with {features - workspace[package]}, the workspace with {workspace[package]}")
if wrong:
    sys.exit("the features differ: see .config/hakari.toml")
print(f"{len(ours)} crates, each with the features of the workspace")
