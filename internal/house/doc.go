// Package house tests rules for the repository as a whole: which package may import
// which, what a user of package messenger links, that every package has a comment and
// an example, that the README's bot builds in a module of its own, that the code in
// the documentation compiles, and that every published server sets its limits.
package house
