// Any bytes as a message of each kind: what parses survives a round trip.
#include "hal/base/bytes.hpp"
#include "signaling/messages.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

using namespace perch::signaling;

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
  for (const Kind kind : {Kind::kOffer, Kind::kAnswer, Kind::kSolicit, Kind::kCandidates, Kind::kBye, Kind::kError}) {
    const auto body = parse_body(kind, document->root());
    if (body) check_round_trip(kind, envelope.value_or(Envelope{}), *body);
  }
  return 0;
}
