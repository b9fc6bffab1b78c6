#include "media/rtp/annexb.hpp"

#include <algorithm>

namespace perch::rtp {
namespace {

constexpr std::size_t kStartCodeSize = 3;  // a fourth zero in front counts as trailing zero of the NAL unit before

ByteView after_start_code(ByteView bytes) {
  const std::size_t at = find_start_code(bytes);
  return at == bytes.size() ? ByteView{} : bytes.subspan(at + kStartCodeSize);
}

/// H.264 B.1.1: trailing_zero_8bits. A NAL unit itself never ends in a zero byte (7.4.1).
ByteView without_trailing_zeros(ByteView nal) {
  while (!nal.empty() && nal.back() == 0) nal = nal.first(nal.size() - 1);
  return nal;
}

}  // namespace

std::size_t find_start_code(ByteView bytes) {
  // The third byte decides how far to step: most often it is above 1 and rules out three positions at once.
  std::size_t i = 0;
  while (i + kStartCodeSize <= bytes.size()) {
    const std::uint8_t third = bytes[i + 2];
    if (third > 1) {
      i += 3;
    } else if (third == 1) {
      if (bytes[i] == 0 && bytes[i + 1] == 0) return i;
      i += 3;
    } else {
      ++i;
    }
  }
  return bytes.size();
}

AnnexBReader::AnnexBReader(ByteView stream) : rest_(after_start_code(stream)) {}

std::optional<ByteView> AnnexBReader::next() {
  while (!rest_.empty()) {
    const std::size_t end = find_start_code(rest_);
    const ByteView nal = without_trailing_zeros(rest_.first(end));
    rest_ = rest_.subspan(std::min(end + kStartCodeSize, rest_.size()));
    if (!nal.empty()) return nal;
  }
  return std::nullopt;
}

}  // namespace perch::rtp
