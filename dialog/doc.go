// Package dialog asks people questions, one after another, over hours and restarts, and keeps
// their answers.
//
// A [Dialog] is a list of steps: a [Question] with an [Answer], a [Say], a [Do], a [Wait] for
// another system, a [Human] who takes over, or an [Include] of another dialog. A run of it is
// data: the answers, in a struct of the program's own, and the name of the open step. No code is
// replayed and no function is stored, so a run survives a restart, another replica goes on with
// it, and so does the next version of the program.
//
// At every question a person can go back, cancel, ask for help, correct an earlier answer
// by tapping its chip, or do something else, such as use the menu: the question is asked again
// then. What is no answer gets a reason, and the question again. A question that is not answered times
// out by a durable timer, which may say something.
//
// A person is in at most one dialog. What a dialog says and keeps is committed with the turn.
//
// docs/dialogs.md builds one from an empty file to a test, and has the rules in full.
package dialog
