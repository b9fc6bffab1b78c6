// Members of JSON objects, for requests and answers on the control socket.
#pragma once

#include <string>

#include "signaling/json.hpp"

namespace perch::agent {

/// Empty when it is missing or no text.
[[nodiscard]] inline std::string text_of(const signaling::JsonView& view, const char* name) {
  const auto member = view.member(name);
  return std::string(member ? member->as_text().value_or("") : "");
}

/// As it stands in the JSON, "?" when it is missing or no whole number. Numbers may be negative.
[[nodiscard]] inline std::string number_of(const signaling::JsonView& view, const char* name) {
  const auto member = view.member(name);
  const auto value = member ? member->as_integer() : std::nullopt;
  return value ? std::to_string(*value) : "?";
}

/// False when it is missing or no boolean.
[[nodiscard]] inline bool flag_of(const signaling::JsonView& view, const char* name) {
  const auto member = view.member(name);
  return member && member->as_bool().value_or(false);
}

}  // namespace perch::agent
