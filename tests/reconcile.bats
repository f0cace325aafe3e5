# rap-map --reconcile, --propose, --decide, --evaluate.
load helper
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >vitals.json <<'END'
["Heart Rate (bpm)","SpO2 (%)","Systolic BP (mmHg)","Diastolic BP (mmHg)",
"Resp Rate (/min)"]
END
}

# same A B: the records of both, without breaths, are equal.
same() {
	jq -cS 'del(."Resp Rate (/min)")' "$1" >a.plain
	jq -cS 'del(."Resp Rate (/min)")' "$2" >b.plain
	cmp a.plain b.plain
}

@test "reconcile: four makers and their mixture come out the same" {
	need_shared data/clinical/mixed.ndjson
	for v in philips ge spacelabs generic mixed; do
		rap-map --reconcile vitals.json \
		    "$shared/data/clinical/$v.ndjson" >$v.out
		[ "$(wc -l <$v.out)" = 200 ]
	done
	for v in ge spacelabs generic mixed; do
		same philips.out $v.out
	done
	[ "$(jq -s 'map(."Heart Rate (bpm)") | add' mixed.out)" = 15895 ]
	[ "$(jq -s 'map(."SpO2 (%)") | add' mixed.out)" = 19100 ]
	[ "$(jq -s 'map(."Resp Rate (/min)") | add' generic.out)" = 3203 ]
}

@test "reconcile: a pulse that is called oxygen does not land on oxygen" {
	echo '{"pulse_ox_fingertip":60,"o2_sat_percent":92}' |
	    rap-map --reconcile vitals.json >out
	[ "$(cat out)" = '{"Heart Rate (bpm)":60,"SpO2 (%)":92}' ]
}

@test "reconcile: the tags of a car" {
	cat >car.json <<'END'
{"properties":{"Heart Rate (bpm)":{"type":"number"},"Brake Temp (Celsius)":{},
"Tyre Pressure (psi)":{},"Speed (km/h)":{"minimum":0,"maximum":400},"RPM":{}}}
END
	echo '{"hr_watch_01":142,"brk_tmp_fr":512,"tyre_press_fl":23.1,"car_velocity":284,"eng_rpm_log":10480}' >in
	rap-map --reconcile car.json in >out
	[ "$(cat out)" = '{"Heart Rate (bpm)":142,"Brake Temp (Celsius)":512,"Tyre Pressure (psi)":23.1,"Speed (km/h)":284,"RPM":10480}' ]
}

@test "reconcile: all else is copied byte for byte" {
	printf '%s\n' '{ "note" : "\u00e9\/", "PULSE":6.0e1 , "n":1.50 }' |
	    rap-map --reconcile vitals.json >out
	[ "$(cat out)" = '{ "note" : "\u00e9\/", "Heart Rate (bpm)":6.0e1 , "n":1.50 }' ]
}

@test "reconcile: no two members of a record get one name" {
	cat >in <<'END'
{"HR_bpm":60}
{"PULSE":61}
{"HR_bpm":62,"PULSE":63}
{"Heart Rate (bpm)":64,"PULSE":65}
END
	rap-map --reconcile vitals.json in >out
	[ "$(sed -n 1p out)" = '{"Heart Rate (bpm)":60}' ]
	[ "$(sed -n 2p out)" = '{"Heart Rate (bpm)":61}' ]
	[ "$(sed -n 3p out | grep -o 'Heart Rate' | wc -l)" = 1 ]
	[ "$(sed -n 4p out)" = '{"Heart Rate (bpm)":64,"PULSE":65}' ]
}

@test "reconcile: the drift says what, where and how often" {
	cat >in <<'END'
{"patient":"a","PULSE":60}
{"patient":"b","PULSE":"61"}
{"patient":"c","SPO2_pct":97}
{"patient":"d","SPO2_pct":98}
END
	rap-map --reconcile vitals.json --drift drift in >out
	jq -c '[.kind, .source, .target, .line, .count]' drift >got
	cat >want <<'END'
["new","patient",null,1,4]
["renamed","PULSE","Heart Rate (bpm)",1,2]
["vanished","PULSE",null,3,2]
["type changed","PULSE",null,2,1]
["renamed","SPO2_pct","SpO2 (%)",3,2]
END
	diff want got
}

