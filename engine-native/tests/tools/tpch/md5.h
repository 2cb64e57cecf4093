// MD5 (RFC 1321), which the reference checksums are made of. Not for any other use.
#pragma once
#include <cstdint>
#include <string_view>

namespace millrace::test {

/// The first 15 hexadecimal digits of the digest of `text`, as a number.
uint64_t md5_prefix(std::string_view text);

}  // namespace millrace::test
