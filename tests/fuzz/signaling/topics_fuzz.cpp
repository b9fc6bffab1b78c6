// Any text as a topic: what is taken for the inbox is put together again from its parts.
#include "hal/base/bytes.hpp"
#include "signaling/broker_url.hpp"
#include "signaling/topics.hpp"
#include "tests/fuzz/signaling/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch::signaling;
  const std::string_view text = perch::as_text({data, size});
  static const TopicTree tree("perch/v1", "front-door");
  (void)is_prefix(text);
  (void)parse_broker_url(text);
  const auto parsed = tree.parse_inbox(text);
  if (!parsed) return 0;
  PERCH_REQUIRE(is_id(parsed->viewer));
  const SessionKey key{std::string(parsed->viewer), std::string(parsed->session)};
  PERCH_REQUIRE("perch/v1/" + message_path("front-door", "in", key, parsed->kind) == text);
  if (const auto kind = kind_from(parsed->kind)) PERCH_REQUIRE(to_string(*kind) == parsed->kind);
  return 0;
}
