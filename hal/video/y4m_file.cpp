// See y4m_file.hpp.
#include "hal/video/y4m_file.hpp"

#include "hal/video/file_reader.hpp"
#include "hal/video/paced_source.hpp"
#include "hal/video/y4m.hpp"

namespace perch::video {
namespace {

class Y4mFile final : public PacedSource {
 public:
  Y4mFile(FileReader file, std::string path, const Y4mHeader& header, FrameTimer timer, TimePoint start)
      : PacedSource(std::move(timer), start, VideoFormat{PixelFormat::kI420, header.size, header.rate}),
        file_(std::move(file)),
        path_(std::move(path)),
        first_(header.bytes),
        next_(header.bytes),
        picture_(picture_bytes(PixelFormat::kI420, header.size, header.size.width)) {}

  [[nodiscard]] std::string description() const override { return "file:" + path_; }

  /// Whether there is anything to show; asked once, before the first frame is due.
  [[nodiscard]] Result<void> probe() {
    const auto read = read_picture();
    if (!read) return fail(read.error());
    if (!*read) return fail(Errc::kInvalid, path_ + " has no whole picture");
    next_ = first_;
    return {};
  }

 private:
  /// Reads the next picture into the buffer. False at the end of the file.
  [[nodiscard]] Result<bool> read_picture() {
    Bytes line(kMaxY4mLine);
    const auto line_read = file_.read_at(next_, line);
    if (!line_read) return fail(line_read.error());
    if (*line_read == 0) return false;
    const auto line_bytes = parse_y4m_frame_line(as_text(ByteView(line).first(*line_read)));
    if (!line_bytes) return fail(line_bytes.error());
    const auto picture_read = file_.read_at(next_ + *line_bytes, picture_);
    if (!picture_read) return fail(picture_read.error());
    if (*picture_read < picture_.size()) return false;
    next_ += *line_bytes + picture_.size();
    return true;
  }

  [[nodiscard]] Result<void> fill(Frame& frame) override {
    auto read = read_picture();
    if (read && !*read) {
      next_ = first_;
      read = read_picture();
    }
    if (!read) return fail(read.error());
    if (!*read) return fail(Errc::kInvalid, path_ + " was cut short while it played");
    const Size size = frame.format.size;
    frame.planes = lay_out_planes(PixelFormat::kI420, size, size.width, picture_).value();
    return {};
  }

  FileReader file_;
  std::string path_;
  std::uint64_t first_, next_;  ///< [bytes] from the start of the file
  Bytes picture_;
};

}  // namespace

Result<std::unique_ptr<VideoSource>> open_y4m_file(const std::string& path, const SourceRequest& request,
                                                   TimePoint start) {
  auto file = FileReader::open(path);
  if (!file) return fail(file.error());
  Bytes line(kMaxY4mLine);
  const auto read = file->read_at(0, line);
  if (!read) return fail(read.error());
  auto header = parse_y4m_header(as_text(ByteView(line).first(*read)));
  if (!header) return fail(header.error().code, path + ": " + header.error().context);
  if (header->rate.numerator == 0) header->rate = request.rate;
  auto timer = FrameTimer::create(start);
  if (!timer) return fail(timer.error());
  auto source = std::make_unique<Y4mFile>(std::move(*file), path, *header, std::move(*timer), start);
  if (auto probed = source->probe(); !probed) return fail(probed.error());
  return source;
}

}  // namespace perch::video
