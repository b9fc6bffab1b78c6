// The daemon's end, with the test as perch-libcamera at the other: well behaved, clumsy, hostile, dying.
#include "hal/video/libcamera_source.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>

#include "hal/video/libcamera_link.hpp"
#include "tests/hal/video/temporary_folder.hpp"

namespace perch::video {
namespace {

constexpr Size kSize{64, 48};
constexpr std::uint32_t kLuma = 64 * 48, kChroma = 32 * 24, kPicture = kLuma + 2 * kChroma;
const VideoFormat kFormat{PixelFormat::kI420, kSize, {30, 1}};
const TimePoint kNow = TimePoint(seconds(1000));
constexpr std::uint8_t kBuffers = 3;

// A sealed memory file whose bytes are all `value`.
UniqueFd memory_file(std::size_t size, std::uint8_t value, bool sealed = true) {
  UniqueFd file(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  const Bytes content(size, value);
  EXPECT_EQ(write(file.get(), content.data(), content.size()), static_cast<ssize_t>(size));
  if (sealed) {
    EXPECT_EQ(fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
  }
  return file;
}

BufferOffered whole_buffer(std::uint8_t index) {
  return {index, {{0, 0, 64, kLuma}, {0, kLuma, 32, kChroma}, {0, kLuma + kChroma, 32, kChroma}}};
}

FrameFilled frame_in(std::uint8_t index, std::uint32_t number = 0) {
  return {index, false, number, kNow.time_since_epoch() - milliseconds(5), 0};
}

/// perch-libcamera as the daemon sees it.
class OtherEnd {
 public:
  OtherEnd() {
    auto ends = make_fd_channel();
    daemon_ = std::move(ends.value().first);
    own_ = std::move(ends.value().second);
  }
  void say(const LibcameraMessage& message, const std::vector<int>& files = {}) const {
    EXPECT_TRUE(send_fd_message(own_.get(), write_libcamera_message(message), files));
  }
  void offer(const BufferOffered& offered, std::size_t size = kPicture) const {
    const UniqueFd file = memory_file(size, static_cast<std::uint8_t>(10 + offered.index));
    say(offered, {file.get()});
  }
  void start() const {
    say(CameraStarted{kFormat, kBuffers, "test"});
    for (std::uint8_t i = 0; i < kBuffers; ++i) offer(whole_buffer(i));
  }
  /// Indexes of the buffers that came back since the last call.
  [[nodiscard]] std::vector<int> returned() const {
    std::vector<int> indexes;
    while (true) {
      const auto message = receive_fd_message(own_.get(), kMaxLibcameraMessage);
      if (!message || !*message) return indexes;
      indexes.push_back(std::get<BufferReturned>(parse_libcamera_message((*message)->bytes).value()).index);
    }
  }
  void die() { own_.reset(); }
  /// The source at the daemon's end; everything it waits for must have been said.
  [[nodiscard]] Result<std::unique_ptr<VideoSource>> open() {
    return open_libcamera_channel(std::move(daemon_), std::nullopt, milliseconds(0));
  }

 private:
  UniqueFd daemon_, own_;
};

Error error_of(OtherEnd& other) {
  const auto source = other.open();
  return source ? Error{Errc::kInternal, "opened", 0} : source.error();
}

TEST(LibcameraSource, FramesAreReadWhereTheyLie) {
  OtherEnd other;
  other.start();
  const auto source = other.open();
  ASSERT_TRUE(source) << source.error().message();
  EXPECT_EQ((*source)->format(), kFormat);
  EXPECT_EQ((*source)->description(), "libcamera (test)");
  EXPECT_TRUE((*source)->is_camera());
  EXPECT_FALSE((*source)->read_frame(kNow).value()) << "nothing was sent";

  other.say(frame_in(1, 7));
  const auto frame = (*source)->read_frame(kNow).value();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->format, kFormat);
  EXPECT_EQ(frame->captured_at, kNow - milliseconds(5));
  EXPECT_EQ(frame->number, 0U);
  EXPECT_EQ(frame->planes[0].data[kLuma - 1], 11);
  EXPECT_EQ(frame->planes[2].data[kChroma - 1], 11);
  EXPECT_EQ(frame->planes[1].stride, 32);
  EXPECT_EQ(frame->dmabuf, -1) << "ordinary memory";
  EXPECT_TRUE(other.returned().empty()) << "still being read";

  other.say(frame_in(2, 9));
  EXPECT_EQ((*source)->read_frame(kNow).value()->number, 2U);
  EXPECT_EQ(other.returned(), std::vector{1});
}

TEST(LibcameraSource, LateReaderGetsTheNewestFrame) {
  OtherEnd other;
  other.start();
  const auto source = other.open();
  for (std::uint8_t i = 0; i < 3; ++i) other.say(frame_in(i, i));
  EXPECT_EQ((*source)->read_frame(kNow).value()->number, 2U);
  EXPECT_EQ(other.returned(), (std::vector{0, 1}));
}

TEST(LibcameraSource, DamagedFrameGoesBackUnseen) {
  OtherEnd other;
  other.start();
  const auto source = other.open();
  FrameFilled damaged = frame_in(0);
  damaged.damaged = true;
  other.say(damaged);
  EXPECT_FALSE((*source)->read_frame(kNow).value());
  EXPECT_EQ((*source)->damaged(), 1U);
  EXPECT_EQ(other.returned(), std::vector{0});
}

TEST(LibcameraSource, TimesThatCannotBeAreReplacedByNow) {
  OtherEnd other;
  other.start();
  const auto source = other.open();
  for (const TimePoint stamp : {kNow + milliseconds(1), kNow - seconds(2), TimePoint{}}) {
    FrameFilled frame = frame_in(0);
    frame.captured_at = stamp.time_since_epoch();
    other.say(frame);
    EXPECT_EQ((*source)->read_frame(kNow).value()->captured_at, kNow);
    EXPECT_FALSE((*source)->read_frame(kNow).value());  // gives it back
  }
}

TEST(LibcameraSource, JpegIsAsLongAsItWasSaidToBe) {
  OtherEnd other;
  other.say(CameraStarted{{PixelFormat::kMjpeg, kSize, {30, 1}}, 1, "test"});
  other.offer({0, {{0, 0, 0, 4000}}}, 4000);
  const auto source = other.open();
  ASSERT_TRUE(source) << source.error().message();
  for (const auto& [said, got] : {std::pair{1234u, 1234u}, std::pair{9999u, 4000u}}) {
    FrameFilled frame = frame_in(0);
    frame.bytes_used = said;
    other.say(frame);
    EXPECT_EQ((*source)->read_frame(kNow).value()->planes[0].size, got);
    EXPECT_FALSE((*source)->read_frame(kNow).value());
  }
}

TEST(LibcameraSource, WhatTheProgramReportsIsTheError) {
  OtherEnd other;
  other.say(CameraFailed{Errc::kNotFound, "libcamera has no camera 3"});
  other.die();
  EXPECT_EQ(error_of(other).code, Errc::kNotFound);

  OtherEnd later;
  later.start();
  const auto source = later.open();
  later.say(frame_in(0));
  EXPECT_TRUE((*source)->read_frame(kNow).value());
  later.say(CameraFailed{Errc::kNotFound, "gone"});
  later.die();  // so the buffer that is lent cannot be returned, which must not hide the reason
  const auto frame = (*source)->read_frame(kNow);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().context, "gone");
}

TEST(LibcameraSource, ProgramThatDiesAtAnyMomentIsALostCamera) {
  for (int said = 0; said <= kBuffers; ++said) {
    OtherEnd other;
    if (said > 0) other.say(CameraStarted{kFormat, kBuffers, "test"});
    for (std::uint8_t i = 0; i + 1 < said; ++i) other.offer(whole_buffer(i));
    other.die();
    EXPECT_EQ(error_of(other).code, Errc::kUnavailable) << said;
  }
  OtherEnd other;
  other.start();
  const auto source = other.open();
  other.die();
  EXPECT_EQ((*source)->read_frame(kNow).error().code, Errc::kUnavailable);
}

TEST(LibcameraSource, SilentProgramIsGivenUp) {
  OtherEnd other;
  other.say(CameraStarted{kFormat, kBuffers, "test"});
  const Error error = error_of(other);
  EXPECT_EQ(error.code, Errc::kUnavailable);
  EXPECT_NE(error.context.find("in time"), std::string::npos);
}

// Everything a broken program might say in the beginning; each is an error of its own.
TEST(LibcameraSource, OffersThatDoNotFitAreRefused) {
  const auto refused = [](const BufferOffered& offered, std::size_t size, bool sealed = true, bool with_file = true) {
    OtherEnd other;
    other.say(CameraStarted{kFormat, 1, "test"});
    const UniqueFd file = memory_file(size, 0, sealed);
    other.say(offered, with_file ? std::vector{file.get()} : std::vector<int>{});
    return error_of(other).code == Errc::kInvalid;
  };
  const BufferOffered good = whole_buffer(0);
  EXPECT_FALSE(refused(good, kPicture));
  EXPECT_TRUE(refused(good, kPicture - 1)) << "a file too short";
  EXPECT_TRUE(refused(good, kPicture, false)) << "a file that may be cut while we read";
  EXPECT_TRUE(refused(good, kPicture, true, false)) << "no file";
  EXPECT_TRUE(refused(whole_buffer(1), kPicture)) << "out of order";
  BufferOffered bad = good;
  bad.planes.pop_back();
  EXPECT_TRUE(refused(bad, kPicture)) << "a plane missing";
  bad = good;
  bad.planes[0].stride = 63;
  EXPECT_TRUE(refused(bad, kPicture)) << "rows overlap";
  bad = good;
  bad.planes[1].size = kChroma - 1;
  EXPECT_TRUE(refused(bad, kPicture)) << "a plane too small";
  bad = good;
  bad.planes[2].offset = kMaxPlaneBytes;
  EXPECT_TRUE(refused(bad, kPicture)) << "beyond the file";
}

TEST(LibcameraSource, FilesThatAreNoMemoryAreRefused) {
  for (const char* path : {"/dev/null", "/proc/self/stat", "/"}) {
    OtherEnd other;
    other.say(CameraStarted{kFormat, 1, "test"});
    const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
    other.say(whole_buffer(0), {file.get()});
    EXPECT_EQ(error_of(other).code, Errc::kInvalid) << path;
  }
}

TEST(LibcameraSource, FramesOutOfTurnAreRefused) {
  const auto error_after = [](const std::vector<LibcameraMessage>& messages) {
    OtherEnd other;
    other.start();
    const auto source = other.open();
    for (const LibcameraMessage& message : messages) other.say(message);
    const auto frame = (*source)->read_frame(kNow);
    return frame ? Errc::kInternal : frame.error().code;
  };
  EXPECT_EQ(error_after({frame_in(kBuffers)}), Errc::kInvalid) << "no such buffer";
  EXPECT_EQ(error_after({frame_in(0), frame_in(0)}), Errc::kInvalid) << "a buffer that is ours";
  EXPECT_EQ(error_after({CameraStarted{kFormat, 1, "again"}}), Errc::kInvalid);
  EXPECT_EQ(error_after({whole_buffer(3)}), Errc::kInvalid) << "more buffers than announced";
  EXPECT_EQ(error_after({BufferReturned{0}}), Errc::kInvalid);
  OtherEnd early;
  early.say(CameraStarted{kFormat, kBuffers, "test"});
  early.say(frame_in(0));
  EXPECT_EQ(error_of(early).code, Errc::kInvalid) << "before its buffers";
}

std::size_t open_files() {
  const std::filesystem::directory_iterator fds("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(fds), end(fds)));
}

TEST(LibcameraSource, NothingStaysOpenWhateverHappened) {
  const std::size_t before = open_files();
  {
    OtherEnd other;
    const UniqueFd file = memory_file(kPicture, 0);
    other.say(CameraStarted{kFormat, 2, "test"});
    other.say(whole_buffer(0), {file.get(), file.get(), file.get()});
    other.say(whole_buffer(0), {file.get()});  // out of order
    EXPECT_EQ(error_of(other).code, Errc::kInvalid);
  }
  {
    OtherEnd other;
    other.start();
    EXPECT_TRUE(other.open());
  }
  EXPECT_EQ(open_files(), before);
}

/// A program of the test's own in place of perch-libcamera.
class InPlaceOfProgram {
 public:
  explicit InPlaceOfProgram(const std::string& path) { setenv("PERCH_LIBCAMERA_HELPER", path.c_str(), 1); }
  InPlaceOfProgram(const std::string& script, const TemporaryFolder& folder)
      : InPlaceOfProgram(folder.write("program", as_bytes("#!/bin/sh\n" + script))) {
    EXPECT_EQ(chmod(folder.path("program").c_str(), 0700), 0);
  }
  InPlaceOfProgram(const InPlaceOfProgram&) = delete;
  InPlaceOfProgram& operator=(const InPlaceOfProgram&) = delete;
  ~InPlaceOfProgram() { unsetenv("PERCH_LIBCAMERA_HELPER"); }
};

const SourceRequest kRequest{.source = "libcamera:0", .size = kSize, .rate = {30, 1}};

TEST(LibcameraProgram, MissingOneIsNamed) {
  const InPlaceOfProgram nothing("/nonexistent/perch-libcamera");
  const auto source = open_video_source(kRequest);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::kNotFound);
  EXPECT_NE(source.error().context.find("/nonexistent/perch-libcamera"), std::string::npos);
}

TEST(LibcameraProgram, ItsExitCodeIsInTheError) {
  const TemporaryFolder folder;
  const InPlaceOfProgram program("exit 3", folder);
  const auto source = open_video_source(kRequest);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, Errc::kUnavailable);
  EXPECT_EQ(source.error().context, "perch-libcamera ended (exit code 3)");
}

TEST(LibcameraProgram, GetsTheRequestAsWordsAndNoFileButTheChannel) {
  const TemporaryFolder folder;
  const InPlaceOfProgram program("echo \"$@\" > " + folder.path("words") + "; ls /proc/$$/fd > " + folder.path("fds"),
                                 folder);
  SourceRequest request = kRequest;
  request.controls = {"brightness=0.5"};
  request.source = "libcamera:/base/soc/i2c0mux/imx708@1a";
  EXPECT_FALSE(open_video_source(request));
  std::string words;
  std::getline(std::ifstream(folder.path("words")), words);
  EXPECT_EQ(words, "--camera /base/soc/i2c0mux/imx708@1a --size 64x48 --rate 30/1 --control brightness=0.5");
  std::ifstream list(folder.path("fds"));
  std::vector<int> fds{std::istream_iterator<int>(list), {}};
  std::ranges::sort(fds);
  ASSERT_GE(fds.size(), 4U);
  EXPECT_EQ(fds[3], 3);
  // The shell keeps its script at 10 or above.
  EXPECT_TRUE(std::ranges::none_of(fds, [](int fd) { return fd > 3 && fd < 10; }));
}

TEST(LibcameraProgram, OneThatDoesNotEndIsKilled) {
  auto channel = make_fd_channel();
  auto program = ChildProgram::start("/bin/sleep", {"3600"}, std::move(channel->second));
  ASSERT_TRUE(program) << program.error().message();
  EXPECT_EQ(program->end(milliseconds(0)), "signal 9");
  EXPECT_EQ(program->end(milliseconds(0)), "signal 9") << "asked again";
}

}  // namespace
}  // namespace perch::video
