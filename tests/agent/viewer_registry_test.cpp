#include "agent/viewer_registry.hpp"

#include <gtest/gtest.h>

namespace perch::agent {
namespace {

using namespace std::chrono_literals;
using signaling::Reason;

constexpr UnixTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

class ViewerRegistryTest : public testing::Test {
 protected:
  static Invitation invited(const std::string& viewer, std::optional<UnixTime> expires = std::nullopt) {
    return {viewer, {}, {.watch = true, .listen = true}, kNow, expires};
  }
  static Invitations folder(const std::vector<Invitation>& all) {
    Invitations map;
    for (const Invitation& one : all) map.emplace(one.viewer, one);
    return map;
  }
  void replace(const std::vector<Invitation>& all, UnixTime now = kNow) {
    ended_.clear();
    registry_.replace(folder(all), now, ending());
  }
  ViewerRegistry::Ending ending() {
    return [this](const std::string& viewer, Reason reason) {
      EXPECT_NE(registry_.key_of(viewer), nullptr) << "the goodbye must still be sealed";
      ended_.emplace_back(viewer, reason);
    };
  }
  using Ended = std::vector<std::pair<std::string, Reason>>;

  ViewerRegistry registry_;
  Ended ended_;
};

TEST_F(ViewerRegistryTest, KnowsTheInvitedAndNobodyElse) {
  EXPECT_FALSE(registry_.anybody());
  replace({invited("phone")});
  EXPECT_NE(registry_.key_of("phone"), nullptr);
  EXPECT_TRUE(registry_.rights_of("phone").listen);
  EXPECT_EQ(registry_.key_of("tablet"), nullptr);
  EXPECT_EQ(registry_.rights_of("tablet"), signaling::Rights{});
  EXPECT_TRUE(registry_.anybody());
}

TEST_F(ViewerRegistryTest, WhoIsTakenOutIsRevoked) {
  replace({invited("phone"), invited("tablet")});
  replace({invited("tablet")});
  EXPECT_EQ(ended_, (Ended{{"phone", Reason::kRevoked}}));
  EXPECT_EQ(registry_.key_of("phone"), nullptr);
  EXPECT_NE(registry_.key_of("tablet"), nullptr);
}

TEST_F(ViewerRegistryTest, AnotherKeyUnderTheSameNameIsAnotherViewer) {
  replace({invited("phone")});
  Invitation again = invited("phone");
  again.key.bytes()[5] = 1;
  replace({again});
  EXPECT_EQ(ended_, (Ended{{"phone", Reason::kRevoked}}));
  EXPECT_EQ(registry_.key_of("phone")->bytes()[5], 1);
}

TEST_F(ViewerRegistryTest, OtherRightsBeginSessionsAnewAndLosingSightEndsThem) {
  replace({invited("phone"), invited("tablet"), invited("tv")});
  Invitation more = invited("phone"), blind = invited("tablet");
  more.rights.talk = true;
  blind.rights.watch = false;
  replace({more, blind, invited("tv")});
  EXPECT_EQ(ended_, (Ended{{"phone", Reason::kRightsChanged}, {"tablet", Reason::kRevoked}}));
  EXPECT_TRUE(registry_.rights_of("phone").talk);
}

TEST_F(ViewerRegistryTest, AnInvitationEndsOnTime) {
  replace({invited("phone", kNow + 1h), invited("tablet", kNow + 2h), invited("tv")});
  EXPECT_EQ(registry_.next_change(kNow), kNow + 1h);
  registry_.refresh(kNow + 1h, ending());
  EXPECT_EQ(ended_, (Ended{{"phone", Reason::kExpired}}));
  EXPECT_EQ(registry_.key_of("phone"), nullptr);
  EXPECT_EQ(registry_.next_change(kNow + 1h), kNow + 2h);
  ended_.clear();
  registry_.refresh(kNow + 1h + 1s, ending());
  EXPECT_TRUE(ended_.empty()) << "told once";
  registry_.refresh(kNow + 9h, ending());
  EXPECT_EQ(registry_.next_change(kNow + 9h), std::nullopt);
  EXPECT_TRUE(registry_.anybody());
}

TEST_F(ViewerRegistryTest, ALaterExpiryKeepsTheSession) {
  replace({invited("phone", kNow + 1h)});
  replace({invited("phone", kNow + 5h)});
  EXPECT_TRUE(ended_.empty());
  replace({invited("phone", kNow + 1h)}, kNow + 2h);
  EXPECT_EQ(ended_, (Ended{{"phone", Reason::kExpired}}));
}

TEST_F(ViewerRegistryTest, WithoutAClockOnlyInvitationsForEverCount) {
  replace({invited("phone", kNow + 1h), invited("tv")}, UnixTime{});
  EXPECT_EQ(registry_.key_of("phone"), nullptr);
  EXPECT_NE(registry_.key_of("tv"), nullptr);
  EXPECT_EQ(registry_.standing("phone"), Standing::kUntimely);
  registry_.refresh(kNow + 10min, ending());
  EXPECT_NE(registry_.key_of("phone"), nullptr);
  EXPECT_TRUE(ended_.empty());
}

}  // namespace
}  // namespace perch::agent
