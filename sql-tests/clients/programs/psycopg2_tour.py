"""psycopg2: rows, named cursors, COPY, cancel, psycopg2.extras."""
import threading

import psycopg2
import psycopg2.extras
from tour import COLUMNS, COPY_OPTIONS, Digest, fetched, plain, step, streamed, told

step("connect")
connection = psycopg2.connect("")
with connection, connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
    cursor.execute("SELECT current_user, 1 + %s AS two", (1,))
    print("connected", cursor.fetchone(), connection.info.ssl_attribute("library"))
    try:
        cursor.execute("SELECT * FROM data.no_such_table")
    except psycopg2.Error as error:
        diag = error.diag
        print("error", error.pgcode, diag.severity, diag.message_primary, diag.statement_position)
connection.rollback()

step("text")
with connection, connection.cursor() as cursor:
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        cursor.execute(told(name))
        print([(c.name, c.type_code, c.display_size, c.precision, c.scale) for c in cursor.description])
        for row in cursor:
            print(plain(row))

step("binary", cannot="psycopg2 asks for text alone")

step("cursor")
with connection, connection.cursor("walk") as cursor:
    cursor.execute(told("TOUR_STREAM"))
    fetched(lambda: cursor.fetchmany(50000))
with connection, connection.cursor("scrolled", scrollable=True) as cursor:
    cursor.execute(told("TOUR_ROWS"))
    print("scrolled", cursor.fetchmany(2))
    cursor.scroll(5)
    print(cursor.fetchone())
    cursor.scroll(1, mode="absolute")
    print(cursor.fetchone())

step("fetch size")
for size in (1000, 7000):
    with connection, connection.cursor("walk") as cursor:
        cursor.itersize = size
        cursor.execute(told("TOUR_STREAM"))
        streamed(cursor)

step("copy")
with connection, connection.cursor() as cursor:
    for options in COPY_OPTIONS:
        out = Digest()
        cursor.copy_expert(f"COPY ({told('TOUR_COPY')}) TO STDOUT {options}", out)
        out.show()

step("cancel")
threading.Timer(0.3, connection.cancel).start()
try:
    connection.cursor().execute(told("TOUR_ENDLESS"))
except psycopg2.Error as error:
    print("cancelled", error.pgcode, error.diag.message_primary)
connection.rollback()

step("metadata")
with connection, connection.cursor() as cursor:
    cursor.execute(COLUMNS)
    for row in cursor:
        print("column", row)
connection.close()
