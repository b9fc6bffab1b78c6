#include "agent/perchctl_viewers.hpp"

#include <gtest/gtest.h>

#include "agent/viewer_folder.hpp"
#include "tests/agent/temporary_folder.hpp"

namespace perch::agent {
namespace {

TEST(ViewerWords, OptionsAndOperandsComeInAnyOrder) {
  const auto words = parse_viewer_words({"--rights", "watch", "phone", "--json", "--expires", "30d"});
  ASSERT_TRUE(words);
  EXPECT_EQ(words->rights, "watch");
  EXPECT_EQ(words->expires, "30d");
  EXPECT_TRUE(words->json);
  EXPECT_EQ(words->operands, (std::vector<std::string>{"phone"}));
  EXPECT_FALSE(parse_viewer_words({"phone", "--rights"}));
  EXPECT_FALSE(parse_viewer_words({"--right", "watch"}));
}

TEST(ViewersTable, ShowsWhoMayDoWhat) {
  const auto table = viewers_table(
      R"({"ok":true,"viewers":[{"name":"phone","rights":["watch","talk"],"created":"c","standing":"valid","sessions":1},)"
      R"({"name":"guest","rights":["watch"],"created":"c","expires":"2026-01-01T00:00:00Z","standing":"expired",)"
      R"("sessions":0}],"problems":["\"x.toml\" is too large"]})");
  ASSERT_TRUE(table);
  EXPECT_NE(table->find("watch,talk"), std::string::npos);
  EXPECT_NE(table->find("never"), std::string::npos);
  EXPECT_NE(table->find("watching"), std::string::npos);
  EXPECT_NE(table->find("expired"), std::string::npos);
  EXPECT_NE(table->find("left out: \"x.toml\" is too large"), std::string::npos);
  EXPECT_NE(viewers_table(R"({"ok":true,"viewers":[],"problems":[]})")->find("perchctl invite"), std::string::npos);
  EXPECT_FALSE(viewers_table("?"));
  EXPECT_EQ(viewers_table(R"({"ok":false,"error":"old perchd"})").error().context, "old perchd");
}

class PerchctlViewersTest : public testing::Test {
 protected:
  PerchctlViewersTest() {
    folder_.write("perch.toml", "[access]\nviewers_dir = \"" + folder_.path() + "/viewers.d\"\n[state]\ndir = \"" +
                                    folder_.path() + "\"\n[control]\nsocket = \"" + folder_.path() + "/none\"\n");
  }
  int run(const std::string& command, std::vector<std::string> words) {
    words.insert(words.end(), {"--config", folder_.path() + "/perch.toml"});
    testing::internal::CaptureStdout();
    const int code = run_viewer_command(command, words);
    said_ = testing::internal::GetCapturedStdout();
    return code;
  }
  [[nodiscard]] Invitations invited() const { return read_viewer_folder(folder_.path() + "/viewers.d").viewers; }

  perch::test::TemporaryFolder folder_;
  std::string said_;
};

TEST_F(PerchctlViewersTest, InvitesChangesAndRevokesWithoutADaemon) {
  EXPECT_EQ(run("invite", {"phone", "--expires", "30d"}), 0);
  EXPECT_NE(said_.find("viewer=phone&key="), std::string::npos);
  const std::string link = said_;
  EXPECT_TRUE(invited().at("phone").rights.listen) << "what is usual";
  EXPECT_TRUE(invited().at("phone").expires);
  EXPECT_EQ(run("link", {"phone"}), 0);
  EXPECT_EQ(said_, link);
  EXPECT_EQ(run("rights", {"phone", "watch,control", "--expires", "never"}), 0);
  EXPECT_TRUE(invited().at("phone").rights.control);
  EXPECT_FALSE(invited().at("phone").rights.listen);
  EXPECT_FALSE(invited().at("phone").expires);
  EXPECT_EQ(run("viewers", {}), 0);
  EXPECT_NE(said_.find("watch,control"), std::string::npos);
  EXPECT_EQ(run("revoke", {"phone"}), 0);
  EXPECT_TRUE(invited().empty());
}

TEST_F(PerchctlViewersTest, MistakesChangeNothing) {
  EXPECT_EQ(run("invite", {"phone"}), 0);
  EXPECT_EQ(run("invite", {"phone"}), 1) << "invited already";
  EXPECT_EQ(run("invite", {"a/../b"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--rights", "listen"}), 2) << "nobody can listen without watching";
  EXPECT_EQ(run("invite", {"tablet", "--rights", "everything"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--expires", "soon"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--page", "https://x/"}), 1) << "a page that cannot reach its broker";
  EXPECT_EQ(run("invite", {}), 2);
  EXPECT_EQ(run("revoke", {"tablet"}), 1);
  EXPECT_EQ(run("revoke", {"../perch"}), 2);
  EXPECT_EQ(run("rights", {"phone"}), 2);
  EXPECT_EQ(run("rights", {"tablet", "watch"}), 1);
  EXPECT_EQ(invited().size(), 1U);
}

}  // namespace
}  // namespace perch::agent
