#include "signaling/camera_state.hpp"

#include <gtest/gtest.h>

namespace perch::signaling {
namespace {

TEST(CameraState, OnlineIsWrittenAsTheProtocolSays) {
  CameraState state{.id = "front-door", .name = "Front \"door\"", .version = "0.1.0"};
  state.viewers = 1;
  state.audio = {"opus"};
  state.ice_servers = {{{"stun:stun.example.org"}, "", ""}};
  EXPECT_EQ(
      write_online(state, "EP"),
      R"({"v":1,"online":true,"epoch":"EP","id":"front-door","name":"Front \"door\"","version":"0.1.0","access":"open",)"
      R"("camera":"ok","viewers":1,"max_viewers":8,"video":["H264"],"audio":["opus"],"talk":false,)"
      R"("ice_servers":[{"urls":["stun:stun.example.org"]}]})");
}

TEST(CameraState, TalkAndEncoderAreToldWhereTheyAreKnown) {
  CameraState state;
  state.id = "c";
  EXPECT_EQ(write_online(state, "E").find("talking"), std::string::npos);
  EXPECT_EQ(write_online(state, "E").find("encoder"), std::string::npos);
  EXPECT_EQ(write_online(state, "E").find("microphone"), std::string::npos);
  state.microphone_lost = true;
  EXPECT_NE(write_online(state, "E").find(R"("microphone":"lost")"), std::string::npos);
  state.microphone_lost = false;
  state.talk = true;
  state.encoder = "pass-through: the camera encodes";
  EXPECT_NE(
      write_online(state, "E").find(R"("talk":true,"talking":false,"encoder":"pass-through: the camera encodes")"),
      std::string::npos);
  state.talking = true;
  EXPECT_NE(write_online(state, "E").find(R"("talking":true)"), std::string::npos);
}

TEST(CameraState, OfflineNamesTheCameraAndNothingElse) {
  EXPECT_EQ(write_offline("front-door"), R"({"v":1,"online":false,"id":"front-door"})");
}

TEST(CameraState, NeverCarriesASecret) {
  CameraState state;
  state.ice_servers = {{{"turn:turn.example.org"}, "user", "hunter2"}, {{"stun:stun.example.org"}, "", ""}};
  const std::string json = write_online(state, "EP");
  EXPECT_EQ(json.find("turn"), std::string::npos);
  EXPECT_EQ(json.find("hunter2"), std::string::npos);
  EXPECT_NE(json.find("stun:stun.example.org"), std::string::npos);
}

TEST(CameraState, HealthHasWords) {
  EXPECT_STREQ(to_string(CameraHealth::kOk), "ok");
  EXPECT_STREQ(to_string(CameraHealth::kLost), "lost");
  EXPECT_STREQ(to_string(CameraHealth::kPrivacy), "privacy");
}

}  // namespace
}  // namespace perch::signaling
