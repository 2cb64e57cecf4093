<?php
// PHP: PDO with prepared statements and a cursor, then the pgsql extension with COPY and metadata.
echo "== connect\n";
$pdo = new PDO(
    sprintf('pgsql:host=%s;port=%s;dbname=%s;sslmode=verify-full;sslrootcert=%s',
        getenv('PGHOST'), getenv('PGPORT'), getenv('PGDATABASE'), getenv('PGSSLROOTCERT')),
    getenv('PGUSER'), getenv('PGPASSWORD'), [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
echo 'connected ', $pdo->query('SELECT current_user')->fetchColumn(), "\n";
try {
    $pdo->query('SELECT * FROM data.no_such_table');
} catch (PDOException $error) {
    echo 'error ', $error->getCode(), "\n";
}
echo "== text\n";
foreach (['TOUR_TYPES', 'TOUR_ROWS'] as $name) {
    $statement = $pdo->query(getenv($name));
    while ($row = $statement->fetch(PDO::FETCH_NUM)) {
        echo json_encode(array_map(fn($v) => is_resource($v) ? bin2hex(stream_get_contents($v)) : $v, $row)), "\n";
    }
    for ($i = 0; $i < $statement->columnCount(); $i++) {
        $meta = $statement->getColumnMeta($i);
        echo $meta['name'], ' ', $meta['native_type'], ' ', $meta['pgsql:oid'], ' ', $meta['precision'], "\n";
    }
}
$statement = $pdo->prepare('SELECT :n::int8 + 1, :t::text');
$statement->execute(['n' => 41, 't' => 'é']);
echo json_encode($statement->fetch(PDO::FETCH_NUM)), "\n";
echo "== binary cannot: both extensions ask for text alone\n";
echo "== cursor\n";
$pdo->beginTransaction();
$cursor = $pdo->prepare(getenv('TOUR_ROWS'), [PDO::ATTR_CURSOR => PDO::CURSOR_SCROLL]);
$cursor->execute();
echo json_encode($cursor->fetch(PDO::FETCH_NUM, PDO::FETCH_ORI_ABS, 5)), "\n";
$pdo->commit();

$connection = pg_connect('');
pg_query($connection, 'BEGIN');
pg_query($connection, 'DECLARE walk CURSOR FOR ' . getenv('TOUR_STREAM'));
$count = $total = 0;
do {
    $result = pg_query($connection, 'FETCH 7000 FROM walk');
    while ($row = pg_fetch_row($result)) {
        $count++;
        $total += $row[0] + strlen($row[1]);
    }
} while (pg_num_rows($result) > 0);
pg_query($connection, 'COMMIT');
echo "streamed $count $total\n";
echo "== fetch size cannot: both extensions read an answer whole\n";
echo "== copy\n";
$lines = pg_copy_to($connection, '(' . getenv('TOUR_COPY') . ')');
echo 'copied ', count($lines), ' ', md5(implode('', $lines)), "\n";
echo "== cancel\n";
pg_send_query($connection, getenv('TOUR_ENDLESS'));
usleep(300000);
$done = pg_cancel_query($connection);
echo 'cancelled ', var_export($done, true), "\n";
echo 'usable ', pg_fetch_result(pg_query($connection, 'SELECT 1'), 0, 0), "\n";
echo "== metadata\n";
$meta = pg_meta_data($connection, 'data.many');
foreach ($meta as $column => $facts) echo $column, ' ', $facts['num'], ' ', $facts['type'], ' ', $facts['len'], "\n";
