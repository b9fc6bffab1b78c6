// Writes metrics in Prometheus' text format 0.0.4.
#pragma once

#include <string>
#include <string_view>

#include "agent/histogram.hpp"

namespace perch::agent {

/// Names and help texts are ours; label values may hold anything.
class PrometheusText {
 public:
  PrometheusText& gauge(std::string_view name, std::string_view help, double value);
  PrometheusText& counter(std::string_view name, std::string_view help, double value);
  PrometheusText& histogram(std::string_view name, std::string_view help, const Histogram& values);
  /// Several values under one name: begin, then one sample for each label value.
  PrometheusText& family(std::string_view name, std::string_view help, std::string_view type);
  PrometheusText& sample(std::string_view name, std::string_view label, std::string_view label_value, double value);

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

}  // namespace perch::agent