@test "reconcile: the same bytes whatever -j, block and order of targets" {
	need_shared data/clinical/mixed.ndjson
	in=$shared/data/clinical/mixed.ndjson
	rap-map --reconcile vitals.json --drift d1 -j1 "$in" >o1
	jq 'reverse' vitals.json >rev.json
	RAP_BLOCK=4096 rap-map --reconcile rev.json --drift d2 -j4 "$in" >o2
	cmp o1 o2
	cmp d1 d2
}

@test "reconcile: what is not sure is left, told of, and exit is 0" {
	echo '{"PULSE":60}' |
	    rap-map --reconcile vitals.json --accept 1 --drift d >out 2>err
	[ "$(cat out)" = '{"PULSE":60}' ]
	grep -q 'map.review' err
	[ "$(jq -r .status d)" = queued ]
}

@test "reconcile: decisions are records of the log, which verifies" {
	rap-audit init .rap >/dev/null
	echo '{"PULSE":60,"bed":7}' |
	    rap-map --store .rap --reconcile vitals.json >/dev/null
	rap-audit verify --store .rap >/dev/null
	grep -o '{.*rap/decision/1.*' .rap/log.ndjson >records
	[ "$(wc -l <records)" = 2 ]
	[ "$(jq -r 'select(.source == "PULSE") | .target' records)" = \
	    "Heart Rate (bpm)" ]
	[ "$(jq -r 'select(.source == "PULSE") | .by' records)" = rap-map ]
	grep '"type":"rap/stage/1"' .rap/log.ndjson | jq -e \
	    '.mapping[0].from == "PULSE"'
}

@test "reconcile: the target as lines, as a list with units, as a schema" {
	printf 'Heart Rate (bpm)\nSpO2 (%%)\n' >lines.txt
	echo '[{"name":"heart_rate","unit":"bpm"},{"name":"spo2"}]' >list.json
	cat >schema.yaml <<'END'
properties:
  heart_rate: {$ref: "#/$defs/hr"}
  spo2: {type: number, minimum: 50, maximum: 100}
$defs:
  hr: {type: number}
END
	for t in lines.txt list.json schema.yaml; do
		echo '{"PULSE":60,"O2_SAT":97}' |
		    rap-map --reconcile $t >$t.out
	done
	[ "$(cat lines.txt.out)" = '{"Heart Rate (bpm)":60,"SpO2 (%)":97}' ]
	[ "$(cat list.json.out)" = '{"heart_rate":60,"spo2":97}' ]
	[ "$(cat schema.yaml.out)" = '{"heart_rate":60,"spo2":97}' ]
}

# unit_says UNIT NAME: confidence, and what the unit says of a field NAME.
unit_says() {
	jq -n --arg u "$1" '[{name: "q", unit: $u}, "other"]' >u.json
	jq -nc --arg n "$2" '{($n): 5}' |
	    rap-map --reconcile u.json --propose --review 0 |
	    jq -c '[.confidence, .parts.unit]'
}

@test "reconcile: a unit as a code of UCUM is as good as a word" {
	while read -r code word; do
		got=$(unit_says "$code" "q ($word)")
		[[ $got == *",1]" ]] || { echo "$code $word $got"; false; }
	done <<-END
		/min bpm
		{beats}/min bpm
		60.h-1 /min
		min-1 rpm
		mm[Hg] mmHg
		100.Pa mbar
		[degF] Fahrenheit
		Cel C
		K degK
		[mi_i]/h mph
		km/h kph
		km.h-1 km/h
		[kn_i] knots
		% pct
		10*-6 ppm
		dm3 L
		[lb_av] lbs
		Mg tons
		W.h wh
		3600.J wh
		MiBy mib
		cg/L mg/dL
		[in_i'Hg] inHg
	END
	# Of one dimension, but another size; of another dimension.
	[[ $(unit_says '[mi_i]/h' 'q (km/h)') == *",0.75]" ]]
	[[ $(unit_says 'mm[Hg]' 'q (km/h)') == *",0]" ]]
	[[ $(unit_says 'N.m' 'q (psi)') == *",0]" ]]
	# Not J because it is the size of N.m: the lexicon knows J.
	[[ $(unit_says J 'q (newton metre)') == *",0]" ]]
}

@test "reconcile: a unit that is not understood says nothing" {
	none=$(unit_says '' 'q_bpm')
	for u in '{score}/mol' fortnight 'x/y' '[iU]/L' 'dB[SPL]' ' '; do
		[ "$(unit_says "$u" q_bpm)" = "$none" ]
	done
	[[ $none == *",0.5]" ]]
}

@test "reconcile: the units of a mapping are evidence" {
	cat >m.yaml <<-'END'
		rap: map/1
		fields:
		- to: hr
		  from: heart_rate
		  type: number
		  unit: {from: /min, to: Hz}
		- {to: spo2, from: oxygen_saturation, type: number}
	END
	echo '{"HR_bpm":72,"SpO2":97}' |
	    rap-map -m m.yaml --reconcile - --propose >p
	jq -se '.[0] | .target == "heart_rate" and .status == "accept" and
	    .parts.unit == 1' p
	echo '{"HR_bpm":72,"SpO2":97}' | rap-map -m m.yaml --reconcile - >out
	[ "$(cat out)" = '{"hr":1.2,"spo2":97}' ]
}

@test "propose: scored, with parts, the same bytes each time" {
	need_shared data/clinical/generic.ndjson
	in=$shared/data/clinical/generic.ndjson
	rap-map --reconcile vitals.json --propose "$in" >p1
	RAP_BLOCK=4096 rap-map --reconcile vitals.json --propose -j4 "$in" >p2
	cmp p1 p2
	[ "$(jq -s 'map(select(.status == "accept")) | length' p1)" = 5 ]
	jq -se 'map(select(.target) | .target) | unique | length == 5' p1
	jq -se 'map(select(.target)) | all(.parts | has("name") and
	    has("type") and has("values") and has("unit"))' p1
	jq -se 'map(select(.source == "time"))[0].target == null' p1
}

