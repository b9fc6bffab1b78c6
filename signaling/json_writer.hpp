// Writing JSON: the names are ours, the values may come from anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace perch::signaling {

/// Appends members in the order of the calls. begin/end must match; names are written as they are.
class JsonWriter {
 public:
  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_object(std::string_view name) { return key(name).open('{'); }
  JsonWriter& begin_array(std::string_view name) { return key(name).open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& member(std::string_view name, std::string_view text) { return key(name).item(text); }
  JsonWriter& member(std::string_view name, const char* text) { return member(name, std::string_view(text)); }
  JsonWriter& member(std::string_view name, const std::string& text) { return member(name, std::string_view(text)); }
  JsonWriter& member(std::string_view name, bool value) { return key(name).raw(value ? "true" : "false"); }
  JsonWriter& member(std::string_view name, std::uint64_t value) { return key(name).raw(std::to_string(value)); }
  JsonWriter& member(std::string_view name, std::int64_t value) { return key(name).raw(std::to_string(value)); }
  JsonWriter& member(std::string_view name, const std::vector<std::string>& texts);
  /// An item of an array.
  JsonWriter& item(std::string_view text);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  JsonWriter& key(std::string_view name);
  JsonWriter& raw(std::string_view text);
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();

  std::string out_;
  bool first_ = true;
};

}  // namespace perch::signaling
