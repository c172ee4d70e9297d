"""`overt serve` under load: newer lists taken again and again, and hostile requests for a long time.

usage: serving.py refresh OVERT FOLDER SWAPS     swaps a list that many times under load
       serving.py soak OVERT FOLDER SECONDS      mixes valid and hostile requests for so long

FOLDER has OFAC's files. Every request's answer is checked; the first that is wrong ends the program.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

TOKEN = "let-me-in-please"
JSON = {"content-type": "application/json"}


class Server:
    """A server over a store with OFAC's list and a list with one person, whose name says which version it is."""

    def __init__(self, overt: str, folder: str, scratch: Path) -> None:
        self.overt, self.store, self.scratch = overt, scratch / "lists", scratch
        self.load(folder)
        self.swap(0)
        token = scratch / "token"
        token.write_text(TOKEN)
        words = ["serve", "--json", "--lists", str(self.store), "--listen", "127.0.0.1:0", "--look-every", "86400"]
        self.log = open(scratch / "log", "w")
        self.process = subprocess.Popen(
            [overt, *words, "--update-token", str(token)], stdout=subprocess.PIPE, stderr=self.log, text=True
        )
        said = ""
        while not said.strip().endswith("}"):
            said += self.process.stdout.readline()
        self.port = int(json.loads(said)["serving"].rsplit(":", 1)[1])

    def load(self, path: str) -> None:
        subprocess.run([self.overt, "lists", "load", path, "--store", str(self.store), "--quiet"], check=True)

    def swap(self, number: int) -> None:
        name = marker(number)
        person = {"id": "marker", "caption": name, "schema": "Person", "properties": {"name": [name]}, "target": True}
        path = self.scratch / "marker.ftm.json"
        path.write_text(json.dumps(person))
        self.load(str(path))

    def memory(self, field: str) -> int:
        """Kilobytes."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1])
        raise KeyError(field)

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)


def marker(number: int) -> str:
    """A name that is like no other: syllables by the digits of a number."""
    syllables = ["bax", "dul", "fim", "gog", "huz", "kej", "lyr", "mop", "nuv", "qet"]
    word = "".join(syllables[int(d)] for d in f"{number * 7919 % 1000003:06d}")
    return f"{word[:9].title()} {word[9:].title()}"


def body(name: str, schema: str = "Person") -> str:
    return json.dumps({"queries": {"q": {"schema": schema, "properties": {"name": [name]}}}})


def ask(connection: http.client.HTTPConnection, text: str) -> dict:
    connection.request("POST", "/match/default", text, JSON)
    response = connection.getresponse()
    said = response.read()
    assert response.status == 200, (response.status, said)
    return json.loads(said)


def names(folder: str) -> list[str]:
    text = (Path(folder) / "sdn.csv").read_text("latin-1")
    return [line.split('","')[1] if '","' in line else line.split(",")[1].strip('"') for line in text.splitlines()[:4000] if line.count(",") > 3]


def refresh(overt: str, folder: str, swaps: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(overt, folder, Path(scratch))
        announced, asked, stop = [0], [0, 0], threading.Event()
        some = names(folder)

        def load(thread: int) -> None:
            connection, chosen = server.connect(), random.Random(thread)
            while not stop.is_set():
                number = announced[0]
                if chosen.random() < 0.2:
                    found = ask(connection, body(marker(number)))["responses"]["q"]["results"]
                    # While it was asked, a newer list may have come; an older one must not answer.
                    if announced[0] == number and not pending.is_set():
                        assert found and found[0]["caption"] == marker(number), (number, found)
                else:
                    ask(connection, body(chosen.choice(some), "LegalEntity"))
                asked[thread] += 1

        pending = threading.Event()
        threads = [threading.Thread(target=load, args=(k,)) for k in range(2)]
        [t.start() for t in threads]
        # Until what the threads remember has filled up.
        time.sleep(20)
        server.forget_peak()
        steady = server.memory("VmRSS")
        connection = server.connect()
        for number in range(1, swaps + 1):
            pending.set()
            server.swap(number)
            connection.request("POST", f"/updatez?sync=true&token={TOKEN}")
            response = connection.getresponse()
            said = response.read()
            assert response.status == 200, said
            announced[0] = number
            pending.clear()
            best = ask(connection, body(marker(number)))["responses"]["q"]["results"]
            assert best and best[0]["caption"] == marker(number), best
            gone = ask(connection, body(marker(number - 1)))["responses"]["q"]["results"]
            assert not any(r["id"] == "marker" for r in gone), gone
            assert all(t.is_alive() for t in threads), "a request failed"
        stop.set()
        [t.join() for t in threads]
        peak, after = server.memory("VmHWM"), server.memory("VmRSS")
        print(
            f"{swaps} swaps under {sum(asked):,} requests: none failed, none answered from a list before the one announced; "
            f"memory {steady / 1024:.0f} MB steady, {peak / 1024:.0f} MB at most ({peak / steady:.2f} times), {after / 1024:.0f} MB after"
        )
        server.process.terminate()
        assert server.process.wait(30) == 0


HOSTILE = [
    lambda r: ("POST", "/match/default", b"{" * r.randrange(1, 100_000)),
    lambda r: ("POST", "/match/default", body("x" * r.randrange(1, 200_000)).encode()),
    lambda r: ("POST", "/match/default", body("x " * r.randrange(1, 50_000)).encode()),
    lambda r: ("POST", "/match/default", body("\u0301" * r.randrange(1, 10_000)).encode()),
    lambda r: ("POST", "/match/default", body("".join(chr(r.randrange(32, 0x2FFFF)) for _ in range(200)).encode("utf-8", "ignore").decode()).encode()),
    lambda r: ("POST", "/match/default", json.dumps({"queries": {str(k): {"schema": "Person"} for k in range(10_000)}}).encode()),
    lambda r: ("POST", "/match/default", json.dumps({"queries": {str(k): {"schema": "Company", "properties": {"name": [f"Trade Bank {r.random()}"] * 40}} for k in range(100)}}).encode()),
    lambda r: ("POST", "/match/default", bytes(r.randrange(256) for _ in range(r.randrange(5_000)))),
    lambda r: ("POST", "/match/default", b" " * 9_000_000),
    lambda r: ("POST", "/match/default?algorithm=" + "x" * r.randrange(70_000), b"{}"),
    lambda r: ("GET", "/search/default?q=" + "%C3%A4" * r.randrange(1, 2_000) + "&fuzzy=true", None),
    lambda r: ("GET", "/search/default?limit=500&facets=identifiers&sort=caption:desc", None),
    lambda r: ("GET", "/entities/%00%ff%0d%0a", None),
    lambda r: ("POST", "/reconcile/default", b"queries=" + b"%7B" * r.randrange(1, 10_000)),
    lambda r: ("TRACE", "/match/default", None),
]


def half(port: int, chosen: random.Random) -> None:
    """A request that is never finished, and rubbish."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        text = [b"POST /match/default HTTP/1.1\r\ncontent-length: 100\r\n\r\n{", b"\x16\x03\x01\x02", os.urandom(500)]
        connection.sendall(chosen.choice(text))


def soak(overt: str, folder: str, seconds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(overt, folder, Path(scratch))
        until, some = time.monotonic() + seconds, names(folder)
        counts: dict[int, int] = {}
        lock = threading.Lock()

        def mixed(thread: int) -> None:
            chosen, connection = random.Random(thread), server.connect()
            while time.monotonic() < until:
                if chosen.random() < 0.7:
                    ask(connection, body(chosen.choice(some), "LegalEntity"))
                    status = 200
                elif chosen.random() < 0.1:
                    half(server.port, chosen)
                    continue
                else:
                    method, path, data = chosen.choice(HOSTILE)(chosen)
                    kind = "application/x-www-form-urlencoded" if "reconcile" in path else "application/json"
                    connection = server.connect()
                    try:
                        connection.request(method, path, data, {"content-type": kind})
                        response = connection.getresponse()
                        response.read()
                        status = response.status
                    except (BrokenPipeError, ConnectionResetError):
                        # It answered and hung up before all of it was sent.
                        status = 0
                    connection = server.connect()
                    assert status < 500 or status == 503, (status, path[:80])
                with lock:
                    counts[status] = counts.get(status, 0) + 1

        threads = [threading.Thread(target=mixed, args=(k,)) for k in range(4)]
        [t.start() for t in threads]
        memory = []
        while any(t.is_alive() for t in threads):
            time.sleep(max(1.0, seconds / 20))
            memory.append(server.memory("VmRSS") / 1024)
            assert server.process.poll() is None, "the server ended"
        [t.join() for t in threads]
        third = max(1, len(memory) // 3)
        early, late = max(memory[:third]), max(memory[-third:])
        print(
            f"{seconds} s, {sum(counts.values()):,} requests by status {dict(sorted(counts.items()))}: no crash; "
            f"memory {early:.0f} MB in the first third, {late:.0f} MB in the last"
        )
        bugs = [line for line in (Path(scratch) / "log").read_text().splitlines() if '"ERROR"' in line]
        assert not bugs, bugs
        server.process.terminate()
        assert server.process.wait(30) == 0


if __name__ == "__main__":
    {"refresh": refresh, "soak": soak}[sys.argv[1]](sys.argv[2], sys.argv[3], int(sys.argv[4]))
