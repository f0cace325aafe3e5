"""measure.py FOLDER RUNS: run the cases in turn, print tables and NDJSON.

FOLDER holds SHAPE.ndjson, SHAPE.part.ndjson (its beginning, for slow tools),
perhaps yardstick (simdjson) and peers/ (npm); the programs are above it.  See
run.sh and cases.py.

The machine may be shared.  So every round runs each tool once, one after the
other, and what is compared is CPU time, and ratios of the two in the same
round.  A tool may print "own time: WALL CPU" on stderr: it is taken instead of
that of its process.
"""
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import cases

folder, runs = os.path.abspath(sys.argv[1]), int(sys.argv[2])
peers = os.path.join(folder, "peers")
store = os.path.join(folder, "store")
STARTUP_RUNS = 50
# First of all, also where python's own launcher has put its folder first.
os.environ["PATH"] = ":".join([
    os.path.dirname(folder), folder, os.path.join(peers, "node_modules/.bin"),
    os.environ["PATH"]])
os.environ["PEERS"] = peers


@dataclass
class Run:
    wall: float
    cpu: float
    rss: float  # MiB


def watch_rss(pid, high):
    """Keep the high-water mark of pid in high[0], in MiB.

    wait4's ru_maxrss would not do: it starts from the size of this process.
    """
    while True:
        try:
            with open("/proc/%d/status" % pid) as f:
                text = f.read()
        except OSError:
            return
        at = text.find("VmHWM:")
        if at < 0:
            return
        high[0] = max(high[0], int(text[at + 6:].split(None, 1)[0]) / 1024)
        time.sleep(0.005)


def once(tool, path):
    """One run of a tool; its complaint, a str, if it failed."""
    named = {"FILE": path, "JSONL": path.replace(".ndjson", ".jsonl")}
    argv = [named.get(a, a) for a in tool.argv]
    env = dict(os.environ, **tool.env)
    if tool.store:
        shutil.rmtree(store, ignore_errors=True)
        subprocess.run(["rap-audit", "init", "--store", store],
                       stdout=subprocess.DEVNULL, check=True)
        env["RAP_STORE"] = store
    with open(path if argv == tool.argv else os.devnull, "rb") as f:
        start = time.perf_counter()
        child = subprocess.Popen(argv, stdin=f, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, env=env)
        high = [0]  # of a shell with a pipeline it would say nothing
        watch = threading.Thread(target=watch_rss, args=(
            child.pid, high)) if argv[0] != "sh" else threading.Thread()
        watch.start()
        text = child.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = status
        watch.join()
    if status != 0:
        return "status %d: %s" % (os.waitstatus_to_exitcode(status),
                                  text.strip()[:100])
    own = re.search(r"own time: (\S+) (\S+)", text)
    if own:
        return Run(float(own[1]), float(own[2]), high[0])
    return Run(wall, usage.ru_utime + usage.ru_stime, high[0])


def absent(tool):
    """Why the tool cannot run here, or None."""
    if tool.npm:
        why = os.path.join(peers, tool.npm.replace("/", "_") + ".absent")
        if os.path.exists(why):
            with open(why) as f:
                return f.read().strip()
    if shutil.which(tool.argv[0]) is None:
        return "no %s here" % tool.argv[0]
    if tool.ours and "RAP_CPU" in tool.env and not kernel_works(
            tool.env["RAP_CPU"]):
        return "not a kernel of this processor"
    return None


def kernel_works(name):
    return subprocess.run(
        ["rap-validate"], stdin=subprocess.DEVNULL, capture_output=True,
        env=dict(os.environ, RAP_CPU=name)).returncode == 0


