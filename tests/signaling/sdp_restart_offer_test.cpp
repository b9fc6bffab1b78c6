#include <gtest/gtest.h>

#include "signaling/sdp/media_negotiation.hpp"
#include "signaling/sdp/writer.hpp"
#include "tests/signaling/fixtures.hpp"

namespace perch::signaling::sdp {
namespace {

using test::capabilities;

TEST(RestartOffer, ChangesIceCredentialsAndVersionOnly) {
  Capabilities ours = capabilities();
  const std::string before = write(make_offer(ours));
  ours.ice_ufrag = "fresh";
  ours.ice_pwd = "fresh-password-of-22-chars";
  ++ours.session_version;
  const auto offer = make_restart_offer(before, ours);
  ASSERT_TRUE(offer);
  EXPECT_EQ(*offer, make_offer(ours));
}

TEST(RestartOffer, KeepsRejectedSectionsInTheirPlaces) {
  auto described = make_offer(capabilities());
  described.media.push_back(described.media.front());
  described.media.back().mid = "rejected";
  described.media.back().port = 0;
  Capabilities ours = capabilities();
  ours.ice_ufrag = "fresh";
  const auto offer = make_restart_offer(write(described), ours);
  ASSERT_TRUE(offer);
  ASSERT_EQ(offer->media.size(), described.media.size());
  EXPECT_EQ(offer->media.back().port, 0);
  EXPECT_EQ(offer->media.back().mid, "rejected");
}

TEST(RestartOffer, IsNotMadeWhereTheViewerIsTheDtlsClient) {
  auto described = make_offer(capabilities());
  for (auto& section : described.media) section.setup = Setup::kPassive;
  EXPECT_FALSE(make_restart_offer(write(described), capabilities()));
}

TEST(RestartOffer, EveryTruncationIsRefusedOrAnOffer) {
  const std::string text = write(make_offer(capabilities()));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto offer = make_restart_offer(text.substr(0, size), capabilities());
    if (!offer) continue;
    for (const auto& section : offer->media) EXPECT_TRUE(section.port == 0 || section.setup == Setup::kActive);
  }
}

}  // namespace
}  // namespace perch::signaling::sdp
