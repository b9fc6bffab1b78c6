// Any bytes as a picture of an MJPEG camera.
#include <cstdlib>

#include "media/codec/jpeg_decoder.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  static codec::JpegDecoder decoder;
  static codec::I420Buffer picture;
  if (decoder.decode({data, size}, {48, 34}, picture) && picture.size() != Size{48, 34}) std::abort();
  return 0;
}
