// Any text as an ICE candidate: what passes is printable and has somewhere to send to.
#include "hal/base/bytes.hpp"
#include "signaling/sdp/candidate.hpp"
#include "tests/fuzz/signaling/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto candidate = perch::signaling::sdp::parse_candidate(perch::as_text({data, size}));
  if (!candidate) return 0;
  PERCH_REQUIRE(candidate->port != 0 && candidate->component == 1 && !candidate->address.empty());
  for (const char c : candidate->address) PERCH_REQUIRE(c > 0x20 && c < 0x7F);
  return 0;
}
