"""Records with names that people have decided about, and what becomes of them.

renames.py SEED writes targets.json, decisions.ndjson, in.ndjson and
want.ndjson: a model of rap-map --reconcile by the rules of rap-map(1), which
knows nothing of how rap-map does it.  Values are ('o', [[name, value]...]),
('a', [value...]) or ('s', json).
"""
import json
import random
import sys

rnd = random.Random(int(sys.argv[1]))
NAMES = ['qa', 'wb', 'zc', 'vd', 'ke', 'a/b', 't~x', 'é']
ANY = None  # a step: every element of an array


def text(path):
    if len(path) == 1 and not path[0].startswith('/'):
        return path[0]
    return ''.join('/' + ('*' if n is ANY else
                          n.replace('~', '~0').replace('/', '~1'))
                   for n in path)


def dump(v):
    if v[0] == 's':
        return v[1]
    if v[0] == 'a':
        return '[' + ','.join(map(dump, v[1])) + ']'
    return '{' + ','.join(json.dumps(k, ensure_ascii=False) + ':' + dump(x)
                          for k, x in v[1]) + '}'


# --- what is made up ---

def make_path(arrays):
    p = tuple(rnd.choice(NAMES) for _ in range(rnd.choice([1, 1, 2, 2, 3])))
    if arrays and rnd.random() < .4:
        p = (p[0], ANY, p[1] if len(p) > 1 else rnd.choice(NAMES))
    return p


def make_value(depth):
    r = rnd.random()
    if depth < 3 and r < .45:
        return make_object(depth + 1)
    if r < .6:
        return ('a', [make_value(depth + 1) if depth < 3 else ('s', '1')
                      for _ in range(rnd.randint(0, 3))])
    if depth < 2 and r < .7:
        return ('a', [make_object(depth + 1)
                      for _ in range(rnd.randint(1, 3))])
    return ('s', rnd.choice(['1', '1.50', '"x"', 'null', 'true', '-0.0e1',
                             '"\\u00e9"']))


def make_object(depth):
    return ('o', [[k, make_value(depth)]
                  for k in rnd.sample(NAMES, rnd.randint(0, 5))])


arrays = rnd.random() < .5
targets = []
while len(targets) < rnd.randint(2, 6):
    p = make_path(arrays)
    if p not in targets:
        targets.append(p)
decided = {}
for _ in range(rnd.randint(1, 8)):
    s, t = make_path(arrays), rnd.choice(targets)
    if s not in targets and s.count(ANY) == t.count(ANY):
        decided[s] = t


# --- the rules ---

def holds_target(p):
    return any(len(p) < len(t) and t[:len(p)] == p for t in targets)


def same_home(a, b, renamed):
    """Do members of a stand where those of b would?  renamed: the arrays
    that have their new names, or None: all that are to."""
    while a != b:
        if not a or not b or (a[-1] is ANY) != (b[-1] is ANY):
            return False
        if a[-1] is ANY and applied.get(a[:-1]) == b[:-1]:
            if renamed is not None and a[:-1] not in renamed:
                return False
            a, b = a[:-1], b[:-1]
        elif a[-1] is not ANY and a[-1] != b[-1]:
            return False
        a, b = a[:-1], b[:-1]
    return True


applied = dict(decided)
applied = {s: t for s, t in decided.items()
           if ANY not in s or same_home(s[:-1], t[:-1], None)}


def looked_into(p, v):
    if v[0] == 's' or not v[1]:
        return False
    if v[0] == 'a' and (v[1][0][0] != 'o' or
                        not any(ANY in t for t in targets)):
        return False
    if p in targets:
        return holds_target(p)
    if p in applied:
        t = applied[p]
        return (v[0] == 'a' and holds_target(t) and
                same_home(p[:-1], t[:-1], None))
    return True


class Met:
    def __init__(self, path, scope, holder, pair):
        self.path, self.scope = path, scope
        self.holder, self.pair = holder, pair


def meet(obj, path, scope, met, scopes):
    for pair in obj[1]:
        p, v = path + (pair[0],), pair[1]
        met.append(Met(p, scope, obj, pair))
        if not looked_into(p, v):
            continue
        if v[0] == 'o':
            meet(v, p, scope, met, scopes)
            continue
        for x in v[1]:
            if x[0] == 'o':
                scopes.append(0)
                meet(x, p + (ANY,), len(scopes), met, scopes)


def elect(met):
    """Who gets each target, in each scope; None: it is there."""
    won = {(m.path, m.scope): None for m in met if m.path in targets}
    for m in met:
        if m.path in applied:
            won.setdefault((applied[m.path], m.scope), m)
    return won


def renamed(record):
    met = []
    meet(record, (), 0, met, [])
    won = elect(met)
    there = {m.path: m.pair[1] for m in met if ANY not in m.path}
    made = {t for t, _ in won}
    arrays_done, names, moves = set(), [], []
    for m in met:
        t = applied.get(m.path)
        if t is None or won[t, m.scope] is not m:
            continue
        if same_home(m.path[:-1], t[:-1], arrays_done):
            arrays_done.add(m.path)
            names.append((m, t[-1]))
        elif ANY not in m.path:
            up, free = t[:-1], True
            while up and up not in there:
                free = free and not (up in targets and up in made)
                up = up[:-1]
            if free and (not up or (there[up][0] == 'o' and
                                    up not in applied)):
                moves.append((m, t))
    for m, t in moves:
        m.holder[1][:] = [x for x in m.holder[1] if x is not m.pair]
    for m, name in names:
        m.pair.append(name)
    for m, t in sorted(moves, key=lambda x: rank(x[1])):
        obj = record
        for n in t[:-1]:
            inside = [x[1] for x in obj[1] if x[0] == n and len(x) == 2]
            if not inside:
                obj[1].append([n, ('o', [])])
                inside = [obj[1][-1][1]]
            obj = inside[0]
        obj[1].append([t[-1], m.pair[1]])
    for m, name in names:
        m.pair[:] = [name, m.pair[1]]
    return dump(record)


# Members that go into one object go in the order of the targets.
seen = {}
for t in targets:
    for i in range(len(t)):
        seen.setdefault(t[:i + 1], len(seen))


def rank(t):
    return [seen[t[:i + 1]] for i in range(len(t))]


with open('targets.json', 'w') as f:
    json.dump([text(t) for t in targets], f)
with open('decisions.ndjson', 'w') as f:
    for s, t in decided.items():
        print(json.dumps({'source': text(s), 'target': text(t),
                          'decision': 'approved'}), file=f)
with open('in.ndjson', 'w') as i, open('want.ndjson', 'w') as w:
    for _ in range(40):
        record = make_object(0)
        print(dump(record), file=i)
        print(renamed(record), file=w)
