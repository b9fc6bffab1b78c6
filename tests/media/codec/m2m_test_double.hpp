// An H.264 M2M encoder in software behind the V4L2 ioctls: no kernel driver imitates one. It answers what the kernel's
// documentation says such a driver answers; its pictures are recognisable, not decodable.
#pragma once

#include <linux/videodev2.h>

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "hal/video/v4l2_m2m_node.hpp"

namespace perch::codec::test {

/// One open node. Single-planar; NV12 in, as most boards have it. Only one at a time may exist.
class M2mTestDouble {
 public:
  /// What may differ from driver to driver, and what may go wrong.
  struct Behaviour {
    std::set<std::uint32_t> raw_formats{V4L2_PIX_FMT_NV12};
    int height_step = 16;  ///< rows are padded to a multiple of it
    bool has_force_control = true;
    bool has_bitrate_control = true;
    bool repeats_headers = true;  ///< else parameter sets come with the first picture only
    bool imports_dmabufs = true;
    int fail_after = -1;  ///< pictures until one comes back with the error flag; -1: never
    bool silent = false;  ///< takes frames and makes nothing of them
  };
  explicit M2mTestDouble(Behaviour how);
  ~M2mTestDouble();
  M2mTestDouble(const M2mTestDouble&) = delete;
  M2mTestDouble& operator=(const M2mTestDouble&) = delete;

  /// Another open of the node: its memory is a file, so that it can be mapped and polled.
  [[nodiscard]] Result<video::V4l2M2mNode> open();

  /// What the encoder was told, over all opens.
  std::map<std::uint32_t, std::int64_t> controls;
  int opened = 0;
  int streams_started = 0;
  unsigned quantization = 0;  ///< V4L2_QUANTIZATION_* of the raw pictures
  int imported = 0;           ///< frames that came as DMA buffers
  Behaviour behaviour;

 private:
  static int answer(int fd, unsigned long request, void* argument);
  int on_ioctl(unsigned long request, void* argument);
  int enum_format(v4l2_fmtdesc& format) const;
  int set_format(v4l2_format& format);
  int query_control(v4l2_query_ext_ctrl& control) const;
  int set_control(const v4l2_ext_control& control);
  int queue(const v4l2_buffer& buffer);
  int dequeue(v4l2_buffer& buffer);
  int switch_stream(bool on, unsigned type);
  void encode();
  [[nodiscard]] std::uint8_t first_luma(const v4l2_buffer& raw) const;

  std::size_t raw_bytes_ = 0;
  int fd_ = -1;  // of the newest open
  bool raw_on_ = false, coded_on_ = false;
  std::deque<v4l2_buffer> raw_waiting_, coded_waiting_, raw_done_, coded_done_;
  int pictures_ = 0;  // of this stream
  int pictures_in_all_ = 0;
  bool keyframe_wanted_ = true;
};

}  // namespace perch::codec::test
