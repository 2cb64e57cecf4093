# pgbouncer in front: psql through a pool, DISCARD ALL between clients, cancel passed on.
set -eu
folder=$(mktemp -d)
chmod 755 "$folder"
port=$((20000 + $$ % 20000))
printf '"%s" "%s"\n' "$PGUSER" "$PGPASSWORD" > "$folder/users.txt"
cat > "$folder/pgbouncer.ini" <<INI
[databases]
$PGDATABASE = host=$PGHOST port=$PGPORT dbname=$PGDATABASE
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = session
server_reset_query = DISCARD ALL
server_tls_sslmode = verify-full
server_tls_ca_file = $PGSSLROOTCERT
default_pool_size = 2
logfile = $folder/log
INI
cp "$PGSSLROOTCERT" "$folder/ca.crt"
sed -i "s|^server_tls_ca_file.*|server_tls_ca_file = $folder/ca.crt|" "$folder/pgbouncer.ini"
if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; as="-u postgres"; else as=""; fi
# shellcheck disable=SC2086
pgbouncer -q $as "$folder/pgbouncer.ini" > "$folder/out" 2>&1 &
bouncer=$!
trap 'kill $bouncer; wait $bouncer 2> /dev/null || true; rm -rf "$folder"' EXIT
export PGHOST=127.0.0.1 PGPORT=$port PGSSLMODE=disable
for _ in $(seq 100); do psql -X -Atc 'SELECT 1' > /dev/null 2>&1 && break; sleep 0.1; done
psql -X -At -c "SELECT current_user" -c "SET search_path = data" -c "SHOW search_path" || cat "$folder/out"
psql -X -At -c "SHOW search_path" -c "$TOUR_TYPES" 2>&1
psql -X -At -c "$TOUR_STREAM" | md5sum
psql -X -At -c "SELECT * FROM data.no_such_table" 2>&1 || true
timeout -s INT 1 psql -X -At -c "$TOUR_ENDLESS" 2>&1 || true
psql -X -At -c "SELECT 'usable'"
