# psql: rows in several layouts, FETCH_COUNT, ON_ERROR_ROLLBACK, \copy, \gdesc, browsing.
set -eu
run() { psql -X -v ON_ERROR_STOP=0 "$@" 2>&1; }
echo "== connect"
run -At -c "SELECT current_user"
run -At -c "\\conninfo" | sed 's/ at port.*//; s/ on host.*//'
echo "== text"
run -c "$TOUR_TYPES" -c "$TOUR_ROWS"
run -x -c "$TOUR_TYPES"
run -At -v ON_ERROR_ROLLBACK=on <<'SQL'
BEGIN;
SELECT 1;
SELECT no_such_column;
SELECT 2;
COMMIT;
SELECT 1 AS a, 'x'::text AS b, 1.5::numeric(5,2) AS c \gdesc
\set VERBOSITY sqlstate
SELECT 1/0;
SQL
echo "== binary cannot: psql asks for text alone"
echo "== cursor"
run -At <<SQL | md5sum
BEGIN;
DECLARE walk SCROLL CURSOR FOR $TOUR_STREAM;
FETCH 300000 FROM walk;
FETCH 700000 FROM walk;
FETCH 1 FROM walk;
FETCH ABSOLUTE 17 FROM walk;
COMMIT;
SQL
echo "== fetch size"
for count in 1000 7000; do run -At -v FETCH_COUNT=$count -c "$TOUR_STREAM" | md5sum; done
echo "== copy"
for options in "" "WITH (FORMAT csv, HEADER)" "WITH (FORMAT binary)"; do
  run -c "\\copy ($TOUR_COPY) TO STDOUT $options" | md5sum
  run -c "COPY ($TOUR_COPY) TO STDOUT $options" | md5sum
done
echo "== cancel"
# What psql itself says of it depends on the moment.
{ timeout -s INT 1 psql -X -At -c "$TOUR_ENDLESS" 2>&1 || true; } | sed '/^Cancel request sent/d'
echo "== metadata"
# Where a table came from and whose it is differs.
run -c "\\d data.many" -c "\\d+ data.employees" -c "\\dE data.*" -c "\\d data.nothing" |
  sed -e '/^FDW options/d' -e 's/| millrace */| owner/' -e 's/| postgres */| owner/' -e 's/^-[-+]*$//' -e 's/ *| *Size.*//'
