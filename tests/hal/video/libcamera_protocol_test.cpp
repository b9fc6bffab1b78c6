#include "hal/video/libcamera_protocol.hpp"

#include <gtest/gtest.h>

namespace perch::video {
namespace {

const CameraStarted kStarted{{PixelFormat::kNv12, {1280, 720}, {30, 1}}, 4, "imx708"};
const BufferOffered kOffered{1, {{0, 0, 1280, 921600}, {0, 921600, 1280, 460800}}};
const FrameFilled kFilled{3, true, 0x01020304, nanoseconds(0x0102030405060708), 4711};
const CameraFailed kFailed{Errc::kBusy, "in use"};

std::vector<LibcameraMessage> one_of_each() { return {kStarted, kOffered, kFilled, BufferReturned{2}, kFailed}; }

// A message with the byte at `offset` changed.
Result<LibcameraMessage> parse_with(const LibcameraMessage& message, std::size_t offset, std::uint8_t value) {
  Bytes bytes = write_libcamera_message(message);
  bytes.at(offset) = value;
  return parse_libcamera_message(bytes);
}

TEST(LibcameraProtocol, BytesAreThoseOfEveryBuild) {
  EXPECT_EQ(write_libcamera_message(kStarted),
            (Bytes{1, 1, 1, 5, 0, 2, 0xd0, 0, 0, 0, 30, 0, 0, 0, 1, 4, 0, 6, 'i', 'm', 'x', '7', '0', '8'}));
  EXPECT_EQ(write_libcamera_message(kFilled), (Bytes{3, 3, 1, 1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x12, 0x67}));
  EXPECT_EQ(write_libcamera_message(BufferReturned{2}), (Bytes{4, 2}));
}

TEST(LibcameraProtocol, ReadsWhatItWrites) {
  for (const LibcameraMessage& message : one_of_each()) {
    const auto parsed = parse_libcamera_message(write_libcamera_message(message));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(*parsed, message);
  }
}

TEST(LibcameraProtocol, RefusesEveryMessageThatIsCutShortOrTooLong) {
  for (const LibcameraMessage& message : one_of_each()) {
    Bytes bytes = write_libcamera_message(message);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_FALSE(parse_libcamera_message(ByteView(bytes).first(length))) << length << " of " << bytes.size();
    bytes.push_back(0);
    EXPECT_FALSE(parse_libcamera_message(bytes));
  }
}

TEST(LibcameraProtocol, TellsAnotherVersionFromNonsense) {
  const auto other = parse_with(kStarted, 1, kLibcameraProtocol + 1);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::kUnsupported);
  EXPECT_NE(other.error().context.find("install both from one build"), std::string::npos);
  EXPECT_EQ(parse_with(kStarted, 0, 99).error().code, Errc::kInvalid);
}

TEST(LibcameraProtocol, RefusesFormatsThatCannotBe) {
  for (const int pixel : {4, 5, 255}) EXPECT_FALSE(parse_with(kStarted, 2, static_cast<std::uint8_t>(pixel))) << pixel;
  CameraStarted absurd = kStarted;
  for (const Size size : {Size{0, 720}, Size{1280, 0}, Size{kMaxPictureSide + 1, 720}, Size{1280, 65535}}) {
    absurd.format.size = size;
    EXPECT_FALSE(parse_libcamera_message(write_libcamera_message(absurd))) << size.width << "x" << size.height;
  }
  absurd = kStarted;
  for (const FrameRate rate : {FrameRate{0, 1}, FrameRate{30, 0}, FrameRate{1001, 1}}) {
    absurd.format.rate = rate;
    EXPECT_FALSE(parse_libcamera_message(write_libcamera_message(absurd))) << rate.numerator;
  }
  absurd = kStarted;
  for (const int buffers : {0, kMaxLibcameraBuffers + 1}) {
    absurd.buffers = static_cast<std::uint8_t>(buffers);
    EXPECT_FALSE(parse_libcamera_message(write_libcamera_message(absurd))) << buffers;
  }
}

TEST(LibcameraProtocol, RefusesBuffersThatCannotBe) {
  const auto parses = [](const BufferOffered& offered) {
    return parse_libcamera_message(write_libcamera_message(offered)).has_value();
  };
  EXPECT_FALSE(parses({kMaxLibcameraBuffers, kOffered.planes}));
  EXPECT_FALSE(parses({0, {}}));
  EXPECT_FALSE(parses({0, std::vector<PlanePlace>(4, kOffered.planes[0])}));
  EXPECT_FALSE(parses({0, {{3, 0, 1280, 921600}}})) << "a fourth file";
  EXPECT_FALSE(parses({0, {{0, 0, 1280, 0}}})) << "nothing";
  EXPECT_FALSE(parses({0, {{0, 0, 1280, kMaxPlaneBytes + 1}}}));
  EXPECT_FALSE(parses({0, {{0, kMaxPlaneBytes + 1, 1280, 921600}}}));
  EXPECT_FALSE(parses({0, {{0, 0, 921601, 921600}}})) << "a row longer than the plane";
}

TEST(LibcameraProtocol, RefusesTimesAndIndexesOutOfRange) {
  EXPECT_FALSE(parse_with(kFilled, 7, 0x80)) << "a negative time";
  EXPECT_FALSE(parse_with(kFilled, 1, kMaxLibcameraBuffers));
  EXPECT_FALSE(parse_with(BufferReturned{2}, 1, kMaxLibcameraBuffers));
  EXPECT_FALSE(parse_with(kFailed, 1, 99)) << "a kind of error there is not";
}

TEST(LibcameraProtocol, CutsLongWordsSoThatTheMessageFits) {
  const Bytes bytes = write_libcamera_message(CameraFailed{Errc::kIo, std::string(5000, 'x')});
  EXPECT_LE(bytes.size(), kMaxLibcameraMessage);
  const auto parsed = parse_libcamera_message(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(std::get<CameraFailed>(*parsed).words, std::string(kMaxLibcameraText, 'x'));
}

}  // namespace
}  // namespace perch::video
