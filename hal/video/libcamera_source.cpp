// See libcamera_source.hpp.
#include "hal/video/libcamera_source.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cinttypes>
#include <cstdlib>
#include <filesystem>

#include "hal/base/log.hpp"
#include "hal/video/libcamera_link.hpp"

namespace perch::video {
namespace {

constexpr Duration kObituary = milliseconds(200);  // from a closed channel to the program's exit code
constexpr const char* kProgram = "perch-libcamera";

class LibcameraSource final : public VideoSource {
 public:
  LibcameraSource(UniqueFd channel, std::optional<ChildProgram> program)
      : program_(std::move(program)), channel_(std::move(channel)) {}
  ~LibcameraSource() override {
    if (link_.ready())
      PERCH_INFO("video", "msg=\"camera closed\" device=%s frames=%" PRIu64 " damaged=%" PRIu64 " late=%" PRIu64,
                 in_quotes(description()).c_str(), delivered_, damaged_, late_);
    channel_.reset();  // which tells the program to end
  }

  /// Until the camera runs.
  [[nodiscard]] Result<void> wait_for_start(Duration patience) {
    const TimePoint deadline = monotonic_now() + patience;
    while (!link_.ready()) {
      if (auto next = receive(); !next) return fail(next.error());
      if (link_.ready()) break;
      const auto left = std::max<std::int64_t>(0, to_ms(deadline - monotonic_now()));
      pollfd entry{channel_.get(), POLLIN, 0};
      if (poll(&entry, 1, static_cast<int>(left)) == 0)
        return fail(Errc::kUnavailable, "libcamera did not start the camera in time");
    }
    return {};
  }

  [[nodiscard]] const VideoFormat& format() const override { return link_.format(); }
  [[nodiscard]] int fd() const override { return channel_.get(); }
  [[nodiscard]] std::uint64_t damaged() const override { return damaged_; }
  [[nodiscard]] bool is_camera() const override { return true; }
  [[nodiscard]] std::string description() const override { return "libcamera (" + link_.camera() + ")"; }

  [[nodiscard]] Result<std::optional<Frame>> read_frame(TimePoint now) override {
    if (const auto lent = std::exchange(lent_, std::nullopt)) {
      if (auto returned = give_back(*lent); !returned) return fail(returned.error());
    }
    std::optional<Frame> frame;
    while (true) {  // of several the newest, which is the live picture
      const auto next = receive();
      if (!next) return fail(next.error());
      if (!next->filled) {
        if (next->was_message) continue;
        break;
      }
      const FrameFilled& filled = *next->filled;
      if (filled.damaged) ++damaged_;
      if (!filled.damaged && lent_) ++late_;
      const auto unused = filled.damaged ? std::optional(filled.index) : std::exchange(lent_, filled.index);
      if (!filled.damaged) frame = to_frame(filled, now);
      if (!unused) continue;
      if (auto returned = give_back(*unused); !returned) return fail(returned.error());
    }
    if (frame) ++delivered_;
    return frame;
  }

 private:
  struct Received {
    bool was_message = false;
    std::optional<FrameFilled> filled;
  };

  [[nodiscard]] Result<Received> receive() {
    auto message = receive_fd_message(channel_.get(), kMaxLibcameraMessage);
    if (!message) return message.error().code == Errc::kClosed ? gone() : fail(message.error());
    if (!*message) return Received{};
    auto filled = link_.on_message(std::move(**message));
    if (!filled) return fail(filled.error());
    return Received{true, *filled};
  }

  [[nodiscard]] tl::unexpected<Error> gone() {
    const std::string how = program_ ? " (" + program_->end(kObituary) + ")" : "";
    return fail(Errc::kUnavailable, std::string(kProgram) + " ended" + how);
  }

