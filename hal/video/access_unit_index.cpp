// See access_unit_index.hpp.
#include "hal/video/access_unit_index.hpp"

#include <algorithm>

namespace perch::video {
namespace {

// ITU-T H.264 table 7-1.
constexpr int kSlice = 1, kPartitionA = 2, kIdrSlice = 5, kSei = 6, kSps = 7, kPps = 8, kDelimiter = 9;

constexpr int type_of(std::uint8_t header) { return header & 0x1f; }
constexpr bool is_picture(int type) { return type == kSlice || type == kPartitionA || type == kIdrSlice; }

// H.264 §7.4.1.2.3: any of these after a picture's last slice begins the next access unit.
constexpr bool begins_unit(int type) {
  return type == kDelimiter || type == kSps || type == kPps || type == kSei || (type >= 14 && type <= 18);
}

// A slice header begins with first_mb_in_slice as ue(v), whose zero is the single bit 1. A picture's first slice has
// zero there; arbitrary slice order, which no encoder for live video uses, is the exception we do not handle.
constexpr bool is_first_slice(std::uint8_t first_payload_byte) { return first_payload_byte & 0x80; }

}  // namespace

void AccessUnitIndex::push(ByteView piece) {
  for (const std::uint8_t byte : piece) {
    if (header_) {
      on_nal_start(*start_code_, *header_, byte);
      header_.reset();
      start_code_.reset();
    } else if (start_code_) {
      header_ = byte;
    }
    // H.264 §B.1: 00 00 01, with a further 00 before it at the start of an access unit.
    if (byte == 1 && zeros_ >= 2) {
      start_code_ = position_ - std::min(zeros_, 3u);
      header_.reset();
    }
    zeros_ = byte == 0 ? zeros_ + 1 : 0;
    ++position_;
  }
}

void AccessUnitIndex::on_nal_start(std::uint64_t start_code, std::uint8_t header, std::uint8_t first_payload_byte) {
  const int type = type_of(header);
  const bool next = has_picture_ && (begins_unit(type) || (is_picture(type) && is_first_slice(first_payload_byte)));
  if (next) close_unit(start_code);
  if (!unit_) unit_ = AccessUnitExtent{start_code, 0, false};
  has_picture_ = has_picture_ || is_picture(type);
  unit_->is_idr = unit_->is_idr || type == kIdrSlice;
}

void AccessUnitIndex::close_unit(std::uint64_t end) {
  unit_->size = end - unit_->offset;
  units_.push_back(*unit_);
  unit_.reset();
  has_picture_ = false;
}

std::vector<AccessUnitExtent> AccessUnitIndex::finish() {
  if (unit_ && has_picture_) close_unit(position_);
  return std::move(units_);
}

}  // namespace perch::video
