#include "agent/access_log.hpp"

#include <gtest/gtest.h>

#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

using Lines = std::vector<std::string>;

constexpr UnixTime kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 21);

Invitation phone() { return {"phone", {}, {.watch = true, .listen = true}, kNow}; }

Invitations all_of(const std::vector<Invitation>& list) {
  Invitations map;
  for (const Invitation& one : list) map.emplace(one.viewer, one);
  return map;
}

TEST(AccessLog, NamesWhoComesAndWhoGoes) {
  Invitation guest{"guest", {}, {.watch = true}, kNow, kNow + std::chrono::hours(24)};
  EXPECT_EQ(access_events({}, all_of({phone(), guest})),
            (Lines{"viewer=guest state=invited rights=watch expires=2026-11-22T00:00:00Z",
                   "viewer=phone state=invited rights=watch,listen expires=never"}));
  EXPECT_EQ(access_events(all_of({phone(), guest}), all_of({phone()})), (Lines{"viewer=guest state=revoked"}));
  EXPECT_EQ(access_events(all_of({phone(), guest}), all_of({phone(), guest})), Lines{});
}

TEST(AccessLog, EachChangeUnderTheSameNameHasItsLine) {
  Invitation other = phone();
  other.rights = {.talk = true};
  EXPECT_EQ(access_events(all_of({phone()}), all_of({other})),
            (Lines{"viewer=phone state=rights_changed rights=talk before=watch,listen"}));
  other.rights = {};
  EXPECT_EQ(access_events(all_of({phone()}), all_of({other})),
            (Lines{"viewer=phone state=rights_changed rights=none before=watch,listen"}));
  other = phone();
  other.expires = kNow;
  EXPECT_EQ(access_events(all_of({phone()}), all_of({other})),
            (Lines{"viewer=phone state=expiry_changed expires=2026-11-21T00:00:00Z before=never"}));
  EXPECT_EQ(access_events(all_of({other}), all_of({phone()})),
            (Lines{"viewer=phone state=expiry_changed expires=never before=2026-11-21T00:00:00Z"}));
}

TEST(AccessLog, AnotherKeyIsNamedAndNeverShown) {
  Invitation other = phone();
  other.key.bytes()[31] = 7;
  other.rights.talk = true;
  const Lines lines = access_events(all_of({phone()}), all_of({other}));
  EXPECT_EQ(lines, (Lines{"viewer=phone state=key_changed",
                          "viewer=phone state=rights_changed rights=watch,listen,talk before=watch,listen"}));
  for (const std::string& line : lines)
    EXPECT_EQ(line.find(base64url_encode(other.key.bytes()).substr(0, 8)), std::string::npos) << line;
}

class NobodyNoticeTest : public testing::Test {
 protected:
  /// What is said when the folder holds these.
  std::string said(const std::vector<Invitation>& invited) {
    registry_.replace(all_of(invited), kNow, [](const std::string&, signaling::Reason) {});
    return notice_.on_change(registry_).value_or("");
  }
  ViewerRegistry registry_;
  NobodyNotice notice_;
};

TEST_F(NobodyNoticeTest, IsGivenOnceUntilSomebodyCould) {
  EXPECT_EQ(said({}),
            "state=sealed invited=0 may_watch=0 msg=\"nobody may watch yet: perchctl invite NAME makes a link\"");
  EXPECT_EQ(said({}), "") << "said already";
  EXPECT_EQ(said({phone()}), "");
  EXPECT_EQ(said({phone()}), "");
  EXPECT_NE(said({}), "");
}

TEST_F(NobodyNoticeTest, WhoMayNotWatchOrCouldLongAgoIsInvitedAllTheSame) {
  Invitation deaf{"deaf", {}, {.listen = true}, kNow};
  Invitation over{"over", {}, {.watch = true}, kNow, kNow};
  EXPECT_EQ(said({deaf, over}),
            "state=sealed invited=2 may_watch=0 msg=\"none of the invited may watch just now: perchctl viewers tells "
            "why\"");
  EXPECT_EQ(registry_.may_watch(), 0U);
  EXPECT_EQ(said({deaf, over, phone()}), "");
  EXPECT_EQ(registry_.may_watch(), 1U);
}

}  // namespace
}  // namespace perch::agent
