"""A tracking server as MLflow's REST documentation describes it, real HTTP on 127.0.0.1: it keeps what it is told."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4


class TrackingServer:
    """runs: by id, with params, tags, metrics as they came. calls: (what, body). refused: hosts that were asked for through it
    as a proxy. error: the HTTP code that it answers everything with, 0 for none."""

    def __init__(self, port: int = 0) -> None:
        self.runs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.calls: list[tuple[str, Any]] = []
        self.refused: list[str] = []
        self.experiments: dict[str, str] = {}
        self.error = 0
        handler = type("Handler", (_Handler,), {"tracking": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", port), handler)
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def only(self) -> dict[str, Any]:
        """The one run that there is."""
        (run,) = self.runs.values()
        return run

    def called(self, what: str) -> list[Any]:
        return [body for name, body in self.calls if name == what]

    def answer(self, what: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """None where there is no such thing."""
        if what == "experiments/get-by-name":
            key = self.experiments.get(body["experiment_name"])
            return None if key is None else {"experiment": self._experiment(key, body["experiment_name"])}
        if what == "experiments/create":
            self.experiments[body["name"]] = key = str(len(self.experiments) + 1)
            return {"experiment_id": key}
        if what == "runs/search":
            wanted = body.get("filter", "").rpartition("= ")[2].strip("'")
            return {"runs": [self._run(key) for key, run in self.runs.items() if wanted in run["tags"].values()]}
        if what == "runs/create":
            key = uuid4().hex  # the client remembers where the files of an id go
            tags = {tag["key"]: tag["value"] for tag in body.get("tags", ())}
            run = {"name": body.get("run_name", ""), "status": "RUNNING", "tags": tags, "params": {}, "metrics": []}
            self.runs[key] = {**run, "id": key, "start": body["start_time"], "stage": "active"}
            return {"run": self._run(key)}
        return self._of_run(what, body)

    def _of_run(self, what: str, body: dict[str, Any]) -> dict[str, Any] | None:
        key = body.get("run_id") or body.get("run_uuid")
        run = self.runs.get(str(key))
        if run is None:
            return None
        if what == "runs/log-batch":
            run["metrics"] += body.get("metrics", ())
            run["params"] |= {one["key"]: one["value"] for one in body.get("params", ())}
            run["tags"] |= {one["key"]: one["value"] for one in body.get("tags", ())}
            return {}
        if what == "runs/set-tag":
            run["tags"][body["key"]] = body["value"]
            return {}
        if what == "runs/update":
            run |= {name: body[name] for name in ("status", "end_time") if name in body}
            run["name"] = body.get("run_name", run["name"])
            return {"run_info": self._run(str(key))["info"]}
        return {"run": self._run(str(key))} if what == "runs/get" else None

    def _experiment(self, key: str, name: str) -> dict[str, Any]:
        place = f"mlflow-artifacts:/{key}"
        return {"experiment_id": key, "name": name, "lifecycle_stage": "active", "artifact_location": place}

    def _run(self, key: str) -> dict[str, Any]:
        run = self.runs[key]
        info = {
            "run_id": key, "run_uuid": key, "experiment_id": "1", "run_name": run["name"], "status": run["status"],
            "start_time": run["start"], "lifecycle_stage": run["stage"], "artifact_uri": f"mlflow-artifacts:/1/{key}/artifacts",
        }  # fmt: skip
        return {"info": info, "data": {"tags": [{"key": name, "value": value} for name, value in run["tags"].items()]}}


class _Handler(BaseHTTPRequestHandler):
    tracking: TrackingServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._tell(parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()})

    def do_POST(self) -> None:
        self._tell(self.path, json.loads(self._body() or b"{}"))

    do_PATCH = do_POST

    def do_PUT(self) -> None:
        content = self._body()
        if not self.tracking.error:
            self.tracking.files[self.path.rpartition("/artifacts/")[2]] = content
        self._reply(self.tracking.error or 200, {})

    def do_CONNECT(self) -> None:
        self.tracking.refused.append(self.path)
        self._reply(403, {})

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _tell(self, path: str, body: dict[str, Any]) -> None:
        what = path.rpartition("/mlflow/")[2]
        self.tracking.calls.append((what, body))
        if self.tracking.error:
            self._reply(self.tracking.error, {"error_code": "INTERNAL_ERROR", "message": "not now"})
            return
        found = self.tracking.answer(what, body)
        missing = {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"no {what}"}
        self._reply(404 if found is None else 200, missing if found is None else found)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _reply(self, code: int, value: Any) -> None:
        content = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
