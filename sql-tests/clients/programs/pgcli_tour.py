"""pgcli: what its completer asks at the start, and statements through its executor."""
import hashlib
import os
import tempfile
import threading

import psycopg
from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial
from tour import step, told

special = PGSpecial()


def run(text):
    for title, rows, headers, status, *_ in executor.run(text, special):
        yield title, headers, [tuple(row) for row in rows or []], status


def show(text):
    for answer in run(text):
        print(*answer)


def copies():
    with tempfile.TemporaryDirectory() as folder:
        for options in ("", "WITH (FORMAT csv, HEADER)", "WITH (FORMAT binary)"):
            path = os.path.join(folder, "out")
            status = [answer[-1] for answer in run(f"\\copy ({told('TOUR_COPY')}) TO '{path}' {options}")]
            with open(path, "rb") as file:
                print("copied", status, hashlib.md5(file.read()).hexdigest())


step("connect")
executor = PGExecute(
    database=told("PGDATABASE"),
    user=told("PGUSER"),
    password=told("PGPASSWORD"),
    host=told("PGHOST"),
    port=told("PGPORT"),
    sslmode=told("PGSSLMODE"),
    sslrootcert=told("PGSSLROOTCERT"),
)
show("SELECT current_user")

step("text")
show(told("TOUR_TYPES"))
show(told("TOUR_ROWS"))
step("binary", cannot="pgcli shows text alone")

step("cursor")
show("BEGIN")
show(f"DECLARE walk CURSOR FOR {told('TOUR_STREAM')}")
count = 0
while rows := next(run("FETCH 50000 FROM walk"))[2]:
    count += len(rows)
print("fetched", count)
show("COMMIT")
step("fetch size", cannot="pgcli reads an answer whole")

step("copy")
copies()

step("cancel")
threading.Timer(0.3, executor.conn.cancel).start()
try:
    show(told("TOUR_ENDLESS"))
except psycopg.Error as error:
    print("cancelled", error.sqlstate)
show("SELECT 1 AS usable")

step("metadata")
print("search path", executor.search_path())
print("schemas", [name for name in executor.schemata() if name == "data"])
print("relations", sorted((s, n) for s, n in [*executor.tables(), *executor.views()] if s == "data"))
columns = [*executor.table_columns(), *executor.view_columns()]
print("columns", sorted(tuple(c)[:4] for c in columns if c[0] == "data"))
print("foreign keys", [key for key in executor.foreignkeys() if key.parentschema == "data"])
print("types", [name for name in executor.datatypes() if name[0] == "data"])
print("databases", told("PGDATABASE") in list(executor.databases()))
print("functions", any(f.func_name == "upper" for f in executor.functions()))
show("\\d data.many")
show("\\dn data")
