# rap-map --reconcile before a mapping, and below the top of records.
load helper
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >vitals.json <<'END'
["Heart Rate (bpm)","SpO2 (%)","Systolic BP (mmHg)","Diastolic BP (mmHg)",
"Resp Rate (/min)"]
END
	# One row shape for every maker; the name of breaths is not everywhere.
	cat >row.yaml <<'END'
rap: map/1
reconcile: {target: vitals.json}
unmapped: drop
fields:
- {to: patient, from: patient_id}
- {to: at, from: time}
- {to: hr, from: Heart Rate (bpm), type: integer, required: true}
- {to: sys, from: Systolic BP (mmHg), type: integer, required: true}
- {to: dia, from: Diastolic BP (mmHg), type: integer, required: true}
- {to: spo2, from: SpO2 (%), type: integer, required: true}
END
	cat >nested.json <<'END'
{"properties":{
  "id":{"type":"string"},
  "vitals":{"type":"object","properties":{
    "heart_rate":{"type":"number"},
    "bp":{"properties":{"systolic":{},"diastolic":{}}}}},
  "items":{"type":"array","items":{"$ref":"#/$defs/item"}}},
 "$defs":{"item":{"properties":{
   "sku":{"type":"string"},"quantity":{"type":"integer"}}}}}
END
}

# becomes RECORD WANT OPTION...
becomes() {
	local got
	got=$(rap-map "${@:3}" <<<"$1")
	[ "$got" = "$2" ] || { echo "got  $got"; echo "want $2"; false; }
}

# What jq makes of a maker's records: rows by the names that it is told.
rows() {
	jq -c "{patient: .patient_id, at: .time, hr: .$2, sys: .$3, dia: .$4,
	    spo2: .$5}" "$shared/data/clinical/$1.ndjson"
}

@test "with -m: four makers and their mixture become one kind of row" {
	need_shared data/clinical/mixed.ndjson
	rows philips HR_bpm SYS_mmhg DIA_mmhg SPO2_pct >philips.want
	rows ge GE_Vitals_HR GE_PRESS_SYS GE_PRESS_DIA GE_O2_SAT >ge.want
	rows spacelabs PULSE SYSTOLIC_BP DIASTOLIC_BP OXYGEN_SAT \
	    >spacelabs.want
	rows generic pulse_ox_fingertip bp_sys_art_line bp_dia_cuff \
	    o2_sat_percent >generic.want
	for v in philips ge spacelabs generic; do
		rap-map -m row.yaml "$shared/data/clinical/$v.ndjson" >$v.got
		[ "$(wc -l <$v.got)" = 200 ]
		cmp $v.want $v.got
	done
	# The same patients, whoever made the monitor.
	rap-map -m row.yaml "$shared/data/clinical/mixed.ndjson" >mixed.got
	cmp philips.want mixed.got
}

@test "with -m: makers end to end, whatever -j and block" {
	need_shared data/clinical/mixed.ndjson
	for v in ge philips generic spacelabs; do
		cat "$shared/data/clinical/$v.ndjson"
	done >all
	rap-map -m row.yaml --drift d1 all >o1
	[ "$(wc -l <o1)" = 800 ]
	RAP_BLOCK=4096 rap-map -m row.yaml --drift d2 -j8 all >o2
	cmp o1 o2
	cmp d1 d2
	# PULSE came on line 601, and the maker before it went away there.
	jq -se 'map(select(.source == "PULSE") | [.kind, .target, .line,
	    .count]) == [["renamed", "Heart Rate (bpm)", 601, 200]]' d1
	jq -se 'map(select(.kind == "vanished" and .line == 601).source) |
	    sort == ["bp_dia_cuff", "bp_sys_art_line", "breaths_pm_vent",
	    "o2_sat_percent", "pulse_ox_fingertip"]' d1
}

@test "the mapping is the target: -, or the key without a target" {
	cat >m.yaml <<'END'
rap: map/1
unmapped: drop
fields:
- {to: pulse, from: heart_rate, type: integer}
- {to: kmh, from: speed, unit: {from: m/s, to: km/h}}
END
	in='{"HR_bpm":"61","velocity":10,"zz":1}'
	becomes "$in" '{"pulse":61,"kmh":36}' -m m.yaml --reconcile -
	sed 's/^unmapped/reconcile: {}\nunmapped/' m.yaml >k.yaml
	becomes "$in" '{"pulse":61,"kmh":36}' -m k.yaml
	# Without it, nothing is found.
	becomes "$in" '{}' -m m.yaml
	# The thresholds of the file, and options over them.
	sed 's/^unmapped/reconcile: {accept: 1, review: 0.9}\nunmapped/' \
	    m.yaml >k.yaml
	becomes "$in" '{}' -q -m k.yaml
	becomes "$in" '{"pulse":61,"kmh":36}' -m k.yaml --accept .8 --review .4
}

