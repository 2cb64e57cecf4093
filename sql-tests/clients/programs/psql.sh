# psql: rows in several layouts, FETCH_COUNT, ON_ERROR_ROLLBACK, \copy, \gdesc, browsing.
set -eu
run() { psql -X -v ON_ERROR_STOP=0 "$@" 2>&1; }
run -At -c "SELECT current_user"
run -c "$TOUR_TYPES" -c "$TOUR_ROWS"
run -x -c "$TOUR_TYPES"
run -At -v FETCH_COUNT=7000 -c "$TOUR_STREAM" | md5sum
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
# Browsing; where a table came from and whose it is differs.
run -c "\\d data.many" -c "\\d+ data.employees" -c "\\dE data.*" -c "\\d data.nothing" |
  sed -e '/^FDW options/d' -e 's/| millrace */| owner/' -e 's/| postgres */| owner/' -e 's/^-[-+]*$//' -e 's/ *| *Size.*//'
for options in "" "WITH (FORMAT csv, HEADER)" "WITH (FORMAT binary)"; do
  run -c "\\copy ($TOUR_COPY) TO STDOUT $options" | md5sum
done
