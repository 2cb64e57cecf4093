"""psycopg 3: text and binary rows, server cursors, pipeline, COPY, cancel, TypeInfo."""
import hashlib
import os
import threading

import psycopg
from psycopg.rows import tuple_row
from psycopg.types import TypeInfo

connection = psycopg.connect("", autocommit=True, row_factory=tuple_row)
print("connected", connection.execute("SELECT current_user").fetchone())
for binary in (False, True):
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        cursor = connection.cursor(binary=binary)
        cursor.execute(os.environ[name])
        print([(c.name, c.type_code) for c in cursor.description])
        for row in cursor:
            print(binary, row)

for size in (1000, 7000):
    with connection.transaction(), connection.cursor("walk") as cursor:
        cursor.itersize = size
        cursor.execute(os.environ["TOUR_STREAM"])
        count = total = 0
        for number, text in cursor:
            count, total = count + 1, total + number + len(text)
        print("streamed", count, total)

for times in range(7):
    row = connection.execute("SELECT %s::int8 + %s, %b::text", (times, 2, "p"), prepare=True)
    print("prepared", row.fetchone())

with connection.pipeline():
    waiting = [connection.execute("SELECT %s::int4 * 2", (n,)) for n in range(20)]
print("pipelined", [cursor.fetchone()[0] for cursor in waiting])

for options in ("", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"):
    digest, length = hashlib.md5(), 0
    with connection.cursor().copy(f"COPY ({os.environ['TOUR_COPY']}) TO STDOUT {options}") as copy:
        for block in copy:
            digest.update(block)
            length += len(block)
    print("copied", length, digest.hexdigest())

threading.Timer(0.3, connection.cancel).start()
try:
    connection.execute(os.environ["TOUR_ENDLESS"])
except psycopg.Error as error:
    print("cancelled", error.sqlstate)
print("usable", connection.execute("SELECT 1").fetchone())

for name in ("int8", "numeric", "timestamptz"):
    info = TypeInfo.fetch(connection, name)
    print("type", info.name, info.oid, info.array_oid)
connection.close()
