// Package pythonre matches whole texts by Python's regular expressions, with the
// meanings that Python's re module gives them for str patterns: \w, \d, \s and \b
// are Unicode, \Z is the end of the text, {,3} is a repetition, and (?i) folds case
// as Python does.
//
//	status := handling.TextBase{Matcher: pythonre.MustCompile(`order\s+(?P<number>\d+)\b.*`)}
//
// A pattern is translated to Go's package regexp (RE2), which needs time linear in
// the text. A backtracking library would understand more patterns, and would let
// whoever writes to the bot choose a text that takes hours. RE2's \b knows ASCII
// only, so a pattern with a Unicode \b matches an encoding of the text in which the
// ASCII boundaries are the Unicode ones.
//
// What RE2 cannot express is refused when the pattern is compiled, by name and place:
// look-ahead and look-behind, back-references, conditional and atomic groups,
// possessive quantifiers, and more than 1000 repetitions.
//
// One difference is left: a named group that is repeated and can match nothing, such as
// (?P<x>\w?)*, has what it matched last, while Python also lets it match nothing at the
// end. Which texts match is the same.
package pythonre
