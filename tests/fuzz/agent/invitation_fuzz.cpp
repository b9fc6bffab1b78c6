// Any bytes as a viewer's file: refused, or what was read is written to a file that reads the same.
#include <cstdlib>

#include "agent/invitation.hpp"
#include "hal/base/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch::agent;
  const auto read = parse_invitation("phone", perch::as_text({data, size}));
  if (!read) return 0;
  const std::string written = write_invitation(*read);
  const auto again = parse_invitation("phone", written);
  if (!again || write_invitation(*again) != written) std::abort();
  return 0;
}