@test "the one-liners come after" {
	in='{"PULSE":60,"bed":7}'
	hr="Heart Rate (bpm)"
	becomes "$in" '{"Heart Rate (bpm)":60}' --reconcile vitals.json \
	    --keep "$hr"
	becomes "$in" '{"bed":7}' --reconcile vitals.json --drop "$hr"
	becomes "$in" '{"hr":60,"bed":7}' --reconcile vitals.json \
	    --rename "$hr=hr"
	becomes "$in" '{"Heart Rate (bpm)":60,"bed":7}' --reconcile \
	    vitals.json --where "r[\"$hr\"] > 50"
	becomes "$in" '' --reconcile vitals.json --where "r[\"$hr\"] > 70"
	becomes "$in" '{"Heart Rate (bpm)":60,"bed":7,"x":120}' --reconcile \
	    vitals.json -e "x = r[\"$hr\"] * 2"
	becomes '{ "z":1.0, "PULSE":6e1}' '{"Heart Rate (bpm)":60,"z":1}' \
	    --reconcile vitals.json --canonical
	becomes "$in" '{"heart_rate":60}' --keep heart_rate --reconcile -
}

@test "what the mapping knows is never renamed, nor landed on" {
	# PULSE is read by its name; HR is free to be the heart rate.
	becomes '{"PULSE":60,"HR":61}' '{"p":60,"Heart Rate (bpm)":61}' \
	    --rename PULSE=p --reconcile vitals.json
	# Dropped by its name, and so not found under another.
	becomes '{"PULSE":60}' '{}' --drop PULSE --reconcile vitals.json
	# The target is there: what is like it stays.
	becomes '{"heart_rate":1,"pulse":2}' '{"hr":1,"pulse":2}' \
	    --rename heart_rate=hr --reconcile -
	# One of the other names of a field is there.
	cat >m.yaml <<'END'
rap: map/1
fields: [{to: hr, from: [heart_rate, pulse]}]
END
	becomes '{"heartRate":1,"pulse":2}' '{"heartRate":1,"hr":2}' \
	    -m m.yaml --reconcile -
	becomes '{"heartRate":1}' '{"hr":1}' -m m.yaml --reconcile -
}

@test "below the top: a name is replaced where it stands" {
	becomes '{"id":"a", "vitals" : { "hr" : 6.10e1 ,"k":[1, 2]},"z":"\u00e9"}' \
	    '{"id":"a", "vitals" : { "heart_rate" : 6.10e1 ,"k":[1, 2]},"z":"\u00e9"}' \
	    --reconcile nested.json
}

@test "below the top: into another object, at its end" {
	# Out of two objects, to the top.
	becomes '{"monitor":{"pulse":6e1,"bp":{"systolic":120}},"x":[1]}' \
	    '{"monitor":{"bp":{}},"x":[1],"Heart Rate (bpm)":6e1,"Systolic BP (mmHg)":120}' \
	    --reconcile vitals.json
	# Into objects that are made, once.
	becomes '{"sys":120,"id":"a","heartRate":60,"dia":80}' \
	    '{"id":"a","vitals":{"heart_rate":60,"bp":{"systolic":120,"diastolic":80}}}' \
	    --reconcile nested.json
	# Into those that are there, empty or not.
	becomes '{"sys":120,"vitals":{"k":1,"bp":{}},"heartRate":60,"dia":80,"z":1}' \
	    '{"vitals":{"k":1,"bp":{"systolic":120,"diastolic":80},"heart_rate":60},"z":1}' \
	    --reconcile nested.json
	# What is no object is left alone, and so is what would go into it.
	becomes '{"sys":120,"vitals":{"bp":[]},"dia":80}' \
	    '{"sys":120,"vitals":{"bp":[]},"dia":80}' --reconcile nested.json
	# Nothing lands on what is there.
	becomes '{"vitals":{"heart_rate":1},"pulse":2}' \
	    '{"vitals":{"heart_rate":1},"pulse":2}' --reconcile nested.json
}

