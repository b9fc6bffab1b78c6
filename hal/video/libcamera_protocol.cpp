// See libcamera_protocol.hpp.
#include "hal/video/libcamera_protocol.hpp"

namespace perch::video {
namespace {

enum class Kind : std::uint8_t { kStarted = 1, kBuffer, kFrame, kReturned, kFailed };

constexpr std::size_t kMaxPlanes = std::tuple_size_v<decltype(Frame::planes)>;

void write_text(ByteWriter& out, const std::string& text) {
  const auto cut = as_bytes(text).first(std::min(text.size(), kMaxLibcameraText));
  out.u16(cut.size());
  out.bytes(cut);
}

std::string read_text(ByteReader& in) { return std::string(as_text(in.view(in.u16()))); }

void write(ByteWriter& out, const CameraStarted& started) {
  out.u8(static_cast<std::uint8_t>(Kind::kStarted));
  out.u8(kLibcameraProtocol);
  out.u8(static_cast<std::uint8_t>(started.format.pixel));
  out.u16(static_cast<std::uint64_t>(started.format.size.width));
  out.u16(static_cast<std::uint64_t>(started.format.size.height));
  out.u32(started.format.rate.numerator);
  out.u32(started.format.rate.denominator);
  out.u8(started.buffers);
  write_text(out, started.camera);
}

void write(ByteWriter& out, const BufferOffered& buffer) {
  out.u8(static_cast<std::uint8_t>(Kind::kBuffer));
  out.u8(buffer.index);
  out.u8(buffer.planes.size());
  for (const PlanePlace& place : buffer.planes) {
    out.u8(place.file);
    out.u32(place.offset);
    out.u32(place.stride);
    out.u32(place.size);
  }
}

void write(ByteWriter& out, const FrameFilled& frame) {
  out.u8(static_cast<std::uint8_t>(Kind::kFrame));
  out.u8(frame.index);
  out.u8(frame.damaged ? 1 : 0);
  out.u32(frame.number);
  out.u64(static_cast<std::uint64_t>(frame.captured_at.count()));
  out.u32(frame.bytes_used);
}

void write(ByteWriter& out, const BufferReturned& returned) {
  out.u8(static_cast<std::uint8_t>(Kind::kReturned));
  out.u8(returned.index);
}

void write(ByteWriter& out, const CameraFailed& failed) {
  out.u8(static_cast<std::uint8_t>(Kind::kFailed));
  out.u8(static_cast<std::uint8_t>(failed.code));
  write_text(out, failed.words);
}

std::optional<PixelFormat> to_pixel_format(std::uint8_t value) {
  switch (static_cast<PixelFormat>(value)) {
    case PixelFormat::kI420:
    case PixelFormat::kNv12:
    case PixelFormat::kYuyv:
    case PixelFormat::kMjpeg: return static_cast<PixelFormat>(value);
    default: return std::nullopt;  // libcamera has no H.264
  }
}

bool within(std::uint32_t value, std::uint32_t min, std::uint32_t max) { return value >= min && value <= max; }

// Up to 1,000 frames per second: an interval of at least a millisecond and a division without surprises.
bool is_sane(const FrameRate& rate) {
  return rate.denominator > 0 && rate.numerator > 0 && rate.numerator / rate.denominator <= 1000;
}

std::optional<LibcameraMessage> read_started(ByteReader& in) {
  CameraStarted started;
  const auto pixel = to_pixel_format(in.u8());
  const std::uint16_t width = in.u16(), height = in.u16();
  started.format.size = {width, height};
  started.format.rate.numerator = in.u32();
  started.format.rate.denominator = in.u32();
  started.buffers = in.u8();
  started.camera = read_text(in);
  if (!pixel || !within(width, 1, kMaxPictureSide) || !within(height, 1, kMaxPictureSide)) return std::nullopt;
  if (!is_sane(started.format.rate) || !within(started.buffers, 1, kMaxLibcameraBuffers)) return std::nullopt;
  if (started.camera.size() > kMaxLibcameraText) return std::nullopt;
  started.format.pixel = *pixel;
  return started;
}

std::optional<LibcameraMessage> read_buffer(ByteReader& in) {
  BufferOffered buffer;
  buffer.index = in.u8();
  const std::uint8_t planes = in.u8();
  if (buffer.index >= kMaxLibcameraBuffers || !within(planes, 1, kMaxPlanes)) return std::nullopt;
  for (int i = 0; i < planes; ++i) {
    PlanePlace place{in.u8(), in.u32(), in.u32(), in.u32()};
    if (place.file >= kMaxPlanes || place.offset > kMaxPlaneBytes || !within(place.size, 1, kMaxPlaneBytes))
      return std::nullopt;
    if (place.stride > place.size) return std::nullopt;
    buffer.planes.push_back(place);
  }
  return buffer;
}

std::optional<LibcameraMessage> read_frame(ByteReader& in) {
  FrameFilled frame;
  frame.index = in.u8();
  frame.damaged = in.u8() != 0;
  frame.number = in.u32();
  const std::uint64_t stamp = in.u64();
  frame.bytes_used = in.u32();
  if (frame.index >= kMaxLibcameraBuffers || stamp > INT64_MAX) return std::nullopt;
  frame.captured_at = nanoseconds(static_cast<std::int64_t>(stamp));
  return frame;
}

std::optional<LibcameraMessage> read_returned(ByteReader& in) {
  const BufferReturned returned{in.u8()};
  if (returned.index >= kMaxLibcameraBuffers) return std::nullopt;
  return returned;
}

std::optional<LibcameraMessage> read_failed(ByteReader& in) {
  const std::uint8_t code = in.u8();
  CameraFailed failed{static_cast<Errc>(code), read_text(in)};
  if (code > static_cast<std::uint8_t>(Errc::kInternal) || failed.words.size() > kMaxLibcameraText) return std::nullopt;
  return failed;
}

std::optional<LibcameraMessage> read_body(Kind kind, ByteReader& in) {
  switch (kind) {
    case Kind::kStarted: return read_started(in);
    case Kind::kBuffer: return read_buffer(in);
    case Kind::kFrame: return read_frame(in);
    case Kind::kReturned: return read_returned(in);
    case Kind::kFailed: return read_failed(in);
  }
  return std::nullopt;
}

}  // namespace

Bytes write_libcamera_message(const LibcameraMessage& message) {
  Bytes bytes(kMaxLibcameraMessage);
  ByteWriter out(bytes);
  std::visit([&](const auto& one) { write(out, one); }, message);
  bytes.resize(out.size());
  return bytes;
}

Result<LibcameraMessage> parse_libcamera_message(ByteView bytes) {
  ByteReader in(bytes);
  const auto kind = static_cast<Kind>(in.u8());
  if (kind == Kind::kStarted) {
    const std::uint8_t version = in.u8();
    if (in.ok() && version != kLibcameraProtocol)
      return fail(Errc::kUnsupported, "perch-libcamera is of another version than perchd: install both from one build");
  }
  auto message = read_body(kind, in);
  if (!message || !in.ok() || in.remaining() != 0)
    return fail(Errc::kInvalid, "perch-libcamera sent a malformed message");
  return std::move(*message);
}

}  // namespace perch::video
