"""forge.py [-u] CODE [ARGUMENT...]: make the log of .rap anew.

CODE changes the list `log` of its records; numbers, chain and checkpoint are
then made right again, as who owns the store could.  With -u the checkpoint
stays: nobody can sign another one.  CODE sees `run`, the id of a run that never
was, and `args`.
"""
import base64
import hashlib
import json
import os
import sys


def digest(data):
    return hashlib.sha256(data).digest()


def tree(leaves):
    """The root of RFC 6962 over leaf hashes."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return digest(b'\1' + tree(leaves[:k]) + tree(leaves[k:]))


unsealed = sys.argv[1] == '-u'
code, *args = sys.argv[1 + unsealed:]
path = '.rap/log.ndjson'
log = [json.loads(line) for line in open(path, 'rb')]
exec(code, {'log': log, 'args': args, 'json': json,
            'run': '01a1f7a0-7808-7afc-8f9e-14d00b366d65'})
leaves, out, last = [], b'', digest(b'')
for seq, record in enumerate(log):
    record.update(seq=seq, prev=last.hex())
    line = json.dumps(record, sort_keys=True, ensure_ascii=False,
                      separators=(',', ':')).encode()
    last = digest(b'\0' + line)
    leaves.append(last)
    out += line + b'\n'
open(path, 'wb').write(out)
if not unsealed:
    path = '.rap/checkpoint'
    note = open(path).read().split('\n') if os.path.exists(path) else \
        ['forged', '', '', '']
    note[1:3] = str(len(log)), base64.b64encode(tree(leaves)).decode()
    open(path, 'w').write('\n'.join(note))
    if os.path.exists('.rap/state/head'):
        os.remove('.rap/state/head')
