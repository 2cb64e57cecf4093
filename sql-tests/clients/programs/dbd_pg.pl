# DBD::Pg: prepared statements, cursors, COPY, cancel, catalog methods.
use strict;
use warnings;
use DBI;
use DBD::Pg qw(:pg_types);
use Digest::MD5 qw(md5_hex);

# Arrays are references, whose addresses say nothing.
sub plain {
  my ($value) = @_;
  return '[' . join(',', map { plain($_) } @$value) . ']' if ref $value eq 'ARRAY';
  return defined $value ? $value : 'undef';
}

$| = 1;
binmode STDOUT, ':utf8';
print "== connect\n";
my $dbh = DBI->connect('dbi:Pg:', undef, undef, {RaiseError => 1, PrintError => 0, AutoCommit => 1});
print "connected @{$dbh->selectrow_arrayref('SELECT current_user')}\n";
print "== text\n";
for my $name (qw(TOUR_TYPES TOUR_ROWS)) {
  my $statement = $dbh->prepare($ENV{$name});
  $statement->execute;
  print join(' ', @{$statement->{NAME}}, @{$statement->{pg_type}}), "\n";
  while (my $row = $statement->fetchrow_arrayref) {
    print join('|', map { plain($_) } @$row), "\n";
  }
}
my $prepared = $dbh->prepare('SELECT ?::int8 + 1, ?::text');
for my $n (1 .. 3) {
  $prepared->execute($n, "p$n");
  print join('|', $prepared->fetchrow_array), "\n";
}
print "== binary cannot: DBD::Pg asks for text alone\n";
print "== cursor\n";
$dbh->begin_work;
for my $size (1000, 7000) {
  $dbh->do("DECLARE walk CURSOR FOR $ENV{TOUR_STREAM}");
  my ($count, $total) = (0, 0);
  while (1) {
    my $rows = $dbh->selectall_arrayref("FETCH $size FROM walk");
    last unless @$rows;
    for (@$rows) { $count++; $total += $_->[0] + length $_->[1]; }
  }
  $dbh->do('CLOSE walk');
  print "streamed $count $total\n";
}
$dbh->commit;
print "== fetch size cannot: DBD::Pg reads an answer whole\n";
print "== copy\n";
for my $options ('', 'CSV HEADER') {
  $dbh->do("COPY ($ENV{TOUR_COPY}) TO STDOUT $options");
  my ($all, $line) = ('', undef);
  $all .= $line while $dbh->pg_getcopydata($line) >= 0;
  utf8::encode($all) if utf8::is_utf8($all);
  print 'copied ', length $all, ' ', md5_hex($all), "\n";
}
print "== cancel\n";
my $endless = $dbh->prepare($ENV{TOUR_ENDLESS}, {pg_async => DBD::Pg::PG_ASYNC()});
$endless->execute;
select undef, undef, undef, 0.3;
print 'cancelled ', ($dbh->pg_cancel ? 1 : 0), "\n";
print 'usable ', $dbh->selectrow_array('SELECT 1'), "\n";
print "== metadata\n";
my $columns = $dbh->column_info(undef, 'data', '%', '%');
while (my $row = $columns->fetchrow_hashref) {
  print join(' ', map { defined $_ ? $_ : 'undef' }
      @$row{qw(TABLE_NAME COLUMN_NAME DATA_TYPE TYPE_NAME COLUMN_SIZE NULLABLE ORDINAL_POSITION)}), "\n";
}
my $tables = $dbh->table_info(undef, 'data', '%', '');
while (my $row = $tables->fetchrow_hashref) { print "table $row->{TABLE_NAME}\n"; }
$dbh->disconnect;