@test "propose: makers at once as each alone, for they never meet" {
	need_shared data/clinical/mixed.ndjson
	in=$shared/data/clinical
	for v in philips ge spacelabs generic; do
		rap-map --reconcile vitals.json --propose $in/$v.ndjson
	done | jq -c '[.source, .target]' | sort -u >alone
	rap-map --reconcile vitals.json --propose $in/mixed.ndjson >p
	jq -c '[.source, .target]' p | sort >together
	cmp alone together
	[ "$(jq -s 'map(select(.target != null)) | length' p)" = 17 ]
	jq -se 'map(select(.target)) | all(.status == "accept")' p
	# What the stream renames is just what is proposed.
	rap-map --reconcile vitals.json --drift d $in/mixed.ndjson >/dev/null
	jq -c 'select(.kind == "renamed") | [.source, .target]' d |
	    sort >renamed
	jq -c 'select(.target) | [.source, .target]' p | sort >proposed
	[ -s renamed ]
	cmp renamed proposed
	# The order of the records does not matter.
	sort $in/mixed.ndjson |
	    rap-map --reconcile vitals.json --propose |
	    jq -c '[.source, .target]' | sort | cmp - together
}

@test "propose: two that are in one record once never share a target" {
	{
		echo '{"HR_bpm":70,"n":1}'
		echo '{"PULSE":71,"n":2}'
	} >apart
	{ cat apart; echo '{"HR_bpm":70,"PULSE":71}'; } >met
	n() {
		rap-map --reconcile vitals.json --propose "$1" |
		    jq -s 'map(select(.target == "Heart Rate (bpm)")) | length'
	}
	[ "$(n apart)" = 2 ]
	[ "$(n met)" = 1 ]
}

@test "propose: fields of nested objects by their pointers" {
	echo '{"monitor":{"pulse":61,"bp":{"systolic":120}},"x":[1]}' |
	    rap-map --reconcile vitals.json --propose >p
	[ "$(jq -r 'select(.target == "Heart Rate (bpm)").source' p)" = \
	    /monitor/pulse ]
	[ "$(jq -r 'select(.target == "Systolic BP (mmHg)").source' p)" = \
	    /monitor/bp/systolic ]
	[ "$(wc -l <p)" = 3 ]
}

# decide ANSWER...: on the proposals in p.
decide() {
	printf '%s\n' "$@" | rap-map --decide --decisions d.ndjson \
	    --by ann --at 2026-01-05T08:00:00Z p
}

@test "decide: answers are appended, learned, and obeyed" {
	echo '{"PULSE":60,"SPO2_pct":97}' >in
	rap-map --reconcile vitals.json --accept 1 --propose in >p
	[ "$(jq -s 'map(select(.status == "review")) | length' p)" = 2 ]
	decide y '=Resp Rate (/min)'
	cat >want <<'END'
{"source":"PULSE","target":"Heart Rate (bpm)","decision":"approved","by":"ann","at":"2026-01-05T08:00:00Z"}
{"source":"SPO2_pct","target":"Resp Rate (/min)","decision":"corrected","by":"ann","at":"2026-01-05T08:00:00Z"}
END
	jq -c 'del(.confidence, .suggested)' d.ndjson >got
	diff want got
	decide n n
	[ "$(wc -l <d.ndjson)" = 2 ]
	rap-map --reconcile vitals.json --accept 1 --decisions d.ndjson in >out
	[ "$(cat out)" = '{"Heart Rate (bpm)":60,"Resp Rate (/min)":97}' ]
}

