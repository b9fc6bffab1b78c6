// Counts values by upper bounds, as Prometheus wants them.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace perch::agent {

class Histogram {
 public:
  /// `bounds` ascend; what is larger than the last counts beyond them.
  explicit Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), counts_(bounds_.size() + 1, 0) {}

  void add(double value) {
    std::size_t i = 0;
    while (i < bounds_.size() && value > bounds_[i]) ++i;
    ++counts_[i];
    sum_ += value;
  }
  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }
  /// One more than there are bounds; each value is counted once.
  [[nodiscard]] const std::vector<std::uint64_t>& counts() const { return counts_; }
  [[nodiscard]] double sum() const { return sum_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

}  // namespace perch::agent
