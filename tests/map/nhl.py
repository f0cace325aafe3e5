"""The events of an NHL game as share/maps/nhl.yaml gives them, by another road.

Reads a game (api-web.nhle.com, play-by-play), writes one record an event.
"""
import json
import sys

SKIP = {"period-start", "period-end", "game-end", "stoppage",
        "period-official", "game-scheduled", "delayed-game"}
ACTORS = ["shootingPlayerId", "scoringPlayerId", "hittingPlayerId",
          "committedByPlayerId", "winningPlayerId", "playerId"]
RESULTS = {"shot-on-goal": "SAVE", "goal": "GOAL",
           "missed-shot": "MISSED-SHOT", "blocked-shot": "BLOCKED-SHOT"}

game = json.load(sys.stdin)
players = {p["playerId"]: p for p in game["rosterSpots"]}
teams = {game[t]["id"]: game[t] for t in ("homeTeam", "awayTeam")}


def name(number):
    p = players.get(number)
    return p and p["firstName"]["default"] + " " + p["lastName"]["default"]


for play in game["plays"]:
    kind = play["typeDescKey"]
    if kind in SKIP:
        continue
    d = play.get("details", {})
    acted = [d[a] for a in ACTORS if a in d]
    assert len(acted) <= 1, acted
    actor = acted[0] if acted else None
    team = teams.get(d.get("eventOwnerTeamId"), {})
    row = {
        "game_id": game["id"],
        "season": game["season"],
        "event_id": play["eventId"],
        "event_idx": play["sortOrder"],
        "event_date": game["gameDate"],
        "event_type_code": kind.upper(),
        "period_num": play["periodDescriptor"]["number"],
        "period_type": play["periodDescriptor"]["periodType"],
        "period_time_elapsed": play["timeInPeriod"],
        "coord_x": d.get("xCoord"),
        "coord_y": d.get("yCoord"),
        "zone_code": d.get("zoneCode"),
        "player_id": actor,
        "player_name_full": name(actor),
        "player_jersey_number": players.get(actor, {}).get("sweaterNumber"),
        "player_position": players.get(actor, {}).get("positionCode"),
        "team_name": team.get("commonName", {}).get("default"),
        "team_abbrev": team.get("abbrev"),
        "shot_type_desc": d.get("shotType"),
        "shot_result": RESULTS.get(kind),
        "assist_1_name": name(d.get("assist1PlayerId")),
        "assist_2_name": name(d.get("assist2PlayerId")),
        "penalty_type_desc": d.get("descKey"),
        "penalty_minutes": d.get("duration"),
        "hit_target_player": name(d.get("hitteePlayerId")),
    }
    row = {k: v for k, v in row.items() if v is not None}
    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
