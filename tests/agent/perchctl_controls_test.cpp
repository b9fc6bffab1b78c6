#include "agent/perchctl_controls.hpp"

#include <gtest/gtest.h>

#include "agent/camera_commands.hpp"

namespace perch::agent {
namespace {

using video::CameraControl;
using video::ControlKind;

std::vector<CameraControl> some_controls() {
  CameraControl brightness{"brightness", "Brightness", ControlKind::kInteger, -64, 64, 1, 0, -10};
  CameraControl exposure{"auto_exposure", "Auto Exposure", ControlKind::kMenu, 0, 3, 1, 3, 1};
  exposure.items = {{1, "Manual Mode"}, {3, "Aperture \"Priority\""}};
  CameraControl focus{"focus_absolute", "Focus, Absolute", ControlKind::kInteger, 0, 250, 5, 0, 30};
  focus.inactive = true;
  return {brightness, exposure, focus};
}

TEST(PerchctlControls, TheDaemonsAnswerBecomesATable) {
  const auto table = controls_table(write_controls(some_controls()));
  ASSERT_TRUE(table);
  EXPECT_NE(table->find("brightness                      -10       0         -64 to 64\n"), std::string::npos)
      << *table;
  EXPECT_NE(table->find("1 Manual Mode, 3 Aperture \"Priority\"\n"), std::string::npos) << *table;
  EXPECT_NE(table->find("0 to 250 in steps of 5  (no effect now)\n"), std::string::npos) << *table;
}

TEST(PerchctlControls, AnErrorIsTheDaemonsWords) {
  const auto table = controls_table(write_error({Errc::kNotFound, "no control \"brihgtness\"", 0}));
  ASSERT_FALSE(table);
  EXPECT_NE(table.error().message().find("brihgtness"), std::string::npos);
  EXPECT_FALSE(controls_table("{"));
  EXPECT_FALSE(controls_table("[]"));
}

TEST(CameraCommands, UnknownOrDamagedRequestsAreAnsweredInWords) {
  EventLoop loop;
  CameraCommands commands(loop, "pattern", [](const std::string&) {});
  std::vector<std::string> answers;
  for (const char* request : {"", "{", "[]", R"({"command":"dance"})", R"({"command":7})"})
    commands.handle(request, [&](std::string line) { answers.push_back(std::move(line)); });
  ASSERT_EQ(answers.size(), 5U);
  for (const std::string& answer : answers) EXPECT_TRUE(answer.starts_with(R"({"ok":false,"error":")")) << answer;
}

TEST(CameraCommands, ASourceWithoutControlsSaysSo) {
  EventLoop loop;
  CameraCommands commands(loop, "pattern", [](const std::string&) {});
  std::string answer;
  commands.handle(R"({"command":"controls"})", [&](std::string line) {
    answer = std::move(line);
    loop.quit();
  });
  loop.run();
  EXPECT_TRUE(answer.starts_with(R"({"ok":false,"error":")")) << answer;
}

}  // namespace
}  // namespace perch::agent
