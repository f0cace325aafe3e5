# rap-map: units, casts to times and decimals, tables in files.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# --- units ---

@test "map: unit converts numbers and their texts, exactly where it can" {
	mapping <<-'EOF'
	fields:
	- {to: v, unit: {from: km/h, to: m/s}}
	- {to: t, unit: {from: "[degF]", to: Cel}}
	- {to: m, unit: {from: "[lb_av]", to: kg}}
	EOF
	gives '{"v":36,"t":98.6,"m":150}' '{"v":10,"t":37,"m":68.0388555}'
	gives '{"v":"100","t":null,"x":1.0}' '{"v":27.777777777777778,"t":null,"x":1.0}'
	gives '{"v":-0.0}' '{"v":0}'
	gives '{"v":1e400}' '{"v":2.7777777777777778e+399}'
	bad '{"v":"fast"}' 'cannot cast "fast" to number at /v [map.cast]'
	bad '{"v":true}' '[map.cast]'
	bad '{"v":1e2000}' '[num.limit]'
}

@test "map: a wrong unit or dimension is refused before a byte is read" {
	while IFS='|' read -r text want; do
		echo "$text"
		mapping <<<"$text"
		refused "$want"
	done <<-'EOF'
	fields: [{to: v, unit: {from: kmh, to: m/s}}]|m.yaml:2:31: no unit "kmh" in the code "kmh" at /fields/0/unit/from [unit.code]; did you mean "km/h"?
	fields: [{to: v, unit: {from: km/hour, to: m/s}}]|m.yaml:2:34: no unit "hour"
	fields: [{to: v, unit: {from: km/h, to: K}}]|the units measure different things: m.s-1 and K at /fields/0/unit [unit.dimension]
	fields: [{to: v, unit: {from: mph, to: m/s}}]|m-2.rad2.cd and m.s-1 at /fields/0/unit [unit.dimension]; did you mean "[mi_i]/h"?
	fields: [{to: v, unit: {from: K, to: F}}]|did you mean "[degF]"?
	fields: [{to: v, expr: 'unit(a, "C", "K")'}]|did you mean "Cel"?
	fields: [{to: v, unit: {from: Cel/s, to: K/s}}]|[unit.special]
	fields: [{to: v, unit: {from: dB, to: "1"}}]|[unit.special]
	fields: [{to: v, unit: {from: m}}]|unit needs from and to
	fields: [{to: v, unit: {from: m, too: km}}]|did you mean "to"?
	fields: [{to: v, expr: 'unit(a, "kmh", "m/s")'}]|m.yaml:2:34: no unit "kmh"
	fields: [{to: v, expr: '1.0 + unit(math.greatest([a, 2]), "km", "K")'}]|[unit.dimension]
	where: unit(v, 'km', 'furlong') > 1.0|no unit "furlong"
	EOF
}

@test "map: the record may say what unit it has" {
	mapping <<-'EOF'
	fields: [{to: v, unit: {from: {path: /uom}, to: Cel}}]
	EOF
	gives $'{"v":98.6,"uom":"[degF]"}\n{"v":"37","uom":"Cel"}\n{"v":310.15,"uom":"K"}\n{"v":null}' \
	    $'{"v":37,"uom":"[degF]"}\n{"v":37,"uom":"Cel"}\n{"v":37,"uom":"K"}\n{"v":null}'
	bad '{"v":1,"uom":"degF"}' 'no unit "degF" in the code "degF" at /uom [unit.code]; did you mean "[degF]"?'
	bad '{"v":1,"uom":"m"}' 'at /uom [unit.dimension]'
	bad '{"v":1}' 'no code of a unit at /uom [map.unit]'
	mapping <<<'fields: [{to: v, unit: {from: {path: u}, to: degC}}]'
	refused 'did you mean "Cel"?'
	mapping <<<'fields: [{to: v, unit: {from: {paths: u}, to: K}}]'
	refused 'did you mean "path"?'
}

