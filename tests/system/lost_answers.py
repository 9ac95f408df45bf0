"""Texts whose answer is lost: a real service, and a provider that takes each message and hangs up without a word.

    python tests/system/lost_answers.py [--people 40] [--minutes 10]

Asked for its list, the provider is out of order at first, then tells what it holds: so the service asks again and again,
at moments of its own choosing, while slots fall due each minute. Prints one line of JSON: how often it ticked, the longest
time between two ticks, what was sent more than once, and what became of each text; exit status 1 if a promise was
broken. The service must tick to the end, at least every thirty seconds.
"""

import argparse
import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs

ROOT = Path(__file__).parents[2]
ACCOUNT = "AC" + "0" * 32
LONGEST_S = 31
OUT_OF_ORDER_S = 100
"""How long after the first message the list cannot be had."""


class Provider(ThreadingHTTPServer):
    """Keeps what it was given."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Request)
        self.held = []
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        fields = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.held.append((datetime.now(UTC), fields["To"][0], fields["Body"][0]))
        self.close_connection = True
        self.connection.shutdown(2)

    def do_GET(self):
        self.server.asked += 1
        first = self.server.held[0][0] if self.server.held else datetime.now(UTC)
        if datetime.now(UTC) - first < timedelta(seconds=OUT_OF_ORDER_S):
            return self._answer(503, {"code": 20503, "message": "out of order", "status": 503})
        query = parse_qs(self.path.partition("?")[2])
        wanted = query.get("To", [None])[0]
        held = [(n, *each) for n, each in enumerate(self.server.held) if wanted in (None, each[1])]
        return self._answer(200, {"messages": [_message(*each) for each in reversed(held)], "next_page_uri": None})

    def _answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def _message(number, at, to, body):
    return {
        "sid": f"SM{number:032d}",
        "status": "delivered",
        "to": to,
        "from": "+447700900123",
        "body": body,
        "date_created": format_datetime(at),
        "error_code": None,
        "messaging_service_sid": None,
        "num_segments": "1",
    }


def write_configuration(folder, people):
    for name in ("schedules", "messages"):
        (folder / name).mkdir()
    rows = [
        f'  - {{id: p{n}, time_zone: UTC, sms: "+4930123{n:04}", quiet_hours: none, joined: 2026-01-01}}\n'
        for n in range(people)
    ]
    (folder / "recipients.yaml").write_text("recipients:\n" + "".join(rows))
    at = datetime.now(UTC) + timedelta(minutes=1)
    seldom = f'  - {{id: once, to: everyone, when: {{at: "{at:%H:%M}"}}, channel: sms, late: 2 hours}}\n'
    often = '  - {id: often, to: {recipient: p0}, when: {cron: "* * * * *"}, channel: sms, late: 1 minute}\n'
    (folder / "schedules" / "s.yaml").write_text("schedules:\n" + seldom + often)
    texts = [
        f"  - {{id: m{n}, component: mindfulness, practice: mindfulness, sms: Words number {n}.}}\n" for n in range(60)
    ]
    (folder / "messages" / "m.yaml").write_text("library: kind\nmessages:\n" + "".join(texts))
    hello = "library: welcome\npurpose: welcome\nmessages:\n  - {id: hello, component: self-kindness, practice: support, sms: Hello.}\n"
    (folder / "messages" / "w.yaml").write_text(hello)


def serve(people, minutes):
    """Let the service live for a while; return what it did."""
    provider = Provider()
    with tempfile.TemporaryDirectory(prefix="nudger-lost-") as name:
        folder = Path(name)
        write_configuration(folder, people)
        began = time.time()
        _run(folder, provider.url, minutes)
        lived = time.time() - began
        lines = [json.loads(line) for line in (folder / "log").read_text().splitlines()]
        with closing(sqlite3.connect(folder / "var" / "nudger.db")) as ledger:
            states = dict(ledger.execute("select state, count(*) from nudges where channel = 'sms' group by 1"))
    provider.shutdown()
    provider.server_close()
    ticks = [datetime.fromisoformat(line["timestamp"]).timestamp() for line in lines if line["event"] == "tick"]
    moments = [*ticks, began + lived]
    return {
        "minutes": round(lived / 60, 1),
        "ticks": len(ticks),
        "longest_between_s": round(max(b - a for a, b in pairwise(moments)), 1),
        "texts": len(provider.held),
        "twice": sum(count - 1 for count in Counter((to, body) for _, to, body in provider.held).values()),
        "list_asked": provider.asked,
        "states": states,
        "errors": sorted({line["event"] for line in lines if line["level"] == "error"}),
    }


def _run(folder, url, minutes):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    variables = kept | {
        "NUDGER_CONFIG_DIR": str(folder),
        "NUDGER_TWILIO_ACCOUNT_SID": ACCOUNT,
        "NUDGER_TWILIO_AUTH_TOKEN": "t",
        "NUDGER_TWILIO_FROM": "+447700900123",
        "NUDGER_TWILIO_BASE_URL": url,
        "NUDGER_LOG_FORMAT": "json",
        "NUDGER_LOG_LEVEL": "debug",
    }
    with (folder / "log").open("w") as log:
        command = [sys.executable, "-m", "nudger", "run"]
        process = subprocess.Popen(command, env=variables, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=log)
        try:
            process.wait(minutes * 60)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            process.wait(15)
        else:
            raise AssertionError(f"the service ended: {(folder / 'log').read_text()[-2000:]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--minutes", type=float, default=10)
    asked = parser.parse_args()
    found = serve(asked.people, asked.minutes)
    print(json.dumps(found))
    sys.exit(found["longest_between_s"] > LONGEST_S or found["twice"] > 0)


if __name__ == "__main__":
    main()
