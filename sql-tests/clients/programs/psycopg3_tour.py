"""psycopg 3: text and binary rows, server cursors, pipeline, COPY, cancel, TypeInfo."""
import threading

import psycopg
from psycopg.rows import tuple_row
from psycopg.types import TypeInfo
from tour import COLUMNS, COPY_OPTIONS, Digest, fetched, step, streamed, told

step("connect")
connection = psycopg.connect("", autocommit=True, row_factory=tuple_row)
print("connected", connection.execute("SELECT current_user").fetchone())
for times in range(7):
    row = connection.execute("SELECT %s::int8 + %s, %b::text", (times, 2, "p"), prepare=True)
    print("prepared", row.fetchone())
with connection.pipeline():
    waiting = [connection.execute("SELECT %s::int4 * 2", (n,)) for n in range(20)]
print("pipelined", [cursor.fetchone()[0] for cursor in waiting])

for binary in (False, True):
    step("binary" if binary else "text")
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        cursor = connection.cursor(binary=binary)
        cursor.execute(told(name))
        print([(c.name, c.type_code) for c in cursor.description])
        for row in cursor:
            print(row)

step("cursor")
for binary in (False, True):
    with connection.transaction(), connection.cursor("walk", scrollable=True) as cursor:
        cursor.execute(told("TOUR_STREAM"), binary=binary)
        fetched(lambda: cursor.fetchmany(50000))
        cursor.scroll(17, mode="absolute")
        print("scrolled", cursor.fetchone())

step("fetch size")
for size in (1000, 7000):
    with connection.transaction(), connection.cursor("walk") as cursor:
        cursor.itersize = size
        cursor.execute(told("TOUR_STREAM"))
        streamed(cursor)

step("copy")
for options in COPY_OPTIONS:
    out = Digest()
    with connection.cursor().copy(f"COPY ({told('TOUR_COPY')}) TO STDOUT {options}") as copy:
        for block in copy:
            out.write(block)
    out.show()

step("cancel")
threading.Timer(0.3, connection.cancel).start()
try:
    connection.execute(told("TOUR_ENDLESS"))
except psycopg.Error as error:
    print("cancelled", error.sqlstate)
print("usable", connection.execute("SELECT 1").fetchone())

step("metadata")
for name in ("int8", "numeric", "timestamptz"):
    info = TypeInfo.fetch(connection, name)
    print("type", info.name, info.oid, info.array_oid)
for row in connection.execute(COLUMNS):
    print("column", row)
connection.close()
