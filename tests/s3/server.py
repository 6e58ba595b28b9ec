#!/usr/bin/env python3
"""An S3 server that verifies signatures, on loopback: OpenStack Swift from Debian's packages
(tests/deps.sh check), its S3 API in front of tempauth, one folder as the only disk, one replica.

usage: server.py run [COMMAND [ARGUMENT...]]   with COMMAND: runs it with the environment below;
                                              else prints the environment as sh exports and runs
                                              until it gets SIGTERM or SIGINT; the buckets
                                              "outputbucket" and "inputs" are there
       server.py self-test                    is it what it should be? judged by boto3
Set in the environment: AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID (it has a colon),
AWS_SECRET_ACCESS_KEY (another one at every start). Exit status 77: it cannot run here, and why.

Everything runs as the caller's own user and lives in one temporary folder, which goes at the end.
"""
import contextlib
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BUCKETS = "outputbucket", "inputs"  # that are there after "run"
PAGE = 5  # keys in one answer to a listing, so that few objects need several
REGION = "eu-west-3"  # not the default, so that a client must sign for the one it was told
ACCOUNT, USER = "sdctl", "agent"
SKIPPED = 77
START_SECONDS = 40
SERVERS = "account", "container", "object"
# Debian's python3 has swift, whatever interpreter runs this file
PYTHON = "/usr/bin/python3" if os.access("/usr/bin/python3", os.X_OK) else sys.executable

BACKEND = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
workers = 0
swift_dir = {root}
devices = {root}/disks
mount_check = false
disable_fallocate = true
log_address = {root}/no-log
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
"""

PROXY = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
workers = 0
swift_dir = {root}
log_address = {root}/no-log
[pipeline:main]
pipeline = catch_errors cache s3api tempauth copy slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:s3api]
use = egg:swift#s3api
location = {region}
max_bucket_listing = {page}
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{name} = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""

COMMON = """[swift-hash]
swift_hash_path_prefix = {salt}
swift_hash_path_suffix = {salt}
[storage-policy:0]
name = one
default = yes
"""

# swift-ring-builder takes a process for each of nine steps; this is what it calls.
RINGS = """
import sys
from swift.common.ring import RingBuilder
root = sys.argv[1]
for pair in sys.argv[2:]:
    kind, port = pair.split('=')
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'd',
                     'weight': 1.0, 'replication_ip': '127.0.0.1', 'replication_port': int(port),
                     'meta': ''})
    builder.rebalance()
    builder.get_ring().save(f'{root}/{kind}.ring.gz')
"""


class Missing(Exception):
    """It cannot run here."""


class Failed(Exception):
    """It should run here and does not."""


def find(name):
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/bin:/usr/sbin:/usr/local/bin")
    if not path:
        raise Missing(f"{name} is not installed (tests/deps.sh check)")
    return path


def free_ports(n):
    """Different ones: all are held until the last is known."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(n)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]


def make_root():
    """A folder on a file system that keeps extended attributes, where Swift has its metadata."""
    for parent in (tempfile.gettempdir(), "/var/tmp", os.path.expanduser("~")):
        try:
            root = tempfile.mkdtemp(prefix="sdctl-swift-", dir=parent)
        except OSError:
            continue
        try:
            os.setxattr(root, "user.swift.metadata", b"x" * 1024)
            os.removexattr(root, "user.swift.metadata")
            return root
        except OSError:
            shutil.rmtree(root)
    raise Missing("no file system here keeps user extended attributes")


