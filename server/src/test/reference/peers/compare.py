"""Measures servers with ``sharegpt4v bench``, one after another, and writes the ratios into docs/performance.md.

``compare.py measure NAME...`` starts each server in turn (ours, llama.cpp, openvino), asks it, stops it, and appends the
figures to RESULTS. ``compare.py table FILE`` puts a table of the medians between the markers of FILE, or at its end. What
is where, comes from the environment: see README.md.
"""

import json
import os
import platform
import re
import signal
import statistics
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
PACKAGE = Path(os.environ.get("PACKAGE", "package"))
MODELS = Path(os.environ.get("GGUF", "gguf"))
LLAMA_SERVER = os.environ.get("LLAMA_SERVER", "llama-server")
RESULTS = Path(os.environ.get("RESULTS", "peers.jsonl"))
PORT = 9470
CORES = str(os.cpu_count())
# Huge pages for everybody, as our launcher sets them: no server shall wait for address translation where another does not.
PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"

WORKLOADS = {
    "long": ["--no-image", "--random-input-len", "640", "--max-tokens", "64", "--requests", "1", "--concurrency", "1"],
    "one": ["--no-image", "--random-input-len", "64", "--max-tokens", "64", "--requests", "2", "--concurrency", "1"],
    # Long answers, so that most tokens are said while all eight streams run and no prompt is read any more.
    "eight": ["--no-image", "--random-input-len", "16", "--max-tokens", "160", "--requests", "8", "--concurrency", "8"],
    "picture": ["--image-size", "1632x1224", "--prompt", "Describe this image.", "--max-tokens", "8", "--requests", "1",
                "--concurrency", "1"],
}


def ours() -> list[str]:
    return [str(ROOT / "sharegpt4v"), "serve", "--model", str(PACKAGE), "--port", str(PORT), "--no-prefix-cache",
            "--draft-tokens", "0", *os.environ.get("OUR_OPTIONS", "").split()]


def llama_cpp() -> list[str]:
    return [LLAMA_SERVER, "--model", str(MODELS / "model.gguf"), "--mmproj", str(MODELS / "mmproj.gguf"), "--threads", CORES,
            "--ctx-size", "8192", "--parallel", "8", "--port", str(PORT), "--no-cache-prompt"]


def openvino() -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("openvino_server.py")), str(MODELS), str(PORT), "2"]


SERVERS = {"ours": (ours, "/health/ready"), "llama.cpp": (llama_cpp, "/health"), "openvino": (openvino, "/v1/models")}


def wait_until_ready(process: subprocess.Popen, path: str) -> None:
    for _ in range(240):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the server was not ready in time")


def bench(workload: str, seed: int) -> dict:
    file = RESULTS.with_suffix(".one.json")
    command = [str(ROOT / "sharegpt4v"), "bench", "--url", f"http://127.0.0.1:{PORT}", "--warm-up", "0", "--seed", str(seed),
               "--tokenizer", str(PACKAGE), "--json", str(file), *WORKLOADS[workload]]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads(file.read_text())


def measure(name: str) -> None:
    command, ready = SERVERS[name]
    with open(RESULTS.with_suffix(f".{name}.log"), "w") as log:
        process = subprocess.Popen(command(), stdout=log, stderr=log, env={**os.environ, **PAGES}, start_new_session=True)
    try:
        wait_until_ready(process, ready)
        seed = int(time.time())
        bench("one", seed)
        for workload in os.environ.get("WORKLOADS", "long one eight picture").split():
            if name == "openvino" and workload == "picture":
                continue
            found = bench(workload, seed + 1)
            if workload == "long" and found["total_input_tokens"] < 640:
                raise SystemExit(f"{name} read {found['total_input_tokens']} tokens of a prompt of 640: it cut or cached it")
            line = {
                "server": name,
                "workload": workload,
                "prompt": found["total_input_tokens"] / found["completed"],
                "output": found["total_output_tokens"] / found["completed"],
                "ttft": found["median_ttft_ms"],
                "tpot": found["median_tpot_ms"],
                "itl": found["median_itl_ms"],
                "throughput": found["output_throughput"],
            }
            print(line, flush=True)
            with open(RESULTS, "a") as results:
                results.write(json.dumps(line) + "\n")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def speeds(line: dict) -> dict:
    """Higher is better: what a table's cells are made of."""
    workload = line["workload"]
    if workload == "long":
        return {"prefill": line["prompt"] / line["ttft"] * 1e3, "decode": 1e3 / line["tpot"]}
    if workload == "one":
        return {"short": 1e3 / line["tpot"]}
    if workload == "eight":
        return {"eight": 8e3 / line["itl"], "whole eight": line["throughput"]}
    return {"picture": 1e3 / line["ttft"]}


