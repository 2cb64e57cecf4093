#include "tools/tpch/table_files.h"

#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace millrace::tpch {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "part-";
constexpr std::string_view kFinished = ".parquet";
constexpr std::string_view kUnfinished = ".parquet.tmp";

WriteStatus failure(const char* action, const fs::path& path, const std::error_code& error) {
  return WriteStatus::error(std::string("could not ") + action + " \"" + path.string() +
                            "\": " + error.message());
}

bool is_part(const fs::path& path, std::string_view suffix) {
  const std::string name = path.filename().string();
  return name.starts_with(kPrefix) && name.ends_with(suffix);
}

fs::path table_directory(Table table, const std::string& out_dir) {
  return fs::path(out_dir) / table_info(table).name;
}

parquet::ColumnSpec parquet_column(const Column& column, size_t index) {
  parquet::ColumnSpec spec;
  spec.name = column.name;
  spec.field_id = static_cast<int32_t>(index) + 1;
  switch (column.type) {
    case ColumnType::Key:
      spec.physical = parquet::PhysicalType::Int64;
      break;
    case ColumnType::Integer:
      spec.physical = parquet::PhysicalType::Int32;
      break;
    case ColumnType::Money:
      spec.physical = parquet::PhysicalType::Int64;
      spec.logical = parquet::LogicalType::Decimal;
      spec.precision = 15;
      spec.scale = 2;
      break;
    case ColumnType::Date:
      spec.physical = parquet::PhysicalType::Int32;
      spec.logical = parquet::LogicalType::Date;
      break;
    case ColumnType::Text:
      spec.physical = parquet::PhysicalType::ByteArray;
      spec.logical = parquet::LogicalType::String;
      break;
  }
  return spec;
}

}  // namespace

parquet::Schema parquet_schema(Table table) {
  const TableInfo info = table_info(table);
  parquet::Schema schema;
  for (size_t i = 0; i < info.columns.size(); ++i) {
    schema.columns.push_back(parquet_column(info.columns[i], i));
  }
  schema.sorted_by = info.sorted_by;
  return schema;
}

TableFiles::TableFiles(Table table, const std::string& out_dir)
    : directory_(table_directory(table, out_dir).string()), schema_(parquet_schema(table)) {}

TableFiles::~TableFiles() {
  if (committed_) return;
  file_.reset();
  const WriteStatus status = remove_files(/*finished=*/false);
  if (!status.ok()) std::fprintf(stderr, "%s\n", status.message().c_str());
}

bool TableFiles::exists(Table table, const std::string& out_dir) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(table_directory(table, out_dir), error)) {
    if (is_part(entry.path(), kFinished)) return true;
  }
  return false;
}

std::string TableFiles::path(size_t file_index, bool finished) const {
  char number[24];
  std::snprintf(number, sizeof number, "%05zu", file_index);
  const std::string name =
      std::string(kPrefix) + number + std::string(finished ? kFinished : kUnfinished);
  return (fs::path(directory_) / name).string();
}

WriteStatus TableFiles::remove_files(bool finished) const {
  std::error_code error;
  std::vector<fs::path> doomed;
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    if (is_part(entry.path(), finished ? kFinished : kUnfinished)) doomed.push_back(entry.path());
  }
  const bool is_absent =
      error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
  if (error && !is_absent) return failure("read", directory_, error);
  for (const fs::path& path : doomed) {
    if (!fs::remove(path, error) && error) return failure("remove", path, error);
  }
  return {};
}

WriteStatus TableFiles::open() {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) return failure("create", directory_, error);
  return remove_files(/*finished=*/false);
}

WriteStatus TableFiles::append(parquet::EncodedRowGroup&& row_group) {
  if (file_ == nullptr) {
    file_ = std::make_unique<OpenFile>(schema_, options_);
    if (WriteStatus status = file_->sink.open(path(file_count_, false)); !status.ok()) {
      return status;
    }
    ++file_count_;
  }
  row_count_ += row_group.row_count;
  if (WriteStatus status = file_->writer.append(std::move(row_group)); !status.ok()) return status;
  return ++file_->row_group_count == kRowGroupsPerFile ? finish_file() : WriteStatus();
}

WriteStatus TableFiles::finish_file() {
  const std::unique_ptr<OpenFile> file = std::move(file_);
  if (WriteStatus status = file->writer.finish(); !status.ok()) return status;
  size_bytes_ += file->writer.size_bytes();
  return file->sink.close();
}

WriteStatus TableFiles::commit() {
  if (file_ != nullptr) {
    if (WriteStatus status = finish_file(); !status.ok()) return status;
  }
  if (WriteStatus status = remove_files(/*finished=*/true); !status.ok()) return status;
  for (size_t i = 0; i < file_count_; ++i) {
    std::error_code error;
    fs::rename(path(i, false), path(i, true), error);
    if (error) return failure("rename", path(i, false), error);
  }
  committed_ = true;
  return {};
}

}  // namespace millrace::tpch
