// Files that hold secrets: read only when nobody else can, and overwritten in memory after use.
#pragma once

#include <cstddef>
#include <string>

#include "hal/base/result.hpp"

namespace perch {

/// The whole file. kInvalid, with the way out in words, unless it is a regular file of at most `max_size` bytes that
/// belongs to us or to root and that nobody else may read or write; systemd's credentials count as such. Any thread;
/// does not hang on a FIFO.
[[nodiscard]] Result<std::string> read_private_file(const std::string& path, std::size_t max_size);

/// Overwrites memory that held a secret; compilers may not leave this out.
void wipe(void* memory, std::size_t size);
/// The same for a text, which is empty afterwards.
void wipe(std::string& text);

}  // namespace perch
