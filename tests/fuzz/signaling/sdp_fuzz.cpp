// Any text as an offer and as an answer: what parses survives a round trip, and what we answer parses too.
#include "hal/base/bytes.hpp"
#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/parser.hpp"
#include "signaling/sdp/writer.hpp"
#include "tests/fuzz/signaling/require.hpp"

namespace {

namespace sdp = perch::signaling::sdp;

sdp::Capabilities capabilities() {
  sdp::Capabilities ours;
  ours.video.ssrc = 1;
  ours.video.rtx_ssrc = 2;
  ours.audio = {.sends = true, .receives = true, .stereo = true, .ssrc = 3};
  ours.cname = "c";
  ours.stream_id = "s";
  ours.ice_ufrag = "ours";
  ours.ice_pwd = "0123456789abcdefghijkl";
  ours.fingerprint = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF";
  ours.session_id = "1";
  return ours;
}

/// The writer repeats at each section what the session level said, so an inflated text may be over the limits.
void check_round_trip(const sdp::SessionDescription& parsed) {
  const auto again = sdp::parse(sdp::write(parsed));
  if (!again) {
    PERCH_REQUIRE(again.error().code == perch::Errc::kTooLarge);
    return;
  }
  PERCH_REQUIRE(*again == parsed);
}

void check_answer(const sdp::SessionDescription& offer, const sdp::Answered& answered) {
  PERCH_REQUIRE(!answered.session.remote.fingerprints.empty());
  PERCH_REQUIRE(answered.session.media.size() == offer.media.size());
  const auto answer = sdp::parse(answered.sdp);
  PERCH_REQUIRE(answer || answer.error().code == perch::Errc::kTooLarge);
  PERCH_REQUIRE(!answer || answer->media.size() == offer.media.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = perch::as_text({data, size});
  const sdp::Capabilities ours = capabilities();
  const auto parsed = sdp::parse(text);
  if (parsed) check_round_trip(*parsed);
  const auto answered = sdp::answer_offer(text, ours);
  PERCH_REQUIRE(parsed || !answered);
  if (answered) check_answer(*parsed, *answered);
  const auto accepted = sdp::accept_answer(sdp::make_offer(ours), text, ours);
  PERCH_REQUIRE(!accepted || accepted->accepted("video") != nullptr || accepted->accepted("audio") != nullptr);
  return 0;
}
