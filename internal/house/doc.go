// Package house holds the tests that keep the house in order: who may import
// whom, what a user of package messenger links, that every package is explained,
// and that the README's bot builds where a user would build it.
package house
