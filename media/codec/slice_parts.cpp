#include "media/codec/slice_parts.hpp"

namespace perch::codec {

void SliceParts::begin() {
  used_ = 0;
  pending_.clear();
  left_at_.reset();
}

std::uint8_t* SliceParts::space(std::size_t size) {
  if (bytes_.size() < used_ + size) bytes_.resize(2 * (used_ + size));
  return bytes_.data() + used_;
}

void SliceParts::add(std::size_t offset, std::size_t size) {
  pending_.push_back({used_ + offset, size});
  used_ += offset + size;
}

std::span<const ByteView> SliceParts::take(TimePoint now) {
  taken_.clear();
  for (const Range& range : pending_) taken_.push_back(ByteView(bytes_).subspan(range.offset, range.size));
  pending_.clear();
  left_at_ = now;
  return taken_;
}

}  // namespace perch::codec