  [[nodiscard]] Result<void> give_back(std::uint8_t index) {
    link_.take_back(index);
    auto sent = send_fd_message(channel_.get(), write_libcamera_message(BufferReturned{index}));
    if (sent || sent.error().code != Errc::kClosed) return sent;
    // Perhaps it said why it ended: the reader finds that, or the end.
    return {};
  }

  [[nodiscard]] Frame to_frame(const FrameFilled& filled, TimePoint now) {
    if (!first_number_) first_number_ = filled.number;
    const auto [dmabuf, dmabuf_size] = link_.dma_buffer(filled);
    return {.format = format(),
            .planes = link_.planes(filled),
            .captured_at = capture_time(filled.captured_at, now),
            .number = filled.number - *first_number_,
            .dmabuf = dmabuf,
            .dmabuf_size = dmabuf_size};
  }

  // libcamera documents CLOCK_BOOTTIME but hands on the driver's CLOCK_MONOTONIC; the two differ on a machine that has
  // been suspended. A stamp that cannot be is replaced by the time of arrival.
  [[nodiscard]] static TimePoint capture_time(nanoseconds stamp, TimePoint now) {
    const TimePoint captured{stamp};
    return captured <= now && captured > now - seconds(1) ? captured : now;
  }

  std::optional<ChildProgram> program_;
  UniqueFd channel_;
  LibcameraLink link_;
  std::optional<std::uint8_t> lent_;  ///< index of the buffer the last frame lies in
  std::optional<std::uint32_t> first_number_;
  std::uint64_t delivered_ = 0;
  std::uint64_t damaged_ = 0;  ///< skipped
  std::uint64_t late_ = 0;     ///< passed over because a newer one was ready
};

std::vector<std::string> arguments_for(const std::string& camera, const SourceRequest& request) {
  std::vector<std::string> words{
      "--camera", camera,
      "--size",   std::to_string(request.size.width) + "x" + std::to_string(request.size.height),
      "--rate",   std::to_string(request.rate.numerator) + "/" + std::to_string(request.rate.denominator)};
  for (const std::string& control : request.controls) words.insert(words.end(), {"--control", control});
  return words;
}

bool can_run(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

}  // namespace

Result<std::string> find_libcamera_program() {
  if (const char* const named = std::getenv("PERCH_LIBCAMERA_HELPER")) return std::string(named);
  std::error_code ignored;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const std::string& path : {(folder / kProgram).string(), std::string("/usr/libexec/perch/") + kProgram}) {
    if (can_run(path)) return path;
  }
  return fail(Errc::kUnsupported,
              "a libcamera camera needs the program perch-libcamera, which is neither beside perchd nor in "
              "/usr/libexec/perch: install it, or build with the package libcamera-dev installed");
}

bool may_have_libcamera_camera() {
  return std::filesystem::exists("/dev/media0") && find_libcamera_program().has_value();
}

Result<std::unique_ptr<VideoSource>> open_libcamera_channel(UniqueFd channel, std::optional<ChildProgram> program,
                                                            Duration patience) {
  auto source = std::make_unique<LibcameraSource>(std::move(channel), std::move(program));
  if (auto started = source->wait_for_start(patience); !started) return fail(started.error());
  const VideoFormat& got = source->format();
  PERCH_INFO("video", "msg=\"camera open\" device=%s format=%s size=%dx%d fps=%.2f",
             in_quotes(source->description()).c_str(), to_string(got.pixel), got.size.width, got.size.height,
             got.rate.per_second());
  return source;
}

Result<std::unique_ptr<VideoSource>> open_libcamera(const std::string& camera, const SourceRequest& request) {
  const auto path = find_libcamera_program();
  if (!path) return fail(path.error());
  auto channel = make_fd_channel();
  if (!channel) return fail(channel.error());
  auto program = ChildProgram::start(*path, arguments_for(camera, request), std::move(channel->second));
  if (!program) return fail(program.error());
  return open_libcamera_channel(std::move(channel->first), std::move(*program), kLibcameraStart);
}

}  // namespace perch::video
