"""Records that drift, and what is to be told of them.

drift.py SEED writes targets.json, in.ndjson and want.ndjson: the lines of
rap-map --reconcile targets.json --drift when nothing is renamed, by the rules
of rap-map(1).  A place is a tuple of names, with * for elements.
"""
import json
import random
import sys

rnd = random.Random(int(sys.argv[1]))
NAMES = ['qa', 'wb', 'zc', 'vd', 'ke']


def make_value(depth):
    r = rnd.random()
    if depth < 2 and r < .4:
        return make_object(depth + 1)
    if depth < 2 and r < .55:
        return [make_object(depth + 1) for _ in range(rnd.randint(0, 3))]
    return rnd.choice([1, 'x', None, True, False, [], [1], {}])


def make_object(depth):
    return {k: make_value(depth) for k in NAMES
            if rnd.random() < (.6 if depth else .8)}


def drifted(record):
    if rnd.random() > .3:
        return record
    if rnd.random() < .2:
        return make_object(0)
    return {k: make_value(0) if rnd.random() < .2 else v
            for k, v in record.items() if rnd.random() > .1}


arrays = rnd.random() < .5
targets = []
while len(targets) < 3:
    p = tuple(rnd.choice(NAMES) for _ in range(rnd.choice([1, 2, 2, 3])))
    if arrays and rnd.random() < .6:
        p = (p[0], '*', rnd.choice(NAMES))
    if p not in targets:
        targets.append(p)
base = make_object(0)
records = [drifted(base) for _ in range(30)]


def text(p):
    return p[0] if len(p) == 1 else '/' + '/'.join(p)


def holds_target(p):
    return any(len(p) < len(t) and t[:len(p)] == p for t in targets)


def is_whole(p):
    return p in targets and not holds_target(p)


def type_name(v):
    if isinstance(v, bool):
        return 'boolean'
    return {int: 'number', str: 'string', list: 'array',
            dict: 'object'}[type(v)]


def elements_of(p):
    """The elements that the place is in, or None."""
    for i in range(len(p) - 1, -1, -1):
        if p[i] == '*':
            return p[:i + 1]
    return None


def meet(obj, path, met, lists):
    for k, v in obj.items():
        p = path + (k,)
        met.setdefault(p, []).append(v)
        if is_whole(p):
            continue
        if isinstance(v, dict):
            meet(v, p, met, lists)
        elif (isinstance(v, list) and v and isinstance(v[0], dict) and
              any('*' in t for t in targets)):
            for x in v:
                if isinstance(x, dict):
                    lists.add(p + ('*',))
                    meet(x, p + ('*',), met, lists)


class Place:
    def __init__(self, since):
        self.since, self.count = since, 0
        self.first = self.gone = self.changed = self.changes = 0
        self.type = self.other = None

    def see(self, line, values):
        self.count += 1
        types = [type_name(v) for v in values if v is not None]
        if types and self.type is None:
            self.type = types[0]
        others = [t for t in types if t != self.type]
        if others:
            self.changes += 1
            if self.changes == 1:
                self.changed, self.other = line, others[0]


def is_told(p, v):
    """Is a value there something that has a name of its own?"""
    return p in targets or (not holds_target(p) and
                            not (isinstance(v, dict) and v))


places, filled = {}, {}
for line, record in enumerate(records, 1):
    met, lists = {}, set()
    meet(record, (), met, lists)
    for x in lists:
        filled[x] = filled.get(x, 0) + 1
    for p, values in met.items():
        place = places.setdefault(
            p, Place(filled.get(elements_of(p), line)))
        place.see(line, values)
        if not place.first and any(is_told(p, v) for v in values):
            place.first = line
    for p, place in places.items():
        if (place.first and not place.gone and p not in met and
                elements_of(p) in lists | {None}):
            place.gone = line

with open('targets.json', 'w') as f:
    json.dump([text(t) for t in targets], f)
with open('in.ndjson', 'w') as f:
    for r in records:
        print(json.dumps(r), file=f)
with open('want.ndjson', 'w') as f:
    def tell(p, kind, line, count, **more):
        print(json.dumps({'kind': kind, 'source': text(p), **more,
                          'line': line, 'count': count},
                         separators=(',', ':')), file=f)

    for p, x in places.items():
        if x.first and p not in targets:
            tell(p, 'new', x.first, x.count)
        if x.gone:
            seen = filled.get(elements_of(p), len(records))
            tell(p, 'vanished', x.gone, seen - x.since + 1 - x.count)
        if x.changes:
            tell(p, 'type changed', x.changed, x.changes,
                 **{'from': x.type, 'to': x.other})
