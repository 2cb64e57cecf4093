"""psycopg2: rows, a named cursor, COPY, cancel, psycopg2.extras."""
import hashlib
import io
import os
import threading

import psycopg2
import psycopg2.extras

connection = psycopg2.connect("")
with connection, connection.cursor(cursor_factory=psycopg2.extras.NamedTupleCursor) as cursor:
    cursor.execute("SELECT current_user, 1 + %s AS two", (1,))
    print("connected", cursor.fetchone(), connection.info.ssl_attribute("library"))
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        cursor.execute(os.environ[name])
        print([(c.name, c.type_code, c.display_size, c.precision, c.scale) for c in cursor.description])
        for row in cursor:
            print([bytes(v) if isinstance(v, memoryview) else v for v in row])

for size in (1000, 7000):
    with connection, connection.cursor("walk") as cursor:
        cursor.itersize = size
        cursor.execute(os.environ["TOUR_STREAM"])
        count = total = 0
        for number, text in cursor:
            count, total = count + 1, total + number + len(text)
        print("streamed", count, total)

with connection, connection.cursor("scrolled", scrollable=True) as cursor:
    cursor.execute(os.environ["TOUR_ROWS"])
    print("scrolled", cursor.fetchmany(2))
    cursor.scroll(5)
    print(cursor.fetchone())
    cursor.scroll(1, mode="absolute")
    print(cursor.fetchone())

with connection, connection.cursor() as cursor:
    for options in ("", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"):
        out = io.BytesIO()
        cursor.copy_expert(f"COPY ({os.environ['TOUR_COPY']}) TO STDOUT {options}", out)
        print("copied", len(out.getvalue()), hashlib.md5(out.getvalue()).hexdigest())

timer = threading.Timer(0.3, connection.cancel)
timer.start()
try:
    connection.cursor().execute(os.environ["TOUR_ENDLESS"])
except psycopg2.Error as error:
    print("cancelled", error.pgcode, error.diag.message_primary)
connection.rollback()

try:
    connection.cursor().execute("SELECT * FROM data.no_such_table")
except psycopg2.Error as error:
    diag = error.diag
    print("error", error.pgcode, diag.severity, diag.message_primary, diag.statement_position)
connection.rollback()

with connection, connection.cursor() as cursor:
    cursor.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = %s ORDER BY table_name, ordinal_position",
        ("data",),
    )
    for row in cursor:
        print("column", row)
connection.close()