@test "map: unit() in expressions" {
	gives '{"v":36,"u":"km/h"}' '{"v":36,"u":"km/h","w":10,"x":11}' \
	    -e 'w = unit(v, "km/h", "m/s")' -e 'x = unit(v, u, "m/s") + 1.0'
	gives '{"t":451.5}' '{"t":451.5,"c":233.05555555555554}' \
	    -e 'c = unit(t, "[degF]", "Cel")'
	run rap-map -e 'w = unit(v, u, "m/s")' <<<'{"v":1,"u":"furlong/h"}'
	[ "$status" = 65 ]
	[[ "$output" == *'[unit.code]'* ]]
	# a name that ends in unit is another function; a text is no call
	run rap-map -e 'w = "unit(1, \"x\", \"y\")"' <<<'{}'
	[ "$output" = '{"w":"unit(1, \"x\", \"y\")"}' ]
}

# --- casts ---

@test "map: decimal(n) has exactly n places, and rounds only when told" {
	mapping <<-'EOF'
	fields:
	- {to: a, type: decimal(2)}
	- {to: e, type: decimal(1), rounding: half_even}
	- {to: u, type: decimal(1), rounding: half_up}
	- {to: d, type: decimal(0), rounding: down}
	EOF
	gives '{"a":1.5}' '{"a":1.50}'
	gives '{"a":"1e3"}' '{"a":1000.00}'
	gives '{"a":-0.010}' '{"a":-0.01}'
	gives '{"a":-0.00}' '{"a":0.00}'
	gives '{"a":12345678901234567890.1}' '{"a":12345678901234567890.10}'
	bad '{"a":0.001}' '0.001 has more than 2 decimal places at /a [map.cast]; rounding: half_even'
	bad '{"a":"1,5"}' 'numbers have a decimal point'
	# 0.25 -> 0.2, 0.35 -> 0.4, 0.251 -> 0.3: half to even
	gives '{"e":0.25,"u":0.25,"d":1.99}' '{"e":0.2,"u":0.3,"d":1}'
	gives '{"e":0.35,"u":-0.25,"d":-1.99}' '{"e":0.4,"u":-0.3,"d":-1}'
	gives '{"e":"0.251","u":9.95,"d":0.9}' '{"e":0.3,"u":10.0,"d":0}'
	gives '{"e":-0.04,"u":1e-30}' '{"e":0.0,"u":0.0}'
}

@test "map: decimal(n) as python's decimal has it" {
	mapping <<-'EOF'
	fields: [{to: v, type: decimal(3), rounding: half_even}]
	EOF
	python3 - <<-'EOF'
	import decimal, random
	random.seed(3)
	with open("in", "w") as f, open("want", "w") as g:
	    for i in range(3000):
	        v = "%d.%0*d" % (random.randint(-20, 20), random.randint(1, 7),
	                         random.randint(0, 9))
	        if random.random() < .3:
	            v = "%de%d" % (random.randint(-99999, 99999), random.randint(-9, 9))
	        f.write('{"v":%s}\n' % v)
	        d = decimal.Decimal(v).quantize(decimal.Decimal("0.001"))
	        t = format(d, "f")
	        g.write('{"v":%s}\n' % (t.lstrip("-") if d == 0 else t))
	EOF
	rap-map -m m.yaml in | cmp - want
}

