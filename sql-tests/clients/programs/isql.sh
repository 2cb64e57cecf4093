# psqlODBC through unixODBC's isql: rows, SQLTables and SQLColumns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
library=$(find /usr/lib -name psqlodbcw.so | head -1)
cat > "$folder/odbcinst.ini" <<INI
[PostgreSQL]
Driver = $library
INI
cat > "$folder/odbc.ini" <<INI
[tour]
Driver = PostgreSQL
Servername = $PGHOST
Port = $PGPORT
Database = $PGDATABASE
Username = $PGUSER
Password = $PGPASSWORD
SSLmode = require
UseDeclareFetch = 1
Fetch = 1000
INI
export ODBCSYSINI="$folder" ODBCINI="$folder/odbc.ini"
ask() { printf '%s\n' "$1" | isql -b -d'|' tour "$PGUSER" "$PGPASSWORD"; }
ask "SELECT current_user"
ask "$TOUR_TYPES"
ask "$TOUR_ROWS"
ask "$TOUR_STREAM" | md5sum
ask "SELECT * FROM data.no_such_table" || true
printf 'help many\n' | isql -b -d'|' tour "$PGUSER" "$PGPASSWORD" | cut -d'|' -f2-9
