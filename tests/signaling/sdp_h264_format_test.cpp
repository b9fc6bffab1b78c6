#include "signaling/sdp/h264_format.hpp"

#include <gtest/gtest.h>

namespace perch::signaling::sdp {
namespace {

Format h264(std::uint8_t payload_type, const std::string& profile, const char* mode = "1") {
  return {payload_type, "H264", 90'000, 1, "profile-level-id=" + profile + "; packetization-mode=" + mode, {}};
}

TEST(H264Format, ProfilesByRfc6184Table5) {
  using P = H264Profile;
  const std::pair<const char*, P> table[] = {{"42e01f", P::kConstrainedBaseline},
                                             {"42c01f", P::kConstrainedBaseline},
                                             {"4d801f", P::kConstrainedBaseline},
                                             {"58c01f", P::kConstrainedBaseline},
                                             {"42001f", P::kBaseline},
                                             {"42801F", P::kBaseline},
                                             {"58801f", P::kBaseline},
                                             {"4d001f", P::kMain},
                                             {"4d401f", P::kMain},
                                             {"640c1f", P::kConstrainedHigh},
                                             {"640028", P::kHigh},
                                             {"f4001f", P::kOther},
                                             {"42011f", P::kOther}};
  for (const auto& [id, profile] : table) EXPECT_EQ(h264_profile(id), profile) << id;
  for (const char* bad : {"", "42e0", "42e01f0", "42e01g", "-2e01f", "0x42e0"}) EXPECT_FALSE(h264_profile(bad)) << bad;
}

TEST(H264Format, ConstrainedBaselineFirstThenBaselineThenMain) {
  const std::vector<Format> formats = {h264(1, "f4001f"), h264(2, "4d001f"), h264(3, "42001f"), h264(4, "42e01f")};
  const auto best_of = [&](std::size_t n) {
    const std::vector<Format> some(formats.begin(), formats.begin() + static_cast<long>(n));
    return choose_h264(some, H264Profile::kConstrainedBaseline)->payload_type;
  };
  EXPECT_EQ(best_of(4), 4);
  EXPECT_EQ(best_of(3), 3);
  EXPECT_EQ(best_of(2), 2);
  EXPECT_EQ(best_of(1), 1);
}

TEST(H264Format, APassedThroughStreamPrefersItsOwnProfileThenWiderOnes) {
  const std::vector<Format> formats = {h264(1, "42e01f"), h264(2, "4d001f"), h264(3, "640c1f")};
  EXPECT_EQ(choose_h264(formats, H264Profile::kMain)->payload_type, 2);
  EXPECT_EQ(choose_h264({formats[0], formats[2]}, H264Profile::kMain)->payload_type, 3);
  EXPECT_EQ(choose_h264(formats, H264Profile::kHigh)->payload_type, 1) << "nothing as wide: the most common one";
}

TEST(H264Format, ModeOtherThanOneIsNoChoice) {
  EXPECT_EQ(choose_h264({h264(1, "42e01f", "0"), h264(2, "42e01f", "2")}, H264Profile::kConstrainedBaseline), nullptr);
  Format no_mode = h264(3, "42e01f");
  no_mode.parameters = "profile-level-id=42e01f";
  EXPECT_EQ(choose_h264({no_mode}, H264Profile::kConstrainedBaseline), nullptr);
  Format no_profile = h264(4, "");
  no_profile.parameters = "Packetization-Mode=1";
  EXPECT_NE(choose_h264({no_profile}, H264Profile::kConstrainedBaseline), nullptr) << "plain Baseline by default";
}

TEST(H264Format, RtxIsFoundByApt) {
  const std::vector<Format> formats = {{97, "rtx", 90'000, 1, "apt=9", {}},
                                       {98, "RTX", 90'000, 1, "rtx-time=3000;apt=96", {}}};
  EXPECT_EQ(choose_rtx(formats, 96)->payload_type, 98);
  EXPECT_EQ(choose_rtx(formats, 95), nullptr);
}

}  // namespace
}  // namespace perch::signaling::sdp
