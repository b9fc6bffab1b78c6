// An arena of outgoing datagrams that is filled, sent in one system call, and filled again without allocating.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "hal/base/bytes.hpp"

namespace perch::net {

/// One per net thread, shared by all its peers in turn. Slots never move, so the views stay good until clear(). Memory
/// grows to the largest batch seen and is kept.
class DatagramBatch {
 public:
  /// Room in a slot [bytes]: 1200 for the path, and space for what SRTP appends.
  static constexpr std::size_t kSlotSize = 1280;

  /// The next free slot; the same one again until commit().
  [[nodiscard]] ByteSpan slot() {
    const std::size_t chunk = used_ / kSlotsPerChunk;
    if (chunk == chunks_.size()) chunks_.push_back(std::make_unique<Chunk>());
    return (*chunks_[chunk])[used_ % kSlotsPerChunk];
  }
  /// The slot holds `datagram`, which is a part of it.
  void commit(ByteView datagram) {
    ++used_;
    datagrams_.push_back(datagram);
  }
  /// In the order of commit().
  [[nodiscard]] std::span<const ByteView> datagrams() const { return datagrams_; }
  [[nodiscard]] bool empty() const { return datagrams_.empty(); }
  void clear() {
    used_ = 0;
    datagrams_.clear();
  }

 private:
  static constexpr std::size_t kSlotsPerChunk = 32;  // a key frame of 25 kB fits the first chunk
  using Chunk = std::array<std::array<std::uint8_t, kSlotSize>, kSlotsPerChunk>;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<ByteView> datagrams_;
  std::size_t used_ = 0;
};

}  // namespace perch::net
