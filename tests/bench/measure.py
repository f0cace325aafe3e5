"""Run the cases, print a table of medians, write NDJSON.  See run.sh."""
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import threading
import time

data, events = sys.argv[1:3]
records, slice_records, runs = map(int, sys.argv[3:6])
store = os.path.join(data, "store")
SLICE = os.path.join(data, "slice.ndjson")

GROUP = ["-g", "event_type", "n=count()", "s=sum(properties.revenue)"]
JQ_GROUP = (
    "reduce inputs as $r ({}; .[$r.event_type] |= "
    "(.n += 1 | .s += ($r.properties.revenue // 0)))"
)
PICK = "event_id,player_id,event_type,timestamp"
JQ_PICK = "{%s}" % PICK
MLR = ["mlr", "--ijsonl", "--ojsonl"]

# name, command of ours, target in GB/s on one core (or None), the peers.
CASES = [
    ("check", ["rap-validate", "-j1"], 0.7, [
        ["jq", "-c", "."], ["gojq", "-c", "."], MLR + ["cat"]]),
    ("group", ["rap-agg", "-j1"] + GROUP, 0.5, [
        ["jq", "-nc", JQ_GROUP], ["gojq", "-nc", JQ_GROUP],
        MLR + ["flatten", "then", "stats1", "-a", "count,sum", "-f",
               "event_id,properties.revenue", "-g", "event_type"]]),
    ("project", ["rap-map", "-j1", "--keep", PICK], None, [
        ["jq", "-c", JQ_PICK], ["gojq", "-c", JQ_PICK],
        MLR + ["cut", "-o", "-f", PICK]]),
    ("tap", ["rap-audit", "tap", "t", "-j1", "--store", store], 0.4, [
        ["sha256sum"]]),
    ("check -j2", ["rap-validate", "-j2"], None, []),
    ("group -j2", ["rap-agg", "-j2"] + GROUP, None, []),
    ("group, recorded", ["rap-agg", "-j1", "--store", store] + GROUP,
     None, []),
]
STARTUP = [["rap-validate"], ["rap-agg", "n=count()"],
           ["rap-map", "--drop", "x"], ["jq", "-c", "."],
           ["gojq", "-c", "."], MLR + ["cat"]]
FAST = {"sha256sum"}  # peers that read all the data


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
        time.sleep(0.01)


def once(argv, path):
    """Seconds, CPU seconds and RSS (MiB) of one run, or None if it failed."""
    with open(path, "rb") as f, open(os.devnull, "wb") as null:
        start = time.perf_counter()
        child = subprocess.Popen(argv, stdin=f, stdout=null,
                                 stderr=subprocess.PIPE)
        high = [0]
        watch = threading.Thread(target=watch_rss, args=(child.pid, high))
        watch.start()
        text = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = status
        watch.join()
    if status != 0:
        print("  %s: status %d: %s" % (argv[0], os.waitstatus_to_exitcode(
            status), text.decode(errors="replace")[:200]))
        return None
    return (seconds, usage.ru_utime + usage.ru_stime, high[0])


def median(argv, path, times):
    got = []
    for _ in range(times):
        if "--store" in argv:
            shutil.rmtree(store, ignore_errors=True)
            subprocess.run(["rap-audit", "init", "--store", store],
                           stdout=subprocess.DEVNULL, check=False)
        row = once(argv, path)
        if row is None:
            return None
        got.append(row)
    return [statistics.median(col) for col in zip(*got)]


def cpu_name():
    try:
        with open("/proc/cpuinfo") as f:
            for line in f:
                if line.startswith("model name"):
                    return line.split(":")[1].strip()
    except OSError:
        pass
    return platform.machine()


def main():
    results = []
    failed = False
    full, part = os.path.getsize(events), os.path.getsize(SLICE)
    print("%d records, %.1f MB; median of %d; %s, %d processors, kernel %s, "
          "RAP_CPU=%s" % (records, full / 1e6, runs, cpu_name(),
                          os.cpu_count(), platform.release(),
                          os.environ.get("RAP_CPU", "best")))
    print("%-16s %-13s %8s %12s %8s %8s %9s" % (
        "case", "tool", "GB/s", "records/s", "GB/CPUs", "RSS MiB",
        "ours is"))
    for name, ours, target, peers in CASES:
        base = None
        for argv in [ours] + peers:
            tool = argv[0]
            if shutil.which(tool) is None:
                print("%-16s %-13s absent" % (name, tool))
                results.append({"case": name, "tool": tool, "absent": True})
                continue
            whole = argv is ours or tool in FAST
            row = median(argv, events if whole else SLICE,
                         runs if whole else min(runs, 3))
            if row is None:
                failed |= argv is ours
                continue
            seconds, cpu, rss = row
            size, count = (full, records) if whole else (part, slice_records)
            rate, pure = size / seconds / 1e9, size / cpu / 1e9
            notes = []
            if argv is ours:
                base = rate
                if target is not None:
                    notes.append("target %.1f %s" % (
                        target, "met" if rate >= target else
                        "met by CPU time; busy machine" if pure >= target
                        else "MISSED"))
                if rss > 32:
                    notes.append("RSS over 32 MiB: MISSED")
            elif not whole:
                notes.append("on %d records" % count)
            ratio = "" if argv is ours or not base else "%.1fx" % (base / rate)
            print("%-16s %-13s %8.3f %12.0f %8.3f %8.1f %9s  %s" % (
                name, tool, rate, count / seconds, pure, rss, ratio,
                ", ".join(notes)), flush=True)
            results.append({"case": name, "tool": tool, "gb_s": round(rate, 4),
                            "records_s": round(count / seconds),
                            "cpu_s": round(cpu, 3), "rss_mib": round(rss, 1),
                            "records": count})
    for argv in STARTUP:
        if shutil.which(argv[0]) is None:
            print("%-16s %-13s absent" % ("start-up", argv[0]))
            continue
        row = median(argv, os.devnull, 20)
        if row is not None:
            print("%-16s %-13s %8.1f ms" % ("start-up", argv[0],
                                            row[0] * 1000))
            results.append({"case": "start-up", "tool": argv[0],
                            "ms": round(row[0] * 1000, 2)})
    shutil.rmtree(store, ignore_errors=True)
    with open(os.path.join(data, "results.ndjson"), "w") as f:
        for r in results:
            f.write(json.dumps(r) + "\n")
    return 1 if failed else 0


sys.exit(main())
