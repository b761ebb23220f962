# Reads lines of go test -bench, each after its side (base or head) and its round, and
# prints for each benchmark and unit the medians of both sides, and the ratio head/base:
# the median of the rounds, and the lowest and highest.

{
	side = $1
	round = $2
	name = $3
	sub(/-[0-9]+$/, "", name)
	for (i = 5; i < NF; i += 2) {
		row = name " " $(i + 1)
		if (!(row in known)) {
			known[row] = 1
			rows[++count] = row
		}
		value[row, side, round] = $i
		has[row, side, round] = 1
	}
	if (round > rounds) rounds = round
}

END {
	printf "%-44s %-16s %12s %12s %8s  %s\n", "benchmark", "unit", "base", "head", "ratio", "lowest to highest"
	for (r = 1; r <= count; r++) {
		row = rows[r]
		split(row, part)
		base = median_of(row, "base")
		head = median_of(row, "head")
		n = 0
		for (round = 1; round <= rounds; round++)
			if (has[row, "base", round] && has[row, "head", round] && value[row, "base", round] != 0)
				list[++n] = value[row, "head", round] / value[row, "base", round]
		ratio = "-"
		range = "-"
		if (n > 0) {
			ratio = sprintf("%.3f", median(n))
			range = sprintf("%.3f to %.3f", list[1], list[n])
		}
		printf "%-44s %-16s %12s %12s %8s  %s\n", part[1], part[2], base, head, ratio, range
	}
}

# median_of returns the median of the rounds of one side, or - if there are none.
function median_of(row, side,    n, round) {
	for (round = 1; round <= rounds; round++) if (has[row, side, round]) list[++n] = value[row, side, round]
	return n ? sprintf("%.6g", median(n)) : "-"
}

# median sorts the first n of the list, and returns the one in the middle.
function median(n,    i, j, x) {
	for (i = 2; i <= n; i++) {
		x = list[i] + 0
		for (j = i - 1; j >= 1 && list[j] + 0 > x; j--) list[j + 1] = list[j]
		list[j + 1] = x
	}
	return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}
