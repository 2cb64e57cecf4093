// formats/parquet: reads Parquet files. May include what formats may. Invariants: bytes of the file
// are hostile until checked: no read past their end, no allocation that was not reserved, no loop
// that they can make longer than linear in them; statistics choose what is read, and values that
// contradict them are an error where they are decoded.
// Start reading here; then column_type.h (what columns are), chunk_decoder.h (how they are read).
#pragma once
#include <memory>
#include <string>

#include "formats/format_reader.h"

namespace millrace::formats::parquet {

/// Opens a file and parses its footer, whose memory is held from `budget` as long as the reader
/// lives. UndefinedFile where there is none; FileChanged where it is not the file of `identity`;
/// DataCorrupted where it is no Parquet file; FeatureNotSupported where its footer is encrypted.
base::Result<std::unique_ptr<FileReader>> open_parquet(const std::string& path,
                                                       const FileIdentity& identity,
                                                       memory::Budget* budget);

}  // namespace millrace::formats::parquet