class Row:
    """A tool in a case, and what was measured."""

    def __init__(self, case, tool):
        self.case, self.tool = case.name + " " + case.shape, tool
        name = case.shape + (".part" if tool.slow else "") + ".ndjson"
        self.path = os.path.join(folder, name)
        self.bytes = os.path.getsize(self.path)
        with open(self.path, "rb") as f:
            self.records = sum(block.count(b"\n") for block in iter(
                lambda: f.read(1 << 20), b""))
        self.runs = []
        self.why = absent(tool)

    def measure(self):
        if self.why is not None or (self.tool.slow and len(self.runs) == 3):
            return
        got = once(self.tool, self.path)
        if isinstance(got, str):
            self.why = got
        else:
            self.runs.append(got)

    def ok(self):
        return self.why is None and self.runs

    def median(self, what):
        return statistics.median(getattr(r, what) for r in self.runs)

    def cost(self, run, by):
        """Seconds for a GB."""
        return max(getattr(run, by), 1e-6) / (self.bytes / 1e9)

    def rate(self, by):
        return 1 / statistics.median(self.cost(r, by) for r in self.runs)

    def ratio(self, other, by):
        """How many times as fast as other: the median over the rounds."""
        return statistics.median(
            other.cost(b, by) / self.cost(a, by)
            for a, b in zip(self.runs, other.runs))

    def as_dict(self):
        case, shape = self.case.split()
        d = {"case": case, "shape": shape, "tool": self.tool.name}
        if not self.ok():
            return dict(d, absent=self.why)
        cpu = self.median("cpu")
        return dict(
            d, bytes=self.bytes, records=self.records, runs=len(self.runs),
            wall_s=round(self.median("wall"), 4), cpu_s=round(cpu, 4),
            gb_per_wall_s=round(self.rate("wall"), 4),
            gb_per_cpu_s=round(self.rate("cpu"), 4),
            records_per_cpu_s=round(self.records / cpu),
            rss_mib=round(max(r.rss for r in self.runs), 1) or None)


def measure_startup():
    """Name to (wall, CPU) in ms of runs on an empty input, interleaved."""
    times = {}
    found = [a for a in cases.STARTUP if shutil.which(a[0])]
    null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0)
            for fd in (0, 1)]
    for _ in range(STARTUP_RUNS):
        for argv in found:
            start = time.perf_counter()
            pid = os.posix_spawnp(argv[0], argv, os.environ,
                                  file_actions=null)
            _, status, usage = os.wait4(pid, 0)
            wall = time.perf_counter() - start
            if status == 0:
                times.setdefault(" ".join(argv[:2]), []).append(
                    (wall * 1e3, (usage.ru_utime + usage.ru_stime) * 1e3))
    return {name: [statistics.median(c) for c in zip(*t)]
            for name, t in times.items()}


class Report:
    """Lines to stdout and to a file, objects to another."""

    def __init__(self):
        self.text = open(os.path.join(folder, "results.txt"), "w")
        self.data = open(os.path.join(folder, "results.ndjson"), "w")

    def say(self, text=""):
        print(text, flush=True)
        self.text.write(text.rstrip() + "\n")

    def note(self, kind, **members):
        self.data.write(json.dumps(dict({"kind": kind}, **members)) + "\n")


def machine():
    cpu = platform.machine()
    try:
        with open("/proc/cpuinfo") as f:
            for line in f:
                if line.startswith("model name"):
                    cpu = line.split(":")[1].strip()
                    break
    except OSError:
        pass
    kernel = os.environ.get("RAP_CPU") or next(
        (k for k in cases.KERNELS if kernel_works(k)), "scalar")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc)
        .strftime("%Y-%m-%dT%H:%MZ"),
        "cpu": cpu, "processors": os.cpu_count(),
        "system": platform.system() + " " + platform.release(),
        "kernel": kernel, "rounds": runs,
        "version": subprocess.run(["rap-validate", "-V"], capture_output=True,
                                  text=True).stdout.strip(),
    }


