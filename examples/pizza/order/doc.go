// Package order is the dialog that asks for a pizza.
package order
