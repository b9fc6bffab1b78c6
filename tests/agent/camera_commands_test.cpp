#include "agent/camera_commands.hpp"

#include <gtest/gtest.h>

#include "signaling/message_writer.hpp"

namespace perch::agent {
namespace {

video::CameraControl menu(std::size_t items) {
  video::CameraControl control{"scene", "Scene", video::ControlKind::kMenu};
  for (std::size_t i = 0; i < items; ++i) control.items.push_back({static_cast<std::int64_t>(i), std::string(31, 'x')});
  return control;
}

TEST(ControlReport, TellsWhatTheDriverHasAndWhatWentWrong) {
  const std::vector<video::CameraControl> controls{menu(2)};
  const auto report = control_report(controls, fail(Errc::kInvalid, "out of range"));
  ASSERT_EQ(report.controls.size(), 1U);
  EXPECT_EQ(report.controls[0].kind, "menu");
  EXPECT_EQ(report.controls[0].items.size(), 2U);
  EXPECT_EQ(report.error, "out of range");
  EXPECT_EQ(control_report(fail(Errc::kNotFound, "no camera"), {}).error, "no camera");
}

TEST(ControlReport, FitsIntoOneSealedMessageWhateverTheDriverHas) {
  const auto report = control_report(std::vector<video::CameraControl>(500, menu(500)), {});
  const std::string json = signaling::write_message({0, std::string(22, 'e')}, signaling::Control{report});
  EXPECT_GT(report.controls.size(), 10U);
  EXPECT_LT(json.size() * 4 / 3 + 100, signaling::kMaxMessageBytes);
}

TEST(CameraCommands, AsksOneAfterTheOther) {
  EventLoop loop;
  CameraCommands commands(loop, "pattern", [](const std::string&) { FAIL() << "nothing was set"; });
  std::vector<std::string> said;
  const auto reply = [&](const signaling::ControlReport& report) {
    said.push_back(report.error);
    if (said.size() == 20) loop.quit();
  };
  for (int i = 0; i < 20; ++i) commands.handle(signaling::ControlRequest{"brightness", i}, reply);
  loop.run();
  ASSERT_EQ(said.size(), 20U);
  EXPECT_NE(said.front().find("already"), std::string::npos) << "four too many are told at once";
  EXPECT_NE(said.back().find("pattern"), std::string::npos);
}

}  // namespace
}  // namespace perch::agent
