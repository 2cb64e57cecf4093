"""SQLAlchemy over psycopg2: reflection, Core queries, streamed results; pandas on top."""
import os

import pandas
import sqlalchemy as sa

engine = sa.create_engine("postgresql+psycopg2://")
with engine.connect() as connection:
    print("connected", connection.execute(sa.text("SELECT current_user")).scalar())
    for name in ("TOUR_TYPES", "TOUR_ROWS"):
        for row in connection.execute(sa.text(os.environ[name].replace(":", "\\:"))):
            print([bytes(v) if isinstance(v, memoryview) else v for v in row])
    streamed = connection.execution_options(stream_results=True, max_row_buffer=5000)
    count = total = 0
    for number, text in streamed.execute(sa.text(os.environ["TOUR_STREAM"].replace(":", "\\:"))):
        count, total = count + 1, total + number + len(text)
    print("streamed", count, total)

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

frame = pandas.read_sql(os.environ["TOUR_ROWS"], engine)
print("frame", frame.shape, [str(t) for t in frame.dtypes])
print(frame.head(3).to_csv(index=False))
