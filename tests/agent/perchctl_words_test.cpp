// perchctl's command line: what it takes, and what it says to what it does not take.
#include "agent/perchctl_words.hpp"

#include <gtest/gtest.h>

#include <sstream>

#include "agent/perchctl_run.hpp"

namespace perch::agent {
namespace {

std::string complaint(const std::vector<std::string>& words) {
  const auto call = parse_perchctl(words);
  return call ? "none" : call.error().context;
}

TEST(PerchctlWords, OptionsAndOperandsComeInAnyOrder) {
  const auto call = parse_perchctl({"--rights", "watch", "invite", "phone", "--json", "--expires", "30d"});
  ASSERT_TRUE(call) << call.error().context;
  EXPECT_EQ(call->command, "invite");
  EXPECT_EQ(call->value("rights"), "watch");
  EXPECT_EQ(call->value("expires"), "30d");
  EXPECT_TRUE(call->has("json"));
  EXPECT_FALSE(call->has("page"));
  EXPECT_EQ(call->operands, (std::vector<std::string>{"phone"}));
}

TEST(PerchctlWords, AValueMayStandBehindAnEqualsSign) {
  const auto call = parse_perchctl({"invite", "phone", "--rights=watch,talk", "--page=http://h/?a=b", "--expires="});
  ASSERT_TRUE(call) << call.error().context;
  EXPECT_EQ(call->value("rights"), "watch,talk");
  EXPECT_EQ(call->value("page"), "http://h/?a=b");
  EXPECT_TRUE(call->has("expires")) << "empty, which is for the command to refuse";
  EXPECT_NE(complaint({"viewers", "--json=yes"}).find("--json takes no value"), std::string::npos);
}

TEST(PerchctlWords, NoOptionsBehindTwoDashes) {
  const auto call = parse_perchctl({"snapshot", "--", "--json"});
  ASSERT_TRUE(call) << call.error().context;
  EXPECT_EQ(call->operands, (std::vector<std::string>{"--json"}));
  EXPECT_FALSE(call->has("json"));
}

TEST(PerchctlWords, AWrongNumberOfWordsGetsTheUsageOfItsCommand) {
  const std::string usage =
      "usage: perchctl invite NAME [--rights RIGHTS] [--expires TIME] [--page URL] [--broker URL] [--json] "
      "[--config FILE] [--socket PATH]\n";
  EXPECT_EQ(complaint({"invite"}), usage);
  EXPECT_EQ(complaint({"invite", "a", "b"}), usage);
  EXPECT_EQ(complaint({"keys", "all"}), "usage: perchctl keys\n");
  EXPECT_EQ(complaint({"snapshot"}), "usage: perchctl snapshot FILE.jpg [--json] [--config FILE] [--socket PATH]\n");
}

TEST(PerchctlWords, WhatIsUnknownIsNamedWithWhatMayBeMeant) {
  EXPECT_EQ(complaint({"viewer"}),
            "perchctl: unknown command \"viewer\": did you mean viewers?\nperchctl --help names all there are\n");
  EXPECT_EQ(complaint({"abracadabra"}),
            "perchctl: unknown command \"abracadabra\"\nperchctl --help names all there are\n");
  EXPECT_TRUE(complaint({"invite", "x", "--right", "watch"})
                  .starts_with("perchctl: unknown option \"--right\": did you mean --rights?\nusage: perchctl invite"));
  EXPECT_TRUE(complaint({"invite", "x", "-q"}).starts_with("perchctl: unknown option \"-q\"\nusage: perchctl invite"));
  EXPECT_TRUE(complaint({"invite", "x", "--rights"}).starts_with("perchctl: --rights needs a value"));
  EXPECT_TRUE(complaint({"revoke", "x", "--page", "http://h/"})
                  .starts_with("perchctl: revoke takes no --page\nusage: perchctl revoke NAME"));
}

/// Exit code and stdout.
std::pair<int, std::string> run(const std::vector<std::string>& words) {
  testing::internal::CaptureStdout();
  const int code = run_perchctl(words);
  return {code, testing::internal::GetCapturedStdout()};
}

TEST(PerchctlHelp, IsThatOfTheCommand) {
  const std::vector<std::vector<std::string>> ways = {
      {"invite", "--help"}, {"--help", "invite"}, {"invite", "phone", "-h"}, {"help", "invite"}};
  for (const auto& words : ways) {
    const auto [code, text] = run(words);
    EXPECT_EQ(code, 0);
    EXPECT_TRUE(text.starts_with("usage: perchctl invite NAME [--rights RIGHTS]")) << text;
    EXPECT_NE(text.find("  --rights RIGHTS  some of watch,listen,talk,control"), std::string::npos) << text;
    EXPECT_EQ(text.find("perchctl revoke"), std::string::npos) << text;
  }
  EXPECT_EQ(run({"revoke", "--help"}).second.find("--rights"), std::string::npos);
}

TEST(PerchctlHelp, OfAllNamesEachWithItsOptions) {
  const auto [code, text] = run({"-h"});
  EXPECT_EQ(code, 0);
  EXPECT_NE(text.find("  perchctl invite NAME [--rights RIGHTS] [--expires TIME] [--page URL] [--broker URL]\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("  perchctl viewers               who is"), std::string::npos) << text;
  EXPECT_EQ(run({"--help"}).second, text);
  EXPECT_EQ(complaint({}), text);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 120U) << line;
}

TEST(PerchctlHelp, EveryCommandHasItsOwn) {
  for (const char* command : {"status", "state", "snapshot", "privacy", "drain", "metrics", "invite", "link", "viewers",
                              "rights", "revoke", "controls", "keys", "check"})
    EXPECT_TRUE(run({command, "--help"}).second.starts_with(std::string("usage: perchctl ") + command)) << command;
}

TEST(PerchctlHelp, VersionIsOfTheProgram) { EXPECT_EQ(run({"--version"}).second, "perchctl " PERCH_VERSION "\n"); }

}  // namespace
}  // namespace perch::agent
