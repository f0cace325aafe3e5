"""An independent verifier of a store, from RFC 6962 and rap-log(5) alone.

verify.py STORE                 chain, sequence, checkpoint of the log
verify.py --root FILE           the root of a file's lines, in hex
"""
import base64
import hashlib
import json
import os
import sys


def leaf(data):
    return hashlib.sha256(b"\0" + data).digest()


def tree(hashes):
    """The root of RFC 6962 over leaf hashes: equal-sized subtrees merge."""
    stack = []
    for h in hashes:
        size = 1
        while stack and stack[-1][0] == size:
            h = hashlib.sha256(b"\1" + stack.pop()[1] + h).digest()
            size *= 2
        stack.append((size, h))
    if not stack:
        return hashlib.sha256(b"").digest()
    root = stack.pop()[1]
    while stack:
        root = hashlib.sha256(b"\1" + stack.pop()[1] + root).digest()
    return root


def lines(data):
    parts = data.split(b"\n")
    return parts[:-1] if parts[-1] == b"" else parts


def unique(pairs):
    names = [k for k, _ in pairs]
    assert len(set(names)) == len(names), "a name twice"
    return dict(pairs)


def main():
    if sys.argv[1] == "--root":
        with open(sys.argv[2], "rb") as f:
            print(tree(map(leaf, lines(f.read()))).hex())
        return
    with open(os.path.join(sys.argv[1], "log.ndjson"), "rb") as f:
        data = f.read()
    assert data.endswith(b"\n"), "torn tail"
    last, hashes = hashlib.sha256(b"").hexdigest(), []
    for number, line in enumerate(lines(data)):
        record = json.loads(line, object_pairs_hook=unique)
        assert record["seq"] == number, "seq of line %d" % (number + 1)
        assert record["prev"] == last, "prev of line %d" % (number + 1)
        jcs = json.dumps(record, ensure_ascii=False, separators=(",", ":"),
                         sort_keys=True).encode()
        assert jcs == line, "line %d is not canonical" % (number + 1)
        hashes.append(leaf(line))
        last = hashes[-1].hex()
    with open(os.path.join(sys.argv[1], "checkpoint")) as f:
        _, size, root = f.read().split("\n")[:3]
    assert int(size) == len(hashes), "checkpoint counts " + size
    assert base64.b64decode(root) == tree(hashes), "checkpoint root"
    print(len(hashes))


main()
