"""The container set-up in docker/, as far as it can be checked without a Docker engine."""

import configparser
import contextlib
import gzip
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

DOCKER = Path(__file__).parents[1] / "docker"
SCRIPTS = sorted(DOCKER.rglob("*.sh"))


def run(*words, **options):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **options)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(question, seconds=10):
    """The first true answer; the last one, true or not, when time is up."""
    end = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < end:
        time.sleep(0.05)
    return answer


# --- The files -------------------------------------------------------------


@pytest.fixture(scope="module")
def compose():
    yaml = pytest.importorskip("yaml", reason="PyYAML is missing: compose.yaml is not read")
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def odoo_conf():
    parser = configparser.RawConfigParser(comment_prefixes=(";", "#"))
    parser.read(DOCKER / "odoo.conf")
    return dict(parser["options"])


def postgres_setting(name):
    text = (DOCKER / "postgres/postgresql.conf").read_text()
    return re.search(rf"(?m)^{name} = (\S+)", text)[1]


def test_scale_profile_adds_a_node_and_a_replica(compose):
    services = compose["services"]
    scale = {name for name, service in services.items() if service.get("profiles") == ["scale"]}
    assert scale == {"odoo-2", "db-replica"}
    assert services["db"]["image"] == services["db-replica"]["image"] == "postgres:17"
    assert services["odoo"]["depends_on"]["db-replica"]["required"] is False


def test_every_service_that_stays_is_watched(compose):
    """Odoo's health check is in the image; the one-shot service has none."""
    assert "/web/health" in (DOCKER / "Dockerfile").read_text()
    for name, service in compose["services"].items():
        if name == "init":
            assert service["restart"] == "no"
            continue
        assert service["restart"] == "unless-stopped", name
        assert "healthcheck" in service or "build" in service, name


def test_data_is_on_named_volumes(compose):
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", ())
    }
    assert {volume for volume in used if not volume.startswith("./")} == set(compose["volumes"])
    for path in (volume for volume in used if volume.startswith("./")):
        assert (DOCKER / path).exists(), path


def test_secrets_come_from_the_environment(compose, odoo_conf):
    assert all(set(secret) == {"environment"} for secret in compose["secrets"].values())
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name:
                assert value.removeprefix("/run/secrets/") in service["secrets"], name
    assert not {"admin_passwd", "db_password", "smtp_password"} & set(odoo_conf)


def test_postgresql_allows_the_connections_odoo_may_open(compose, odoo_conf):
    nodes = sum("build" in service for service in compose["services"].values()) - 1  # init
    workers = int(odoo_conf["workers"]) + int(odoo_conf["max_cron_threads"])
    a_node = workers * int(odoo_conf["db_maxconn"]) + int(odoo_conf["db_maxconn_gevent"])
    assert int(odoo_conf["workers"]) > 0
    assert nodes * a_node + 20 <= int(postgres_setting("max_connections"))


def test_odoo_gives_up_before_the_proxy(odoo_conf):
    timeout = re.search(r"proxy_read_timeout (\d+)s", (DOCKER / "nginx.conf").read_text())[1]
    assert int(odoo_conf["limit_time_real"]) < int(timeout)


def test_odoo_knows_every_option(odoo_conf):
    code = (
        "import json; from odoo.tools import config; print(json.dumps(list(config.options_index)))"
    )
    answer = run(sys.executable, "-c", code)
    if answer.returncode:
        pytest.skip("Odoo is not importable here")
    assert set(odoo_conf) <= set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts(script):
    assert os.access(script, os.X_OK)
    assert run("bash", "-n", script).stderr == ""
    if shutil.which("shellcheck"):
        assert run("shellcheck", script).stdout == ""


@pytest.mark.parametrize("profile", [(), ("--profile", "scale")], ids=["base", "scale"])
def test_compose_accepts_the_file(profile):
    for words in (["docker", "compose"], ["docker-compose"]):
        version = run(*words, "version").stdout if shutil.which(words[0]) else ""
        if re.search(r"version v?[2-9]\.", version):
            break
    else:
        pytest.skip("Docker Compose 2 is not installed")
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    answer = run(*words, "-f", DOCKER / "compose.yaml", *profile, "config", "-q", env=environ)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_every_add_on_gets_into_the_image(tmp_path):
    """The loop of the Dockerfile, on this repository."""
    loop = re.search(r"for manifest in .*?done", (DOCKER / "Dockerfile").read_text(), re.DOTALL)[0]
    loop = loop.replace("\\\n", "").replace("/src/", f"{DOCKER.parent}/")
    loop = loop.replace("/opt/credit-management/", f"{tmp_path}/")
    manifests = list(DOCKER.parent.glob("*/__manifest__.py"))
    if not manifests:
        pytest.skip("no add-on yet")
    assert run("bash", "-c", loop).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {path.parent.name for path in manifests}


