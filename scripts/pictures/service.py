"""A client of the service: it uploads a picture, publishes it and downloads what is kept."""

import http.client
import json
import urllib.parse
from dataclasses import dataclass, field

BOUNDARY = "a-boundary-that-no-picture-contains-7f3d1c"


@dataclass
class Kept:
    """What the service answered: a refusal, or the picture that it serves."""

    status: int
    message: str = ""
    content: bytes = b""
    media: dict = field(default_factory=dict)


class Service:
    """The service at a URL, for one user."""

    def __init__(self, url: str, key: str) -> None:
        self._host = urllib.parse.urlsplit(url).netloc
        self._headers = {"api-key": key}
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def limits(self) -> dict:
        return self._json("GET", "/api/limits")[1]

    def keep(self, content: bytes) -> Kept:
        """Uploads and publishes the picture, and downloads it."""
        status, answer = self.upload(content)
        if status != 201:
            return Kept(status, answer["error_message"])
        tweet = {"tweet_data": "a picture", "tweet_media_ids": [answer["media_id"]]}
        _, published = self._json("POST", "/api/tweets", json.dumps(tweet).encode(), "application/json")
        _, shown = self._json("GET", f"/api/tweets/{published['tweet_id']}")
        media = shown["tweet"]["media"][0]
        return Kept(status, content=self.download(media["url"]), media=media)

    def upload(self, content: bytes) -> tuple[int, dict]:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="picture"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        return self._json("POST", "/api/medias", body, f"multipart/form-data; boundary={BOUNDARY}")

    def download(self, path: str) -> bytes:
        return self._ask("GET", path, None, {})[1]

    def _json(self, method: str, path: str, body: bytes | None = None, content_type: str = "") -> tuple[int, dict]:
        headers = self._headers | ({"Content-Type": content_type} if content_type else {})
        status, answer = self._ask(method, path, body, headers)
        return status, json.loads(answer)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        # The service ends one that waits while a picture is judged.
        self._connection.close()
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, answer.read()
        except (http.client.HTTPException, OSError):
            # An upload beyond the limits is answered and the connection closed.
            self._connection.close()
            self._connection = http.client.HTTPConnection(self._host, timeout=60)
            if method == "POST" and path == "/api/medias":
                return 413, b'{"error_message": "the connection was closed"}'
            raise
