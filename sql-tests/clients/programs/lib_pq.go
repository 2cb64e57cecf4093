// Go's lib/pq: text protocol with binary parameters, cursors by FETCH, cancel by context.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"github.com/lib/pq"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func show(rows *sql.Rows) {
	types, err := rows.ColumnTypes()
	must(err)
	for _, t := range types {
		fmt.Println(" ", t.Name(), t.DatabaseTypeName())
	}
	for rows.Next() {
		values := make([]interface{}, len(types))
		slots := make([]interface{}, len(types))
		for i := range values {
			slots[i] = &values[i]
		}
		must(rows.Scan(slots...))
		fmt.Println(" ", values)
	}
	must(rows.Err())
}

func step(name string) {
	fmt.Println("==", name)
}

func open(mode string) *sql.DB {
	db, err := sql.Open("postgres", "sslmode=verify-full binary_parameters="+mode)
	must(err)
	db.SetMaxOpenConns(1)
	return db
}

func types(db *sql.DB) {
	for _, name := range []string{"TOUR_TYPES", "TOUR_ROWS"} {
		rows, err := db.Query(os.Getenv(name))
		must(err)
		show(rows)
	}
	var sum int64
	var text string
	must(db.QueryRow("SELECT $1::int8 + 1, $2::text", 41, "é").Scan(&sum, &text))
	fmt.Println("parameters", sum, text)
}

func fetch(db *sql.DB) {
	tx, err := db.Begin()
	must(err)
	_, err = tx.Exec("DECLARE walk CURSOR FOR " + os.Getenv("TOUR_STREAM"))
	must(err)
	count, total := 0, int64(0)
	var text string
	for {
		before := count
		rows, err := tx.Query("FETCH 7000 FROM walk")
		must(err)
		for rows.Next() {
			var number int64
			must(rows.Scan(&number, &text))
			count++
			total += number + int64(len(text))
		}
		must(rows.Err())
		if count == before {
			break
		}
	}
	must(tx.Commit())
	fmt.Println("streamed", count, total)
}

func main() {
	step("connect")
	db := open("no")
	var user string
	must(db.QueryRow("SELECT current_user").Scan(&user))
	fmt.Println("connected", user)
	_, err := db.Query("SELECT * FROM data.no_such_table")
	if e, ok := err.(*pq.Error); ok {
		fmt.Println("error", e.Code, e.Message, e.Position)
	}
	step("text")
	types(db)
	// With binary parameters it asks for bytea, integers and uuid in binary.
	step("binary")
	binary := open("yes")
	types(binary)
	step("cursor")
	fetch(db)
	fetch(binary)
	must(binary.Close())
	step("fetch size cannot: lib/pq has no row limits")
	step("copy cannot: lib/pq knows COPY FROM alone")
	step("cancel")
	ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
	_, err = db.ExecContext(ctx, os.Getenv("TOUR_ENDLESS"))
	stop()
	fmt.Println("cancelled", err)
	step("metadata")
	rows, err := db.Query("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, ordinal_position", "data")
	must(err)
	show(rows)
	must(db.Close())
}
