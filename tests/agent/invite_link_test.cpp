#include "agent/invite_link.hpp"

#include <gtest/gtest.h>

#include "agent/qr_code.hpp"
#include "hal/base/text.hpp"

namespace perch::agent {
namespace {

TEST(ViewerPlaces, AreGuessedFromTheBrokersHost) {
  Config config;
  EXPECT_EQ(viewer_places(config, {}, "board.local")->page, "http://board.local:9001/");
  EXPECT_EQ(viewer_places(config, {}, "board.local")->broker, "ws://board.local:9001/");
  config.broker.url = "mqtts://broker.example";
  EXPECT_EQ(viewer_places(config, {}, "board.local")->page, "https://broker.example:9001/");
  EXPECT_EQ(viewer_places(config, {}, "board.local")->broker, "wss://broker.example:9001/");
  config.broker.url = "mqtt://[2001:db8::1]:1884";
  EXPECT_EQ(viewer_places(config, {}, "board.local")->broker, "ws://[2001:db8::1]:9001/");
}

TEST(ViewerPlaces, WordsGoOverConfigurationOverGuess) {
  Config config;
  config.access.page_url = "https://cam.example/watch";
  config.broker.viewer_url = "wss://cam.example/mqtt";
  EXPECT_EQ(viewer_places(config, {}, "b")->page, "https://cam.example/watch");
  EXPECT_EQ(viewer_places(config, {"http://here/", "ws://there/"}, "b")->broker, "ws://there/");
}

TEST(ViewerPlaces, APageThatCouldNotReachItsBrokerIsRefused) {
  const auto places = viewer_places({}, {"https://cam.example/", ""}, "board.local");
  ASSERT_FALSE(places);
  EXPECT_NE(places.error().message().find("wss://"), std::string::npos);
}

TEST(InviteLink, SaysEverythingAViewerNeeds) {
  Config config;
  config.camera.id = "front-door";
  config.ice.servers = {"stun:stun.example.org", "turn:me:secret@turn.example.org"};
  Invitation invitation{"phone", {}, {.watch = true}, UnixTime{}};
  const std::string key = base64url_encode(invitation.key.bytes());
  EXPECT_EQ(invite_link(config, {"http://h:9001/", "ws://h:9001/"}, invitation),
            "http://h:9001/#broker=ws://h:9001/&camera=front-door&viewer=phone&key=" + key +
                "&ice=stun:stun.example.org:3478,stun:turn.example.org:3478");
  config.ice.servers.clear();
  config.broker.prefix = "home/100% & more";
  EXPECT_NE(invite_link(config, {"http://h/", "ws://h/?a=b&c"}, invitation)
                .find("#broker=ws://h/?a%3Db%26c&prefix=home/100%25%20%26%20more&camera="),
            std::string::npos);
}

TEST(QrCode, IsASquareWithItsThreeCorners) {
  const auto code = qr_code("http://board.local:9001/#key=secret");
  if (!code && code.error().code == Errc::kUnsupported) GTEST_SKIP() << code.error().message();
  ASSERT_TRUE(code);
  const auto lines = split(*code, '\n');
  ASSERT_GT(lines.size(), 12U);
  const std::string_view corner = "█▀▀▀▀▀█";
  EXPECT_NE(lines[1].find(corner), std::string_view::npos);
  EXPECT_NE(lines[1].find(corner, lines[1].find(corner) + 1), std::string_view::npos);
  EXPECT_FALSE(qr_code(std::string(5000, 'x'))) << "more than any code holds";
}

}  // namespace
}  // namespace perch::agent
