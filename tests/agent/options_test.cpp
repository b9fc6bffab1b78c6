#include "agent/options.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace perch::agent {
namespace {

using Action = Options::Action;

Result<Options> parse(std::vector<std::string> words) {
  words.insert(words.begin(), "perchd");
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return parse_options(static_cast<int>(words.size()), argv.data());
}

TEST(Options, RunsByDefault) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->action, Action::kRun);
  EXPECT_TRUE(options->sources.file.empty());
}

TEST(Options, CombinesConfigWithAnAction) {
  const auto options = parse({"--config", "a.toml", "--check-config"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->action, Action::kCheckConfig);
  EXPECT_EQ(options->sources.file, "a.toml");
}

TEST(Options, RefusesWhatItDoesNotKnowByName) {
  EXPECT_NE(parse({"--verbose"}).error().message().find("--verbose"), std::string::npos);
  EXPECT_NE(parse({"extra"}).error().message().find("extra"), std::string::npos);
  EXPECT_NE(parse({"--config"}).error().message().find("needs a value"), std::string::npos);
}

TEST(Options, TakesKeysAsFlagsWhereverTheyStand) {
  const auto options = parse({"--video.width=640", "--check-config", "--camera.name", "Front = door"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->action, Action::kCheckConfig);
  const std::vector<std::pair<std::string, std::string>> flags{{"video.width", "640"}, {"camera.name", "Front = door"}};
  EXPECT_EQ(options->sources.flags, flags);
  EXPECT_NE(parse({"--video.width"}).error().message().find("needs a value"), std::string::npos);
}

TEST(Options, HelpNamesEveryKey) {
  for (const ConfigKey& key : config_keys())
    EXPECT_NE(help_text().find(std::string("--") + key.section + '.' + key.name + '='), std::string::npos);
}

TEST(Options, HelpNamesEveryOption) {
  for (const char* name : {"--config", "--check-config", "--print-config", "--version", "--help"})
    EXPECT_NE(help_text().find(name), std::string::npos) << name;
}

}  // namespace
}  // namespace perch::agent
