"""pandas over SQLAlchemy and psycopg2: frames whole and in chunks, reflected tables."""
import pandas
import sqlalchemy as sa
from tour import step, told

engine = sa.create_engine("postgresql+psycopg2://")

step("connect")
print(pandas.read_sql("SELECT current_user", engine).to_csv(index=False))

step("text")
for name in ("TOUR_TYPES", "TOUR_ROWS"):
    frame = pandas.read_sql(sa.text(told(name).replace(":", "\\:")), engine)
    print("frame", frame.shape, [str(t) for t in frame.dtypes])
    printed = frame.drop(columns="y") if "y" in frame else frame
    print(printed.to_csv(index=False))

step("binary", cannot="psycopg2 beneath it asks for text alone")


def chunks(connection, size):
    count = total = calls = 0
    text = sa.text(told("TOUR_STREAM").replace(":", "\\:"))
    for frame in pandas.read_sql(text, connection, chunksize=size):
        count, calls = count + len(frame), calls + 1
        total += int(frame["n"].sum()) + int(frame["t"].str.len().sum())
    print("chunks", calls, count, total)


with engine.connect().execution_options(stream_results=True) as streaming:
    step("cursor")
    chunks(streaming, 50000)
    step("fetch size")
    for size in (1000, 7000):
        chunks(streaming, size)

step("copy", cannot="pandas reads by queries alone")
step("cancel", cannot="pandas has no such call")

step("metadata")
frame = pandas.read_sql_table("many", engine, schema="data")
print("frame", frame.shape, [(name, str(t)) for name, t in frame.dtypes.items()])
print(frame.sort_values("id").head(3).to_csv(index=False))
