// Package testdisk measures the sync rate of a disk. Benchmarks of durable writes use
// it as their reference. Only tests import it, and only on Linux.
package testdisk