ROWS = {
    "prefill": "prefill of 640, tokens/s",
    "decode": "decode at 640 positions, tokens/s",
    "short": "decode at 64 positions, one stream, tokens/s",
    "eight": "the same, eight streams, tokens/s",
    "whole eight": "eight requests of 16 + 160 tokens, prompts included, tokens/s",
    "picture": "first token after a picture of 2 megapixels, 1/s",
}


def processor() -> str:
    text = Path("/proc/cpuinfo").read_text()
    name = re.search(r"model name\s*:\s*(.*)", text).group(1)
    flags = set(re.search(r"flags\s*:\s*(.*)", text).group(1).split())
    width = next((label for flag, label in [
        ("avx512_vnni", "AVX-512 with VNNI"), ("avx512f", "AVX-512"), ("avx2", "AVX2")] if flag in flags), "no AVX2")
    return f"{name}, {width}, {CORES} cores, Linux {platform.release().split('-')[0]}"


def packaged(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def llama_version() -> str:
    done = subprocess.run([LLAMA_SERVER, "--version"], capture_output=True, text=True, check=False)
    return re.search(r"version: (.*)", done.stdout + done.stderr).group(1)


def table() -> str:
    found: dict[str, dict[str, list[float]]] = {}
    for line in RESULTS.read_text().splitlines():
        parsed = json.loads(line)
        for row, speed in speeds(parsed).items():
            found.setdefault(row, {}).setdefault(parsed["server"], []).append(speed)
    rounds = max(len(values) for row in found.values() for values in row.values())
    lines = [f"{processor()}; llama.cpp {llama_version()} (its own server), OpenVINO GenAI {packaged('openvino-genai')}; "
             f"medians of {rounds} rounds in turn.", "",
             "| | ours | llama.cpp | OpenVINO | ours ÷ llama.cpp | ours ÷ OpenVINO |", "|---|---|---|---|---|---|"]
    for row, label in ROWS.items():
        if row not in found:
            continue
        medians = {name: statistics.median(values) for name, values in found[row].items()}
        cells = [f"{medians[name]:.3g}" if name in medians else "–" for name in SERVERS]
        ratios = [f"{medians['ours'] / medians[name]:.2f}" if name in medians and "ours" in medians else "–"
                  for name in ("llama.cpp", "openvino")]
        lines.append(f"| {label} | " + " | ".join(cells + ratios) + " |")
    gains = [
        f"{name} {statistics.median(found['eight'][name]) / statistics.median(found['short'][name]):.2f}"
        for name in SERVERS
        if name in found.get("short", {}) and name in found.get("eight", {})
    ]
    lines += ["", f"Decode of eight streams ÷ of one: {', '.join(gains)}."]
    return "\n".join(lines)


def write(file: Path) -> None:
    text = file.read_text()
    if BEGIN not in text:
        text += f"\n## Beside other servers\n`server/src/test/reference/peers/README.md` says how.\n\n{BEGIN}\n{END}\n"
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    file.write_text(f"{head}{BEGIN}\n{table()}\n{END}{tail}")


def main() -> None:
    # A time limit's signal must not leave a server behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if sys.argv[1] == "measure":
        for name in sys.argv[2:]:
            measure(name)
    else:
        write(Path(sys.argv[2]))


if __name__ == "__main__":
    main()
