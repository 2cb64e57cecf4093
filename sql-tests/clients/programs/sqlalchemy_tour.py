"""SQLAlchemy over psycopg2: Core queries, streamed results, reflection."""
import threading

import sqlalchemy as sa
from tour import COPY_OPTIONS, Digest, fetched, plain, step, streamed, told

engine = sa.create_engine("postgresql+psycopg2://")


def sql(name):
    return sa.text(told(name).replace(":", "\\:"))


step("connect")
with engine.connect() as connection:
    print("connected", connection.execute(sa.text("SELECT current_user")).scalar())

step("text")
with engine.connect() as connection:
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        for row in connection.execute(sql(name)):
            print(plain(row))

step("binary", cannot="psycopg2 beneath it asks for text alone")

with engine.connect() as connection:
    step("cursor")
    streaming = connection.execution_options(stream_results=True)
    rows = streaming.execute(sql("TOUR_STREAM"))
    fetched(lambda: rows.fetchmany(50000))
    step("fetch size")
    for size in (1000, 7000):
        options = {"stream_results": True, "max_row_buffer": size}
        streamed(connection.execution_options(**options).execute(sql("TOUR_STREAM")))

step("copy")
raw = engine.raw_connection()
for options in COPY_OPTIONS:
    out = Digest()
    raw.cursor().copy_expert(f"COPY ({told('TOUR_COPY')}) TO STDOUT {options}", out)
    out.show()
raw.close()

step("cancel")
with engine.connect() as connection:
    threading.Timer(0.3, connection.connection.cancel).start()
    try:
        connection.execute(sql("TOUR_ENDLESS"))
    except sa.exc.DBAPIError as error:
        print("cancelled", type(error).__name__, error.orig.pgcode)
with engine.connect() as connection:
    print("usable", connection.execute(sa.text("SELECT 1")).scalar())

step("metadata")
inspector = sa.inspect(engine)
print("schemas", [name for name in inspector.get_schema_names() if name == "data"])
for name in sorted(inspector.get_table_names("data") + inspector.get_foreign_table_names("data")):
    print("table", name)
    for column in inspector.get_columns(name, "data"):
        print("  column", column["name"], column["type"], column["nullable"], column["default"])
    print("  keys", inspector.get_pk_constraint(name, "data")["constrained_columns"])
    print("  foreign keys", inspector.get_foreign_keys(name, "data"))
    print("  indexes", inspector.get_indexes(name, "data"))
many = sa.Table("many", sa.MetaData(), schema="data", autoload_with=engine)
query = (
    sa.select(many.c.grp, sa.func.count(), sa.func.sum(many.c.price))
    .where(many.c.flag.is_(True))
    .group_by(many.c.grp)
    .order_by(many.c.grp)
)
with engine.connect() as connection:
    print("core", connection.execute(query).fetchall()[:5])
