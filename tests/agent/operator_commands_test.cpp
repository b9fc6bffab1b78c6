#include "agent/operator_commands.hpp"

#include <gtest/gtest.h>

#include "agent/perchctl_operator.hpp"
#include "agent/privacy_switch.hpp"
#include "temporary_folder.hpp"

namespace perch::agent {
namespace {

class OperatorCommandsTest : public testing::Test {
 protected:
  OperatorCommandsTest() {
    status_.id = "front-door";
    status_.name = "Front \"door\"";
    status_.camera = "open";
    status_.broker.address = "host:1883";
    status_.broker.trouble = "connection refused or unreachable";
    status_.needs_restart = {"[video] fps"};
    status_.viewers.resize(1);
    status_.viewers[0].viewer = "phone";
    status_.viewers[0].connected = true;
    status_.viewers[0].stats.emplace();
    status_.viewers[0].stats->estimate = Bitrate::kbps(750);
  }
  std::string ask(const std::string& request) {
    std::string answer;
    handled_ = commands_.handle(request, [&](const std::string& line) { answer += line; });
    return answer;
  }

  AgentStatus status_;
  bool privacy_ = false;
  int drains_ = 0;
  Result<Bytes> jpeg_ = Bytes{0xff, 0xd8, '\n', 0};
  bool handled_ = false;
  OperatorCommands commands_{{
      .status = [this](const std::function<void(const AgentStatus&)>& then) { then(status_); },
      .state = [] { return R"({"online":true})"; },
      .snapshot = [this](const std::function<void(Result<Bytes>)>& then) { then(jpeg_); },
      .privacy = [this] { return privacy_; },
      .set_privacy = [this](bool on) { return privacy_ = on, Result<void>(); },
      .drain = [this] { ++drains_; },
  }};
};

TEST_F(OperatorCommandsTest, StatusIsForPeopleAndForPrograms) {
  const std::string answer = ask(R"({"command":"status"})");
  const auto text = status_text(answer);
  ASSERT_TRUE(text) << answer;
  EXPECT_NE(text->find("front-door (Front \"door\")"), std::string::npos) << *text;
  EXPECT_NE(text->find("not connected to host:1883: connection refused"), std::string::npos) << *text;
  EXPECT_NE(text->find("phone/"), std::string::npos) << *text;
  EXPECT_NE(text->find("750 kbit/s"), std::string::npos) << *text;
  EXPECT_NE(text->find("[video] fps"), std::string::npos) << *text;
}

TEST_F(OperatorCommandsTest, StatusSaysWhoMayWatch) {
  const auto row = [this](const std::string& mode, std::uint64_t invited, std::uint64_t may_watch) {
    status_.access = mode;
    status_.invited = invited;
    status_.may_watch = may_watch;
    const std::string text = status_text(ask(R"({"command":"status"})")).value_or("");
    const std::size_t begin = text.find("\naccess        ") + 15;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  EXPECT_EQ(row("sealed", 0, 0), "sealed, nobody is invited yet: perchctl invite NAME");
  EXPECT_EQ(row("sealed", 2, 2), "sealed, 2 invited");
  EXPECT_EQ(row("sealed", 3, 1), "sealed, 3 invited, 1 of them may watch just now: perchctl viewers");
  EXPECT_EQ(row("sealed", 1, 0), "sealed, 1 invited, none of them may watch just now: perchctl viewers");
  EXPECT_EQ(row("open", 0, 0), "open: who can publish at the broker");
  EXPECT_EQ(row("broker", 0, 0), "broker: whom its logins and rules let publish");
  EXPECT_NE(ask(R"({"command":"status"})").find(R"("access":{"mode":"broker","invited":0,"may_watch":0})"),
            std::string::npos);
}

TEST_F(OperatorCommandsTest, MetricsComeInJsonOrPlain) {
  EXPECT_TRUE(ask(R"({"command":"metrics"})").starts_with(R"({"ok":true,"metrics":"# HELP)"));
  const std::string plain = ask("metrics");
  EXPECT_TRUE(plain.starts_with("# HELP perch_info"));
  EXPECT_TRUE(plain.ends_with("# EOF")) << "the socket adds the line end";
}

TEST_F(OperatorCommandsTest, ASnapshotFollowsItsLineByteForByte) {
  EXPECT_EQ(ask(R"({"command":"snapshot"})"), std::string("{\"ok\":true,\"bytes\":4}\n\xff\xd8\n\0", 26));
  jpeg_ = fail(Errc::kUnavailable, "no picture");
  EXPECT_EQ(ask(R"({"command":"snapshot"})"), R"({"ok":false,"error":"no picture"})");
}

TEST_F(OperatorCommandsTest, PrivacyIsSwitchedAskedForAndKeepsSnapshotsAway) {
  EXPECT_EQ(ask(R"({"command":"privacy"})"), R"({"ok":true,"privacy":"off"})");
  EXPECT_EQ(ask(R"({"command":"privacy","set":"on"})"), R"({"ok":true,"privacy":"on"})");
  EXPECT_NE(ask(R"({"command":"snapshot"})").find("privacy is on"), std::string::npos);
  EXPECT_NE(ask(R"({"command":"privacy","set":"perhaps"})").find("on or off"), std::string::npos);
  EXPECT_TRUE(privacy_);
  EXPECT_EQ(ask(R"({"command":"privacy","set":"off"})"), R"({"ok":true,"privacy":"off"})");
}

TEST_F(OperatorCommandsTest, WhatIsNotItsBusinessStaysUnanswered) {
  for (const char* request : {R"({"command":"controls"})", "{}", "", "[1]", "metrics "}) {
    EXPECT_EQ(ask(request), "") << request;
    EXPECT_FALSE(handled_) << request;
  }
  EXPECT_EQ(drains_, 0);
  static_cast<void>(ask(R"({"command":"drain"})"));
  EXPECT_EQ(drains_, 1);
}

TEST_F(OperatorCommandsTest, DamagedAnswersAreNotShown) {
  EXPECT_FALSE(status_text(""));
  EXPECT_FALSE(status_text("{\"ok\":false,\"error\":\"no\"}"));
  EXPECT_TRUE(status_text("{\"ok\":true}"));
}

TEST(PrivacySwitch, OutlivesTheProcess) {
  const test::TemporaryFolder folder;
  PrivacySwitch before(folder.path());
  EXPECT_FALSE(before.on());
  ASSERT_TRUE(before.set(true));
  EXPECT_TRUE(PrivacySwitch(folder.path()).on());
  ASSERT_TRUE(before.set(false));
  EXPECT_FALSE(PrivacySwitch(folder.path()).on());
}

TEST(PrivacySwitch, IsOnAtOnceEvenWhereItCannotBeKept) {
  PrivacySwitch privacy("/nonexistent");
  EXPECT_FALSE(privacy.set(true));
  EXPECT_TRUE(privacy.on());
}

}  // namespace
}  // namespace perch::agent