@test "decide: two that never meet may both be one target" {
	printf "{\"zork\":61,\"n\":1}\n{\"blip\":62,\"n\":2}\n" >in
	printf '{"source":"%s","target":"Heart Rate (bpm)","status":"review","confidence":0.6}\n' zork blip >p
	decide y y
	rap-map --reconcile vitals.json --decisions d.ndjson --propose in >q
	[ "$(jq -s 'map(select(.target == "Heart Rate (bpm)" and
	    .confidence == 1)) | length' q)" = 2 ]
	rap-map --reconcile vitals.json --decisions d.ndjson in >out
	[ "$(jq -s 'map(."Heart Rate (bpm)") | add' out)" = 123 ]
}

@test "decide: what is rejected is never proposed again" {
	echo '{"PULSE":60}' >in
	rap-map --reconcile vitals.json --accept 1 --propose in >p
	decide n
	rap-map --reconcile vitals.json --review 0 --decisions d.ndjson \
	    --propose in >again
	! grep -q 'Heart Rate' again || false
	rap-map --reconcile vitals.json --decisions d.ndjson in >out
	[ "$(cat out)" = '{"PULSE":60}' ]
}

@test "decide: four fifths of the answers make a match learned" {
	echo '{"zz":60}' >in
	line() {
		echo '{"source":"zz","target":"'"$1"'","decision":"'$2'"}'
	}
	for i in 1 2 3; do
		line "Heart Rate (bpm)" approved
	done >d.ndjson
	line "SpO2 (%)" corrected >>d.ndjson
	rap-map --reconcile vitals.json --decisions d.ndjson in >out
	[ "$(cat out)" = '{"zz":60}' ]
	line "Heart Rate (bpm)" approved >>d.ndjson
	rap-map --reconcile vitals.json --decisions d.ndjson in >out
	[ "$(cat out)" = '{"Heart Rate (bpm)":60}' ]
}

@test "decide: an answer that is no target is told of, and changes nothing" {
	echo '{"PULSE":60,"SPO2_pct":97}' >in
	rap-map --reconcile vitals.json --accept 1 --propose in >p
	decide '=Hart Rate' s
	run --separate-stderr rap-map --reconcile vitals.json \
	    --decisions d.ndjson --accept 1 --review 1 in
	[ "$status" = 0 ]
	[ "$output" = '{"PULSE":60,"SPO2_pct":97}' ]
	[[ "$stderr" == "rap-map: PULSE was decided to be Hart Rate, which is no target [map.decided]"* ]]
	decide n q
	run --separate-stderr rap-map --reconcile vitals.json \
	    --decisions d.ndjson --review 1 <<<'{"SPO2_pct":97}'
	[[ "$stderr" != *map.decided* ]]
	run rap-map --reconcile vitals.json --decisions none in
	[ "$status" = 66 ]
	[[ "$output" == *"make an empty file" ]]
}

@test "decide: without answers nothing is written" {
	echo '{"PULSE":60}' >in
	rap-map --reconcile vitals.json --accept 1 --propose in >p
	rap-map --decide --decisions d.ndjson --by ann p </dev/null
	[ ! -s d.ndjson ]
	decide s
	[ ! -s d.ndjson ]
	run -65 decide perhaps
	[ ! -s d.ndjson ]
}

@test "evaluate: labelled tables, the sweep by another program" {
	cp "$root/tests/conformance/fieldmatch.ndjson" t.ndjson
	rap-map --evaluate t.ndjson >sweep
	rap-map --evaluate t.ndjson --propose >pred
	python3 - <<'END'
import json
gold = [json.loads(l) for l in open('t.ndjson')]
pred = {}
for l in open('pred'):
    d = json.loads(l)
    pred[d['domain']] = {m['source']: m for m in d['matches']}
for line in open('sweep'):
    s = json.loads(line)
    acc = cor = pairs = nulls = bad = 0
    for g in gold:
        for src, want in g['gold'].items():
            m = pred[g['domain']].get(src)
            took = m is not None and m['confidence'] >= s['threshold']
            pairs += want is not None
            nulls += want is None
            acc += took
            cor += took and m['target'] == want
            bad += took and want is None
    got = [s[k] for k in ('accepted', 'correct', 'pairs', 'nulls')]
    assert got == [acc, cor, pairs, nulls], (s, got)
    for k, v in (('precision', cor / acc), ('recall', cor / pairs),
                 ('f1', 2 * cor / (acc + pairs)),
                 ('false_map_rate', bad / nulls)):
        assert abs(s[k] - v) < 1.1e-4, (s, k, v)
    if s.get('use') == 'review':
        assert s['f1'] >= .85 and s['false_map_rate'] <= .08, s
    if s.get('use') == 'accept':
        assert s['precision'] >= .97 and s['recall'] >= .45, s
END
}

