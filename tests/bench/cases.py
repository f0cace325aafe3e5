"""What is measured, and what must come out.  See measure.py.

A case is one job on one file; its tools do it in turn.  A target compares
medians: a rate in GB per CPU second, or a ratio of two tools, pair by pair.
"""
import os
import platform
from dataclasses import dataclass, field

BENCH = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(BENCH, "event.schema.json")
SIX = os.path.join(BENCH, "six.yaml")
MAP = os.path.join(BENCH, "map.yaml")
PEERS_MJS = os.path.join(BENCH, "peers.mjs")

GROUP = ["-g", "event_type", "n=count()", "s=sum(properties.revenue)"]
JQ_GROUP = (
    "reduce inputs as $r ({}; .[$r.event_type] |= "
    "(.n += 1 | .s += ($r.properties.revenue // 0)))"
)
JQ_SIX = ("{id:.event_id,player:.player_id,type:.event_type,"
          "time:.timestamp,session:.session_id,props:.properties}")
JQ_MAP = ("{id:.event_id,player:.player_id,type:.event_type,"
          "time:.timestamp} + (if .properties.duration then "
          "{minutes:(.properties.duration/60)} else {} end) + "
          "{won:(.event_type==\"level_complete\" and "
          ".properties.score>4000)}")
MLR = ["mlr", "--ijsonl", "--ojsonl"]
MLR_SIX = MLR + ["rename", "event_id,id,player_id,player,event_type,type,"
                 "timestamp,time,session_id,session,properties,props"]
MLR_GROUP = MLR + ["flatten", "then", "stats1", "-a", "count,sum", "-f",
                   "event_id,properties.revenue", "-g", "event_type"]
PIPELINE = ("rap-fetch --format ndjson - | rap-validate -j1 | "
            "rap-map -j1 -m '%s' | rap-agg -j1 -g type 'n=count()'" % SIX)
# Fastest first, as the scanner chooses.
KERNELS = (["neon"] if platform.machine() == "aarch64" else
           ["avx512", "avx2"]) + ["scalar"]


@dataclass
class Tool:
    name: str
    # "FILE" stands for the data's path, "JSONL" for another name of it that
    # ends so; without them it is stdin.
    argv: list
    ours: bool = False
    slow: bool = False  # reads a part of the data, three times at most
    npm: str = ""  # the package it needs
    env: dict = field(default_factory=dict)
    store: bool = False  # needs a fresh store, in RAP_STORE


@dataclass
class Case:
    name: str
    shape: str
    tools: list


@dataclass
class Target:
    text: str
    want: float
    case: str
    tool: str
    # Of two tools, in each round: other's seconds divided by the tool's; ""
    # for the tool's own rate.
    other: str = ""
    by: str = "cpu"  # or wall
    at_most: bool = False


def rap(name, *argv, **more):
    return Tool(name, list(argv), ours=True, **more)


def slow(*tools):
    return [Tool(argv[0], argv, slow=True) for argv in tools]


def yardstick(what):
    return Tool("simdjson", ["yardstick", what, "FILE"])


def npm(name, package, *argv, **more):
    return Tool(name, ["node", PEERS_MJS] + list(argv), npm=package, **more)


def duckdb(what, threads):
    return npm("duckdb -j%d" % threads, "@duckdb/node-api", "duckdb", what,
               "FILE", str(threads))


def polars(threads):
    return npm("polars -j%d" % threads, "nodejs-polars", "polars", "group",
               "FILE", env={"POLARS_MAX_THREADS": str(threads)})


def check(shape, *more):
    return Case("check", shape, [
        rap("rap-validate", "rap-validate", "-j1"), yardstick("dom"),
        npm("JSON.parse", "node", "json", "check", "FILE", slow=True),
        *slow(["jq", "-c", "."], ["gojq", "-c", "."]), *more])


CASES = [
    check("events", *slow(MLR + ["cat"]),
          rap("rap-validate -j2", "rap-validate", "-j2"),
          *[rap("with " + k, "rap-validate", "-j1", env={"RAP_CPU": k})
            for k in KERNELS]),
    check("telemetry", *slow(MLR + ["cat"])),
    check("lines"),
    Case("schema", "events", [
        rap("rap-validate", "rap-validate", "-j1", "-s", SCHEMA),
        Tool("jsonschema", ["jsonschema", "validate", "--fast", SCHEMA,
                            "JSONL"], slow=True, npm="@sourcemeta/jsonschema"),
        npm("ajv", "ajv", "ajv", "schema", "FILE", slow=True,
            env={"SCHEMA": SCHEMA})]),
    Case("project", "events", [
        rap("rap-map", "rap-map", "-j1", "-m", SIX),
        rap("rap-map -j2", "rap-map", "-j2", "-m", SIX),
        yardstick("project"), duckdb("project", 1), duckdb("project", 2),
        *slow(["jq", "-c", JQ_SIX], ["gojq", "-c", JQ_SIX], MLR_SIX)]),
    Case("map", "events", [
        rap("rap-map", "rap-map", "-j1", "-m", MAP),
        *slow(["jq", "-c", JQ_MAP], ["gojq", "-c", JQ_MAP])]),
    Case("group", "events", [
        rap("rap-agg", "rap-agg", "-j1", *GROUP),
        rap("rap-agg -j2", "rap-agg", "-j2", *GROUP),
        duckdb("group", 1), duckdb("group", 2), polars(1), polars(2),
        yardstick("group"),
        *slow(["jq", "-nc", JQ_GROUP], ["gojq", "-nc", JQ_GROUP],
              MLR_GROUP)]),
    Case("tap", "events", [
        rap("rap-audit tap", "rap-audit", "tap", "t", store=True),
        Tool("sha256sum", ["sha256sum"])]),
    Case("pipeline", "events", [
        rap("not recorded", "sh", "-c", PIPELINE),
        rap("recorded", "sh", "-c", PIPELINE, store=True)]),
]

TARGETS = [
    Target("check events, GB/s", 2.0, "check events", "rap-validate"),
    Target("check telemetry, GB/s", 1.2, "check telemetry", "rap-validate"),
    Target("check lines, GB/s", 2.5, "check lines", "rap-validate"),
    Target("project, GB/s", 0.8, "project events", "rap-map"),
    Target("map: unit and expression, GB/s", 0.6, "map events", "rap-map"),
    Target("project, two threads x one", 1.8, "project events",
           "rap-map -j2", other="rap-map", by="wall"),
    Target("group x DuckDB, one thread", 1.5, "group events", "rap-agg",
           other="duckdb -j1"),
    Target("group x DuckDB, two threads", 1.5, "group events", "rap-agg -j2",
           other="duckdb -j2", by="wall"),
    Target("validate by schema, GB/s", 0.5, "schema events", "rap-validate"),
    Target("tap with a store, GB/s", 0.6, "tap events", "rap-audit tap"),
    Target("recorded x not recorded, CPU", 1.6, "pipeline events",
           "not recorded", other="recorded", at_most=True),
]

STARTUP_MS = 5
RSS_MIB = 32
STARTUP = [["true"], ["rap-validate"], ["rap-map", "--drop", "x"],
           ["rap-agg", "n=count()"], ["rap-fetch", "--format", "ndjson", "-"],
           ["rap-audit", "tap", "t"], ["jq", "-c", "."], ["gojq", "-c", "."],
           MLR + ["cat"]]
