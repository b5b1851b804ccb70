"""What Chromium shows: a page of ours draws files on a canvas and sends their pixels back."""

import json
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy

PAGE = Path(__file__).with_name("chromium.html").read_bytes()
OPTIONS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"]


class Chromium:
    """A browser that shows one file at a time."""

    def __init__(self, program: str) -> None:
        self._wanted = threading.Condition()
        self._answered = threading.Condition()
        self._file: bytes | None = None
        self._number = 0
        self._frames: list | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._profile = tempfile.TemporaryDirectory()
        url = f"http://127.0.0.1:{self._server.server_port}/"
        self._process = subprocess.Popen([program, *OPTIONS, f"--user-data-dir={self._profile.name}", url],
                                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._server.shutdown()
        self._profile.cleanup()

    def frames(self, content: bytes, most: int) -> list[numpy.ndarray]:
        """The first frames as RGBA; none where Chromium does not show the file."""
        with self._wanted:
            self._file, self._frames, self._number = content, None, self._number + 1
            self._most = most
            self._wanted.notify_all()
        with self._answered:
            if not self._answered.wait_for(lambda: self._frames is not None, timeout=60):
                raise TimeoutError("Chromium does not answer")
            return self._frames

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        browser = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/":
                    self._answer(PAGE, "text/html; charset=utf-8")
                elif self.path.startswith("/next/"):
                    self._answer(browser._next(int(self.path.rsplit("/", 1)[1])), "application/json")
                elif self.path.startswith("/file/"):
                    self._answer(browser._file, "application/octet-stream")
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sizes = json.loads(self.headers["X-Sizes"])
                browser._take(int(self.path.rsplit("/", 1)[1]), list(_cut(body, sizes)))
                self._answer(b"", "text/plain")

            def _answer(self, content: bytes, content_type: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def _next(self, seen: int) -> bytes:
        """What is to be drawn after that; the page asks again where it is nothing yet."""
        with self._wanted:
            self._wanted.wait_for(lambda: self._number > seen and self._frames is None, timeout=20)
            return json.dumps({"number": self._number, "most": getattr(self, "_most", 1)}).encode()

    def _take(self, number: int, frames: list[numpy.ndarray]) -> None:
        with self._answered:
            if number == self._number:
                self._frames = frames
                self._answered.notify_all()


def _cut(body: bytes, sizes: list[list[int]]) -> Iterator[numpy.ndarray]:
    place = 0
    for width, height in sizes:
        length = width * height * 4
        yield numpy.frombuffer(body, numpy.uint8, length, place).reshape(height, width, 4)
        place += length
