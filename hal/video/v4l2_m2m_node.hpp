// A memory-to-memory encoder node: raw pictures in at one end, coded ones out at the other.
// API: kernel documentation, "Memory-to-Memory Stateful Video Encoder Interface".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hal/video/v4l2_device.hpp"

namespace perch::video {

/// What an M2M encoder makes. FWHT is the coding of the kernel's test driver vicodec.
enum class CodedFormat : std::uint8_t { kH264, kFwht };
[[nodiscard]] std::uint32_t to_fourcc(CodedFormat format);

/// An open node that makes `coded()`. Every open of a node is an encoder of its own. One thread.
class V4l2M2mNode {
 public:
  /// kUnsupported when the node is no M2M device or makes something else; errors of opening as those of cameras.
  [[nodiscard]] static Result<V4l2M2mNode> open(const std::string& path, CodedFormat coded);
  /// The same for an open descriptor whose ioctls `function` answers.
  [[nodiscard]] static Result<V4l2M2mNode> adopt(UniqueFd fd, std::string path, CodedFormat coded,
                                                 IoctlFunction function);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] int ioctl(unsigned long request, void* argument) const { return ioctl_(fd(), request, argument); }
  [[nodiscard]] IoctlFunction ioctl_function() const { return ioctl_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& card() const { return card_; }
  [[nodiscard]] bool multi_planar() const { return multi_planar_; }
  [[nodiscard]] CodedFormat coded() const { return coded_; }
  /// The raw formats it encodes from, of those we know; in the driver's order.
  [[nodiscard]] const std::vector<PixelFormat>& takes() const { return takes_; }
  [[nodiscard]] bool takes(PixelFormat pixel) const;
  /// The failure of an ioctl that just set errno, in words.
  [[nodiscard]] tl::unexpected<Error> fail_ioctl(const std::string& what) const;

 private:
  V4l2M2mNode(UniqueFd fd, std::string path, CodedFormat coded, IoctlFunction function)
      : fd_(std::move(fd)), path_(std::move(path)), coded_(coded), ioctl_(function) {}
  [[nodiscard]] Result<void> query_capabilities();
  [[nodiscard]] std::vector<std::uint32_t> list_fourccs(unsigned buffer_type) const;

  UniqueFd fd_;
  std::string path_;
  std::string card_;
  CodedFormat coded_;
  IoctlFunction ioctl_;
  bool multi_planar_ = false;
  std::vector<PixelFormat> takes_;
};

/// The first node that makes `coded`, found by what nodes say they can, whatever their numbers. kNotFound when there is
/// none (with those we may not open).
[[nodiscard]] Result<V4l2M2mNode> find_m2m_encoder(CodedFormat coded);

}  // namespace perch::video
