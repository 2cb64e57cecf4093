# psqlODBC through unixODBC's isql: rows, SQLTables and SQLColumns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
library=$(find /usr/lib -name psqlodbcw.so | head -1)
cat > "$folder/odbcinst.ini" <<INI
[PostgreSQL]
Driver = $library
INI
source() {
  cat <<INI
[$1]
Driver = PostgreSQL
Servername = $PGHOST
Port = $PGPORT
Database = $PGDATABASE
Username = $PGUSER
Password = $PGPASSWORD
SSLmode = require
UseDeclareFetch = $2
Fetch = $3
INI
}
{ source whole 0 100; source thousand 1 1000; source seven 1 7000; } > "$folder/odbc.ini"
export ODBCSYSINI="$folder" ODBCINI="$folder/odbc.ini"
ask() { printf '%s\n' "$2" | isql -b -d'|' "$1" "$PGUSER" "$PGPASSWORD"; }
echo "== connect"
ask whole "SELECT current_user"
ask whole "SELECT * FROM data.no_such_table" 2>&1 || true
echo "== text"
for text in "$TOUR_TYPES" "$TOUR_ROWS"; do ask whole "$text"; ask thousand "$text"; done
echo "== binary cannot: psqlODBC asks for text alone"
echo "== cursor"
ask whole "$TOUR_STREAM" | md5sum
echo "== fetch size"
ask thousand "$TOUR_STREAM" | md5sum
ask seven "$TOUR_STREAM" | md5sum
echo "== copy cannot: ODBC has no COPY"
echo "== cancel"
# isql cancels nothing: another session finds the statement and asks for it.
ask whole "$TOUR_ENDLESS" > "$folder/cancelled" 2>&1 || true &
waiting=$!
sleep 1
ask whole "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND state = 'active' AND pid <> pg_backend_pid()"
wait $waiting
cat "$folder/cancelled"
echo "== metadata"
printf 'help many\n' | isql -b -d'|' whole "$PGUSER" "$PGPASSWORD" | cut -d'|' -f2-9
printf 'help\n' | isql -b -d'|' whole "$PGUSER" "$PGPASSWORD" | grep '|data|' | cut -d'|' -f2-3 | sort
