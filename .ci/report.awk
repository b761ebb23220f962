# Reads `go test -v ./...` and prints one line for each package that passes, and
# what was said in one that fails. Names each skipped test with its reason; with
# ci=true a skip that is not listed in the file `allowed` fails the build. The last
# lines name what failed, so that the end of a log is enough to know it.

BEGIN {
	while ((getline line < allowed) > 0) {
		if (line ~ /^#/ || line ~ /^[ \t]*$/) continue
		split(line, word)
		listed[word[1] " " word[2]] = 1
	}
}

# With -v a test's own output stands between its "=== RUN" and its "--- " line, or
# behind "=== NAME"; the reason of a skip is the last line before "--- SKIP".
/^ *--- SKIP: / {
	for (i = 1; i <= NF; i++) if ($i == "SKIP:") test = $(i + 1)
	skipped[++skips] = test
	reason[skips] = said[test]
}
/^=== (RUN|CONT|NAME) / { current = $3 }
/^ *--- FAIL: / {
	for (i = 1; i <= NF; i++) if ($i == "FAIL:") failed[++fails] = $(i + 1)
}
# A test process that ran out of time names what ran then: "\trunning tests:", "\t\tTestA (9s)".
/^\t\tTest[^ ]* \([0-9.hmsµ]+\)$/ { failed[++fails] = $1 " (still ran)" }
/^ +[^ ]+\.go:[0-9]+: / {
	said[current] = $0
	sub(/^ +[^ ]+\.go:[0-9]+: /, "", said[current])
}

# go test prints what a package said in one piece; between such pieces stands what
# the compiler has to say.
/^-test\.shuffle / || /^=== / { inside = 1 }
{
	if (!inside) print
	else if ($0 !~ /^=== (RUN|PAUSE|CONT) /) text[++lines] = $0 # one string of megabytes would take minutes to grow
}

/^(ok|FAIL|\?) *\t/ {
	if (inside) {
		if ($1 == "FAIL") for (i = 1; i <= lines; i++) print text[i]
		else print
	}
	if ($1 == "FAIL" && fails == 0) failed[++fails] = "(no test is named; see its output)"
	for (i = 1; i <= fails; i++) failures = failures "  " $2 " " failed[i] "\n"
	for (i = 1; i <= skips; i++) {
		verdict = ""
		if (!(($2 " " skipped[i]) in listed)) {
			unlisted = unlisted "  " $2 " " skipped[i] ": " reason[i] "\n"
		} else {
			verdict = " (allowed)"
		}
		print "    skipped" verdict " " skipped[i] ": " reason[i]
	}
	inside = lines = skips = fails = 0
	split("", text)
	split("", said)
}

END {
	for (i = 1; i <= lines; i++) print text[i]
	for (i = 1; i <= fails; i++) failures = failures "  (its package did not end) " failed[i] "\n"
	refused = unlisted != "" && ci == "true"
	if (refused) printf "\nThese tests were skipped, and %s does not allow it:\n%s", allowed, unlisted
	if (failures != "") printf "\nThese tests failed:\n%s", failures
	exit refused
}
