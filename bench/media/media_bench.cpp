// What one frame costs on its way from the camera to RTP payloads: conversion, encoding, packetisation.
#include <benchmark/benchmark.h>

#include <chrono>
#include <optional>
#include <vector>

#include "hal/base/random.hpp"
#include "media/codec/h264_encoder.hpp"
#include "media/codec/pixel_convert.hpp"
#include "media/rtp/h264_packetizer.hpp"
#include "media/rtp/rtp_packet.hpp"
#include "tests/media/codec/jpeg_samples.hpp"

namespace {

using namespace perch;

constexpr Size k720p{1280, 720};

/// An access unit of one slice of `size` bytes.
Bytes slice_of(std::size_t size) {
  Bytes nal(size);
  SeededRandom(1).fill(nal);
  nal[0] = 0x41;
  return nal;
}

void packetize_frame(benchmark::State& state) {
  const Bytes nal = slice_of(static_cast<std::size_t>(state.range(0)));
  const std::vector<ByteView> nals{nal};
  const rtp::H264Packetizer packetizer;
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(packetizer.packetize({nals, {}, false}, 0, {1}));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(packetize_frame)->Arg(8'300)->Arg(22'000);  // a picture and a key frame at 2 Mbit/s and 30 fps

void write_rtp_packet(benchmark::State& state) {
  const Bytes payload = slice_of(1140);
  Bytes buffer(1500);
  const Bytes sequence{0, 1};
  for ([[maybe_unused]] auto _ : state) {
    rtp::RtpPacketWriter writer(buffer, {true, 96, {1}, {2}, 3});
    writer.extension(3, sequence);
    writer.payload(payload);
    benchmark::DoNotOptimize(writer.finish());
  }
}
BENCHMARK(write_rtp_packet);

void convert_720p(benchmark::State& state, video::PixelFormat pixel, Size target) {
  Bytes bytes(1280 * 720 * 2);
  SeededRandom(1).fill(bytes);
  video::Frame frame;
  frame.format = {pixel, k720p, {30, 1}};
  const bool yuyv = pixel == video::PixelFormat::kYuyv;
  frame.planes[0] = {bytes.data(), yuyv ? 2560 : 1280, bytes.size()};
  frame.planes[1] = {bytes.data() + 1280 * 720, yuyv ? 0 : 1280, 1280 * 360};
  codec::PixelConverter converter;
  codec::PixelScaler scaler;
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(scaler.scale(converter.convert(frame).value(), target));
}
BENCHMARK_CAPTURE(convert_720p, yuyv, video::PixelFormat::kYuyv, k720p);
BENCHMARK_CAPTURE(convert_720p, nv12, video::PixelFormat::kNv12, k720p);
BENCHMARK_CAPTURE(convert_720p, nv12_to_360p, video::PixelFormat::kNv12, Size{640, 360});

/// A soft picture that moves, with some sensor noise in it.
std::vector<codec::I420Buffer> moving_pictures(Size size, int count) {
  SeededRandom random(1);
  std::vector<codec::I420Buffer> pictures(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    codec::I420Buffer& picture = pictures[static_cast<std::size_t>(i)];
    picture.resize(size);
    for (int y = 0; y < size.height; ++y) {
      for (int x = 0; x < size.width; ++x) {
        const int value = 40 + ((x + 4 * i) / 3 + y / 2) % 150 + static_cast<int>(random.u32() % 4);
        picture.y()[y * picture.stride_y() + x] = static_cast<std::uint8_t>(value);
      }
    }
  }
  return pictures;
}

/// What a frame of an MJPEG camera costs before it can be encoded.
void decode_jpeg(benchmark::State& state, Size size, bool half_height) {
  std::vector<Bytes> jpegs;
  for (codec::I420Buffer& picture : moving_pictures(size, 8))
    jpegs.push_back(codec::test::jpeg_of(picture, half_height));
  codec::PixelConverter converter;
  std::size_t i = 0;
  for ([[maybe_unused]] auto _ : state) {
    const Bytes& jpeg = jpegs[i++ % jpegs.size()];
    video::Frame frame;
    frame.format = {video::PixelFormat::kMjpeg, size, {30, 1}};
    frame.planes[0] = {jpeg.data(), 0, jpeg.size()};
    if (!converter.convert(frame)) return state.SkipWithError("a JPEG that cannot be decoded");
  }
  state.counters["kB"] = static_cast<double>(jpegs[0].size()) / 1000;
}
constexpr Size k1080p{1920, 1080};
BENCHMARK_CAPTURE(decode_jpeg, 720p_420, k720p, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode_jpeg, 720p_422, k720p, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode_jpeg, 1080p_420, k1080p, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(decode_jpeg, 1080p_422, k1080p, false)->Unit(benchmark::kMillisecond);

/// `max_slice_bytes` as in EncoderConfig; then also how long the first slice takes and in how many parts a picture
/// leaves.
void encode_frame(benchmark::State& state, Size size, std::size_t max_slice_bytes) {
  auto pictures = moving_pictures(size, 16);
  codec::EncoderConfig config;
  config.size = size;
  config.encoder = "x264";
  config.max_slice_bytes = max_slice_bytes;
  auto encoder = codec::create_h264_encoder(config);
  if (!encoder) return state.SkipWithError(encoder.error().message().c_str());
  std::size_t i = 0;
  std::int64_t bytes = 0;
  const auto count = [&](const codec::EncodedFrame& part) {
    for (const ByteView nal : part.nals) bytes += static_cast<std::int64_t>(nal.size());
  };
  std::optional<TimePoint> first;
  std::int64_t parts = 0;
  (*encoder)->set_part_sink([&](const codec::EncodedFrame& part) {
    if (!first) first = monotonic_now();
    ++parts;
    count(part);
  });
  Duration to_first{};
  for ([[maybe_unused]] auto _ : state) {
    first.reset();
    const TimePoint begun = monotonic_now();
    const auto frame = (*encoder)->encode(pictures[i++ % pictures.size()].view(), false);
    to_first += first.value_or(monotonic_now()) - begun;
    ++parts;
    count(*frame);
  }
  const auto frames = static_cast<double>(state.iterations());
  state.SetLabel((*encoder)->name());
  if (max_slice_bytes > 0) {
    state.counters["ms to the first part"] = std::chrono::duration<double, std::milli>(to_first).count() / frames;
    state.counters["parts"] = static_cast<double>(parts) / frames;
  }
  state.counters["kbit/s at 30 fps"] =
      static_cast<double>(bytes) * 8 * 30 / 1000 / static_cast<double>(state.iterations());
}
constexpr std::size_t kPacket = rtp::H264Packetizer::kDefaultMaxPayload;
BENCHMARK_CAPTURE(encode_frame, 360p, Size{640, 360}, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_frame, 360p_slices, Size{640, 360}, kPacket)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_frame, 720p, k720p, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_frame, 720p_slices, k720p, kPacket)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_frame, 1080p, Size{1920, 1080}, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(encode_frame, 1080p_slices, Size{1920, 1080}, kPacket)->Unit(benchmark::kMillisecond);

}  // namespace
