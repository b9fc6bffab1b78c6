#include "hal/video/y4m.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

constexpr std::string_view kFfmpeg = "YUV4MPEG2 W320 H240 F30000:1001 Ip A1:1 C420jpeg XYSCSS=420JPEG\nFRAME\n";

TEST(Y4m, ReadsWhatFfmpegWrites) {
  const auto header = parse_y4m_header(kFfmpeg);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->size, (Size{320, 240}));
  EXPECT_EQ(header->rate, (FrameRate{30000, 1001}));
  EXPECT_EQ(kFfmpeg.substr(header->bytes), "FRAME\n");
}

TEST(Y4m, ColourSpaceMayBeAbsent) { EXPECT_TRUE(parse_y4m_header("YUV4MPEG2 W2 H2 F25:1\n")); }

TEST(Y4m, UnknownRateIsZero) {
  EXPECT_EQ(parse_y4m_header("YUV4MPEG2 W2 H2 F0:0\n")->rate.numerator, 0U);
  EXPECT_EQ(parse_y4m_header("YUV4MPEG2 W2 H2\n")->rate.numerator, 0U);
}

TEST(Y4m, EveryTruncationOfTheHeaderIsAnError) {
  const auto line = kFfmpeg.substr(0, kFfmpeg.find('\n') + 1);
  for (std::size_t n = 0; n < line.size(); ++n) EXPECT_FALSE(parse_y4m_header(line.substr(0, n))) << n;
}

TEST(Y4m, OtherChromaIsUnsupportedAndSaysTheWayOut) {
  for (const char* colour : {"C422", "C444", "Cmono", "C420p10", "C420x"}) {
    const auto header = parse_y4m_header(std::string("YUV4MPEG2 W2 H2 ") + colour + "\n");
    ASSERT_FALSE(header) << colour;
    EXPECT_EQ(header.error().code, Errc::kUnsupported);
    EXPECT_NE(header.error().context.find("yuv420p"), std::string::npos);
  }
}

TEST(Y4m, RefusesNonsense) {
  for (const char* line :
       {"", "\n", "RIFF W2 H2\n", "YUV4MPEG2\n", "YUV4MPEG22 W2 H2\n", "YUV4MPEG2 W0 H2\n", "YUV4MPEG2 W2 H\n",
        "YUV4MPEG2 W-2 H2\n", "YUV4MPEG2 W8193 H2\n", "YUV4MPEG2 W99999999999999999999 H2\n", "YUV4MPEG2 W2 H2 F30\n",
        "YUV4MPEG2 W2 H2 F1001:1\n", "YUV4MPEG2 W2 H2 F1:11\n", "YUV4MPEG2 W2 H2 F1:2:3\n", "YUV4MPEG2 W2 H2 Fa:b\n"}) {
    const auto header = parse_y4m_header(line);
    ASSERT_FALSE(header) << line;
    EXPECT_EQ(header.error().code, Errc::kInvalid) << line;
  }
  EXPECT_FALSE(parse_y4m_header("YUV4MPEG2 W2 H2 X" + std::string(kMaxY4mLine, 'x') + "\n"));
}

TEST(Y4m, FrameLineMayHaveParameters) {
  EXPECT_EQ(parse_y4m_frame_line("FRAME\nxxx"), 6U);
  EXPECT_EQ(parse_y4m_frame_line("FRAME Ixyz\n"), 11U);
  for (const char* line : {"", "FRAM\n", "FRAME", "FRAMES\n", "frame\n"})
    EXPECT_FALSE(parse_y4m_frame_line(line)) << line;
}

}  // namespace
}  // namespace perch::video
