#include "hal/video/camera_controls.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

const CameraControl kBrightness{.name = "brightness", .label = "Brightness", .min = -64, .max = 64};
const CameraControl kRotate{.name = "rotate", .label = "Rotate", .min = 0, .max = 270, .step = 90};
const CameraControl kFlip{
    .name = "horizontal_flip", .label = "Horizontal Flip", .kind = ControlKind::kBoolean, .max = 1};
const CameraControl kExposure{.name = "auto_exposure",
                              .label = "Auto Exposure",
                              .kind = ControlKind::kMenu,
                              .max = 3,
                              .items = {{1, "Manual Mode"}, {3, "Aperture Priority Mode"}}};
const std::vector<CameraControl> kAll{kBrightness, kRotate, kFlip, kExposure};

TEST(ControlName, IsTheLabelInOneWord) {
  EXPECT_EQ(control_name("Brightness"), "brightness");
  EXPECT_EQ(control_name("White Balance, Automatic"), "white_balance_automatic");
  EXPECT_EQ(control_name("Pan (Absolute)"), "pan_absolute");
  EXPECT_EQ(control_name("integer-menu"), "integer_menu");
  EXPECT_EQ(control_name(""), "");
  EXPECT_EQ(control_name("?!"), "");
}

TEST(ControlValue, NumbersKeepToRangeAndStep) {
  EXPECT_EQ(parse_control_value(kBrightness, "-64").value(), -64);
  EXPECT_EQ(parse_control_value(kBrightness, "+7").value(), 7);
  EXPECT_EQ(parse_control_value(kRotate, "180").value(), 180);
  EXPECT_EQ(parse_control_value(kBrightness, "65").error().context, "brightness must be -64 to 64");
  EXPECT_EQ(parse_control_value(kRotate, "45").error().context, "rotate must be 0 to 270 in steps of 90");
  for (const char* bad : {"", "bright", "1x", "0x10", "1.5", "99999999999999999999", "--1"})
    EXPECT_EQ(parse_control_value(kBrightness, bad).error().code, Errc::kInvalid) << bad;
}

TEST(ControlValue, SwitchesTakeWords) {
  for (const char* on : {"on", "1", "True", "yes"}) EXPECT_EQ(parse_control_value(kFlip, on).value(), 1) << on;
  for (const char* off : {"off", "0", "FALSE", "no"}) EXPECT_EQ(parse_control_value(kFlip, off).value(), 0) << off;
  EXPECT_EQ(parse_control_value(kFlip, "2").error().context, "horizontal_flip must be on or off");
}

TEST(ControlValue, MenusTakeTheirItemsByLabelOrNumber) {
  EXPECT_EQ(parse_control_value(kExposure, "manual mode").value(), 1);
  EXPECT_EQ(parse_control_value(kExposure, "3").value(), 3);
  EXPECT_EQ(parse_control_value(kExposure, "2").error().context,
            "auto_exposure must be one of Manual Mode, Aperture Priority Mode");
}

TEST(UnknownControl, SuggestsWhatIsNear) {
  EXPECT_EQ(unknown_control(kAll, "brigthness").context,
            "the camera has no control \"brigthness\"; did you mean brightness?");
  EXPECT_EQ(unknown_control(kAll, "exposure").context,
            "the camera has no control \"exposure\"; did you mean auto_exposure?");
  EXPECT_EQ(unknown_control(kAll, "zoom").context,
            "the camera has no control \"zoom\"; there are brightness, rotate, horizontal_flip, auto_exposure");
  EXPECT_EQ(unknown_control({}, "zoom").context, "the camera has no control \"zoom\"; it has none");
  EXPECT_EQ(unknown_control(kAll, "").code, Errc::kNotFound);
}

TEST(CameraControls, SourcesThatAreNoCamerasHaveNone) {
  for (const char* source : {"pattern", "file:clip.h264"})
    EXPECT_EQ(list_camera_controls(source).error().code, Errc::kUnsupported) << source;
  EXPECT_EQ(set_camera_control("/dev/null", "brightness", "1").error().code, Errc::kUnsupported);
}

}  // namespace
}  // namespace perch::video
