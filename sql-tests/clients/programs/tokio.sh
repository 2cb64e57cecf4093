# Builds the tokio-postgres tour from Debian's crates and runs it.
set -eu
build=${TMPDIR:-/tmp}/millrace-tokio-tour
mkdir -p "$build/.cargo"
cp -r "$(dirname "$0")/tokio/." "$build/"
cat > "$build/.cargo/config.toml" <<'TOML'
[source.crates-io]
replace-with = "debian"
[source.debian]
directory = "/usr/share/cargo/registry"
TOML
cd "$build"
PATH=/usr/bin:$PATH CARGO_HOME="$build/home" cargo build --offline --quiet 2> build.log || { cat build.log; exit 1; }
exec target/debug/tokio-tour
