// What the program perch-libcamera and the daemon say to each other, one message per packet of a Unix socket; pure.
//
//   perch-libcamera                      daemon
//     CameraStarted            ───►
//     BufferOffered × buffers  ───►      maps them; their files come along as SCM_RIGHTS
//     FrameFilled              ───►      may read the buffer from here on
//                              ◄───      BufferReturned
//     CameraFailed             ───►      at any time; the last message
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/video/frame.hpp"

namespace perch::video {

/// Of the messages below. Both programs come from one build, but one of them may be left over from another.
inline constexpr std::uint8_t kLibcameraProtocol = 1;
inline constexpr int kMaxLibcameraBuffers = 16;
inline constexpr int kMaxPictureSide = 8192;                ///< [pixels]
inline constexpr std::uint32_t kMaxPlaneBytes = 256 << 20;  ///< 8192² of 4 bytes each [bytes]
inline constexpr std::size_t kMaxLibcameraText = 512;       ///< longer ones are cut by the writer [bytes]
inline constexpr std::size_t kMaxLibcameraMessage = 1024;   ///< [bytes]

struct CameraStarted {
  VideoFormat format;
  std::uint8_t buffers = 0;  ///< how many BufferOffered follow, 1 to kMaxLibcameraBuffers
  std::string camera;        ///< what libcamera calls it
  bool operator==(const CameraStarted&) const = default;
};

/// Where a plane lies. `file` counts the files that came with the message.
struct PlanePlace {
  std::uint8_t file = 0;
  std::uint32_t offset = 0;  ///< [bytes]
  std::uint32_t stride = 0;  ///< [bytes]; 0 for compressed formats
  std::uint32_t size = 0;    ///< [bytes]
  bool operator==(const PlanePlace&) const = default;
};

struct BufferOffered {
  std::uint8_t index = 0;          ///< 0, 1, 2 …
  std::vector<PlanePlace> planes;  ///< 1 to 3, as many as the format has
  bool operator==(const BufferOffered&) const = default;
};

struct FrameFilled {
  std::uint8_t index = 0;
  bool damaged = false;
  std::uint32_t number = 0;      ///< the driver's count
  nanoseconds captured_at{0};    ///< CLOCK_MONOTONIC
  std::uint32_t bytes_used = 0;  ///< of compressed formats [bytes]
  bool operator==(const FrameFilled&) const = default;
};

struct BufferReturned {
  std::uint8_t index = 0;
  bool operator==(const BufferReturned&) const = default;
};

struct CameraFailed {
  Errc code = Errc::kInternal;
  std::string words;
  bool operator==(const CameraFailed&) const = default;
};

using LibcameraMessage = std::variant<CameraStarted, BufferOffered, FrameFilled, BufferReturned, CameraFailed>;

/// kUnsupported: of another version of the protocol. kInvalid: anything else that is not one whole message within the
/// limits above.
[[nodiscard]] Result<LibcameraMessage> parse_libcamera_message(ByteView bytes);
/// At most kMaxLibcameraMessage bytes.
[[nodiscard]] Bytes write_libcamera_message(const LibcameraMessage& message);

}  // namespace perch::video
