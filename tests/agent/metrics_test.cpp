#include "agent/metrics.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/prometheus_text.hpp"
#include "temporary_folder.hpp"

namespace perch::agent {
namespace {

bool holds(const std::string& text, const std::string& line) {
  return text.find('\n' + line + '\n') != std::string::npos;
}

TEST(PrometheusText, HistogramCountsUpToEachBound) {
  Histogram values({0.5, 1});
  for (const double value : {0.1, 0.5, 0.7, 9.0}) values.add(value);
  const std::string text = PrometheusText().histogram("x_seconds", "Help.", values).take();
  EXPECT_EQ(text,
            "# HELP x_seconds Help.\n# TYPE x_seconds histogram\n"
            "x_seconds_bucket{le=\"0.5\"} 2\nx_seconds_bucket{le=\"1\"} 3\nx_seconds_bucket{le=\"+Inf\"} 4\n"
            "x_seconds_sum 10.3\nx_seconds_count 4\n");
}

TEST(PrometheusText, LabelValuesCannotBreakOut) {
  const std::string text = PrometheusText().sample("x", "reason", "a\"b\\c\nd", 1).take();
  EXPECT_EQ(text, "x{reason=\"a\\\"b\\\\c\\nd\"} 1\n");
}

AgentStatus busy_status() {
  AgentStatus status;
  status.version = "1.2";
  status.camera = "open";
  status.broker.connects = 3;
  status.sessions.ended["UserHangup"] = 2;
  for (int i = 0; i < 2; ++i) {
    ViewerStatus viewer;
    viewer.viewer = "kitchen-phone";
    viewer.connected = true;
    viewer.stats.emplace();
    viewer.stats->estimate = Bitrate::kbps(i == 0 ? 2000 : 800);
    viewer.stats->fraction_lost = i == 0 ? 0 : 0.5;
    viewer.stats->round_trip = milliseconds(i == 0 ? 20 : 250);
    status.viewers.push_back(viewer);
  }
  return status;
}

TEST(Metrics, SumUpViewersWithoutTheirNames) {
  const std::string text = write_metrics(busy_status());
  EXPECT_TRUE(holds(text, "perch_viewers_connected 2"));
  EXPECT_TRUE(holds(text, "perch_transport_rtt_seconds_max 0.25"));
  EXPECT_TRUE(holds(text, "perch_transport_loss_ratio_mean 0.25"));
  EXPECT_TRUE(holds(text, "perch_transport_estimate_bps_min 800000"));
  EXPECT_TRUE(holds(text, "perch_sessions_ended_total{reason=\"UserHangup\"} 2"));
  EXPECT_TRUE(holds(text, "perch_camera_state{state=\"open\"} 1"));
  EXPECT_TRUE(holds(text, "perch_camera_state{state=\"lost\"} 0"));
  EXPECT_TRUE(holds(text, "perch_mqtt_connects_total 3"));
  EXPECT_EQ(text.find("kitchen"), std::string::npos);
  EXPECT_TRUE(text.ends_with("# EOF\n"));
}

TEST(Metrics, EveryNameIsExplainedOnceAndOurs) {
  std::istringstream text(write_metrics(busy_status()));
  std::map<std::string, int> helps;
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with("# HELP ")) ++helps[line.substr(7, line.find(' ', 7) - 7)];
    if (line.starts_with("#")) continue;
    EXPECT_TRUE(line.starts_with("perch_")) << line;
  }
  EXPECT_GT(helps.size(), 20U);
  for (const auto& [name, count] : helps) EXPECT_EQ(count, 1) << name;
}

TEST(Metrics, TheFileIsReplacedAsAWhole) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("perch.prom", "old and much longer than the new one\n");
  ASSERT_TRUE(write_textfile(path, "new\n"));
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "new\n");
  EXPECT_FALSE(write_textfile("/nonexistent/perch.prom", "new\n"));
}

}  // namespace
}  // namespace perch::agent
