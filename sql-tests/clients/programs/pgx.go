// Go's pgx: binary with a statement cache, batches, COPY, cancel by context.
package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgtype"
	"github.com/jackc/pgx/v4"
)

func must(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func step(name string) {
	fmt.Println("==", name)
}

func show(connection *pgx.Conn, sql string, arguments ...interface{}) {
	rows, err := connection.Query(background, sql, arguments...)
	must(err)
	for _, field := range rows.FieldDescriptions() {
		fmt.Println(" ", string(field.Name), field.DataTypeOID, field.Format)
	}
	for rows.Next() {
		values, err := rows.Values()
		must(err)
		for i, value := range values {
			values[i] = plain(value)
		}
		fmt.Println(" ", values)
	}
	must(rows.Err())
}

// plain is a row's fields as values: pgx has pointers to them.
func plain(value interface{}) interface{} {
	fields, ok := value.([]pgtype.Value)
	if !ok {
		return value
	}
	var all []interface{}
	for _, field := range fields {
		all = append(all, field.Get())
	}
	return all
}

func batch(connection *pgx.Conn) {
	batch := &pgx.Batch{}
	for n := 0; n < 10; n++ {
		batch.Queue("SELECT $1::int8 * 2, $2::text", n, "é")
	}
	results := connection.SendBatch(background, batch)
	for n := 0; n < 10; n++ {
		var number int64
		var text string
		must(results.QueryRow().Scan(&number, &text))
		fmt.Println("batch", number, text)
	}
	must(results.Close())
}

func stream(connection *pgx.Conn) {
	rows, err := connection.Query(background, os.Getenv("TOUR_STREAM"))
	must(err)
	count, total := 0, int64(0)
	for rows.Next() {
		var number int32
		var text string
		must(rows.Scan(&number, &text))
		count++
		total += int64(number) + int64(len(text))
	}
	must(rows.Err())
	fmt.Println("streamed", count, total)
}

func fetch(connection *pgx.Conn) {
	tx, err := connection.Begin(background)
	must(err)
	_, err = tx.Exec(background, "DECLARE walk CURSOR FOR "+os.Getenv("TOUR_STREAM"))
	must(err)
	count := int64(0)
	for {
		tag, err := tx.Exec(background, "FETCH 50000 FROM walk")
		must(err)
		if tag.RowsAffected() == 0 {
			break
		}
		count += tag.RowsAffected()
	}
	must(tx.Commit(background))
	fmt.Println("fetched", count)
}

func copies(connection *pgx.Conn) {
	for _, options := range []string{"", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"} {
		var out bytes.Buffer
		sql := "COPY (" + os.Getenv("TOUR_COPY") + ") TO STDOUT " + options
		tag, err := connection.PgConn().CopyTo(background, &out, sql)
		must(err)
		fmt.Printf("copied %s %d %x\n", tag, out.Len(), md5.Sum(out.Bytes()))
	}
}

func cancel(connection *pgx.Conn) {
	var refused *pgconn.PgError
	done := make(chan error)
	go func() {
		_, err := connection.Exec(background, os.Getenv("TOUR_ENDLESS"))
		done <- err
	}()
	time.Sleep(300 * time.Millisecond)
	must(connection.PgConn().CancelRequest(background))
	if errors.As(<-done, &refused) {
		fmt.Println("cancelled", refused.Code)
	}
	var text string
	must(connection.QueryRow(background, "SELECT 'usable'").Scan(&text))
	fmt.Println(text)
}

var background = context.Background()

func main() {
	step("connect")
	connection, err := pgx.Connect(background, "sslmode=verify-full")
	must(err)
	var user string
	must(connection.QueryRow(background, "SELECT current_user::text").Scan(&user))
	fmt.Println("connected", user)
	_, err = connection.Exec(background, "SELECT * FROM data.no_such_table")
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		fmt.Println("error", refused.Code, refused.Message, refused.Position)
	}
	batch(connection)
	for _, format := range []string{"text", "binary"} {
		step(format)
		for times := 0; times < 2; times++ {
			for _, name := range []string{"TOUR_TYPES", "TOUR_ROWS"} {
				if format == "text" {
					show(connection, os.Getenv(name), pgx.QuerySimpleProtocol(true))
				} else {
					show(connection, os.Getenv(name))
				}
			}
		}
	}
	step("cursor")
	fetch(connection)
	stream(connection)
	step("fetch size cannot: pgx has no row limits")
	step("copy")
	copies(connection)
	step("cancel")
	cancel(connection)
	step("metadata")
	show(connection, "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns WHERE table_schema = $1 ORDER BY table_name, ordinal_position", "data")
	must(connection.Close(background))
}
