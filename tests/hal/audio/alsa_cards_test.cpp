#include "hal/audio/alsa_cards.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace perch::audio {
namespace {

namespace fs = std::filesystem;

/// A folder like /proc, removed at the end.
class AlsaCards : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "perch-proc-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  fs::path root_;
};

TEST_F(AlsaCards, NamesTheProgramThatRecords) {
  write("asound/card0/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 4711\ntrigger_time: 1.2\n");
  write("asound/card0/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 4712\n");
  write("asound/card1/pcm0c/sub0/status", "closed\n");
  write("4711/comm", "arecord\n");
  write("4712/comm", "aplay\n");
  EXPECT_EQ(describe_pcm_users(PcmDirection::kCapture, root_), "held by arecord (pid 4711)");
  EXPECT_EQ(describe_pcm_users(PcmDirection::kPlayback, root_), "held by aplay (pid 4712)");
}

TEST_F(AlsaCards, AdmitsThatItDoesNotKnow) {
  write("asound/card0/pcm0c/sub0/status", "state: RUNNING\nowner_pid   :\n");
  EXPECT_EQ(describe_pcm_users(PcmDirection::kCapture, root_), "held by another program");
  EXPECT_EQ(describe_pcm_users(PcmDirection::kCapture, root_ / "none"), "held by another program");
}

TEST_F(AlsaCards, TellsAMissingCardFromAForbiddenOne) {
  EXPECT_FALSE(sound_nodes_are_closed_to_us(root_));
  write("timer", "");
  EXPECT_FALSE(sound_nodes_are_closed_to_us(root_)) << "that is not a card";
  write("controlC0", "");
  EXPECT_FALSE(sound_nodes_are_closed_to_us(root_)) << "we may open it";
}

}  // namespace
}  // namespace perch::audio
