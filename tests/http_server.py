"""A loopback HTTP server whose paths misbehave as they are told.

http_server.py DIR [CERTIFICATE]: writes its port to DIR/port when it listens
and one line for each request (path and headers as JSON) to DIR/requests.
With a certificate (and key, PEM) it speaks TLS.  Standard library only; it
ends with its standard input.
"""
import gzip
import json
import os
import socketserver
import ssl
import sys
import threading
import time

DIR = sys.argv[1]
RECORDS = b'[{"n":1},\n {"n":2},\n {"n":3}]\n'
seen = {}
lock = threading.Lock()


def count(path):
    with lock:
        seen[path] = seen.get(path, 0) + 1
        return seen[path]


class Handler(socketserver.StreamRequestHandler):
    def reply(self, status, body=b"", headers=(), length=None):
        head = [f"HTTP/1.1 {status} X"]
        head += [f"{k}: {v}" for k, v in headers]
        head.append(f"Content-Length: {len(body) if length is None else length}")
        head.append("Connection: close")
        self.wfile.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def moved(self, where, status=302):
        self.reply(status, b"gone there", [("Location", where)])

    def handle(self):
        line = self.rfile.readline().decode("latin-1")
        if not line:
            return
        path = line.split(" ")[1]
        headers = {}
        while True:
            h = self.rfile.readline().decode("latin-1").rstrip("\r\n")
            if not h:
                break
            k, _, v = h.partition(":")
            headers[k.lower()] = v.strip()
        with lock, open(os.path.join(DIR, "requests"), "a") as f:
            f.write(json.dumps({"path": path, "headers": headers}) + "\n")
        name = path.split("?")[0].strip("/").split("/")[0]
        try:
            getattr(self, "do_" + name, self.do_missing)(path, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def do_missing(self, path, headers):
        self.reply(404, b"no such thing")

    def do_ok(self, path, headers):
        self.reply(200, RECORDS, [("Content-Type", "application/json")])

    def do_api(self, path, headers):
        self.do_ok(path, headers)

    def do_echo(self, path, headers):
        self.reply(200, json.dumps([{"path": path, **headers}]).encode())

    def do_csv(self, path, headers):
        self.reply(200, b"a,b\r\n1,x\r\n", [("Content-Type", "text/csv")])

    def do_flaky(self, path, headers):
        if count(path) <= 2:
            self.reply(500, b"not now")
        else:
            self.do_ok(path, headers)

    def do_cutonce(self, path, headers):
        if count(path) == 1:
            self.reply(200, RECORDS[:9], length=len(RECORDS))
        else:
            self.do_ok(path, headers)

    def do_down(self, path, headers):
        self.reply(503, b"down")

    def do_forbidden(self, path, headers):
        self.reply(403, b"x" * 300000)

    def do_busy(self, path, headers):
        after = path.split("?", 1)[1].replace("%20", " ")
        if after.startswith("once=") and count(path) > 1:
            self.do_ok(path, headers)
            return
        after = after.split("=", 1)[1]
        if after.startswith("date"):
            after = time.strftime("%a, %d %b %Y %H:%M:%S GMT",
                                  time.gmtime(time.time() + int(after[4:])))
        self.reply(429, b"busy", [("Retry-After", after)])

    def do_loop(self, path, headers):
        self.moved("/loop")

    def do_hops(self, path, headers):
        n = int(path.split("/")[2])
        if n == 0:
            self.do_echo(path, headers)
        else:
            self.moved(f"/hops/{n - 1}", 307)

    def do_to(self, path, headers):
        self.moved(path.split("?", 1)[1])

    def do_short(self, path, headers):
        self.reply(200, RECORDS[:-12], length=len(RECORDS))

    def chunks(self, parts, end=True):
        self.wfile.write(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n"
                         b"Connection: close\r\n\r\n")
        for p in parts:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(p), p))
        if end:
            self.wfile.write(b"0\r\n\r\n")

    def do_chunked(self, path, headers):
        self.chunks([RECORDS[:5], RECORDS[5:]])

    def do_chunkcut(self, path, headers):
        self.chunks([RECORDS[:5]], end=False)

    def do_nolength(self, path, headers):
        self.wfile.write(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n"
                         + RECORDS)

    def do_half(self, path, headers):
        self.reply(200, b'[{"n":1},{"n":2},{"n"')

    def do_gzip(self, path, headers):
        if "gzip" not in headers.get("accept-encoding", ""):
            self.reply(200, b'[{"asked":false}]')
            return
        self.reply(200, gzip.compress(RECORDS), [("Content-Encoding", "gzip")])

    def do_gzipcut(self, path, headers):
        self.reply(200, gzip.compress(RECORDS)[:-6],
                   [("Content-Encoding", "gzip")])

    def do_gzipfile(self, path, headers):
        self.reply(200, gzip.compress(RECORDS))

    def do_brotli(self, path, headers):
        self.reply(200, b"\x0b\x02", [("Content-Encoding", "br")])

    def do_bomb(self, path, headers):
        body = gzip.compress(b"[" + b" " * 20_000_000 + b"]")
        self.reply(200, body, [("Content-Encoding", "gzip")])

    def do_headers(self, path, headers):
        many = [(f"X-{i}", "y" * 8000) for i in range(100)]
        self.reply(200, RECORDS, many)

    def do_longheader(self, path, headers):
        self.reply(200, RECORDS, [("X-Long", "y" * 10_000_000)])

    def do_drip(self, path, headers):
        self.wfile.write(b"HTTP/1.1 200 X\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.3)

    def do_silence(self, path, headers):
        time.sleep(20)

    def do_none(self, path, headers):
        self.wfile.write(b"HTTP/1.1 204 X\r\n"
                         b"Content-Type: application/json\r\n\r\n")

    def do_nothing(self, path, headers):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 2:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[2])
    server.socket = tls.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
with open(os.path.join(DIR, "port.new"), "w") as f:
    f.write(str(server.server_address[1]))
os.rename(os.path.join(DIR, "port.new"), os.path.join(DIR, "port"))
sys.stdin.read()
