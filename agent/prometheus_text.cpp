#include "agent/prometheus_text.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace perch::agent {
namespace {

std::string number(double value) {
  std::array<char, 32> text{};
  const bool whole = std::floor(value) == value && std::fabs(value) < 1e15;
  std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.9g", value);
  return text.data();
}

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

}  // namespace

PrometheusText& PrometheusText::family(std::string_view name, std::string_view help, std::string_view type) {
  out_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name).append(" ");
  out_.append(type).append("\n");
  return *this;
}

PrometheusText& PrometheusText::sample(std::string_view name, std::string_view label, std::string_view label_value,
                                       double value) {
  out_.append(name).append("{").append(label).append("=\"").append(escaped(label_value)).append("\"} ");
  out_.append(number(value)).append("\n");
  return *this;
}

PrometheusText& PrometheusText::gauge(std::string_view name, std::string_view help, double value) {
  family(name, help, "gauge");
  out_.append(name).append(" ").append(number(value)).append("\n");
  return *this;
}

PrometheusText& PrometheusText::counter(std::string_view name, std::string_view help, double value) {
  family(name, help, "counter");
  out_.append(name).append(" ").append(number(value)).append("\n");
  return *this;
}

PrometheusText& PrometheusText::histogram(std::string_view name, std::string_view help, const Histogram& values) {
  family(name, help, "histogram");
  const std::string bucket = std::string(name) + "_bucket";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < values.counts().size(); ++i) {
    below += values.counts()[i];
    const std::string bound = i < values.bounds().size() ? number(values.bounds()[i]) : "+Inf";
    sample(bucket, "le", bound, static_cast<double>(below));
  }
  out_.append(name).append("_sum ").append(number(values.sum())).append("\n");
  out_.append(name).append("_count ").append(std::to_string(below)).append("\n");
  return *this;
}

}  // namespace perch::agent
