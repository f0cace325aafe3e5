"""expected.py plays|table <GAME: what the pipeline must print, by another road.

Nothing of rap is used.  A member without a value is left out.
"""
import json
import sys

SKIPPED = {"period-start", "period-end", "game-end", "stoppage",
           "period-official", "game-scheduled", "delayed-game"}
ACTORS = ["shootingPlayerId", "scoringPlayerId", "hittingPlayerId",
          "committedByPlayerId", "winningPlayerId", "playerId"]
RESULTS = {"shot-on-goal": "SAVE", "goal": "GOAL",
           "missed-shot": "MISSED-SHOT", "blocked-shot": "BLOCKED-SHOT"}

game = json.load(sys.stdin)
players = {p["playerId"]: p for p in game["rosterSpots"]}
teams = {t["id"]: t for t in (game["homeTeam"], game["awayTeam"])}


def name(player_id):
    p = players.get(player_id)
    return p and p["firstName"]["default"] + " " + p["lastName"]["default"]


def event(play):
    d = play.get("details", {})
    actor = next((d[k] for k in ACTORS if k in d), None)
    player = players.get(actor, {})
    team = teams[d["eventOwnerTeamId"]]
    row = {
        "game_id": game["id"],
        "season": game["season"],
        "event_id": play["eventId"],
        "event_idx": play["sortOrder"],
        "event_date": game["gameDate"],
        "event_type_code": play["typeDescKey"].upper(),
        "period_num": play["periodDescriptor"]["number"],
        "period_type": play["periodDescriptor"]["periodType"],
        "period_time_elapsed": play["timeInPeriod"],
        "coord_x": d.get("xCoord"),
        "coord_y": d.get("yCoord"),
        "zone_code": d.get("zoneCode"),
        "player_id": actor,
        "player_name_full": name(actor),
        "player_jersey_number": player.get("sweaterNumber"),
        "player_position": player.get("positionCode"),
        "team_name": team["commonName"]["default"],
        "team_abbrev": team["abbrev"],
        "shot_type_desc": d.get("shotType"),
        "shot_result": RESULTS.get(play["typeDescKey"]),
        "assist_1_name": name(d.get("assist1PlayerId")),
        "assist_2_name": name(d.get("assist2PlayerId")),
        "penalty_type_desc": d.get("descKey"),
        "penalty_minutes": d.get("duration"),
        "hit_target_player": name(d.get("hitteePlayerId")),
    }
    return {k: v for k, v in row.items() if v is not None}


def show(row):
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))


events = [event(p) for p in game["plays"] if p["typeDescKey"] not in SKIPPED]
if sys.argv[1] == "plays":
    for e in events:
        show(e)
else:
    groups = {}
    for e in events:
        groups.setdefault((e["team_abbrev"], e["event_type_code"]),
                          []).append(e)
    for (team, code), rows in sorted(groups.items()):
        show({"team_abbrev": team, "event_type_code": code, "n": len(rows),
              "minutes": sum(r.get("penalty_minutes", 0) for r in rows)})
