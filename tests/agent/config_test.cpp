#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "agent/config_file.hpp"

namespace perch::agent {
namespace {

using Lines = std::vector<std::string>;

TEST(Config, EmptyFileIsAllDefaults) {
  const ConfigFile file = parse_config("", "x.toml");
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.video.width, 1280);
  EXPECT_EQ(file.config.broker.url, "mqtt://127.0.0.1:1883");
  EXPECT_EQ(file.config.audio.source, "off");
}

TEST(Config, ReadsEveryKindOfValue) {
  const ConfigFile file = parse_config(
      "[camera]\nid = \"front-door\"\n[video]\nfps = 15\n[ice]\nlocal_addresses = [\"127.0.0.1\", \"::1\"]\n",
      "x.toml");
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.camera.id, "front-door");
  EXPECT_EQ(file.config.video.fps, 15);
  EXPECT_EQ(file.config.ice.local_addresses.size(), 2U);
  EXPECT_EQ(file.config.display_name(), "front-door");
}

TEST(Config, ReadsSoundAndTalk) {
  const ConfigFile file = parse_config(
      "[audio]\nsource = \"alsa:hw:1,0\"\nchannels = 2\ndtx = true\n[talk]\nsink = \"alsa:default\"\nhalf_duplex = "
      "false\n[video]\ncontrols = [\"brightness=10\", \"rotate=180\"]\n",
      "x.toml");
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(file.config.audio.source, "alsa:hw:1,0");
  EXPECT_EQ(file.config.audio.channels, 2);
  EXPECT_TRUE(file.config.audio.dtx);
  EXPECT_EQ(file.config.talk.sink, "alsa:default");
  EXPECT_FALSE(file.config.talk.half_duplex);
  EXPECT_EQ(file.config.video.controls.size(), 2U);
}

TEST(Config, SoundIsOffUntilAskedFor) {
  const Config config = parse_config("", "x.toml").config;
  EXPECT_EQ(config.audio.source, "off");
  EXPECT_EQ(config.talk.sink, "off");
  EXPECT_TRUE(config.talk.half_duplex);
}

TEST(Config, WrongSoundSaysWhatIsRight) {
  const ConfigFile file = parse_config(
      "[audio]\nsource = \"mic\"\ndtx = 1\n[talk]\nsink = \"alsa:\"\n[video]\ncontrols = [\"brightness\"]\n", "x.toml");
  ASSERT_EQ(file.errors.size(), 4U);
  EXPECT_NE(file.errors[0].find("alsa:NAME"), std::string::npos) << file.errors[0];
  EXPECT_NE(file.errors[1].find("true or false"), std::string::npos) << file.errors[1];
  EXPECT_NE(file.errors[2].find("alsa:NAME"), std::string::npos) << file.errors[2];
  EXPECT_NE(file.errors[3].find("NAME=VALUE"), std::string::npos) << file.errors[3];
}

TEST(Config, SyntaxErrorNamesLineAndColumn) {
  const ConfigFile file = parse_config("[video]\nwidth = \n", "x.toml");
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_TRUE(file.errors[0].starts_with("x.toml:2:")) << file.errors[0];
}

TEST(Config, UnknownKeyIsAnErrorWithASuggestion) {
  const ConfigFile file = parse_config("[video]\nwidht = 640\n", "x.toml");
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_TRUE(file.errors[0].starts_with("x.toml:2:")) << file.errors[0];
  EXPECT_NE(file.errors[0].find("did you mean \"width\"?"), std::string::npos) << file.errors[0];
}

TEST(Config, UnknownSectionIsAnErrorWithASuggestion) {
  const ConfigFile file = parse_config("[vidoe]\nwidth = 640\n", "x.toml");
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_NE(file.errors[0].find("did you mean \"video\"?"), std::string::npos) << file.errors[0];
}

TEST(Config, ReportsAllMistakesInTheOrderOfTheFile) {
  const ConfigFile file =
      parse_config("[video]\nwidth = 7\nfps = \"fast\"\n[access]\nmax_viewers = 0\n[camera]\nid = \"a/b\"\n", "x.toml");
  ASSERT_EQ(file.errors.size(), 4U);
  EXPECT_TRUE(file.errors[0].starts_with("x.toml:2:")) << file.errors[0];
  EXPECT_TRUE(file.errors[1].starts_with("x.toml:3:")) << file.errors[1];
  EXPECT_TRUE(file.errors[2].starts_with("x.toml:5:")) << file.errors[2];
  EXPECT_TRUE(file.errors[3].starts_with("x.toml:7:")) << file.errors[3];
  EXPECT_NE(file.errors[0].find("from 64 to 4096"), std::string::npos) << file.errors[0];
}

TEST(Config, RefusesWrongTypes) {
  for (const char* text : {"[video]\nwidth = 1.5\n", "[video]\nwidth = true\n", "[camera]\nid = 3\n", "video = 3\n",
                           "[ice]\nservers = \"stun:x\"\n", "[ice]\nservers = [3]\n", "[broker]\nurl = \"http://x\"\n",
                           "[broker]\nprefix = \"perch/#\"\n", "[ice]\nlocal_addresses = [\"localhost\"]\n"})
    EXPECT_EQ(parse_config(text, "x.toml").errors.size(), 1U) << text;
}

TEST(Config, PasswordsInUrlsAreRefused) {
  const ConfigFile file = parse_config("[broker]\nurl = \"mqtt://me:secret@host\"\n", "x.toml");
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_EQ(file.errors[0].find("secret"), std::string::npos) << "the secret must not be repeated";
}

TEST(Config, PrintedDefaultsAreAValidFileWithTheSameValues) {
  const std::string printed = print_config(Config{});
  const ConfigFile file = parse_config(printed, "printed.toml");
  EXPECT_EQ(file.errors, Lines{});
  EXPECT_EQ(print_config(file.config), printed);
}

TEST(Config, TruncatedAtEveryLengthNeverCrashes) {
  const std::string whole = print_config(Config{});
  for (std::size_t n = 0; n < whole.size(); ++n) static_cast<void>(parse_config(whole.substr(0, n), "x.toml"));
}

TEST(Config, MissingFileIsOneClearLine) {
  const ConfigFile file = load_config("/nonexistent/perch.toml");
  ASSERT_EQ(file.errors.size(), 1U);
  EXPECT_NE(file.errors[0].find("No such file"), std::string::npos) << file.errors[0];
}

TEST(Config, AFolderIsNoFile) { EXPECT_EQ(load_config("/tmp").errors.size(), 1U); }

class SecretFile : public testing::Test {
 protected:
  SecretFile() {
    const int fd = ::mkstemp(path_);
    ::close(fd);
    std::ofstream(path_) << "hunter2\n";
  }
  ~SecretFile() override { ::unlink(path_); }
  char path_[32] = "/tmp/perch-secret-XXXXXX";
};

TEST_F(SecretFile, IsReadWithoutItsLineEnd) {
  ::chmod(path_, 0600);
  EXPECT_EQ(read_secret_file(path_).value(), "hunter2");
}

TEST_F(SecretFile, IsRefusedWhenOthersCanReadIt) {
  ::chmod(path_, 0640);
  const auto secret = read_secret_file(path_);
  ASSERT_FALSE(secret);
  EXPECT_NE(secret.error().message().find("chmod 600"), std::string::npos);
}

}  // namespace
}  // namespace perch::agent
