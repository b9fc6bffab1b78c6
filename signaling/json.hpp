// Reading JSON that strangers wrote: bounded before it is parsed, checked for type and range when it is read.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hal/base/result.hpp"

struct cJSON;  // cJSON.h stays out of headers

namespace perch::signaling {

inline constexpr std::size_t kMaxJsonBytes = 64 * 1024;
inline constexpr int kMaxJsonDepth = 8;  ///< objects and arrays within one another

/// One value inside a JsonDocument; borrowed, lives as long as the document. Every reader gives nothing for another
/// type.
class JsonView {
 public:
  explicit JsonView(const cJSON* value) : value_(value) {}
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_array() const;
  [[nodiscard]] bool is_null() const;
  [[nodiscard]] std::optional<std::string_view> as_text() const;
  [[nodiscard]] std::optional<bool> as_bool() const;
  /// A whole number in [0, max]; `max` is at most 2^53 - 1, beyond which JSON numbers lose digits (RFC 8259 §6).
  [[nodiscard]] std::optional<std::uint64_t> as_unsigned(std::uint64_t max) const;
  /// A whole number between ±(2^53 - 1).
  [[nodiscard]] std::optional<std::int64_t> as_integer() const;
  /// The member of an object; names are compared exactly, the first of several wins.
  [[nodiscard]] std::optional<JsonView> member(const char* name) const;
  /// The items of an array, empty for anything else.
  [[nodiscard]] std::vector<JsonView> items() const;

 private:
  const cJSON* value_;
};

/// A parsed text. Move-only owner.
class JsonDocument {
 public:
  /// Refuses, before any parsing: more than kMaxJsonBytes (kTooLarge), nesting over kMaxJsonDepth, NUL in any spelling,
  /// text that is not UTF-8. Then everything that is not one JSON value (kInvalid).
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text);
  [[nodiscard]] JsonView root() const { return JsonView(root_.get()); }

 private:
  struct Deleter {
    void operator()(cJSON* value) const;
  };
  explicit JsonDocument(cJSON* root) : root_(root) {}
  std::unique_ptr<cJSON, Deleter> root_;
};

/// Well-formed UTF-8 without surrogates or overlong forms. RFC 3629 §4.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace perch::signaling
