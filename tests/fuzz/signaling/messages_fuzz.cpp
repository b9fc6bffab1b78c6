// Any bytes as a message of each kind: what parses survives a round trip; what only the camera says is never read.
#include "hal/base/bytes.hpp"
#include "signaling/messages.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch::signaling;

constexpr Kind kind_at(std::size_t index) { return static_cast<Kind>(index); }

void check_round_trip(Kind kind, const Envelope& envelope, const Body& body) {
  PERCH_REQUIRE(kind_of(body) == kind);
  const auto document = JsonDocument::parse(write_message(envelope, body));
  // Escapes may double a text that was just short enough.
  PERCH_REQUIRE(document || document.error().code == perch::Errc::kTooLarge);
  if (!document) return;
  PERCH_REQUIRE(*parse_envelope(document->root()) == envelope);
  PERCH_REQUIRE(*parse_body(kind, document->root()) == body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = JsonDocument::parse(perch::as_text({data, size}));
  if (!document) return 0;
  const auto envelope = parse_envelope(document->root());
  // All there are, those of the future included: the bodies stand in the order of the kinds.
  for (std::size_t i = 0; i < std::variant_size_v<Body>; ++i) {
    const auto body = parse_body(kind_at(i), document->root());
    PERCH_REQUIRE(!body || kind_at(i) != Kind::kNotice);
    if (body) check_round_trip(kind_at(i), envelope.value_or(Envelope{}), *body);
  }
  return 0;
}
