// decode_bench FILE...: how fast each column decodes, against the time its codec alone takes.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "codec/codec.h"
#include "formats/parquet/byte_window.h"
#include "formats/parquet/metadata.h"
#include "formats/parquet/page_reader.h"
#include "formats/registry.h"

namespace {

using namespace millrace;  // NOLINT: a program of one file
using Clock = std::chrono::steady_clock;

constexpr int kRuns = 5;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct ColumnTimes {
  double decode_s = 0;
  double codec_s = 0;
  int64_t compressed_bytes = 0;
  int64_t plain_bytes = 0;
  int64_t chunk_bytes = 0;
  int64_t rows = 0;
};

double median(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// Reads and decompresses all pages of a chunk, and nothing else.
void inflate_chunk(const io::RandomAccessFile& file, const formats::parquet::ChunkMetadata& chunk,
                   memory::Budget* budget, int64_t* plain_bytes) {
  using namespace formats::parquet;  // NOLINT
  memory::Reservation reservation(budget);
  int64_t bytes_read = 0;
  const int64_t end = chunk.offset() + chunk.compressed_bytes;
  ByteWindow window(file, {{chunk.offset(), chunk.compressed_bytes}}, &reservation, &bytes_read);
  const Place place{file.path(), "?"};
  PageReader reader(&window, place);
  PageInflater inflater(*codec_of(chunk.codec), place, &reservation);
  reader.seek(chunk.offset(), end);
  while (!reader.at_end()) {
    PageHeader header;
    MR_CHECK(reader.next(&header).ok());
    auto body = reader.body();
    MR_CHECK(body.ok());
    const uint32_t level_bytes =
        header.kind == PageKind::DataV2 ? header.definition_bytes + header.repetition_bytes : 0;
    auto plain = inflater.inflate(body.value().subspan(level_bytes),
                                  static_cast<uint64_t>(header.uncompressed_bytes) - level_bytes,
                                  header.is_compressed);
    MR_CHECK(plain.ok());
    *plain_bytes += static_cast<int64_t>(plain.value().size());
  }
}

void measure(const std::string& path, memory::Budget* budget,
             std::map<std::string, ColumnTimes>* times) {
  auto opened = formats::open_file("parquet", path, {}, budget);
  MR_CHECK(opened.ok());
  const formats::FileReader& reader = *opened.value();
  auto file = io::RandomAccessFile::open(path);
  MR_CHECK(file.ok());
  formats::parquet::FileMetadata metadata;
  const int64_t size = file.value()->stamp().size_bytes;
  uint32_t footer_bytes = 0;
  MR_CHECK(file.value()->read_at(size - 8, {reinterpret_cast<char*>(&footer_bytes), 4}).ok());
  std::vector<uint8_t> footer(footer_bytes);
  MR_CHECK(file.value()
               ->read_at(size - 8 - footer_bytes,
                         {reinterpret_cast<char*>(footer.data()), footer.size()})
               .ok());
  MR_CHECK(parse_file_metadata(footer, &metadata).ok());
  for (uint32_t column = 0; column < reader.columns().size(); column++) {
    ColumnTimes& sum = (*times)[reader.columns()[column].name];
    std::vector<double> decode_s;
    std::vector<double> codec_s;
    for (int run = 0; run < kRuns; run++) {
      int64_t plain_bytes = 0;
      Clock::time_point start = Clock::now();
      for (const auto& group : metadata.row_groups) {
        inflate_chunk(*file.value(), group.chunks[column], budget, &plain_bytes);
      }
      codec_s.push_back(seconds_since(start));
      start = Clock::now();
      int64_t chunk_bytes = 0;
      for (uint32_t group = 0; group < reader.row_group_count(); group++) {
        const formats::RowRange all{0, reader.row_group_rows(group)};
        int64_t bytes_read = 0;
        auto chunk = reader.decode(group, column, {&all, 1}, budget, &bytes_read);
        if (!chunk.ok()) std::fprintf(stderr, "%s\n", chunk.status().message().c_str());
        MR_CHECK(chunk.ok());
        chunk_bytes += chunk.value()->size_bytes();
      }
      decode_s.push_back(seconds_since(start));
      if (run > 0) continue;
      sum.plain_bytes += plain_bytes;
      sum.chunk_bytes += chunk_bytes;
      sum.rows += reader.row_count();
      for (uint32_t group = 0; group < reader.row_group_count(); group++) {
        sum.compressed_bytes += reader.row_group_column_bytes(group, column);
      }
    }
    sum.decode_s += median(decode_s);
    sum.codec_s += median(codec_s);
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  memory::Budget budget(int64_t{4} << 30);
  std::map<std::string, ColumnTimes> times;
  for (int i = 1; i < argument_count; i++) measure(arguments[i], &budget, &times);
  std::printf("%-18s %9s %9s %9s %9s %9s %8s %9s %8s\n", "column", "file MB", "page MB", "chunk MB",
              "codec ms", "decode ms", "beyond", "MB/s", "Mrows/s");
  ColumnTimes all;
  const auto print = [](const std::string& name, const ColumnTimes& column) {
    std::printf("%-18s %9.2f %9.2f %9.2f %9.2f %9.2f %7.2fx %9.0f %8.1f\n", name.c_str(),
                column.compressed_bytes / 1e6, column.plain_bytes / 1e6, column.chunk_bytes / 1e6,
                column.codec_s * 1e3, column.decode_s * 1e3, column.decode_s / column.codec_s,
                column.plain_bytes / 1e6 / column.decode_s,
                static_cast<double>(column.rows) / 1e6 / column.decode_s);
  };
  for (const auto& [name, column] : times) {
    print(name, column);
    all.compressed_bytes += column.compressed_bytes;
    all.plain_bytes += column.plain_bytes;
    all.chunk_bytes += column.chunk_bytes;
    all.codec_s += column.codec_s;
    all.decode_s += column.decode_s;
    all.rows += column.rows;
  }
  print("all", all);
  return 0;
}
