package postgres

import _ "embed"

// Each step of the tables is plain SQL: psql -f runs it. One that was released is never changed.
var (
	//go:embed schema1.sql
	schema1 string
	//go:embed schema2.sql
	schema2 string
	//go:embed schema3.sql
	schema3 string
	//go:embed schema4.sql
	schema4 string
	//go:embed schema5.sql
	schema5 string
	//go:embed schema6.sql
	schema6 string
	//go:embed schema7.sql
	schema7 string
	//go:embed schema8.sql
	schema8 string
	//go:embed schema9.sql
	schema9 string
)

// migrations are the steps from nothing to today's tables.
func migrations() [][]string {
	return [][]string{{schema1}, {schema2}, {schema3}, {schema4}, {schema5}, {schema6}, {schema7}, {schema8}, {schema9}}
}
