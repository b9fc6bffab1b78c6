// Makes one allocation of this program fail: the n-th through operator new from now on. And looks into what is freed.
#pragma once

#include <cstddef>
#include <string_view>

namespace perch {

/// Threads that are exempt neither count nor fail. Each thread begins as one that is not.
class AllocationFailure {
 public:
  /// The n-th allocation from now on throws, n from 1; the others work.
  static void arm(std::size_t n);
  static void disarm();
  /// Whether it came to it since arm().
  [[nodiscard]] static bool fired();
  /// Allocations of threads that were not exempt, since arm().
  [[nodiscard]] static std::size_t counted();
};

/// Looks for a secret in what operator delete is given.
class FreedMemory {
 public:
  /// From now on, for `secret`, borrowed until stop_watching().
  static void watch_for(std::string_view secret);
  static void stop_watching();
  /// How many freed blocks held the secret since watch_for().
  [[nodiscard]] static std::size_t traces();
};

/// Exempts the calling thread, or ends its exemption, until the scope's end.
class Exempt {
 public:
  explicit Exempt(bool exempt = true);
  ~Exempt();
  Exempt(const Exempt&) = delete;
  Exempt& operator=(const Exempt&) = delete;

 private:
  const bool before_;
};

}  // namespace perch