# --- The entry point -------------------------------------------------------


@pytest.mark.parametrize(("host", "used"), [("localhost", "localhost"), ("no-such.invalid", "")])
def test_entry_point_reads_the_secret_and_finds_the_replica(tmp_path, host, used):
    secret = tmp_path / "secret"
    secret.write_text("p w$'\"\n")
    official = tmp_path / "official"
    official.write_text('#!/bin/sh\nprintf "%s|" "$PGPASSWORD" "$PGHOST_REPLICA" "$@"\n')
    official.chmod(0o755)
    answer = run(
        DOCKER / "entrypoint.sh", "odoo", "a b",
        env={
            "PATH": os.environ["PATH"], "PGPASSWORD_FILE": str(secret),
            "REPLICA_HOST": host, "ODOO_ENTRYPOINT": str(official),
        },
    )  # fmt: skip
    assert answer.stdout == f"p w$'\"|{used}|odoo|a b|"


# --- The proxy -------------------------------------------------------------


class FakeNode(ThreadingHTTPServer):
    """Stands for one port of an Odoo node: says who it is and what it was sent."""

    daemon_threads = True

    def __init__(self, name):
        self.name, self.posts = name, 0
        super().__init__(("127.0.0.1", 0), FakeHandler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()


class FakeHandler(BaseHTTPRequestHandler):
    """HTTP/1.0 and no compression, like a worker of Odoo."""

    def do_GET(self):
        if self.headers.get("Upgrade") == "websocket":
            self.wfile.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            )
            self.wfile.write(self.server.name.encode() + b" " + self.rfile.read(4))
            self.close_connection = True
            return
        answer = {"node": self.server.name, "headers": dict(self.headers), "filler": " " * 2000}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_POST(self):
        """Takes the request and dies."""
        self.server.posts += 1
        self.close_connection = True

    def log_message(self, *_args):
        pass


class FakeNames(threading.Thread):
    """A name server that knows the nodes that are there, all at 127.0.0.1."""

    def __init__(self, *names):
        super().__init__(daemon=True)
        self.names = set(names)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            query, client = self.socket.recvfrom(512)
            end = query.index(0, 12) + 5
            name = query[13 : 13 + query[12]].decode()
            known = name in self.names
            head = query[:2] + (b"\x81\x80" if known else b"\x81\x83")
            head += b"\0\1" + (b"\0\1" if known else b"\0\0") + b"\0\0\0\0"
            record = b"\xc0\x0c\0\1\0\1\0\0\0\1\0\4\x7f\0\0\1"
            self.socket.sendto(head + query[12:end] + (record if known else b""), client)


def get(port, path="/odoo", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()


def status(port):
    with contextlib.suppress(OSError):
        return get(port)[0]


def confirm(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    with contextlib.closing(connection):
        connection.request("POST", "/order/confirm")
        return connection.getresponse().status


def answering(port):
    """The nodes that answer a handful of requests."""
    return {json.loads(get(port)[1])["node"] for _ in range(10)}


@contextlib.contextmanager
def proxy(folder, nodes, names=None):
    """nginx with our configuration; only its addresses are changed.

    Where nginx is too old to look names up while it runs, the nodes are given by address.
    """
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not program:
        pytest.skip("nginx is not installed")
    version = tuple(map(int, re.findall(r"\d+", run(program, "-v").stderr)[:3]))
    if names and version < (1, 27, 3):
        pytest.skip("nginx is older than 1.27.3: it does not look names up while it runs")
    port = free_port()
    text = (DOCKER / "nginx.conf").read_text()
    for (name, number), node in nodes.items():
        text = text.replace(
            f"server {name}:{number} resolve ",
            f"server {name}:{node.port} resolve " if names else f"server 127.0.0.1:{node.port} ",
        )
    text = text.replace("127.0.0.11 valid=5s", f"127.0.0.1:{names.port if names else 9} valid=1s")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}")
    text = text.replace("/tmp/", f"{folder}/").replace("/etc/nginx/", f"{folder}/")
    text = text.replace("/dev/stdout", f"{folder}/access.log")
    config = folder / "nginx.conf"
    config.write_text(text)
    check = run(program, "-t", "-c", config)
    assert check.returncode == 0, check.stderr
    with open(folder / "log", "w") as log:
        words = [program, "-c", config, "-g", "daemon off;"]
        process = subprocess.Popen(words, stdout=log, stderr=log)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)
        for node in nodes.values():
            node.stop()


