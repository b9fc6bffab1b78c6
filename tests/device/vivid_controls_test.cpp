// Controls of a real driver: listed, set while the camera streams and while it is closed, and kept from going wrong.
#include <gtest/gtest.h>

#include <algorithm>

#include "hal/video/camera_controls.hpp"
#include "hal/video/v4l2_capture.hpp"
#include "tests/device/capture_probe.hpp"

namespace perch::video {
namespace {

constexpr const char* kCamera = "/dev/video0";

std::optional<CameraControl> find(const std::string& name) {
  const auto all = list_camera_controls(kCamera);
  EXPECT_TRUE(all) << (all ? "" : all.error().message());
  if (!all) return std::nullopt;
  const auto found = std::ranges::find(*all, name, &CameraControl::name);
  return found == all->end() ? std::nullopt : std::optional(*found);
}

std::string error_of(std::string_view name, std::string_view value) {
  const auto set = set_camera_control(kCamera, name, value);
  return set ? "" : set.error().message();
}

TEST(VividControls, AreListedWithRangesAndItems) {
  const auto brightness = find("brightness");
  ASSERT_TRUE(brightness);
  EXPECT_EQ(brightness->label, "Brightness");
  EXPECT_EQ(brightness->kind, ControlKind::kInteger);
  EXPECT_EQ(std::pair(brightness->min, brightness->max), std::pair(std::int64_t{0}, std::int64_t{255}));
  const auto menu = find("menu");
  ASSERT_TRUE(menu);
  EXPECT_EQ(menu->kind, ControlKind::kMenu);
  ASSERT_EQ(menu->items.size(), 3U) << "menus have gaps";
  EXPECT_EQ(menu->items[1].value, 3);
  EXPECT_EQ(menu->items[1].label, "Menu Item 3");
  EXPECT_EQ(find("integer_menu")->items.back().label, "42");
  EXPECT_EQ(find("horizontal_flip")->kind, ControlKind::kBoolean);
  EXPECT_EQ(find("button")->kind, ControlKind::kButton);
  EXPECT_TRUE(find("read_only_integer_32_bits")->read_only);
  EXPECT_TRUE(find("gain")->inactive) << "its automatic is on";
  EXPECT_FALSE(find("disconnect")) << "nothing to break the camera with";
}

TEST(VividControls, AreSetWhetherTheCameraStreamsOrNot) {
  ASSERT_EQ(error_of("brightness", "100"), "");
  EXPECT_EQ(find("brightness")->value, 100);
  auto camera = open_v4l2_capture(kCamera, {.source = kCamera, .size = {320, 180}, .rate = {30, 1}});
  ASSERT_TRUE(camera) << camera.error().message();
  ASSERT_TRUE(next_frame(**camera));
  EXPECT_EQ(error_of("brightness", "200"), "");
  EXPECT_EQ(error_of("horizontal_flip", "on"), "");
  EXPECT_EQ(error_of("menu", "menu item 4"), "");
  EXPECT_EQ(error_of("button", ""), "");
  EXPECT_EQ(find("brightness")->value, 200);
  EXPECT_EQ(find("menu")->value, 4);
  EXPECT_TRUE(next_frame(**camera)) << "the stream goes on";
  EXPECT_EQ(error_of("horizontal_flip", "off"), "");
  EXPECT_EQ(error_of("brightness", "128"), "");
}

TEST(VividControls, MistakesAreToldInWords) {
  EXPECT_EQ(error_of("brigtness", "1"), "the camera has no control \"brigtness\"; did you mean brightness?");
  EXPECT_EQ(error_of("brightness", "256"), "brightness must be 0 to 255");
  EXPECT_EQ(error_of("menu", "nothing"), "menu must be one of Menu Item 1, Menu Item 3, Menu Item 4");
  EXPECT_EQ(error_of("read_only_integer_32_bits", "1"), "read_only_integer_32_bits can only be read");
}

TEST(VividControls, OfTheRequestAreAppliedAtEachOpeningAndAWrongOneIsNoOutage) {
  const SourceRequest request{.source = kCamera,
                              .size = {320, 180},
                              .rate = {30, 1},
                              .controls = {"contrast=77", "nonsense=1", "saturation=9999", "hue", "hue=-5"}};
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(error_of("contrast", "128"), "");
    const auto camera = open_v4l2_capture(kCamera, request);
    ASSERT_TRUE(camera) << camera.error().message();
    EXPECT_EQ(find("contrast")->value, 77);
    EXPECT_EQ(find("hue")->value, -5) << "what follows a mistake counts";
  }
  EXPECT_EQ(error_of("contrast", "128"), "");
  EXPECT_EQ(error_of("hue", "0"), "");
}

}  // namespace
}  // namespace perch::video
