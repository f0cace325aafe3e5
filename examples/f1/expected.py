"""Read car_data.json, print the table by driver that the pipeline must give.

Nothing of rap is used: the mean is a fraction of exact integers, rounded once.
"""
import json
import sys
from fractions import Fraction


def number(x):
    """A double as ECMAScript prints it (these all lie between 1 and 1e21)."""
    text = repr(float(x))
    return text[:-2] if text.endswith(".0") else text


drivers = {}
for r in json.load(sys.stdin):
    drivers.setdefault(r["driver_number"], []).append(r)
for key in sorted(drivers):
    rows = drivers[key]
    speeds = [r["speed"] for r in rows]
    print(
        '{"driver_num":%d,"samples":%d,"mean_speed":%s,"top_speed":%d,'
        '"top_rpm":%d,"throttle":%d,"low_gear":%d}'
        % (
            key,
            len(rows),
            number(Fraction(sum(speeds), len(rows))),
            max(speeds),
            max(r["rpm"] for r in rows),
            sum(r["throttle"] for r in rows),
            min(r["n_gear"] for r in rows),
        )
    )
