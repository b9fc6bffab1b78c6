// A regular file read at given places; what the file sources need of the file system.
#pragma once

#include <cstdint>
#include <string>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::video {

class FileReader {
 public:
  /// Errors name the path and the reason: missing, not readable, a folder.
  [[nodiscard]] static Result<FileReader> open(const std::string& path);
  /// Fills `out` from `offset` [bytes] on as far as the file goes. Returns how much that was.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, ByteSpan out) const;

 private:
  FileReader(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  std::string path_;
};

}  // namespace perch::video
