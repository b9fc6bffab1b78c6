// Borrowed and owned bytes, with a reader and a writer in network byte order that cannot run over the end.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace perch {

using ByteView = std::span<const std::uint8_t>;  ///< borrowed for the call
using ByteSpan = std::span<std::uint8_t>;        ///< borrowed, writable
using Bytes = std::vector<std::uint8_t>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Reads big-endian fields. Past the end every read gives zero and `ok()` turns false for good: check once at the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  std::uint8_t u8() { return static_cast<std::uint8_t>(unsigned_be(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(unsigned_be(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(unsigned_be(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(unsigned_be(4)); }
  std::uint64_t u64() { return unsigned_be(8); }
  /// The next `n` bytes, or an empty view past the end.
  ByteView view(std::size_t n) {
    if (n > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.first(n);
    rest_ = rest_.subspan(n);
    return taken;
  }
  void skip(std::size_t n) { view(n); }
  ByteView rest() { return view(rest_.size()); }

 private:
  std::uint64_t unsigned_be(std::size_t n) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : view(n)) value = value << 8 | byte;
    return value;
  }
  ByteView rest_;
  bool ok_ = true;
};

/// Writes big-endian fields into a fixed buffer. Past the end nothing is written and `ok()` turns false for good.
class ByteWriter {
 public:
  explicit ByteWriter(ByteSpan out) : out_(out) {}
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t size() const { return used_; }
  [[nodiscard]] ByteSpan written() const { return out_.first(used_); }

  void u8(std::uint64_t v) { unsigned_be(v, 1); }
  void u16(std::uint64_t v) { unsigned_be(v, 2); }
  void u24(std::uint64_t v) { unsigned_be(v, 3); }
  void u32(std::uint64_t v) { unsigned_be(v, 4); }
  void u64(std::uint64_t v) { unsigned_be(v, 8); }
  void bytes(ByteView in) {
    if (!fits(in.size())) return;
    std::copy(in.begin(), in.end(), out_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += in.size();
  }
  /// Overwrites two bytes written earlier, e.g. a length known only at the end.
  void patch_u16(std::size_t at, std::uint16_t v) {
    if (at + 2 > used_) return;
    out_[at] = static_cast<std::uint8_t>(v >> 8);
    out_[at + 1] = static_cast<std::uint8_t>(v);
  }

 private:
  bool fits(std::size_t n) {
    ok_ = ok_ && n <= out_.size() - used_;
    return ok_;
  }
  void unsigned_be(std::uint64_t v, std::size_t n) {
    if (!fits(n)) return;
    for (std::size_t i = n; i-- > 0;) out_[used_++] = static_cast<std::uint8_t>(v >> (8 * i));
  }
  ByteSpan out_;
  std::size_t used_ = 0;
  bool ok_ = true;
};

}  // namespace perch
