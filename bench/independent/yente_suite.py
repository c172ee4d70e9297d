"""yente's own tests, unchanged, over HTTP against `overt serve`.

usage: yente_suite.py OVERT TESTS [LIST=FILE…]

OVERT is the program, TESTS the folder `tests` of yente's source, which is read and not changed; nothing is downloaded. Lists
are those of its fixtures (`fixtures/dataset/NAME/entities.ftm.json`), and those that are given as LIST=FILE. What a test
takes from inside yente is not there: such a test is counted apart, for it says nothing of what goes over the wire.
"""

import inspect
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import types
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from unittest.mock import MagicMock

import pytest
import requests

TOKEN = "test"


class Client:
    """What tests ask with: a FastAPI test client's ways of asking, over HTTP."""

    def __init__(self, url):
        self.url = url

    def request(self, method, path, content=None, **more):
        if content is not None:
            more["data"] = content
        return requests.request(method, self.url + path, timeout=30, **more)

    def get(self, path, **more):
        return self.request("GET", path, **more)

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def options(self, path, **more):
        return self.request("OPTIONS", path, **more)


class Inside(types.ModuleType):
    """A module of yente's inside: whatever is asked of it is there, and is nothing."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)


class Finder(MetaPathFinder, Loader):
    """Finds yente's inside, and what it is made with, none of which is needed over HTTP."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("yente", "fastapi"):
            return ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return Inside(spec.name)

    def exec_module(self, module):
        module.__path__ = []
        if module.__name__ == "yente":
            module.settings = import_module("yente.settings")
        if module.__name__ == "yente.settings":
            module.UPDATE_TOKEN = TOKEN
            module.MAX_URL_LENGTH = 60_000
            module.MAX_BATCH = 100


def nothing(name):
    """What stands in for whatever else a test takes from its conftest."""
    if name.startswith(("_", "pytest")):
        raise AttributeError(name)
    return MagicMock(name=name)


def entity_shape(data):
    """That an entity has all that clients of yente count on."""
    texts = {"id": str, "caption": str, "schema": str, "target": bool}
    for key, kind in texts.items():
        assert isinstance(data[key], kind), (key, data)
    for key in ("datasets", "referents"):
        assert all(isinstance(value, str) for value in data[key]), (key, data)
    for key in ("first_seen", "last_seen", "last_change"):
        moment = data[key]
        assert moment is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", moment), moment
    for values in data["properties"].values():
        for value in values:
            if isinstance(value, dict):
                entity_shape(value)
            else:
                assert isinstance(value, str), value


class Counting:
    """Counts tests, those of yente's inside apart."""

    def __init__(self):
        self.passed, self.failed, self.inside = [], [], []

    def pytest_runtest_logreport(self, report):
        if report.passed and report.when != "call":
            return
        of_inside = any(key == "inside" for key, _ in report.user_properties)
        kept = self.inside if of_inside else self.passed if report.passed else self.failed
        kept.append(report.nodeid)

    def pytest_collection_modifyitems(self, items):
        for item in items:
            source = inspect.getsource(item.function)
            words = {"mock", "monkeypatch", "search_provider"}
            module = vars(item.module)
            for name, value in module.items():
                origin = type(value).__module__
                if isinstance(value, MagicMock) or (origin == __name__ and name != "settings"):
                    words.add(name)
            names = set(re.findall(r"[A-Za-z_]\w*", source))
            if names & words - {"client", "settings", "assert_entity_shape"}:
                item.user_properties.append(("inside", True))


def fixtures_of(tests):
    """The names of all fixtures that tests ask for."""
    text = "".join(path.read_text() for path in tests.rglob("test_*.py"))
    asked = set(re.findall(r"usefixtures\(\"(\w+)\"", text))
    return sorted(asked | {"search_provider", "sanctions_catalog"})


def lists_of(tests, given):
    lists = {path.parent.name: path for path in tests.glob("fixtures/dataset/*/entities.ftm.json")}
    lists.update((word.split("=", 1)[0], Path(word.split("=", 1)[1])) for word in given)
    return lists


def serve(overt, lists, scratch):
    """Loads the lists, serves them, and gives the process with its address."""
    store = scratch / "store"
    for name, path in lists.items():
        named = scratch / f"{name}.ftm.json"
        shutil.copy(path, named)
        subprocess.run([overt, "lists", "load", named, "--store", store], check=True, stdout=sys.stderr)
    token = scratch / "token"
    token.write_text(TOKEN)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [overt, "serve", "--lists", store, "--listen", f"127.0.0.1:{port}", "--update-token", token]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    for _ in range(100):
        try:
            requests.get(f"{url}/readyz", timeout=1)
            return server, url
        except requests.ConnectionError:
            time.sleep(0.1)
    server.terminate()
    raise SystemExit("the server does not answer")


def run(url, tests, scratch):
    """Runs the tests in a copy of their folder, with another conftest in place of theirs."""
    suite = scratch / "suite" / "tests"
    shutil.copytree(tests, suite)
    for conftest in suite.rglob("conftest.py"):
        conftest.unlink()
    for place in {path.parent for path in suite.rglob("test_*.py")} | {suite}:
        (place / "__init__.py").touch()
        stand_ins = "\n".join(
            f"@pytest.fixture\ndef {name}():\n    yield\n" for name in fixtures_of(tests)
        )
        (place / "conftest.py").write_text(f"import pytest\n\n{stand_ins}")
    sys.meta_path.insert(0, Finder())
    counting = Counting()
    client = Client(url)

    class Supply:
        """Puts what tests import from their conftest there, before any is imported."""

        @pytest.hookimpl(trylast=True)
        def pytest_plugin_registered(self, plugin):
            if getattr(plugin, "__file__", "").endswith("conftest.py"):
                plugin.client = client
                plugin.assert_entity_shape = entity_shape
                plugin.__getattr__ = nothing

    os.chdir(scratch / "suite")
    files = sorted(str(path) for path in suite.glob("test_*.py"))
    files += sorted(str(path) for path in suite.glob("unit/test_*.py"))
    options = ["-q", "--no-header", "--tb=line", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    pytest.main([*options, *files], plugins=[counting, Supply()])
    return counting


def main(overt, tests, *given):
    tests = Path(tests).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        server, url = serve(str(Path(overt).resolve()), lists_of(tests, given), scratch)
        try:
            counting = run(url, tests, scratch)
        finally:
            server.terminate()
            server.wait()
            os.chdir("/")
    said = {
        "passed": len(counting.passed),
        "failed": counting.failed,
        "of yente's inside": len(counting.inside),
    }
    print(json.dumps(said, indent=2))


if __name__ == "__main__":
    main(*sys.argv[1:])