@test "below the top: the elements of an array, each for itself" {
	becomes '{"items":[{"SKU_code":"x","qty":3},{"qty":4,"z":1},5]}' \
	    '{"items":[{"sku":"x","quantity":3},{"quantity":4,"z":1},5]}' \
	    --reconcile nested.json
	# The array has another name, too.
	becomes '{"line_items":[{"SKU_code":"x","qty":3},{"qty":4}]}' \
	    '{"items":[{"sku":"x","quantity":3},{"quantity":4}]}' \
	    --reconcile nested.json
	# An element that has the name keeps what it has.
	printf '%s\n' '{"items":[{"qty":3}]}' \
	    '{"items":[{"qty":4,"quantity":5},{"qty":6}]}' >in
	rap-map --reconcile nested.json in >out
	[ "$(sed -n 2p out)" = \
	    '{"items":[{"qty":4,"quantity":5},{"quantity":6}]}' ]
	# With an array there already, nothing becomes one.
	printf '%s\n' '{"line_items":[{"qty":3}]}' \
	    '{"items":[],"line_items":[{"qty":3}]}' >in
	rap-map --reconcile nested.json in >out
	[ "$(sed -n 1p out)" = '{"items":[{"quantity":3}]}' ]
	[ "$(sed -n 2p out)" = '{"items":[],"line_items":[{"qty":3}]}' ]
	# What is outside of the array is not what is inside.
	becomes '{"quantity":1,"items":[{"qty":3}]}' \
	    '{"quantity":1,"items":[{"quantity":3}]}' --reconcile nested.json
	rap-map --reconcile nested.json --propose <<<'{"quantity":1}' |
	    jq -e '.target == null and .alternatives == []'
}

@test "below the top: an exploding mapping finds its members" {
	cat >orders.yaml <<'END'
rap: map/1
explode: {path: /items, carry: {order: /id, shop: /shop}}
lookups:
  shops: {from: /shops, key: /number}
unmapped: drop
fields:
- to: order
- {to: article, from: article_no}
- {to: amount, from: quantity, type: integer}
- {to: shop, lookup: shops, by: shop, take: /name}
END
	becomes '{"id":1,"shop":7,"shops":[{"number":7,"NAME":"Nord"}],"line_items":[{"articleNo":"b-2","qty":3}]}' \
	    '{"order":1,"article":"b-2","amount":3,"shop":"Nord"}' \
	    -m orders.yaml --reconcile -
}

@test "below the top: what later steps read counts, too" {
	cat >m.yaml <<'END'
rap: map/1
reconcile: {}
steps:
- explode: {path: items, carry: [id]}
- where: quantity > 1
  fields: [{to: n, from: quantity}, {to: id2, expr: string(id) + heart_rate}]
- fields: [{to: m, from: n}]
END
	becomes '{"id":1,"items":[{"qty":1,"heartRate":"x"},{"qty":2,"heartRate":"y"}]}' \
	    '{"id":1,"m":2,"heart_rate":"y","id2":"1y"}' -m m.yaml
}

@test "drift: vanished, type changed and renamed, by their paths" {
	cat >in <<'END'
{"id":"a","vitals":{"hr":60,"k":1},"items":[{"qty":1,"flag":true}]}

{"id":"b","vitals":{"hr":"61","k":1},"items":[]}
{"id":"c","vitals":{"hr":62},"items":[{"qty":"2"},{"qty":"3"}]}
{"id":"d","vitals":5,"items":[{"qty":4,"flag":false}]}
{"id":"e","vitals":{"hr":63},"items":[{"qty":"5","flag":null}]}
END
	rap-map --reconcile nested.json --drift d in >out
	jq -c '[.kind, .source, .target, .from, .to, .line, .count]' d >got
	cat >want <<'END'
["type changed","vitals",null,"object","number",5,1]
["renamed","/vitals/hr","/vitals/heart_rate",null,null,1,4]
["vanished","/vitals/hr",null,null,null,5,1]
["type changed","/vitals/hr",null,"number","string",3,1]
["new","/vitals/k",null,null,null,1,2]
["vanished","/vitals/k",null,null,null,4,3]
["renamed","/items/*/qty","/items/*/quantity",null,null,1,4]
["type changed","/items/*/qty",null,"number","string",4,2]
["new","/items/*/flag",null,null,null,1,3]
["vanished","/items/*/flag",null,null,null,4,1]
END
	diff want <(grep -v '"new","vitals"' got)
}

@test "people's decisions go by the same paths" {
	echo '{"source":"/a/zz","target":"/vitals/heart_rate","decision":"approved"}' >d
	becomes '{"a":{"zz":1}}' '{"a":{},"vitals":{"heart_rate":1}}' \
	    --reconcile nested.json --decisions d
	echo '{"source":"/vitals/hr","target":"/vitals/heart_rate","decision":"rejected"}' >d
	becomes '{"vitals":{"hr":1}}' '{"vitals":{"hr":1}}' \
	    --reconcile nested.json --decisions d
	echo '{"vitals":{"hr":1}}' | rap-map --reconcile nested.json \
	    --propose >p
	jq -e '[.source, .target, .status] ==
	    ["/vitals/hr", "/vitals/heart_rate", "accept"]' p
}

