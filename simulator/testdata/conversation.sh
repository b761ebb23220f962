#!/bin/sh
# A test of a bot with curl alone: Ada writes, the platform limits the rate of the bot's answer once, and she gets it all
# the same. $1 is the simulator, such as http://localhost:9090.
set -eu
sim=$1
json='Content-Type: application/json'

curl -fsS "$sim/simulator/people" -H "$json" -d '{"id":"7100000000000099","first_name":"Eve","locale":"en_US"}' >/dev/null
curl -fsS "$sim/simulator/faults" -H "$json" -d '{"refusal":"calls limit","times":1}' >/dev/null
curl -fsS "$sim/simulator/people/7100000000000099/acts" -H "$json" -d '{"type":"say","text":"hi"}' >/dev/null
answer=$(curl -fsS "$sim/simulator/people/7100000000000099/wait?contains=you+said&timeout=20s")
case $answer in
*'"text":"you said hi"'*) ;;
*) echo "unexpected: $answer" >&2; exit 1 ;;
esac
calls=$(curl -fsS "$sim/simulator/log" | tr '}' '\n' | grep -c '"kind":"call"')
[ "$calls" -eq 2 ] || { echo "$calls calls, not 2" >&2; exit 1; }
refused=$(curl -fsS "$sim/simulator/log" | tr '}' '\n' | grep '"kind":"call"' | head -n 1)
case $refused in
*'"status":4'*) ;;
*) echo "not refused: $refused" >&2; exit 1 ;;
esac
echo passed
