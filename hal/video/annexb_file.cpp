// See annexb_file.hpp.
#include "hal/video/annexb_file.hpp"

#include <algorithm>

#include "hal/base/h264_sps.hpp"
#include "hal/video/access_unit_index.hpp"
#include "hal/video/file_reader.hpp"
#include "hal/video/paced_source.hpp"

namespace perch::video {
namespace {

constexpr std::size_t kPieceBytes = 64 * 1024;
constexpr std::uint64_t kMaxUnitBytes = 8 * 1024 * 1024;  // far above any picture of a live stream; bounds the buffer

Result<std::vector<AccessUnitExtent>> index_units(const FileReader& file) {
  AccessUnitIndex index;
  Bytes piece(kPieceBytes);
  for (std::uint64_t offset = 0;;) {
    const auto read = file.read_at(offset, piece);
    if (!read) return fail(read.error());
    if (*read == 0) return index.finish();
    index.push(ByteView(piece).first(*read));
    offset += *read;
  }
}

class AnnexbFile final : public PacedSource {
 public:
  AnnexbFile(FileReader file, std::string path, std::vector<AccessUnitExtent> units, FrameTimer timer, TimePoint start,
             const VideoFormat& format)
      : PacedSource(std::move(timer), start, format),
        file_(std::move(file)),
        path_(std::move(path)),
        units_(std::move(units)) {}

  [[nodiscard]] std::string description() const override { return "file:" + path_; }

 private:
  // Ticks that were missed stretch the film: leaving a picture out would break all that refer to it.
  [[nodiscard]] Result<void> fill(Frame& frame) override {
    const AccessUnitExtent& unit = units_[next_];
    next_ = (next_ + 1) % units_.size();
    buffer_.resize(static_cast<std::size_t>(unit.size));  // at most kMaxUnitBytes
    const auto read = file_.read_at(unit.offset, buffer_);
    if (!read) return fail(read.error());
    if (*read < unit.size) return fail(Errc::kInvalid, path_ + " was cut short while it played");
    frame.planes = lay_out_planes(PixelFormat::kH264, frame.format.size, 0, buffer_).value();
    return {};
  }

  FileReader file_;
  std::string path_;
  std::vector<AccessUnitExtent> units_;  ///< not empty
  std::size_t next_ = 0;
  Bytes buffer_;
};

// The size in the SPS that comes with the first picture.
Result<Size> read_size(const FileReader& file, const AccessUnitExtent& first) {
  Bytes unit(static_cast<std::size_t>(first.size));  // at most kMaxUnitBytes
  const auto read = file.read_at(first.offset, unit);
  if (!read) return fail(read.error());
  const auto sps = parse_sps(find_sps(ByteView(unit).first(*read)));
  if (!sps) return fail(Errc::kInvalid, "no valid SPS before the first key frame");
  return sps->size;
}

}  // namespace

Result<std::unique_ptr<VideoSource>> open_annexb_file(const std::string& path, const SourceRequest& request,
                                                      TimePoint start) {
  auto file = FileReader::open(path);
  if (!file) return fail(file.error());
  auto units = index_units(*file);
  if (!units) return fail(units.error());
  units->erase(units->begin(), std::ranges::find_if(*units, &AccessUnitExtent::is_idr));
  if (units->empty()) return fail(Errc::kInvalid, path + ": no H.264 key frame in Annex B form");
  if (std::ranges::max(*units, {}, &AccessUnitExtent::size).size > kMaxUnitBytes) {
    return fail(Errc::kTooLarge, path + ": a picture of more than 8 MiB");
  }
  const auto size = read_size(*file, units->front());
  if (!size) return fail(size.error().code, path + ": " + size.error().context);
  auto timer = FrameTimer::create(start);
  if (!timer) return fail(timer.error());
  const VideoFormat format{PixelFormat::kH264, *size, request.rate};
  return std::make_unique<AnnexbFile>(std::move(*file), path, std::move(*units), std::move(*timer), start, format);
}

}  // namespace perch::video
