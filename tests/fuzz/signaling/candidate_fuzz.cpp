// Any text as an ICE candidate: what passes is printable and has somewhere to send to, and a name in it gives way to
// the address that multicast DNS found.
#include "hal/base/bytes.hpp"
#include "net/mdns/candidate_name.hpp"
#include "signaling/sdp/candidate.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch;
using signaling::sdp::parse_candidate;

void check_name(std::string_view text) {
  const auto name = net::mdns::name_in_candidate(text);
  constexpr char kAddress[] = "1.2.3.4";  // as long as the shortest name: the text stays within its limit
  const std::string replaced = net::mdns::with_address(text, kAddress);
  if (!name) {
    PERCH_REQUIRE(replaced == text);
    return;
  }
  const auto at = static_cast<std::size_t>(name->data() - text.data());
  PERCH_REQUIRE(at + name->size() <= text.size() && name->ends_with(".local"));
  PERCH_REQUIRE(!net::mdns::name_in_candidate(replaced));
  if (!parse_candidate(text)) return;
  const auto usable = parse_candidate(replaced);
  PERCH_REQUIRE(usable && usable->address == kAddress);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  check_name(text);
  const auto candidate = parse_candidate(text);
  if (!candidate) return 0;
  PERCH_REQUIRE(candidate->port != 0 && candidate->component == 1 && !candidate->address.empty());
  for (const char c : candidate->address) PERCH_REQUIRE(c > 0x20 && c < 0x7F);
  return 0;
}
