// Any bytes as the start of a Y4M file: sizes that are taken are ones a picture can have.
#include <cstdlib>

#include "hal/base/bytes.hpp"
#include "hal/video/y4m.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace perch;
  const std::string_view text = as_text({data, size});
  const auto header = video::parse_y4m_header(text);
  if (header) {
    const Size picture = header->size;
    const bool fits = picture.width > 0 && picture.height > 0 && picture.width <= video::kMaxY4mSide &&
                      picture.height <= video::kMaxY4mSide;
    if (!fits || header->bytes > text.size() || header->bytes > video::kMaxY4mLine) std::abort();
  }
  const auto frame = video::parse_y4m_frame_line(text);
  if (frame && (*frame == 0 || *frame > text.size() || *frame > video::kMaxY4mLine)) std::abort();
  return 0;
}