@test "map: timestamps" {
	mapping <<-'EOF'
	fields:
	- {to: t, type: timestamp}
	- {to: s, type: timestamp, layout: unix}
	- {to: ms, type: timestamp, layout: unix_ms}
	- {to: us, type: timestamp, layout: unix_us}
	- {to: ns, type: timestamp, layout: unix_ns}
	- {to: d, type: timestamp, layout: {from: "%d.%m.%Y %H:%M", zone: Europe/Berlin}}
	- {to: back, type: timestamp, layout: {from: rfc3339, to: unix_ms}}
	- {to: day, type: timestamp, layout: {from: rfc3339, to: "%Y-W%j"}}
	EOF
	# what is RFC 3339 already keeps its spelling
	gives '{"t":"2024-02-29T07:05:00.50+01:00"}' '{"t":"2024-02-29T07:05:00.50+01:00"}'
	gives '{"s":1700000000,"ms":1700000000123,"us":"1700000000123456","ns":1700000000123456789}' \
	    '{"s":"2023-11-14T22:13:20Z","ms":"2023-11-14T22:13:20.123Z","us":"2023-11-14T22:13:20.123456Z","ns":"2023-11-14T22:13:20.123456789Z"}'
	gives '{"s":-1.5}' '{"s":"1969-12-31T23:59:58.5Z"}'
	gives '{"d":"29.02.2024 7:05"}' '{"d":"2024-02-29T06:05:00Z"}'
	gives '{"d":"01.07.2024 12:00"}' '{"d":"2024-07-01T10:00:00Z"}'
	gives '{"back":"2023-11-14T22:13:20.123Z"}' '{"back":1700000000123}'
	gives '{"t":null}' '{"t":null}'
	bad '{"t":"2024-02-30T00:00:00Z"}' 'to timestamp at /t [map.cast]'
	bad '{"t":"2024-02-29"}' '[map.cast]'
	bad '{"t":5}' '[map.cast]'
	bad '{"s":"x"}' '[map.cast]'
	bad '{"s":"17 "}' '[map.cast]'
	bad '{"ms":1e30}' '[map.cast]'
	bad '{"d":"29.02.2024 7:05 "}' '[map.cast]'
	bad '{"d":"29.02.2023 7:05"}' 'no such day'
	bad '{"s":true}' '[map.cast]'
}

@test "map: dates and durations" {
	mapping <<-'EOF'
	fields:
	- {to: a, type: date}
	- {to: b, type: date, layout: "%d/%m/%Y"}
	- {to: d, type: duration}
	- {to: c, type: duration, layout: {from: clock, to: s}}
	- {to: m, type: duration, layout: {from: ms, to: text}}
	- {to: n, type: duration, layout: {to: ns}}
	EOF
	gives '{"a":"2024-02-29","b":"1/3/2024"}' '{"a":"2024-02-29","b":"2024-03-01"}'
	bad '{"a":"2024-2-29"}' 'written as it should be it is 2024-02-29'
	bad '{"a":"2023-02-29"}' '[map.cast]'
	bad '{"a":20240229}' '[map.cast]'
	gives '{"d":"1h30m","c":"12:34.5","m":1500,"n":"PT0.000000001S"}' \
	    '{"d":"5400s","c":754.5,"m":"1.5s","n":1}'
	gives '{"d":"P1DT2H3M4.5S","c":"1:02:03","m":"-0.001","n":"-1.5us"}' \
	    '{"d":"93784.5s","c":3723,"m":"-0.000001s","n":-1500}'
	gives '{"d":"P2W","c":"0:00","m":0}' '{"d":"1209600s","c":0,"m":"0s"}'
	for v in '"90"' 90 '"P1Y"' '"PT"' '"P"' '"1h "' '"h"' '""' '"1x"' \
	    '"PT1H1H"' '"PT1M1H"' '"300y"' '"9999999h"' '"0.0000000001s"' '"PT1H30"' true; do
		bad "{\"d\":$v}" 'to duration at /d [map.cast]'
	done
	for v in '"12:60"' '"1:2:03"' '"1"' '"1:2"' '"1:02:03:04"' '":30"'; do
		bad "{\"c\":$v}" '[map.cast]'
	done
}

@test "map: types that make no sense are refused" {
	while IFS='|' read -r text want; do
		echo "$text"
		mapping <<<"$text"
		refused "$want"
	done <<-'EOF'
	fields: [{to: a, type: decimal}]|[map.config]
	fields: [{to: a, type: decimal(99)}]|[map.config]
	fields: [{to: a, type: decimal(n)}]|n is the number of decimal places
	fields: [{to: a, type: number, rounding: down}]|rounding is of no use without
	fields: [{to: a, type: number, layout: unix}]|layout is of no use without
	fields: [{to: a, type: timestamp, layout: "%Q"}]|a letter that is not known
	fields: [{to: a, type: timestamp, layout: {from: "%F", zone: Mars/X}}]|no such time zone
	fields: [{to: a, type: duration, layout: "%H"}]|a duration is laid out as
	fields: [{to: a, type: duration, layout: {to: clock}}]|a duration is laid out as
	fields: [{to: a, type: timestamp, default: 5}]|not of the field's type
	EOF
}

