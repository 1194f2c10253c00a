"""`serve` of an image of one's own: `model_fn` and `transform_fn` behind a server of Python's.

It is as small as the contract allows, and rests on nothing of this project.
"""

import importlib
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
sys.dont_write_bytecode = True  # the model's folder is not ours
sys.path.insert(0, os.environ["SAGEMAKER_SUBMIT_DIRECTORY"])
MODULE = importlib.import_module(os.environ["SAGEMAKER_PROGRAM"].removesuffix(".py"))
MODEL = MODULE.model_fn(str(BASE / "model"))
ACCEPT = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(200 if self.path == "/ping" else 404, b"", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        wanted = self.headers.get("Accept", "*/*")
        accept = ACCEPT if wanted == "*/*" else wanted
        try:
            answer = MODULE.transform_fn(MODEL, body, self.headers["Content-Type"], accept)
        except Exception as error:  # noqa: BLE001 # of the user's code, which may raise any
            self.answer(500, str(error).encode(), "text/plain")
            return
        if isinstance(answer, tuple):
            self.answer(200, answer[0].encode(), answer[1])
        else:  # a response of Werkzeug's, which goes out as it is
            self.answer(answer.status_code, answer.get_data(), answer.content_type)

    def answer(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
# In a container of Docker's: on 0.0.0.0.
port = int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