def table(report, rows):
    report.say("%-16s %-17s %7s %7s %10s %7s %8s %8s" % (
        "case", "tool", "GB/CPUs", "GB/s", "rec/CPUs", "RSS", "ours CPU",
        "ours wall"))
    base = None
    for row in rows:
        d = row.as_dict()
        report.note("rate", **d)
        if base is None or base.case != row.case:
            base = row
        if not row.ok():
            report.say("%-16s %-17s absent: %s" % (
                row.case, row.tool.name, row.why))
            continue
        ratios = ["", ""]
        if row is not base and base.ok():
            ratios = ["%.2fx" % base.ratio(row, by) for by in ("cpu", "wall")]
        report.say("%-16s %-17s %7.3f %7.3f %10d %7s %8s %8s%s" % (
            row.case, row.tool.name, d["gb_per_cpu_s"], d["gb_per_wall_s"],
            d["records_per_cpu_s"], d["rss_mib"] or "-", *ratios,
            "  part" if row.tool.slow else ""))


def is_busy(rows):
    """Did one-thread runs wait for a processor?"""
    waits = [row.median("wall") / row.median("cpu") for row in rows
             if row.ok() and row.tool.ours and "-j1" in row.tool.argv]
    return statistics.median(waits) > 1.2 if waits else False


def judge(report, text, want, got, at_most=False, busy=False):
    met = got is not None and (got <= want if at_most else got >= want)
    verdict = ("not measured" if got is None else "met" if met else
               "undecided: wall time on a busy machine" if busy else "MISSED")
    report.say("%-34s %s %6.2f  %s  %s" % (
        text, "<=" if at_most else ">=", want,
        "     -" if got is None else "%6.2f" % got, verdict))
    report.note("target", text=text, want=want, at_most=at_most,
                got=None if got is None else round(got, 3), met=met)


def targets(report, rows, startup):
    busy = is_busy(rows)
    by_name = {(r.case, r.tool.name): r for r in rows}
    for t in cases.TARGETS:
        row = by_name[t.case, t.tool]
        got = None
        if t.other:
            other = by_name[t.case, t.other]
            if row.ok() and other.ok():
                got = row.ratio(other, t.by)
        elif row.ok():
            got = row.rate("cpu")
        judge(report, t.text, t.want, got, t.at_most,
              busy and t.by == "wall")
    for name, (wall, _) in startup.items():
        if name.startswith("rap-"):
            judge(report, "start-up of %s, ms" % name, cases.STARTUP_MS, wall,
                  True, busy)
    rss = [max(r.rss for r in row.runs) for row in rows
           if row.ok() and row.tool.ours]
    judge(report, "RSS of any of ours, MiB", cases.RSS_MIB,
          max(rss, default=None), at_most=True)


def main():
    report = Report()
    here = machine()
    before = os.getloadavg()[0]
    rows = [Row(case, tool) for case in cases.CASES for tool in case.tools]
    for turn in range(runs):
        print("round %d of %d" % (turn + 1, runs), file=sys.stderr)
        for row in rows:
            row.measure()
    startup = measure_startup()
    shutil.rmtree(store, ignore_errors=True)
    here["load"] = [round(before, 1), round(os.getloadavg()[0], 1)]
    report.note("machine", **here)
    report.say("%(version)s, %(date)s, %(cpu)s, %(processors)d processors, "
               "%(system)s" % here)
    report.say("scanner %(kernel)s; medians of %(rounds)d rounds; load "
               "%(load)s before and after" % here)
    report.say("GB/CPUs: per second of CPU time, of all threads; a load above "
               "1 makes wall time (GB/s)\nlonger, and CPU time too, by shared "
               "caches.  \"ours\": the case's first row is so many\ntimes as "
               "fast, in the same round.  part: on the first records only.")
    report.say()
    table(report, rows)
    report.say("\n%-34s %8s %8s" % ("start-up, empty input", "wall ms",
                                    "CPU ms"))
    for name, (wall, cpu) in startup.items():
        report.say("%-34s %8.1f %8.1f" % (name, wall, cpu))
        report.note("start-up", tool=name, wall_ms=round(wall, 2),
                    cpu_ms=round(cpu, 2))
    report.say("\n%-37s %6s  %6s" % ("target (rates: GB per CPU second)",
                                     "want", "got"))
    targets(report, rows, startup)
    return 1 if any(r.tool.ours and not r.ok() and "RAP_CPU" not in r.tool.env
                    for r in rows) else 0


sys.exit(main())