# --- tables in files ---

@test "map: a table from CSV, TSV and NDJSON" {
	printf '\xef\xbb\xbfid,name,"long ""n"""\r\n1,A,"x, ""y""\nz"\r\n2,,\r\n\r\n' >t.csv
	printf 'id\tname\n1\tA\n' >t.tsv
	printf '{"id":1.0,"n":{"v": [ 1.50 ] }}\n\n{"id":"x","n":{}}' >t.ndjson
	mapping <<-'EOF'
	lookups:
	  c: {file: t.csv, key: id}
	  t: {file: t.tsv, key: id}
	  n: {file: ./t.ndjson, key: /id}
	fields:
	- {to: a, lookup: c, by: k, take: name}
	- {to: b, lookup: c, by: k, concat: [id, '/long "n"'], sep: "|"}
	- {to: c, lookup: t, by: k, take: name, default: none}
	- {to: d, lookup: n, by: k, take: /n/v}
	- {to: e, expr: 'lookup("n", k).?n.?v[?0].orValue(-1)'}
	EOF
	gives '{"k":"1.0"}' '{"k":"1.0","e":-1,"c":"none"}'
	gives '{"k":1.0}' '{"k":1.0,"e":1.50,"a":"A","b":"1|x, \"y\"\nz","c":"A","d":[ 1.50 ]}'
	gives '{"k":"x"}' '{"k":"x","e":-1,"c":"none"}'
	gives '{"k":2}' '{"k":2,"e":-1,"a":"","b":"2|","c":"none"}'
}

@test "map: tables that cannot be right are refused before a byte is read" {
	mapping <<<'lookups: {t: {file: t.csv, key: id}}'
	run rap-map -m m.yaml /nonexistent
	[ "$status" = 66 ]
	while IFS='|' read -r text want; do
		printf "$text" >t.csv
		refused "$want"
	done <<-'EOF'
	id,v\n1,2\n2,3\n1,4\n|t.csv:4: the key 1 is there twice [map.lookup]
	id,v\n1\n|t.csv:2: a row has not as many cells
	id,v\n1,2,3\n|t.csv:2: a row has not as many cells
	id,id\n1,2\n|t.csv:1: two columns have the same name
	v\n1\n|t.csv:2: a row has no key
	id\n"1\n|a stray quote
	id\n"1"x\n|a stray quote
	id\n\377\n|not UTF-8
	EOF
	mapping <<<'lookups: {t: {file: t.ndjson, key: id}}'
	printf '{"id":1}\n{"id":1.0}\n' >t.ndjson
	refused 't.ndjson:2: the key 1 is there twice'
	printf '{"id":1}\n[1]\n' >t.ndjson
	refused 't.ndjson:2: a row is no object'
	printf '{"id":1}\n{"id":}\n' >t.ndjson
	refused 't.ndjson:2:'
	printf '{"id":1}\n' >t.ndjson
	mapping <<-'EOF'
	lookups: {t: {file: t.ndjson, key: id}}
	where: lookup("q", 1) != optional.none()
	EOF
	refused 'm.yaml:3:16: no lookup from a file is called "q"'
	mapping <<<'lookups: {t: {file: t.ndjson, from: a, key: id}}'
	refused 'a lookup needs from and key, or file and key'
}

@test "map: the digest of a table goes into the stage record" {
	[ -x "$RAP_BIN/rap-audit" ] || skip "rap-audit is not built"
	printf 'id,v\n1,2\n' >t.csv
	mapping <<-'EOF'
	lookups: {t: {file: t.csv, key: id}}
	fields: [{to: v, lookup: t, by: id, take: v}]
	EOF
	rap-audit init --store .rap
	echo '{"id":1}' | rap-map --store .rap -m m.yaml
	grep -q "$(sha256sum <t.csv | cut -d' ' -f1)" .rap/log.ndjson
}