@test "evaluate: proposals against answers" {
	cat >gold <<'END'
{"source":"a","target":"x"}
{"source":"b","target":"y"}
{"source":"c","target":null}
{"source":"d","target":"z"}
END
	cat >props <<'END'
{"source":"a","target":"x","confidence":0.9}
{"source":"b","target":"z","confidence":0.9}
{"source":"c","target":"y","confidence":0.5}
END
	rap-map --evaluate gold props >sweep
	jq -se 'map(select(.use == "review"))[0] | [.accepted, .correct, .pairs,
	    .nulls, .false_map_rate] == [3, 1, 3, 1, 1]' sweep
	jq -se 'map(select(.use == "accept"))[0] | [.accepted, .correct,
	    .precision, .false_map_rate] == [2, 1, 0.5, 0]' sweep
}

@test "reconcile: what makes no sense is refused" {
	echo '{"a":1}' >in
	run -64 rap-map --propose in
	run -64 rap-map --keep a --drift d in
	run -64 rap-map --keep a --accept .9 in
	run -64 rap-map --reconcile - in
	run -64 rap-map --evaluate in --keep a
	run -64 rap-map --reconcile vitals.json --accept 2 in
	run -64 rap-map --reconcile vitals.json --accept .3 in
	run -64 rap-map --decide in
	run -66 rap-map --reconcile absent.json in
	run -66 rap-map --reconcile vitals.json --decisions absent in
	echo '{"a":1}' >t.json
	run -78 rap-map --reconcile t.json in
	printf '["a",\n"a"]' >t.json
	run -78 rap-map --reconcile t.json in
	[[ "$output" == *"t.json:2:"*"[recon.name]"* ]]
	printf 'a\nb\na\n' >t.txt
	run -78 rap-map --reconcile t.txt in
	[[ "$output" == *"t.txt:3:"*"[recon.name]"* ]]
	printf '[{"name":"a"},\n{"name":"b","minimun":1}]' >t.json
	run -78 rap-map --reconcile t.json in
	[[ "$output" == *"t.json:2:"*'did you mean "minimum"'* ]]
	echo '["/a/~2"]' >t.json
	run -78 rap-map --reconcile t.json in
	echo '{"properties":{"a":{},"a":{}}}' >t.json
	run -78 rap-map --reconcile t.json in
	echo 'rap: map/1' >t.yaml
	run -78 rap-map --reconcile t.yaml in
	[[ "$output" == *"-m FILE --reconcile -"* ]]
	echo '[1]' >t.json
	run -78 rap-map --reconcile t.json in
	echo '{"source":"a","target":"b","decision":"maybe"}' >d
	run -78 rap-map --reconcile vitals.json --decisions d in
	[[ "$output" == *"d:1:"* ]] || [[ "$output" == *"d: "* ]]
	printf 'rap: lexicon/1\nwords: [a]\n' >l.yaml
	run -78 rap-map --reconcile vitals.json --lexicon l.yaml in
	printf '[1]\n' >in
	run -65 rap-map --reconcile vitals.json in
}

@test "reconcile: words of one's own are used" {
	printf 'rap: lexicon/1\nconcepts:\n- [heart rate, zorg]\n' >l.yaml
	echo '{"zorg":60}' >in
	rap-map --reconcile vitals.json in >out
	[ "$(cat out)" = '{"zorg":60}' ]
	rap-map --reconcile vitals.json --lexicon l.yaml in >out
	[ "$(cat out)" = '{"Heart Rate (bpm)":60}' ]
}

@test "recon: the codes are explained" {
	for code in map.review map.target map.decision map.proposal map.gold \
	    recon.lexicon recon.limit recon.name; do
		rap-map --explain $code >text
		[ "$(wc -c <text)" -gt 40 ]
	done
}
