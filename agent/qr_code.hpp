// A QR code for the terminal, so that a phone need not type a link.
#pragma once

#include <string>
#include <string_view>

#include "hal/base/result.hpp"

namespace perch::agent {

/// Lines of half blocks, black on white whatever the terminal's colours, with the quiet zone that readers need.
/// kUnsupported: built without libqrencode. kTooLarge: more than a code can hold.
[[nodiscard]] Result<std::string> qr_code(std::string_view text);

}  // namespace perch::agent
