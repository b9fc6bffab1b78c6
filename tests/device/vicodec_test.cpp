// The M2M state machine on the kernel's codec driver vicodec, whose coding is FWHT; H.264 is another word in the
// format.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "hal/video/v4l2_capture.hpp"
#include "hal/video/v4l2_m2m_session.hpp"
#include "tests/device/capture_probe.hpp"
#include "tests/media/codec/pictures.hpp"

namespace perch::video {
namespace {

constexpr Duration kPatience = seconds(10);  // a guest is slow, and a hang should still end
constexpr Size kSize{640, 360};

M2mSettings settings_for(PixelFormat pixel = PixelFormat::kI420, Size size = kSize) {
  return {.pixel = pixel, .size = size, .rate = {30, 1}, .bitrate = Bitrate::kbps(500), .keyframe_interval = 16};
}

std::unique_ptr<V4l2M2mSession> start_session(const M2mSettings& settings) {
  auto node = find_m2m_encoder(CodedFormat::kFwht);
  EXPECT_TRUE(node) << (node ? "" : node.error().message());
  if (!node) return nullptr;
  auto session = V4l2M2mSession::start(std::move(*node), settings);
  EXPECT_TRUE(session) << (session ? "" : session.error().message());
  return session ? std::move(*session) : nullptr;
}

Frame numbered(const codec::test::Picture& picture, int number) {
  Frame frame = picture.frame;
  frame.captured_at = TimePoint(seconds(100) + milliseconds(33 * number));
  return frame;
}

// FWHT's header, big endian: two magic words, version, visible size, flags.
struct FwhtHeader {
  explicit FwhtHeader(ByteView picture) {
    ByteReader in(picture.subspan(std::min<std::size_t>(12, picture.size())));
    size.width = static_cast<int>(in.u32());
    size.height = static_cast<int>(in.u32());
    keyframe = in.u32() & 1u << 10;  // V4L2_FWHT_FL_I_FRAME
  }
  Size size;
  bool keyframe = false;
};
Size coded_size(ByteView picture) { return FwhtHeader(picture).size; }
bool is_keyframe(const CodedPicture& picture) { return FwhtHeader(picture.bytes).keyframe; }

/// One picture in, one out.
std::optional<CodedPicture> encode(V4l2M2mSession& session, const Frame& frame, bool force = false) {
  const auto submitted = session.submit(frame, force);
  EXPECT_TRUE(submitted) << submitted.error().message();
  auto picture = session.take(kPatience);
  EXPECT_TRUE(picture) << picture.error().message();
  return picture ? *picture : std::nullopt;
}

TEST(VicodecNode, IsFoundByWhatItCan) {
  const auto node = find_m2m_encoder(CodedFormat::kFwht);
  ASSERT_TRUE(node) << node.error().message();
  EXPECT_EQ(node->card(), "vicodec");
  EXPECT_TRUE(node->takes(PixelFormat::kI420));
  EXPECT_TRUE(node->takes(PixelFormat::kNv12));
  EXPECT_TRUE(node->takes(PixelFormat::kYuyv));
}

TEST(VicodecNode, NobodyMakesH264Here) {
  const auto node = find_m2m_encoder(CodedFormat::kH264);
  ASSERT_FALSE(node);
  EXPECT_EQ(node.error().code, Errc::kNotFound);
  EXPECT_EQ(node.error().context, "no M2M encoder found");
}

TEST(VicodecNode, IsNoCameraAndSaysSo) {
  const auto node = find_m2m_encoder(CodedFormat::kFwht);
  ASSERT_TRUE(node);
  const auto camera = open_v4l2_capture(node->path(), {.source = node->path()});
  ASSERT_FALSE(camera);
  EXPECT_EQ(camera.error().code, Errc::kUnsupported);
  EXPECT_EQ(camera.error().context, node->path() + " (vicodec) does not capture video");
}

TEST(VicodecNode, CamerasAndDecodersAreNoEncoders) {
  for (const std::string& path : list_video_nodes()) {
    const auto node = V4l2M2mNode::open(path, CodedFormat::kFwht);
    if (!node) {
      EXPECT_EQ(node.error().code, Errc::kUnsupported) << node.error().message();
    }
  }
  EXPECT_FALSE(V4l2M2mNode::open("/dev/null", CodedFormat::kFwht));
  EXPECT_FALSE(V4l2M2mNode::open("/dev/video99", CodedFormat::kFwht));
}

struct FormatCase {
  PixelFormat pixel;
  Size size;
};
class VicodecFormats : public testing::TestWithParam<FormatCase> {};

TEST_P(VicodecFormats, EveryPictureComesOutOnceInOrderWithItsTime) {
  const auto [pixel, size] = GetParam();
  const auto session = start_session(settings_for(pixel, size));
  ASSERT_TRUE(session);
  const codec::test::Picture picture(pixel, size, 32);
  for (int n = 0; n < 20; ++n) {
    const Frame frame = numbered(picture, n);
    const auto coded = encode(*session, frame);
    ASSERT_TRUE(coded) << n;
    EXPECT_EQ(coded->captured_at, frame.captured_at);
    EXPECT_EQ(is_keyframe(*coded), n % 16 == 0) << n;
    EXPECT_EQ(coded_size(coded->bytes), size);
  }
  const auto more = session->take(Duration{});
  ASSERT_TRUE(more);
  EXPECT_FALSE(*more) << "nothing that was not put in";
}

INSTANTIATE_TEST_SUITE_P(Formats, VicodecFormats,
                         testing::Values(FormatCase{PixelFormat::kI420, kSize}, FormatCase{PixelFormat::kNv12, kSize},
                                         FormatCase{PixelFormat::kYuyv, kSize},
                                         // Padded to multiples of eight by the driver, cropped again by the selection.
                                         FormatCase{PixelFormat::kI420, {644, 362}}),
                         [](const auto& a_case) {
                           return std::string(to_string(a_case.param.pixel)) + std::to_string(a_case.param.size.height);
                         });

TEST(Vicodec, MakesAKeyframeWhenForcedThoughTheDriverHasNoControlForIt) {
  const auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  const codec::test::Picture picture(PixelFormat::kI420, kSize);
  for (int n = 0; n < 12; ++n) {
    const auto coded = encode(*session, numbered(picture, n), n == 5);
    ASSERT_TRUE(coded);
    EXPECT_EQ(is_keyframe(*coded), n == 0 || n == 5) << n;
  }
}

TEST(Vicodec, TakesANewKeyframeIntervalWhileItRuns) {
  const auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  const codec::test::Picture picture(PixelFormat::kI420, kSize);
  for (int n = 0; n < 4; ++n) ASSERT_TRUE(encode(*session, numbered(picture, n)));
  EXPECT_TRUE(session->set_keyframe_interval(2));
  EXPECT_FALSE(session->set_bitrate(Bitrate::kbps(100))) << "this driver has no such control, and says so";
  int keyframes = 0;
  for (int n = 4; n < 14; ++n) keyframes += is_keyframe(*encode(*session, numbered(picture, n))) ? 1 : 0;
  EXPECT_GE(keyframes, 4);
}

TEST(Vicodec, DrainGivesAllThatWasPutInAndThenEnds) {
  const auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  const codec::test::Picture picture(PixelFormat::kI420, kSize);
  ASSERT_TRUE(session->submit(numbered(picture, 0), false));
  ASSERT_TRUE(session->submit(numbered(picture, 1), false));
  ASSERT_TRUE(session->drain());
  for (int n = 0; n < 2; ++n) {
    const auto coded = session->take(kPatience);
    ASSERT_TRUE(coded && *coded) << n;
    EXPECT_EQ((*coded)->captured_at, numbered(picture, n).captured_at);
  }
  for (int n = 0; n < 2; ++n) {
    const auto end = session->take(kPatience);
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code, Errc::kClosed);
  }
  ASSERT_TRUE(session->resume());
  const auto coded = encode(*session, numbered(picture, 2));
  ASSERT_TRUE(coded);
  EXPECT_TRUE(is_keyframe(*coded)) << "a new stream";
}

TEST(Vicodec, SaysBusyWhenNobodyTakesItsPictures) {
  const auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  const codec::test::Picture picture(PixelFormat::kI420, kSize);
  Result<void> submitted;
  int held = 0;
  while ((submitted = session->submit(numbered(picture, held), false)) && held < 50) ++held;
  ASSERT_FALSE(submitted) << "there is an end to every driver's buffers";
  EXPECT_EQ(submitted.error().code, Errc::kBusy);
  for (int n = 0; n < held; ++n) {
    const auto coded = session->take(kPatience);
    ASSERT_TRUE(coded && *coded);
    EXPECT_EQ((*coded)->captured_at, numbered(picture, n).captured_at);
  }
  EXPECT_TRUE(encode(*session, numbered(picture, held)));
}

TEST(Vicodec, TwoEncodersDoNotDisturbOneAnother) {
  const auto large = start_session(settings_for(PixelFormat::kI420, {1280, 720}));
  const auto small = start_session(settings_for(PixelFormat::kNv12, {648, 368}));
  ASSERT_TRUE(large && small);
  const codec::test::Picture large_picture(PixelFormat::kI420, {1280, 720}),
      small_picture(PixelFormat::kNv12, {648, 368});
  for (int n = 0; n < 10; ++n) {
    EXPECT_EQ(coded_size(encode(*large, numbered(large_picture, n))->bytes), (Size{1280, 720}));
    EXPECT_EQ(coded_size(encode(*small, numbered(small_picture, n))->bytes), (Size{648, 368}));
  }
}

TEST(Vicodec, RefusesASizeThatTheDriverHasNot) {
  const auto session =
      V4l2M2mSession::start(find_m2m_encoder(CodedFormat::kFwht).value(), settings_for(PixelFormat::kI420, {320, 240}));
  ASSERT_FALSE(session) << "the driver begins at 640x360, and would encode what lies beside the picture";
  EXPECT_EQ(session.error().code, Errc::kUnsupported);
}

TEST(Vicodec, RefusesFramesOfAnotherFormat) {
  const auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  EXPECT_FALSE(session->submit(codec::test::Picture(PixelFormat::kNv12, kSize).frame, false));
  EXPECT_FALSE(session->submit(codec::test::Picture(PixelFormat::kI420, {648, 368}).frame, false));
}

bool write_to_driver(const char* file) {
  std::ofstream out(std::string("/sys/bus/platform/drivers/vicodec/") + file);
  return static_cast<bool>(out << "vicodec.0" << std::flush);
}

TEST(Vicodec, ThatIsUnboundFailsInTimeAndIsFoundAgainAfterwards) {
  auto session = start_session(settings_for());
  ASSERT_TRUE(session);
  const codec::test::Picture picture(PixelFormat::kI420, kSize);
  ASSERT_TRUE(encode(*session, numbered(picture, 0)));
  ASSERT_TRUE(write_to_driver("unbind"));
  auto failed = session->submit(numbered(picture, 1), false);
  if (failed) {
    const auto taken = session->take(milliseconds(500));
    if (!taken) failed = tl::unexpected(taken.error());
  }
  EXPECT_FALSE(failed);
  EXPECT_FALSE(find_m2m_encoder(CodedFormat::kFwht));
  session.reset();
  ASSERT_TRUE(write_to_driver("bind"));
  session = start_session(settings_for());
  ASSERT_TRUE(session);
  EXPECT_TRUE(encode(*session, numbered(picture, 2)));
}

TEST(VicodecImport, TakesTheCamerasBuffersWithoutACopy) {
  const SourceRequest request{.source = "/dev/video0", .size = {640, 480}, .rate = {30, 1}};
  auto camera = open_v4l2_capture("/dev/video0", request, PixelFormat::kNv12);
  ASSERT_TRUE(camera) << camera.error().message();
  (*camera)->export_dmabufs();
  auto frame = next_frame(**camera);
  ASSERT_TRUE(frame);
  ASSERT_GE(frame->dmabuf, 0) << "vivid exports its buffers";
  M2mSettings settings = settings_for(PixelFormat::kNv12, (*camera)->format().size);
  settings.import_dmabuf = true;
  settings.stride = frame->planes[0].stride;
  settings.dmabuf_size = frame->dmabuf_size;
  const auto imported = start_session(settings);
  settings.import_dmabuf = false;
  const auto copied = start_session(settings);
  ASSERT_TRUE(imported && copied);
  for (int n = 0; n < 12; ++n) {
    frame = next_frame(**camera);
    ASSERT_TRUE(frame);
    const auto from_import = encode(*imported, *frame), from_copy = encode(*copied, *frame);
    ASSERT_TRUE(from_import && from_copy);
    EXPECT_TRUE(std::ranges::equal(from_import->bytes, from_copy->bytes)) << "the same picture either way";
  }
}

TEST(VicodecImport, RefusesALayoutThatIsNotTheDrivers) {
  M2mSettings settings = settings_for(PixelFormat::kNv12, {644, 362});
  settings.import_dmabuf = true;
  settings.stride = 644;
  settings.dmabuf_size = 644 * 362 * 3 / 2;
  const auto session = V4l2M2mSession::start(find_m2m_encoder(CodedFormat::kFwht).value(), settings);
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, Errc::kUnsupported);
}

}  // namespace
}  // namespace perch::video
