# pgbouncer in front, TLS on both sides: psql through a pool, with DISCARD ALL between clients; then
# the program that is the script's argument makes its own tour through it.
set -eu
folder=$(mktemp -d)
chmod 755 "$folder"
port=$((20000 + $$ % 10000))
printf '"%s" "%s"\n' "$PGUSER" "$PGPASSWORD" > "$folder/users.txt"
cp "$PGSSLROOTCERT" "$folder/server-ca.crt"
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout "$folder/own.key" -out "$folder/own.crt" \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2> "$folder/openssl"
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
server_tls_ca_file = $folder/server-ca.crt
client_tls_sslmode = require
client_tls_key_file = $folder/own.key
client_tls_cert_file = $folder/own.crt
ignore_startup_parameters = extra_float_digits
default_pool_size = 2
logfile = $folder/log
INI
if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; as="-u postgres"; else as=""; fi
# shellcheck disable=SC2086
pgbouncer -q $as "$folder/pgbouncer.ini" > "$folder/out" 2>&1 &
bouncer=$!
trap 'kill $bouncer; wait $bouncer 2> /dev/null || true; rm -rf "$folder"' EXIT
cp "$folder/own.crt" "$folder/ca.crt"
export PGPORT=$port PGSSLROOTCERT="$folder/ca.crt" PGHOST=localhost
for _ in $(seq 100); do psql -X -Atc 'SELECT 1' > /dev/null 2>&1 && break; sleep 0.1; done
psql -X -At -c "SELECT current_user" -c "SET search_path = data" -c "SHOW search_path" || cat "$folder/out" "$folder/log"
psql -X -At -c "SHOW search_path" -c "$TOUR_TYPES" 2>&1
psql -X -At -c "PREPARE p AS SELECT 1" -c "LISTEN l" -c "SET application_name = 'left behind'"
psql -X -At -c "EXECUTE p" 2>&1 || true
psql -X -At -c "SELECT count(*) FROM pg_prepared_statements" -c "SELECT * FROM data.no_such_table" 2>&1 || true
timeout -s INT 1 psql -X -At -c "$TOUR_ENDLESS" 2>&1 | sed '/^Cancel request sent/d'
psql -X -At -c "SELECT 'usable'"
"$@"
