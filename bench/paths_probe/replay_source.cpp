// See replay_source.hpp.
#include "bench/paths_probe/replay_source.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "hal/video/paced_source.hpp"

namespace perch::video {
namespace {

std::vector<ByteView> cut_raw(ByteView bytes, const VideoFormat& format) {
  const std::size_t size = picture_bytes(format.pixel, format.size, packed_stride(format.pixel, format.size.width));
  std::vector<ByteView> pictures;
  for (; bytes.size() >= size; bytes = bytes.subspan(size)) pictures.push_back(bytes.first(size));
  return pictures;
}

// ITU-T T.81 §B.1.1.2: within a picture's data FF is followed by 00 or a restart marker, so FF D9 is its end.
std::vector<ByteView> cut_jpegs(ByteView bytes) {
  static constexpr std::array<std::uint8_t, 2> kEnd{0xff, 0xd9};
  std::vector<ByteView> pictures;
  while (true) {
    const auto end = std::search(bytes.begin(), bytes.end(), kEnd.begin(), kEnd.end());
    if (end == bytes.end()) return pictures;
    const auto size = static_cast<std::size_t>(end - bytes.begin()) + kEnd.size();
    pictures.push_back(bytes.first(size));
    bytes = bytes.subspan(size);
  }
}

class Replay final : public PacedSource {
 public:
  Replay(FrameTimer timer, TimePoint start, const VideoFormat& format, Bytes bytes)
      : PacedSource(std::move(timer), start, format),
        bytes_(std::move(bytes)),
        pictures_(is_compressed(format.pixel) ? cut_jpegs(bytes_) : cut_raw(bytes_, format)) {}
  [[nodiscard]] bool empty() const { return pictures_.empty(); }
  [[nodiscard]] std::string description() const override {
    return "replay of " + std::to_string(pictures_.size()) + " pictures";
  }

 private:
  [[nodiscard]] Result<void> fill(Frame& frame) override {
    const int stride = packed_stride(frame.format.pixel, frame.format.size.width);
    const ByteView picture = pictures_[frame.number % pictures_.size()];
    const auto planes = lay_out_planes(frame.format.pixel, frame.format.size, stride, picture);
    if (!planes) return fail(Errc::kInternal, "a picture that is too short");
    frame.planes = *planes;
    return {};
  }

  Bytes bytes_;
  std::vector<ByteView> pictures_;
};

}  // namespace

Result<std::unique_ptr<VideoSource>> open_replay(const std::string& path, const VideoFormat& format, TimePoint start) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  auto timer = FrameTimer::create(start);
  if (!timer) return fail(timer.error());
  auto replay = std::make_unique<Replay>(std::move(*timer), start, format, std::move(bytes));
  if (replay->empty()) return fail(Errc::kInvalid, path + " holds no picture of this format");
  return replay;
}

}  // namespace perch::video