class Swift:
    def __init__(self):
        programs = {kind: find(f"swift-{kind}-server") for kind in SERVERS + ("proxy",)}
        memcached = find("memcached")
        self.processes = []
        self.root = make_root()
        try:
            self.start(programs, memcached)
        except BaseException:
            self.stop()
            raise

    def start(self, programs, memcached):
        user = pwd.getpwuid(os.getuid()).pw_name
        cache, self.port, *ports = free_ports(5)
        self.access_key = f"{ACCOUNT}:{USER}"
        self.secret_key = "SECRET/" + secrets.token_hex(20)
        self.endpoint = f"http://127.0.0.1:{self.port}"
        os.makedirs(self.root + "/disks/d")
        self.write("swift.conf", COMMON.format(salt=secrets.token_hex(8)))
        for kind, port in zip(SERVERS, ports):
            self.write(kind + ".conf", BACKEND.format(kind=kind, port=port, root=self.root, user=user))
        self.write("proxy.conf", PROXY.format(
            port=self.port, root=self.root, user=user, memcached=cache, region=REGION, page=PAGE,
            account=ACCOUNT, name=USER, secret=self.secret_key))
        self.run(PYTHON, "-I", "-W", "ignore", "-c", RINGS, self.root,
                 *(f"{kind}={port}" for kind, port in zip(SERVERS, ports)))
        self.spawn("memcached", memcached, "-l", "127.0.0.1", "-p", str(cache), "-U", "0", "-m", "16",
                   "-u", user)
        for kind, program in programs.items():
            self.spawn(kind, PYTHON, "-I", "-W", "ignore", program, f"{self.root}/{kind}.conf")
        for port in (cache, self.port, *ports):
            self.wait_for_port(port)

    def write(self, name, text):
        with open(f"{self.root}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(f"{self.root}/{name}", 0o600)

    def run(self, *command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            if "No module named" in done.stdout:
                raise Missing("python3-swift is not installed (tests/deps.sh check)")
            raise Failed("making the rings failed:\n" + done.stdout)

    def spawn(self, name, *command):
        with open(f"{self.root}/{name}.log", "w", encoding="utf-8") as log:
            self.processes.append((name, subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.root)))

    def log_of(self, name):
        with open(f"{self.root}/{name}.log", encoding="utf-8", errors="replace") as log:
            return log.read()[-3000:]

    def wait_for_port(self, port):
        end = time.monotonic() + START_SECONDS
        while True:
            for name, process in self.processes:
                if process.poll() is not None:
                    raise Failed(f"{name} ended with status {process.returncode}:\n{self.log_of(name)}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            if time.monotonic() > end:
                raise Failed(f"nothing listens on port {port} after {START_SECONDS} s:\n" +
                             "\n".join(self.log_of(name) for name, _ in self.processes))
            time.sleep(0.05)

    def stop(self):
        for _, process in reversed(self.processes):
            process.terminate()
        for _, process in self.processes:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def environment(self):
        return {"AWS_ENDPOINT_URL_S3": self.endpoint, "AWS_REGION": REGION,
                "AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def client(self, **instead):
        """boto3's, with the keys that work unless others are given."""
        return client(self.endpoint, **{"aws_access_key_id": self.access_key,
                                        "aws_secret_access_key": self.secret_key,
                                        "region_name": REGION, **instead})


def client(endpoint, **keys):
    try:
        import boto3
        from botocore.config import Config
    except ImportError:
        raise Missing("python3-boto3 is not installed (tests/deps.sh check)") from None
    return boto3.client("s3", endpoint_url=endpoint, config=Config(
        s3={"addressing_style": "path"}, signature_version="s3v4", retries={"max_attempts": 1}), **keys)


# --- self-test ---------------------------------------------------------------


def raw_get(url, headers=()):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers)), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def signed_get(swift, region):
    """Signed for that region; boto3 itself tries again with the right one."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials
    request = AWSRequest("GET", swift.endpoint + "/pictures/out/t/0.png")
    S3SigV4Auth(Credentials(swift.access_key, swift.secret_key), "s3", region).add_auth(request)
    return raw_get(request.url, request.headers)


def code_of(call, **arguments):
    """S3's error code, or "" when the call succeeded."""
    from botocore.exceptions import ClientError
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def test_signatures(swift, check):
    """Is it a server that a client can be proven against? boto3 and botocore judge."""
    s3 = swift.client()
    s3.create_bucket(Bucket="pictures")
    big = os.urandom(3 << 20)
    s3.put_object(Bucket="pictures", Key="a b/ü+%.bin", Body=big)
    got = s3.get_object(Bucket="pictures", Key="a b/ü+%.bin")["Body"].read()
    check(got == big, "what was put can be got")
    for i in range(7):
        s3.put_object(Bucket="pictures", Key=f"out/t/{i}.png", Body=b"x")
    page = s3.list_objects_v2(Bucket="pictures", Prefix="out/t/")
    rest = s3.list_objects_v2(Bucket="pictures", Prefix="out/t/",
                              ContinuationToken=page.get("NextContinuationToken", ""))
    check(page["IsTruncated"] and len(page["Contents"]) == PAGE and len(rest["Contents"]) == 2,
          "a listing comes in pages")
    wrong = swift.client(aws_secret_access_key=swift.secret_key + "x")
    refused = "SignatureDoesNotMatch"
    check(code_of(wrong.list_objects_v2, Bucket="pictures") == refused, "a wrong secret is refused: listing")
    check(code_of(wrong.get_object, Bucket="pictures", Key="out/t/0.png") == refused,
          "a wrong secret is refused: getting")
    check(code_of(wrong.put_object, Bucket="pictures", Key="no", Body=b"x") == refused,
          "a wrong secret is refused: putting")
    check(code_of(s3.get_object, Bucket="pictures", Key="no") == "NoSuchKey", "and nothing was put")
    check(code_of(swift.client(aws_access_key_id="sdctl:nobody").list_objects_v2, Bucket="pictures") in
          ("InvalidAccessKeyId", refused), "an unknown access key is refused")
    check(signed_get(swift, REGION) == 200, "a request signed by hand works")
    check(signed_get(swift, "us-east-1") == 400, "but not for another region")
    check(raw_get(swift.endpoint + "/pictures/out/t/0.png") == 400, "and not without a signature")
    signed = s3.generate_presigned_url("get_object", Params={"Bucket": "pictures", "Key": "out/t/0.png"})
    check(raw_get(signed) == 200, "a presigned link works")
    check(raw_get(signed.replace("out/t/0", "out/t/1")) == 403, "for what it was made for")


def test_clean_end(swift, check):
    root, processes = swift.root, [process for _, process in swift.processes]
    swift.stop()
    check(not os.path.exists(root) and all(process.poll() is not None for process in processes),
          "it leaves neither folder nor process behind")


def main():
    passed = failed = 0

    def check(good, what):
        nonlocal passed, failed
        passed += bool(good)
        failed += not good
        print(("ok " if good else "not ok ") + what)

    def leave(*_):
        raise SystemExit(0)

    command = sys.argv[2:]
    if sys.argv[1:] == ["self-test"]:
        began = time.monotonic()
        with Swift() as swift:
            print(f"swift is up after {time.monotonic() - began:.1f} s")
            test_signatures(swift, check)
            test_clean_end(swift, check)
        print(f"swift: {passed} passed, {failed} failed")
        return failed > 0
    if sys.argv[1:2] != ["run"]:
        print(__doc__, file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    with Swift() as swift:
        for bucket in BUCKETS:
            swift.client().create_bucket(Bucket=bucket)
        if command:
            return subprocess.run(command, env={**os.environ, **swift.environment()}, check=False).returncode
        for name, value in swift.environment().items():
            print(f"export {name}='{value}'")
        sys.stdout.flush()
        while True:
            signal.pause()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Missing as reason:
        print(f"swift: skipped, {reason}")
        sys.exit(SKIPPED)
    except Failed as reason:
        print(f"swift: {reason}", file=sys.stderr)
        sys.exit(1)
