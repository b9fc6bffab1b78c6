// The NAL units of one picture while it is being encoded, and when some of them leave ahead of the rest.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/time.hpp"

namespace perch::codec {

/// The first slice leaves at once, to have the way to the viewer in use; then what has gathered, at intervals: each
/// part wakes the sender and costs it a call per viewer. A picture that is encoded faster leaves in two parts, a
/// picture of one slice as a whole. Single thread; allocates only when pictures grow.
class SliceParts {
 public:
  static constexpr Duration kInterval = milliseconds(2);

  /// A new picture begins.
  void begin();
  /// Room for a NAL unit of at most `size` bytes, valid until the next call.
  [[nodiscard]] std::uint8_t* space(std::size_t size);
  /// The NAL unit lies at `offset` from space(), `size` bytes long.
  void add(std::size_t offset, std::size_t size);
  /// After a slice that is not the picture's last: has its time come?
  [[nodiscard]] bool due(TimePoint now) const { return !left_at_ || now - *left_at_ >= kInterval; }
  /// What was added since the last take, in order; valid until the next space().
  [[nodiscard]] std::span<const ByteView> take(TimePoint now);

 private:
  struct Range {
    std::size_t offset;
    std::size_t size;
  };

  Bytes bytes_;
  std::size_t used_ = 0;
  std::vector<Range> pending_;
  std::vector<ByteView> taken_;
  std::optional<TimePoint> left_at_;  // the last part of this picture
};

}  // namespace perch::codec
