"""Compares --compat cnt --text-similarity with the coordination-network-toolkit's co_similar_tweet on the same posts.

usage: cosimilar_agrees.py OVERT POSTS SCRATCH [ROWS]
"""

import csv
import itertools
import os
import shutil
import sqlite3
import subprocess
import sys

from coordination_network_toolkit.compute_networks import compute_co_similar_tweet
from coordination_network_toolkit.preprocess import preprocess_data

overt, posts, scratch = sys.argv[1:4]
rows = int(sys.argv[4]) if len(sys.argv) > 4 else 60_000
shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(scratch)
table, database = f"{scratch}/posts.csv", f"{scratch}/cnt.db"


def messages():
    with open(posts) as f:
        for r in itertools.islice(csv.DictReader(f), rows):
            repost = r["post_id"] if r["is_retweet"] == "1" else ""
            yield r["post_id"], r["account_id"], "", repost, None, r["text"], int(r["timestamp"]), []


with open(table, "w", newline="") as f:
    out = csv.writer(f)
    out.writerow(["message_id", "user_id", "username", "repost_id", "reply_id", "message", "timestamp", "urls"])
    for message in messages():
        out.writerow([*message[:-1], ""])
preprocess_data(database, messages())
sys.stdout = open(os.devnull, "w")
compute_co_similar_tweet(database, 3600, n_threads=2, similarity_threshold=0.8, min_edge_weight=1)
sys.stdout = sys.__stdout__
words = ["--compat", "cnt", "--trace", "text", "--text-similarity", "0.8", "--window", "3600s", "--min-weight", "1"]
subprocess.run([overt, "-q", "detect", table, *words, "-o", f"{scratch}/findings"], check=True)
with open(f"{scratch}/findings/cnt_similar_3600s.csv") as f:
    ours = {(r["source"], r["target"], int(r["weight"])) for r in csv.DictReader(f)}
theirs = set(sqlite3.connect(database).execute("select * from co_similar_tweet_network where user_1 != user_2"))
print(f"co_similar: {rows} posts, {len(theirs)} edges of the peer, {len(ours)} of ours, {len(ours & theirs)} the same with their weights")
sys.exit(0 if theirs and ours == theirs else 1)
