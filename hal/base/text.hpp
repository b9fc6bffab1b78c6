// Small text tools that the protocols share.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/bytes.hpp"

namespace perch {

/// RFC 4648 §5 without padding.
[[nodiscard]] std::string base64url_encode(ByteView bytes);
/// Refuses padding, white space, foreign letters and non-zero spare bits: one spelling per value.
[[nodiscard]] std::optional<Bytes> base64url_decode(std::string_view text);

/// Whole text is an unsigned decimal number of at most `max`.
[[nodiscard]] std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max);

/// Parts between separators, empty ones included.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// Of `candidates` the one that differs from `word` in fewest letters, when that is few enough to be a typing mistake.
[[nodiscard]] std::optional<std::string_view> closest_word(std::string_view word,
                                                           const std::vector<std::string_view>& candidates);

}  // namespace perch
