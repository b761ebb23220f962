package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long a test waits at least for what must come.
const patience = time.Minute

// A test that asserts how long something took by the machine's clock, or that waits
// only a little for what must come, fails where the machine is slow. Tests in a bubble
// of testing/synctest may do both.
func TestNoTestAssertsOnTheMachinesSpeed(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		var found []string
		for _, code := range realTime(t, p) {
			for _, call := range speedChecks(code.node) {
				found = append(found, code.line(call))
			}
		}
		require.Empty(t, found, "these depend on the machine's speed; count, wait for a signal, or wait a minute")
	}
}

// A chat of messengertest waits ten seconds, which the code of the guides leaves as it is. Other tests set more.
func TestChatsOfTestsWaitForAMinute(t *testing.T) {
	t.Parallel()
	for _, p := range list(t, "./...") {
		var found []string
		for _, code := range realTime(t, p) {
			if strings.HasPrefix(path.Base(code.path), "example_") {
				continue
			}
			for _, f := range functions(code.node) {
				if hastyChat(f) {
					found = append(found, code.line(f))
				}
			}
		}
		require.Empty(t, found, "these start a chat and do not set its Patience")
	}
}

// hastyChat reports whether a function keeps a chat that it starts, and does not set how long it waits.
func hastyChat(f *ast.FuncDecl) bool {
	starts, patient := false, false
	ast.Inspect(f, func(n ast.Node) bool {
		assigned, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for _, e := range assigned.Rhs {
			starts = starts || len(calls(e, "messengertest", "Start"))+len(calls(e, "messengertest", "StartOn"))+len(calls(e, "messengertest", "StartAt")) > 0
		}
		for _, e := range assigned.Lhs {
			_, field := selected(e)
			patient = patient || field == "Patience"
		}
		return true
	})
	return starts && !patient
}

func TestHastyChatsAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		`chat := messengertest.Start(t, cfg); chat.Person("Ada", "").Says("hi")`: true,
		`chat := messengertest.StartOn(t, platform, cfg); chat.Idle()`:           true,
		`chat := messengertest.StartAt(t, clock, platform, cfg); chat.Idle()`:    true,
		`chat := messengertest.Start(t, cfg); chat.Patience = time.Minute`:       false,
		`messengertest.Start(t, cfg)`:                                            false,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func f() { "+text+" }", parser.SkipObjectResolution)
		require.NoError(t, err, text)
		require.Equal(t, want, hastyChat(functions(file)[0]), text)
	}
}

func TestSpeedChecksAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`require.Less(t, time.Since(start), 5*time.Second)`:                           1,
		`assert.WithinDuration(t, start, time.Now(), time.Second)`:                    1,
		`require.True(t, took(time.Since(start)))`:                                    1,
		`require.Eventually(t, f, 10*time.Second, time.Millisecond)`:                  1,
		`require.Eventually(t, f, time.Second, time.Millisecond, "why")`:              1,
		`require.EventuallyWithT(t, f, time.Millisecond*500, time.Millisecond)`:       1,
		`require.Eventually(t, f, time.Minute, time.Millisecond)`:                     0,
		`require.Eventually(t, f, 60*time.Second, time.Millisecond)`:                  0,
		`require.Eventually(t, f, patience, time.Millisecond)`:                        0,
		`require.Never(t, f, time.Second, time.Millisecond)`:                          0,
		`require.NoError(t, st.Put(ctx, event{Time: time.Now()}))`:                    0,
		`t.Log("noticed after", time.Since(killed))`:                                  0,
		`require.Eventually(t, func() bool { return true }, 2*time.Minute, interval)`: 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p; func f() { "+text+" }", parser.SkipObjectResolution)
		require.NoError(t, err, text)
		require.Len(t, speedChecks(file), want, text)
	}
}

// speedChecks returns the assertions that depend on the machine's speed.
func speedChecks(code ast.Node) (found []*ast.CallExpr) {
	ast.Inspect(code, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		pkg, name := selected(call.Fun)
		switch {
		case pkg != "require" && pkg != "assert":
		case name == "Eventually" || name == "EventuallyWithT":
			if len(call.Args) > 2 && short(call.Args[2]) {
				found = append(found, call)
			}
		case name == "WithinDuration" && slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return reads(e, "Now") }),
			name != "Never" && slices.ContainsFunc(call.Args, func(e ast.Expr) bool { return reads(e, "Since") }):
			found = append(found, call)
		}
		return true
	})
	return found
}

// selected returns the names of x.y.
func selected(e ast.Expr) (x, y string) {
	if s, ok := e.(*ast.SelectorExpr); ok {
		if id, ok := s.X.(*ast.Ident); ok {
			return id.Name, s.Sel.Name
		}
	}
	return "", ""
}

// reads reports whether an argument calls a function of package time.
func reads(e ast.Expr, function string) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if _, literal := n.(*ast.FuncLit); literal {
			return false
		}
		if s, ok := n.(*ast.SelectorExpr); ok {
			x, y := selected(s)
			found = found || x == "time" && y == function
		}
		return true
	})
	return found
}

// short reports whether an expression is a duration, written out, below patience.
func short(e ast.Expr) bool {
	units := map[string]time.Duration{
		"Nanosecond": time.Nanosecond, "Microsecond": time.Microsecond, "Millisecond": time.Millisecond, "Second": time.Second, "Minute": time.Minute,
	}
	if x, y := selected(e); x == "time" && units[y] != 0 {
		return units[y] < patience
	}
	product, ok := e.(*ast.BinaryExpr)
	if !ok || product.Op != token.MUL {
		return false
	}
	for _, way := range [][2]ast.Expr{{product.X, product.Y}, {product.Y, product.X}} {
		number, is := way[0].(*ast.BasicLit)
		if _, unit := selected(way[1]); is && units[unit] != 0 {
			n, err := strconv.Atoi(number.Value)
			return err == nil && time.Duration(n)*units[unit] < patience
		}
	}
	return false
}
