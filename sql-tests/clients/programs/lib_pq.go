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

func main() {
	for _, mode := range []string{"no", "yes"} {
		db, err := sql.Open("postgres", "sslmode=verify-full binary_parameters="+mode)
		must(err)
		db.SetMaxOpenConns(1)
		var user string
		must(db.QueryRow("SELECT current_user").Scan(&user))
		fmt.Println("connected", user)
		for _, name := range []string{"TOUR_TYPES", "TOUR_ROWS"} {
			rows, err := db.Query(os.Getenv(name))
			must(err)
			show(rows)
		}
		var sum int64
		var text string
		must(db.QueryRow("SELECT $1::int8 + 1, $2::text", 41, "é").Scan(&sum, &text))
		fmt.Println("parameters", sum, text)

		tx, err := db.Begin()
		must(err)
		_, err = tx.Exec("DECLARE walk CURSOR FOR " + os.Getenv("TOUR_STREAM"))
		must(err)
		count, total := 0, int64(0)
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

		ctx, stop := context.WithTimeout(context.Background(), 300*time.Millisecond)
		_, err = db.ExecContext(ctx, os.Getenv("TOUR_ENDLESS"))
		stop()
		fmt.Println("cancelled", err)
		_, err = db.Query("SELECT * FROM data.no_such_table")
		if e, ok := err.(*pq.Error); ok {
			fmt.Println("error", e.Code, e.Message, e.Position)
		}
		must(db.Close())
	}
}
