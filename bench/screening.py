"""Screening from the command line: from files to the first answer, and a table of customers.

usage: screening.py OVERT DATA CUSTOMERS     DATA has the lists' folders, CUSTOMERS names one a row
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000


def timed(words: list[str]) -> tuple[float, float]:
    """Seconds and megabytes at most."""
    begun = time.monotonic()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, words
    return time.monotonic() - begun, used.ru_maxrss / 1024


def main(overt: str, data: str, customers: str) -> None:
    lists = [f"{data}/ofac_2021-09", f"{data}/un/UN_consolidated.xml"]
    seconds, memory = timed([overt, "screen", "--name", "Yevgeniy Prigozhin", "--lists", *lists])
    print(f"OFAC and UN from files to the first answer: {seconds:.2f} s, {memory:.0f} MB at most")
    with tempfile.TemporaryDirectory() as scratch:
        store, table = f"{scratch}/lists", Path(scratch) / "customers.csv"
        seconds, memory = timed([overt, "lists", "load", *lists, "--store", store])
        print(f"loaded into a store: {seconds:.2f} s, {memory:.0f} MB at most")
        seconds, memory = timed([overt, "screen", "--name", "Yevgeniy Prigozhin", "--lists", store])
        print(f"a store to the first answer: {seconds:.2f} s, {memory:.0f} MB at most")
        people = list(csv.DictReader(open(customers)))
        with open(table, "w", newline="") as file:
            out = csv.writer(file)
            out.writerow(["id", "name", "dob", "nationality"])
            # First and last names of different people put together: as many customers as are wanted, all different.
            for k in range(ROWS):
                a, b = people[k % len(people)], people[(k * 7 + k // len(people) * 13) % len(people)]
                out.writerow([k, f"{a['first_name']} {b['last_name']}", a["date_of_birth"], a["nationality"]])
        seconds, memory = timed([overt, "screen", str(table), "--lists", store, "-o", f"{scratch}/hits.csv"])
        print(f"{ROWS:,} customers: {seconds:.1f} s on {os.cpu_count()} cores, {ROWS / seconds:,.0f} a second, {memory:.0f} MB at most")


main(*sys.argv[1:4])
