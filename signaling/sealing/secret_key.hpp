// A key that leaves no trace in memory when it goes.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "hal/base/bytes.hpp"

namespace perch::signaling {

/// 32 bytes; a viewer's K, or one derived from it. Compared never, printed never, wiped when destroyed or moved from.
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  SecretKey() = default;
  explicit SecretKey(const std::array<std::uint8_t, kSize>& bytes) : bytes_(bytes) {}
  /// 43 letters of base64url; nothing for anything else.
  [[nodiscard]] static std::optional<SecretKey> from_text(std::string_view text);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  SecretKey(SecretKey&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
  SecretKey& operator=(SecretKey&& other) noexcept {
    if (this == &other) return *this;
    bytes_ = other.bytes_;
    other.wipe();
    return *this;
  }
  ~SecretKey() { wipe(); }

  [[nodiscard]] ByteView bytes() const { return bytes_; }
  [[nodiscard]] ByteSpan bytes() { return bytes_; }

 private:
  void wipe();
  std::array<std::uint8_t, kSize> bytes_{};
};

}  // namespace perch::signaling
