// A link in words, as the command line has it.
#pragma once

#include <string_view>

#include "hal/base/result.hpp"
#include "tests/system/netsim/link.hpp"

namespace perch::netsim {

/// For --help.
inline constexpr const char* kLinkSpecHelp =
    "a link is a list of these, separated by commas, each at most once:\n"
    "  rate=KBITS[@S][+KBITS@S...]  capacity [kbit/s], and what it becomes after so many seconds; without: no limit\n"
    "  queue=MS                     drop-tail, at the capacity of the moment (300)\n"
    "  delay=MS                     one way, behind the queue (0)\n"
    "  loss=FRACTION                of the packets, at random (0)\n"
    "  burst=BEGIN/END              chance per packet that a burst of loss begins, and that it ends (0/1)\n"
    "  jitter=MS                    deviation of the delay, one-sided, without reordering (0)\n"
    "  blackout=S-S[+S-S...]        nothing gets through between these seconds\n";

/// kInvalid names the word that is wrong. An empty text is a link without any limits.
[[nodiscard]] Result<LinkConfig> parse_link(std::string_view text);

/// A number as C writes it, at least 0 and finite; the whole text.
[[nodiscard]] Result<double> parse_number(std::string_view text);

}  // namespace perch::netsim
