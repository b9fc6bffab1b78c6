#include "media/codec/jpeg_decoder.hpp"

#include <turbojpeg.h>

#include <array>
#include <cstring>
#include <string_view>

#include "media/codec/plane_scale.hpp"

namespace perch::codec {
namespace {

struct TurboDeleter {
  void operator()(void* handle) const { tjDestroy(handle); }
};

using TurboHandle = std::unique_ptr<void, TurboDeleter>;

/// Cheap cameras put stray bytes between the segments, which hurts no picture; every other warning means missing data.
bool is_harmless_warning(void* handle) {
  return tjGetErrorCode(handle) == TJERR_WARNING &&
         std::string_view(tjGetErrorStr2(handle)).find("extraneous bytes") != std::string_view::npos;
}

struct Chroma {
  Bytes u;
  Bytes v;
  int width = 0;
  int height = 0;
};

void prepare(Chroma& chroma, Size size, int sampling) {
  chroma.width = tjPlaneWidth(1, size.width, sampling);
  chroma.height = tjPlaneHeight(1, size.height, sampling);
  const std::size_t bytes = tjPlaneSizeYUV(1, size.width, chroma.width, size.height, sampling);
  chroma.u.resize(bytes);
  chroma.v.resize(bytes);
}

void fill_neutral(I420Buffer& out) {
  const auto bytes = static_cast<std::size_t>(out.stride_uv()) * static_cast<std::size_t>(out.chroma_height());
  std::memset(out.u(), 128, bytes);
  std::memset(out.v(), 128, bytes);
}

}  // namespace

struct JpegDecoder::State {
  TurboHandle handle{tjInitDecompress()};
  Chroma chroma;  // of pictures that are not 4:2:0

  [[nodiscard]] Result<void> decode(ByteView jpeg, Size expected, I420Buffer& out);
  [[nodiscard]] Result<int> read_sampling(ByteView jpeg, Size expected);
  [[nodiscard]] Result<void> decode_planes(ByteView jpeg, Size size, std::array<std::uint8_t*, 3> planes,
                                           std::array<int, 3> strides);
};

Result<int> JpegDecoder::State::read_sampling(ByteView jpeg, Size expected) {
  Size size;
  int sampling = 0;
  int colour_space = 0;
  const int rc =
      tjDecompressHeader3(handle.get(), jpeg.data(), jpeg.size(), &size.width, &size.height, &sampling, &colour_space);
  if (rc != 0 && !is_harmless_warning(handle.get())) return fail(Errc::kInvalid, "not a JPEG picture");
  if (size != expected) return fail(Errc::kInvalid, "a JPEG picture of another size than agreed");
  if (sampling < 0 || (colour_space != TJCS_YCbCr && colour_space != TJCS_GRAY)) {
    return fail(Errc::kUnsupported, "a JPEG picture without YCbCr");
  }
  return sampling;
}

Result<void> JpegDecoder::State::decode_planes(ByteView jpeg, Size size, std::array<std::uint8_t*, 3> planes,
                                               std::array<int, 3> strides) {
  const int rc = tjDecompressToYUVPlanes(handle.get(), jpeg.data(), jpeg.size(), planes.data(), size.width,
                                         strides.data(), size.height, TJFLAG_FASTDCT);
  if (rc == 0 || is_harmless_warning(handle.get())) return {};
  return fail(Errc::kInvalid, "a damaged JPEG picture");
}

Result<void> JpegDecoder::State::decode(ByteView jpeg, Size expected, I420Buffer& out) {
  const auto sampling = read_sampling(jpeg, expected);
  if (!sampling) return fail(sampling.error());
  out.resize(expected);
  if (*sampling == TJSAMP_420) {
    return decode_planes(jpeg, expected, {out.y(), out.u(), out.v()},
                         {out.stride_y(), out.stride_uv(), out.stride_uv()});
  }
  if (*sampling == TJSAMP_GRAY) {
    fill_neutral(out);
    return decode_planes(jpeg, expected, {out.y(), nullptr, nullptr}, {out.stride_y(), 0, 0});
  }
  prepare(chroma, expected, *sampling);
  auto decoded = decode_planes(jpeg, expected, {out.y(), chroma.u.data(), chroma.v.data()},
                               {out.stride_y(), chroma.width, chroma.width});
  if (!decoded) return decoded;
  const Size from{chroma.width, chroma.height};
  const Size to{out.chroma_width(), out.chroma_height()};
  scale_plane(chroma.u.data(), chroma.width, from, out.u(), out.stride_uv(), to);
  scale_plane(chroma.v.data(), chroma.width, from, out.v(), out.stride_uv(), to);
  return {};
}

JpegDecoder::JpegDecoder() : state_(std::make_unique<State>()) {}
JpegDecoder::~JpegDecoder() = default;

Result<void> JpegDecoder::decode(ByteView jpeg, Size expected, I420Buffer& out) {
  if (!state_->handle) state_->handle.reset(tjInitDecompress());
  if (!state_->handle) return fail(Errc::kInternal, "the JPEG decoder could not be set up");
  auto decoded = state_->decode(jpeg, expected, out);
  // After an error in the header the library would go on reading in the middle of the next picture.
  if (!decoded) state_->handle.reset();
  return decoded;
}

}  // namespace perch::codec
