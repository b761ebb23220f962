// Package testdisk measures what a disk can do, as the reference of benchmarks
// of what is to be durable. Only tests import it, and only on Linux.
package testdisk