@test "a bad record after its names: placed, rejected as it was read" {
	cat >m.yaml <<'END'
rap: map/1
fields: [{to: hr, from: heart_rate, type: integer}]
END
	printf '%s\n' '{"PULSE":60}' '{"PULSE":"x"}' '{"PULSE":61}' >in
	run rap-map -m m.yaml --reconcile - --reject bad in
	[ "$status" = 1 ]
	[[ "$output" == *"in:2:1: cannot cast \"x\""*"at /heart_rate"* ]]
	[ "$(jq -r .raw bad)" = '{"PULSE":"x"}' ]
	[[ "$output" == *'{"hr":60}'*'{"hr":61}'* ]]
}

@test "with dedupe and pivot, which depend on the order" {
	cat >m.yaml <<'END'
rap: map/1
reconcile: {}
pivot: {key: team, name: stat, value: amount}
END
	printf '%s\n' '{"team":"A","stat":"w","amount":1}' \
	    '{"team":"A","stat":"l","amt":2}' >in
	[ "$(rap-map -m m.yaml -j4 in)" = '{"team":"A","w":1,"l":2}' ]
}

@test "a recorded run plays again, and the audit shows the renaming" {
	rap-audit init .rap >/dev/null
	printf '%s\n' '{"id":"a","vitals":{"hr":60}}' \
	    '{"id":"b","pulse":61}' >in
	cat >m.yaml <<'END'
rap: map/1
reconcile: {target: nested.json}
fields: [{to: rate, from: /vitals/heart_rate, type: integer}]
unmapped: drop
END
	rap-audit run --store .rap -- rap-map -m m.yaml in >out
	[ "$(cat out)" = "$(printf '{"rate":60}\n{"rate":61}')" ]
	grep '"type":"rap/stage/1"' .rap/log.ndjson | jq -e '.mapping |
	    map([.to, .from] | tojson) == [
	    "[\"/vitals/heart_rate\",\"/vitals/hr\"]",
	    "[\"/vitals/heart_rate\",\"pulse\"]",
	    "[\"rate\",[\"/vitals/heart_rate\"]]"]'
	grep '"type":"rap/stage/1"' .rap/log.ndjson | jq -e \
	    '[.files[].path] | map(strings | split("/")[-1]) |
	    (index("nested.json") and index("m.yaml"))'
	rap-replay --store .rap
	rap-audit export --store .rap --format audit >audit.json
	jq -e '[.. | objects | select(has("field_mapping"))][0] |
	    .field_mapping["/vitals/hr"] == "/vitals/heart_rate" and
	    .reconciliation_confidence < 1' audit.json
}

@test "what makes no sense in the mapping is refused, with its line" {
	echo '{"a":1}' >in
	try() {
		printf '%s\n' 'rap: map/1' "$1" 'fields: [{to: a}]' >m.yaml
		run -78 rap-map -m m.yaml in
		[[ "$output" == *"m.yaml:2:"* ]]
	}
	try 'reconcile: {targte: x}'
	[[ "$output" == *'did you mean "target"'* ]]
	try 'reconcile: {accept: high}'
	try 'reconcile: {accept: -1}'
	[[ "$output" == *"m.yaml:2:21: "*"from 0 to 1 at /reconcile/accept"* ]]
	try 'reconcile: {review: 1e308}'
	try 'reconcile: {accept: 1.00000001}'
	try 'reconcile: {target: ""}'
	try 'reconcile: {decisions: ""}'
	try 'reconcile: [x]'
	try 'reconcile: {target: 5}'
	printf '%s\n' 'rap: map/1' 'reconcile: {}' 'unmapped: keep' >m.yaml
	run -78 rap-map -m m.yaml in
	printf '%s\n' 'rap: map/1' 'steps: [{use: m.yaml}]' >u.yaml
	run -78 rap-map -m u.yaml in
	[[ "$output" == *"m.yaml:2:"* ]]
	printf '%s\n' 'rap: map/1' 'reconcile: {target: absent}' >m.yaml
	run -66 rap-map -m m.yaml in
}

@test "renamings of all kinds, as a model of the rules has them" {
	for seed in $(seq 40); do
		python3 "$root/tests/map/renames.py" "$seed"
		rap-map -q --reconcile targets.json --accept 1 \
		    --decisions decisions.ndjson in.ndjson >got.ndjson
		cmp want.ndjson got.ndjson || { echo "seed $seed"; false; }
		! cmp -s in.ndjson want.ndjson || continue
		changed=$((changed + 1))
	done
	[ "$changed" -gt 20 ]
}