@pytest.fixture
def nodes():
    """Two ports on each of two nodes."""
    return {
        (name, port): FakeNode(f"{name} {port}")
        for name in ("odoo", "odoo-2")
        for port in (8069, 8072)
    }


def test_proxy_with_two_nodes(tmp_path, nodes):
    with proxy(tmp_path, nodes) as port:
        assert eventually(lambda: status(port) == 200)
        assert answering(port) == {"odoo 8069", "odoo-2 8069"}

        forged = {
            "X-Forwarded-For": "9.9.9.9",
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "evil",
        }
        headers = json.loads(get(port, Host="credit.example:8069", **forged)[1])["headers"]
        assert headers["X-Forwarded-For"] == "127.0.0.1"
        assert headers["X-Forwarded-Proto"] == "http"
        assert headers["X-Forwarded-Host"] == headers["Host"] == "credit.example:8069"

        assert gzip.decompress(get(port, **{"Accept-Encoding": "gzip"})[1]).startswith(b"{")

        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(
                b"GET /websocket?version=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
                b"Upgrade: websocket\r\n\r\nping"
            )
            answer = b"".join(iter(lambda: client.recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 101")
        assert re.search(rb"odoo(-2)? 8072 ping$", answer)

        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(b"GET /odoo HTTP/1.0\r\n\r\n")
            assert b" 400 " in client.recv(4096)


def test_proxy_when_a_node_stops(tmp_path, nodes):
    with proxy(tmp_path, nodes) as port:
        assert eventually(lambda: status(port) == 200)

        # A request that a node has received and that changes something is never sent again.
        assert confirm(port) == 502
        assert sum(node.posts for node in nodes.values()) == 1

        nodes["odoo-2", 8069].stop()
        nodes["odoo-2", 8069] = FakeNode("elsewhere")
        assert answering(port) == {"odoo 8069"}


def test_proxy_without_the_scale_profile(tmp_path, nodes):
    """The second node has no name: the first one serves. It gets one: both do."""
    names = FakeNames("odoo")
    with proxy(tmp_path, nodes, names) as port:
        assert eventually(lambda: status(port) == 200)
        assert answering(port) == {"odoo 8069"}
        # Requests that end badly (a worker killed for its time) do not close the only node.
        assert [confirm(port) for _ in range(5)] == [502] * 5
        assert answering(port) == {"odoo 8069"}
        names.names.add("odoo-2")
        assert eventually(lambda: len(answering(port)) == 2)
        names.names.remove("odoo")
        assert eventually(lambda: answering(port) == {"odoo-2 8069"})


# --- Primary and replica ---------------------------------------------------


@pytest.fixture
def cluster():
    """A place for two PostgreSQL servers, and the way to run its programs."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = programs[-1] if programs else shutil.which("initdb")
    if not found:
        pytest.skip("the programs of a PostgreSQL server are not installed")
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    shutil.copytree(DOCKER / "postgres", folder / "etc")
    (folder / "odoo").write_text("it's odoo\n")
    (folder / "replication").write_text("it's $replication\n")
    options = {}
    if os.geteuid() == 0:  # which PostgreSQL refuses
        postgres = pwd.getpwnam("postgres")
        for path in (folder, *folder.rglob("*")):
            os.chown(path, postgres.pw_uid, postgres.pw_gid)
        options = {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}
    pair = Pair(folder, Path(found).parent, options)
    try:
        yield pair
    finally:
        pair.stop()
        shutil.rmtree(folder)


class Pair:
    def __init__(self, folder, programs, options):
        self.folder, self.options, self.servers = folder, options, {}
        self.port = {"primary": free_port(), "replica": free_port()}
        self.environ = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            "ODOO_DB_PASSWORD_FILE": f"{folder}/odoo",
            "REPLICATION_PASSWORD_FILE": f"{folder}/replication",
            "POSTGRES_CONFIG": f"{folder}/etc/postgresql.conf",
            "PGDATA": f"{folder}/replica/data",
            "PRIMARY_HOST": "127.0.0.1",
            "PRIMARY_PORT": str(self.port["primary"]),
            "REPLICATION_SLOT": "replica",
        }

    def settings(self, name):
        """What differs from a container: place, port, and the memory of a test."""
        values = {
            "hba_file": f"{self.folder}/etc/pg_hba.conf",
            "unix_socket_directories": self.folder,
            "listen_addresses": "127.0.0.1",
            "port": self.port[name],
            "shared_buffers": "16MB",
            "fsync": "off",
        }
        return [word for key, value in values.items() for word in ("-c", f"{key}={value}")]

    def run(self, *words, **environ):
        return run(*map(str, words), env=self.environ | environ, cwd=self.folder, **self.options)

    def start(self, name, *words):
        log = open(self.folder / f"{name}.log", "a")  # noqa: SIM115
        with log:
            self.servers[name] = subprocess.Popen(
                [*map(str, words), *self.settings(name)], env=self.environ, cwd=self.folder,
                stdout=log, stderr=log, **self.options,
            )  # fmt: skip
        ready = eventually(lambda: self.query(name, "SELECT 1").stdout == "1\n")
        assert ready, (self.folder / f"{name}.log").read_text()

    def start_primary(self):
        self.start(
            "primary", "postgres", "-D", self.folder / "primary",
            "-c", f"config_file={self.folder}/etc/postgresql.conf",
        )  # fmt: skip

    def start_replica(self):
        self.start("replica", self.folder / "etc/replica.sh")

    def stop(self, *names):
        for name in names or list(self.servers):
            server = self.servers.pop(name)
            server.send_signal(signal.SIGINT)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()

    def query(self, name, query, user="postgres", host=None, password=""):
        """Through the socket as the administrator; over TCP as anybody else."""
        return self.run(
            "psql", "-XAtqw", "-h", host or self.folder, "-p", self.port[name], "-U", user,
            "-d", "postgres", "-c", query, PGPASSWORD=password,
        )  # fmt: skip


def test_replica_follows_the_primary(cluster):
    initdb = cluster.run(
        "initdb",
        "-U",
        "postgres",
        "--no-sync",
        "--data-checksums",
        "-D",
        cluster.folder / "primary",
    )
    assert initdb.returncode == 0, initdb.stderr
    cluster.start_primary()
    roles = cluster.run(
        cluster.folder / "etc/roles.sh",
        PGHOST=str(cluster.folder),
        PGPORT=str(cluster.port["primary"]),
    )
    assert roles.returncode == 0, roles.stderr

    tcp = {"host": "127.0.0.1"}
    made = cluster.query(
        "primary", "CREATE TABLE fact AS SELECT 1 AS n", user="odoo", password="it's odoo", **tcp
    )
    # The public schema of "postgres" is closed since PostgreSQL 15, to this role as to others.
    assert "permission denied for schema public" in made.stderr
    made = cluster.query("primary", "CREATE DATABASE credit", "odoo", password="it's odoo", **tcp)
    assert made.returncode == 0, made.stderr
    assert (
        "authentication failed"
        in cluster.query("primary", "SELECT 1", "odoo", password="no", **tcp).stderr
    )
    assert "rejects connection" in cluster.query("primary", "SELECT 1", "postgres", **tcp).stderr

    cluster.query("primary", "CREATE TABLE fact AS SELECT 1 AS n")
    cluster.start_replica()
    assert cluster.query("replica", "SELECT n FROM fact").stdout == "1\n"
    assert cluster.query("replica", "SELECT pg_is_in_recovery()").stdout == "t\n"
    assert "read-only transaction" in cluster.query("replica", "INSERT INTO fact VALUES (0)").stderr

    def shows(number):
        return str(number) in cluster.query("replica", "SELECT n FROM fact").stdout.split()

    cluster.query("primary", "INSERT INTO fact VALUES (2)")
    assert eventually(lambda: shows(2))
    slot = "SELECT slot_type, active, xmin IS NOT NULL FROM pg_replication_slots"
    assert eventually(lambda: cluster.query("primary", slot).stdout == "physical|t|t\n")

    # What was written while the replica was away arrives, and it copies nothing again.
    cluster.stop("replica")
    cluster.query("primary", "INSERT INTO fact VALUES (3)")
    mark = cluster.folder / "replica/data/mark"
    mark.touch()
    cluster.start_replica()
    assert eventually(lambda: shows(3))
    assert mark.exists()

    # Rebuilt from nothing, as the README says for one that was left behind.
    cluster.stop("replica")
    shutil.rmtree(cluster.folder / "replica")
    cluster.start_replica()
    assert eventually(lambda: shows(3))

    for path in (cluster.folder / "replica/data").glob("*.conf"):
        assert "$replication" not in path.read_text()
    command = Path(f"/proc/{cluster.servers['replica'].pid}/cmdline")
    if command.exists():
        assert "$replication" not in command.read_text()
