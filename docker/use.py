"""Uses the image as a person would, over its HTTP API. Called by docker/test with a folder for files."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

place = sys.argv[1]
passed = []


def docker(*words):
    return subprocess.run(["docker", *words], check=True, capture_output=True, text=True).stdout.strip()


def notebook(name, *cells, parameters=None):
    def cell(source, tags):
        return {
            "cell_type": "code",
            "metadata": {"tags": tags},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }

    sources = ([cell(parameters, ["parameters"])] if parameters else []) + [cell(source, []) for source in cells]
    with open(os.path.join(place, "notebooks", name), "w") as file:
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        json.dump(
            {"cells": sources, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 4}, file
        )


def call(method, path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text


def eventually(what, look, seconds=120):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            found = look()
            if found:
                return found
        except (OSError, subprocess.CalledProcessError):
            pass
        time.sleep(0.25)
    print(docker("logs", container), file=sys.stderr)
    raise SystemExit(f"docker: FAILED: {what} did not come to pass within {seconds} s")


def ended(execution):
    return eventually(
        f"the end of {execution['notebook']}",
        lambda: (now := call("GET", f"/api/v1/executions/{execution['id']}"))["status"] != "running" and now,
    )


def holds(what, truth, shown):
    if not truth:
        raise SystemExit(f"docker: FAILED: {what}: {shown}")
    passed.append(what)
    print(f"docker: {what}", flush=True)


os.makedirs(os.path.join(place, "notebooks"))
notebook("report.ipynb", "print('year', year)", parameters="year = 2025")
notebook("hog.ipynb", "held = []\nwhile True:\n    held.append(bytearray(32 << 20))")
os.chmod(place, 0o755)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
container = docker(
    "run", "-d", "--network", "host", "-m", "1g", "--memory-swap", "1g", "--security-opt", "no-new-privileges",
    "-v", f"{place}/notebooks:/notebooks:ro", "nbguard",
    "serve", "/notebooks", "--outputs", "/outputs", "--port", str(port),
    "--token-file", "/outputs/.nbguard/token", "--python", "/opt/nbguard/python",
)
token = eventually("the token", lambda: docker("exec", container, "cat", "/outputs/.nbguard/token"), 60)
eventually("an answer", lambda: call("GET", "/healthz"))
stats = call("GET", "/stats")["container_total"]
holds("the limit of -m 1g is the one that is watched", stats["memory_limit_bytes"] == 1 << 30, stats)

report = ended(call("POST", "/notebooks/run/report.ipynb", {"parameters": {"year": 2026}}))
holds("a notebook runs over HTTP", report["status"] == "completed", report)
log = call("GET", f"/api/v1/executions/{report['id']}/log")
holds("it has its parameter", "year 2026" in log, log)

hog = ended(call("POST", "/notebooks/run/hog.ipynb"))
holds("a hog is ended before the kernel acts", hog["reason"] == "WATCHDOG_MEMORY", hog)
holds("its record says why", "OOM Prevention: Terminated" in (hog["message"] or ""), hog["message"])
state = json.loads(docker("inspect", "-f", "{{json .State}}", container))
holds("the container lives", state["Running"] and not state["OOMKilled"] and state["Pid"] > 0, state)
holds("and answers", call("GET", "/healthz")["status"] == "ok", "no answer")
docker("stop", "-t", "30", container)
code = int(docker("inspect", "-f", "{{.State.ExitCode}}", container))
holds("docker stop ends it in good order", code in (0, 130, 143), code)
print(f"docker: {len(passed)} passed, 0 failed")
