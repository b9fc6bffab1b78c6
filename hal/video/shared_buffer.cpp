// See shared_buffer.hpp.
#include "hal/video/shared_buffer.hpp"

#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace perch::video {
namespace {

struct PlaneNeed {
  std::size_t row = 0;   ///< least stride [bytes]
  std::size_t rows = 0;  ///< 0: no such plane
};

std::array<PlaneNeed, 3> needs_of(const VideoFormat& format) {
  const auto rows = static_cast<std::size_t>(format.size.height), chroma_rows = (rows + 1) / 2;
  const auto row = static_cast<std::size_t>(packed_stride(format.pixel, format.size.width));
  switch (format.pixel) {
    case PixelFormat::kI420: return {{{row, rows}, {(row + 1) / 2, chroma_rows}, {(row + 1) / 2, chroma_rows}}};
    case PixelFormat::kNv12: return {{{row, rows}, {(row + 1) / 2 * 2, chroma_rows}, {}}};
    case PixelFormat::kYuyv: return {{{row, rows}, {}, {}}};
    case PixelFormat::kMjpeg:
    case PixelFormat::kH264: return {{{0, 1}, {}, {}}};
  }
  return {};
}

tl::unexpected<Error> misfit(const char* what) {
  return fail(Errc::kInvalid, std::string("perch-libcamera offered a buffer ") + what);
}

bool is_dma_buffer(int fd) {
  struct statfs about {};
  return fstatfs(fd, &about) == 0 && about.f_type == DMA_BUF_MAGIC;
}

bool is_of_fixed_size(int fd) {
  if (is_dma_buffer(fd)) return true;
  const int seals = fcntl(fd, F_GET_SEALS);
  return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

}  // namespace

Result<SharedBuffer> SharedBuffer::map(const VideoFormat& format, const BufferOffered& offered,
                                       std::vector<UniqueFd> files) {
  SharedBuffer buffer;
  buffer.compressed_ = is_compressed(format.pixel);
  for (UniqueFd& file : files) {
    if (auto mapped = buffer.map_file(std::move(file)); !mapped) return fail(mapped.error());
  }
  if (auto placed = buffer.place(format, offered); !placed) return fail(placed.error());
  return buffer;
}

SharedBuffer::~SharedBuffer() {
  for (const Mapping& mapping : mappings_) munmap(const_cast<std::uint8_t*>(mapping.data), mapping.size);
}

Result<void> SharedBuffer::map_file(UniqueFd file) {
  if (!is_of_fixed_size(file.get())) return misfit("that is neither a DMA buffer nor sealed");
  const off_t size = lseek(file.get(), 0, SEEK_END);
  if (size <= 0 || static_cast<std::uint64_t>(size) > 3ULL * kMaxPlaneBytes) return misfit("of no sensible size");
  void* const data = mmap(nullptr, static_cast<std::size_t>(size), PROT_READ, MAP_SHARED, file.get(), 0);
  if (data == MAP_FAILED) return fail_errno("mapping a buffer of perch-libcamera");
  mappings_.push_back({static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
  files_.push_back(std::move(file));
  return {};
}

Result<void> SharedBuffer::place(const VideoFormat& format, const BufferOffered& offered) {
  const auto needs = needs_of(format);
  const auto count = static_cast<std::size_t>(std::ranges::count_if(needs, [](const auto& n) { return n.rows > 0; }));
  if (offered.planes.size() != count) return misfit("with another number of planes than its format has");
  for (std::size_t i = 0; i < count; ++i) {
    const PlanePlace& at = offered.planes[i];
    if (at.file >= mappings_.size()) return misfit("without its file");
    const Mapping& mapping = mappings_[at.file];
    if (at.offset > mapping.size || at.size > mapping.size - at.offset) return misfit("larger than its file");
    if (at.stride < needs[i].row || std::uint64_t{at.stride} * needs[i].rows > at.size)
      return misfit("smaller than its picture");
    planes_[i] = {mapping.data + at.offset, compressed_ ? 0 : static_cast<int>(at.stride), at.size};
  }
  return {};
}

std::array<Plane, 3> SharedBuffer::planes(std::size_t bytes_used) const {
  auto planes = planes_;
  if (compressed_) planes[0].size = std::min(planes[0].size, bytes_used);
  return planes;
}

std::pair<int, std::size_t> SharedBuffer::dma_buffer() const {
  if (files_.size() != 1 || !is_dma_buffer(files_[0].get())) return {-1, 0};
  const std::uint8_t* next = mappings_[0].data;
  for (const Plane& plane : planes_) {
    if (plane.data && plane.data != next) return {-1, 0};
    next += plane.size;
  }
  return {files_[0].get(), mappings_[0].size};
}

void SharedBuffer::begin_read() const { sync(DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ); }
void SharedBuffer::end_read() const { sync(DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ); }

// A memfd answers ENOTTY: ordinary memory needs no such care.
void SharedBuffer::sync(std::uint64_t flags) const {
  dma_buf_sync argument{flags};
  for (const UniqueFd& file : files_) {
    while (ioctl(file.get(), DMA_BUF_IOCTL_SYNC, &argument) != 0 && (errno == EINTR || errno == EAGAIN)) {
    }
  }
}

}  // namespace perch::video
