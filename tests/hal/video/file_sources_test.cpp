#include "hal/video/annexb_file.hpp"
#include "hal/video/y4m_file.hpp"
#include "tests/hal/video/temporary_folder.hpp"

namespace perch::video {
namespace {

constexpr TimePoint kStart{seconds(1000)};
const SourceRequest kRequest{"", {1280, 720}, {25, 1}};

// Three 4x2 pictures whose bytes are all 1, 2 and 3.
Bytes y4m_clip(const std::string& header = "YUV4MPEG2 W4 H2 F10:1\n") {
  Bytes clip(as_bytes(header).begin(), as_bytes(header).end());
  for (std::uint8_t n = 1; n <= 3; ++n) {
    const std::string line = n == 2 ? "FRAME Xparameters\n" : "FRAME\n";
    clip.insert(clip.end(), line.begin(), line.end());
    clip.insert(clip.end(), 12, n);
  }
  return clip;
}

// The first byte of each of `count` frames, read as they fall due.
std::vector<int> play(VideoSource& source, int count) {
  std::vector<int> first_bytes;
  TimePoint now = kStart;
  for (int n = 0; n < count; ++n, now += source.format().rate.interval() + nanoseconds(1)) {
    const auto frame = source.read_frame(now);
    first_bytes.push_back(frame && *frame ? (*frame)->planes[0].data[0] : -1);
  }
  return first_bytes;
}

TEST(Y4mFile, PlaysInALoop) {
  const TemporaryFolder folder;
  const auto source = open_y4m_file(folder.write("a.y4m", y4m_clip()), kRequest, kStart);
  ASSERT_TRUE(source) << source.error().message();
  EXPECT_EQ((*source)->format(), (VideoFormat{PixelFormat::kI420, {4, 2}, {10, 1}}));
  EXPECT_EQ(play(**source, 8), (std::vector<int>{1, 2, 3, 1, 2, 3, 1, 2}));
}

TEST(Y4mFile, TakesTheRequestedRateWhenItHasNone) {
  const TemporaryFolder folder;
  const auto source = open_y4m_file(folder.write("a.y4m", y4m_clip("YUV4MPEG2 W4 H2\n")), kRequest, kStart);
  ASSERT_TRUE(source);
  EXPECT_EQ((*source)->format().rate, (FrameRate{25, 1}));
}

TEST(Y4mFile, TruncatedAnywhereItPlaysWholePicturesOnly) {
  const TemporaryFolder folder;
  const Bytes clip = y4m_clip();
  const std::size_t header = 22, one_picture = header + 6 + 12, two_pictures = one_picture + 18 + 12;
  for (std::size_t n = 0; n < clip.size(); ++n) {
    const auto source = open_y4m_file(folder.write("a.y4m", ByteView(clip).first(n)), kRequest, kStart);
    ASSERT_EQ(source.has_value(), n >= one_picture) << n;
    if (!source) continue;
    const auto played = play(**source, 3);
    // A cut within a picture's data ends the film there; a cut within its FRAME line is noticed when it comes up.
    EXPECT_EQ(played[0], 1) << n;
    if (n >= two_pictures) {
      EXPECT_EQ(played[1], 2) << n;
    }
    for (const int first_byte : played) EXPECT_LE(first_byte, 2) << n;
  }
}

TEST(Y4mFile, DamageIsAnErrorNotAPicture) {
  const TemporaryFolder folder;
  Bytes clip = y4m_clip();
  clip[22 + 6 + 12] = 'X';  // of the second FRAME
  const auto source = open_y4m_file(folder.write("a.y4m", clip), kRequest, kStart);
  ASSERT_TRUE(source);
  EXPECT_EQ(play(**source, 2), (std::vector<int>{1, -1}));
}

// An SPS of x264's (1280x720), a PPS, and slices that nobody decodes; the last byte of each unit tells which it is.
Bytes h264_clip() {
  Bytes clip = {0,    0,    1,    0x41, 0x88, 9,  // the end of a picture group cut in the middle
                0,    0,    0,    1,    0x67, 0x42, 0xc0, 0x1f, 0xdc, 0x05, 0x00, 0x5b, 0xb0, 0x11,
                0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x3c, 0x0f, 0x18, 0x33, 0x80,
                0,    0,    0,    1,    0x68, 0xee, 0,    0,    1,    0x65, 0x88, 0xf1};
  for (const std::uint8_t mark : {std::uint8_t{0xf2}, std::uint8_t{0xf3}}) {
    const Bytes slice = {0, 0, 0, 1, 0x41, 0x88, mark};
    clip.insert(clip.end(), slice.begin(), slice.end());
  }
  return clip;
}

TEST(AnnexbFile, PlaysAccessUnitsInALoopFromTheFirstKeyFrame) {
  const TemporaryFolder folder;
  const auto source = open_annexb_file(folder.write("a.h264", h264_clip()), kRequest, kStart);
  ASSERT_TRUE(source) << source.error().message();
  EXPECT_EQ((*source)->format(), (VideoFormat{PixelFormat::kH264, {1280, 720}, {25, 1}}));
  for (int n = 0; n < 7; ++n) {
    const auto frame = (*source)->read_frame(kStart + n * milliseconds(40)).value();
    ASSERT_TRUE(frame);
    const Plane& unit = frame->planes[0];
    EXPECT_EQ(unit.data[unit.size - 1], 0xf1 + n % 3);
    EXPECT_EQ(unit.data[3], 1);  // a start code is where it begins
  }
}

TEST(AnnexbFile, LateReaderStillGetsEveryPicture) {
  const TemporaryFolder folder;
  const auto source = open_annexb_file(folder.write("a.h264", h264_clip()), kRequest, kStart);
  ASSERT_TRUE(source);
  const auto last_byte = [&](TimePoint now) {
    const auto frame = (*source)->read_frame(now).value();
    return frame ? frame->planes[0].data[frame->planes[0].size - 1] : 0;
  };
  EXPECT_EQ(last_byte(kStart), 0xf1);
  EXPECT_EQ(last_byte(kStart + seconds(5)), 0xf2);
  EXPECT_EQ(last_byte(kStart + seconds(9)), 0xf3);
}

TEST(AnnexbFile, RefusesFilesThatCannotBePlayed) {
  const TemporaryFolder folder;
  const Bytes whole = h264_clip();
  const auto refusal = [&](ByteView content) {
    const auto source = open_annexb_file(folder.write("a.h264", content), kRequest, kStart);
    return source ? Error{} : source.error();
  };
  EXPECT_NE(refusal({}).context.find("no H.264 key frame"), std::string::npos);
  EXPECT_NE(refusal(as_bytes("not a film at all")).context.find("no H.264 key frame"), std::string::npos);
  EXPECT_NE(refusal(ByteView(whole).first(34)).context.find("no H.264 key frame"), std::string::npos);
  Bytes without_sps = whole;
  without_sps[10] = 0x66;
  EXPECT_NE(refusal(without_sps).context.find("no valid SPS"), std::string::npos);
}

TEST(FileSources, SayWhatIsWrongWithThePath) {
  const TemporaryFolder folder;
  const auto missing = open_y4m_file(folder.path("missing.y4m"), kRequest, kStart);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
  EXPECT_NE(missing.error().context.find("missing.y4m"), std::string::npos);
  const auto directory = open_annexb_file(folder.path(""), kRequest, kStart);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().code, Errc::kUnsupported);
}

}  // namespace
}  // namespace perch::video