@test "drift of all kinds, as a model of the rules has it" {
	for seed in $(seq 40); do
		python3 "$root/tests/map/drift.py" "$seed"
		rap-map -q --reconcile targets.json --accept 1 --review 1 \
		    --drift got.ndjson in.ndjson >out.ndjson
		cmp in.ndjson out.ndjson
		diff want.ndjson got.ndjson || { echo "seed $seed"; false; }
		cat want.ndjson >>all
	done
	for kind in new vanished "type changed"; do
		[ "$(grep -c "\"$kind\"" all)" -gt 50 ]
	done
}

@test "--print: the reconciliation is part of what the options mean" {
	[ "$(rap-map --keep hr --reconcile t.json --accept .9 \
	    --decisions d --print)" = '{"rap":"map/1","reconcile":{"target":"t.json","decisions":"d","accept":0.9},"fields":[{"to":"hr","from":"hr"}],"unmapped":"drop"}' ]
	rap-map --keep "Heart Rate (bpm)" --reconcile vitals.json --print >m.json
	becomes '{"PULSE":60,"bed":7}' '{"Heart Rate (bpm)":60}' -m m.json
	rap-map --reconcile vitals.json --print >m.json
	becomes '{"PULSE":60,"bed":7}' '{"Heart Rate (bpm)":60,"bed":7}' \
	    -m m.json
	run -64 rap-map --keep hr --reconcile t.json --accept x in
	[ ! -x "$RAP_BIN/rap-validate" ] ||
	    rap-validate -s "$root/share/schemas/map-1.json" m.json
}

@test "what people said holds when another member has the name first" {
	echo '{"source":"zz","target":"Heart Rate (bpm)","decision":"approved"}' >d
	printf '%s\n' '{"Heart Rate (bpm)":1,"zz":2}' '{"zz":3}' \
	    '{"zz":{"a":4}}' >in
	rap-map --reconcile vitals.json --decisions d in >out
	diff - out <<'END'
{"Heart Rate (bpm)":1,"zz":2}
{"Heart Rate (bpm)":3}
{"Heart Rate (bpm)":{"a":4}}
END
}

@test "expressions by name: r[...] is read, too" {
	becomes '{"pulse":60}' '{"heart_rate":60}' \
	    --where 'r["heart_rate"] > 5' --reconcile -
}

@test "a game whose maker changed to snake_case: the same events" {
	need_shared data/nhl/2024021015.json
	game=$shared/data/nhl/2024021015.json
	python3 "$root/tests/map/nhl.py" <"$game" >want
	# Nothing is renamed in what the mapping was written for.
	rap-map -m nhl --reconcile - --drift d "$game" >got
	cmp want got
	! grep '"renamed"' d || false
	# The array of events has another name, and so have its members.
	python3 - "$game" >new.json <<'END'
import json, re, sys
snake = {'eventId', 'playerId', 'typeDescKey', 'eventOwnerTeamId',
         'timeInPeriod', 'xCoord', 'sortOrder'}
def name(k):
    if k == 'plays':
        return 'play_list'
    return re.sub('([A-Z])', lambda m: '_' + m[1].lower(), k) \
        if k in snake else k
def walk(v):
    if isinstance(v, dict):
        return {name(k): walk(x) for k, x in v.items()}
    return [walk(x) for x in v] if isinstance(v, list) else v
print(json.dumps(walk(json.load(open(sys.argv[1])))))
END
	rap-map -m nhl --reconcile - --drift d new.json >got
	cmp want got
	jq -se 'map(select(.kind == "renamed") | {(.source): .target}) | add |
	    .play_list == "plays" and
	    ."/play_list/*/details/x_coord" == "/plays/*/details/xCoord" and
	    ."/rosterSpots/*/player_id" == "/rosterSpots/*/playerId"' d
}

@test "names without end: an error; a table by ids is one field" {
	python3 -c 'import json
for i in range(7000):
	print(json.dumps({"pulse": 60, "by_id": {str(i * 10 + k): k
	    for k in range(10)}}))' >in
	run -65 rap-map -q --reconcile vitals.json in
	[[ "$output" == *"more than 65536 names [map.limit]"* ]]
	echo '["Heart Rate (bpm)","by_id"]' >t.json
	rap-map --reconcile t.json in >out
	sed 's/pulse/Heart Rate (bpm)/' in | jq -c . >want
	jq -c . out | cmp - want
}
