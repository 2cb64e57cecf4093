"""pgcli: what its completer asks at the start, and statements through its executor."""
import os

from pgcli.pgexecute import PGExecute
from pgspecial.main import PGSpecial

executor = PGExecute(
    database=os.environ["PGDATABASE"],
    user=os.environ["PGUSER"],
    password=os.environ["PGPASSWORD"],
    host=os.environ["PGHOST"],
    port=os.environ["PGPORT"],
    sslmode=os.environ["PGSSLMODE"],
    sslrootcert=os.environ["PGSSLROOTCERT"],
)
print("search path", executor.search_path())
print("schemas", [name for name in executor.schemata() if name == "data"])
print("relations", sorted((s, n) for s, n in [*executor.tables(), *executor.views()] if s == "data"))
columns = [*executor.table_columns(), *executor.view_columns()]
print("columns", sorted(tuple(c)[:4] for c in columns if c[0] == "data"))
print("foreign keys", [key for key in executor.foreignkeys() if key.parentschema == "data"])
print("types", [name for name in executor.datatypes() if name[0] == "data"])
print("databases", os.environ["PGDATABASE"] in list(executor.databases()))
print("functions", any(f.func_name == "upper" for f in executor.functions()))
special = PGSpecial()
for text in (os.environ["TOUR_TYPES"], "\\d data.many", "\\dn data"):
    for title, rows, headers, status, *_ in executor.run(text, special):
        print(title, headers, [tuple(row) for row in rows or []], status)
