// Package house holds the tests of the repository as a whole: who may import
// whom, what a user of package messenger links, that every package is explained,
// that the README's bot builds where a user would build it, that the code of the
// documentation compiles, and that every published server has limits.
package house
