// Messages that carry file descriptors, over a pair of Unix sockets between two programs.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "hal/base/bytes.hpp"
#include "hal/base/result.hpp"
#include "hal/base/unique_fd.hpp"

namespace perch::video {

struct FdMessage {
  Bytes bytes;
  std::vector<UniqueFd> files;  ///< at most kMaxFdsPerMessage
};

inline constexpr std::size_t kMaxFdsPerMessage = 3;

/// Two connected sockets that keep message boundaries (SOCK_SEQPACKET), non-blocking and closed on exec.
[[nodiscard]] Result<std::pair<UniqueFd, UniqueFd>> make_fd_channel();

/// Errors: kClosed when the other side is gone, kUnavailable when it has not fetched what was sent before.
[[nodiscard]] Result<void> send_fd_message(int socket, ByteView bytes, std::span<const int> files = {});

/// The next message, or nothing when none is there. Errors: kClosed when the other side is gone and everything it sent
/// was read; kInvalid for a message longer than `max_bytes` or with more files than allowed. Files are closed on exec.
[[nodiscard]] Result<std::optional<FdMessage>> receive_fd_message(int socket, std::size_t max_bytes);

}  // namespace perch::video
