# ruby-pg: text and binary results, type map, single-row mode, COPY, cancel.
require 'digest'
require 'pg'

$stdout.sync = true
puts '== connect'
connection = PG.connect
puts "connected #{connection.exec('SELECT current_user').values}"
[0, 1].each do |format|
  puts format.zero? ? '== text' : '== binary'
  %w[TOUR_TYPES TOUR_ROWS].each do |name|
    result = connection.exec_params(ENV[name], [], format)
    p result.fields, result.fields.each_index.map { |i| [result.ftype(i), result.fmod(i), result.fformat(i)] }
    result.each_row { |row| p row }
  end
end
p connection.exec_params('SELECT $1::int8 + 1, $2::text', [41, 'é']).values

puts '== fetch size'
# Single-row mode: row by row as they come.
connection.send_query(ENV['TOUR_STREAM'])
connection.set_single_row_mode
count = total = 0
while (result = connection.get_result)
  result.stream_each_row do |number, text|
    count += 1
    total += number.to_i + text.length
  end
end
puts "streamed #{count} #{total}"

puts '== cursor'
connection.transaction do
  connection.exec("DECLARE walk CURSOR FOR #{ENV['TOUR_STREAM']}")
  count = 0
  while (rows = connection.exec('FETCH 7000 FROM walk').ntuples).positive?
    count += rows
  end
  puts "fetched #{count}"
end

puts '== copy'
['', 'CSV HEADER', 'BINARY'].each do |options|
  all = +''.b
  connection.copy_data("COPY (#{ENV['TOUR_COPY']}) TO STDOUT #{options}") do
    while (row = connection.get_copy_data)
      all << row.b
    end
  end
  puts "copied #{all.bytesize} #{Digest::MD5.hexdigest(all)}"
end

puts '== cancel'
connection.send_query(ENV['TOUR_ENDLESS'])
sleep 0.3
connection.cancel
begin
  connection.get_last_result
rescue PG::Error => error
  puts "cancelled #{error.result.error_field(PG::PG_DIAG_SQLSTATE)}"
end
puts "usable #{connection.exec('SELECT 1').values}"

puts '== metadata'
# The map reads pg_type.
connection.type_map_for_results = PG::BasicTypeMapForResults.new(connection)
p connection.exec("SELECT 1::int4, 2.5::float8, 'x'::text, true, '2024-02-29'::date").values
connection.type_map_for_results = PG::TypeMapAllStrings.new
columns = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
  WHERE table_schema = 'data' ORDER BY table_name, ordinal_position"
connection.exec(columns).each_row { |row| p row }
