"""Measures the processor time of uploads beside that of libvips: see scripts/pictures-speed."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import drawn
from service import Service

RUNS = 5
# What the service may take of libvips' time.
MOST = 1.3


def processor_time(process: int) -> float:
    """Seconds that all threads of the process have taken, in it and in the system."""
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def by_service(service: Service, process: int, content: bytes) -> float:
    service.upload(content)
    before = processor_time(process)
    for _ in range(RUNS):
        status, answer = service.upload(content)
        if status != 201:
            raise SystemExit(f"refused: {answer}")
    return (processor_time(process) - before) / RUNS


def by_libvips(content: bytes, copies: list[dict]) -> float:
    program = str(Path(__file__).with_name("libvips.cjs"))
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        asked = ["node", program, file.name, json.dumps(copies), str(RUNS)]
        return float(subprocess.run(asked, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--process", type=int, required=True)
    arguments = parser.parse_args()
    service = Service(arguments.url, arguments.key)
    slow = False
    print("| picture | size | small copies | tweetty | libvips | ratio |\n|---|---:|---|---:|---:|---:|")
    for name, content in [
        ("JPEG, photograph of 12 megapixels", drawn.photograph(4000, 3000)),
        ("PNG, screenshot of 3 megapixels", drawn.screenshot(2000, 1500)),
    ]:
        copies = service.keep(content).media.get("variants", [])
        own, other = by_service(service, arguments.process, content), by_libvips(content, copies)
        listed = ", ".join(f"{copy['width']} {copy['type'].removeprefix('image/')}" for copy in copies) or "none"
        size = f"{len(content) / 2**20:.1f} MiB"
        print(f"| {name} | {size} | {listed} | {own:.2f} s | {other:.2f} s | {own / other:.2f} |")
        slow |= own > MOST * other
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
