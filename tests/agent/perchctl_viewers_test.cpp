#include "agent/perchctl_viewers.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "agent/control_socket.hpp"
#include "agent/perchctl_run.hpp"
#include "agent/perchctl_viewers_text.hpp"
#include "agent/viewer_folder.hpp"
#include "hal/base/thread.hpp"
#include "tests/agent/temporary_folder.hpp"

namespace perch::agent {
namespace {

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

TEST(ViewersTable, ThatNobodyGetsInIsNotThatNobodyIsInvited) {
  const auto table = viewers_table(R"({"ok":true,"viewers":[],"problems":["\"x.toml\" is too large"]})");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->find("invited yet"), std::string::npos) << *table;
  EXPECT_NE(table->find("left out: \"x.toml\""), std::string::npos) << *table;
}

class PerchctlViewersTest : public testing::Test {
 protected:
  PerchctlViewersTest() { configure("sealed"); }
  void configure(const std::string& mode) const {
    folder_.write("perch.toml", "[access]\nmode = \"" + mode + "\"\nviewers_dir = \"" + folder_.path() +
                                    "/viewers.d\"\n[state]\ndir = \"" + folder_.path() + "\"\n[control]\nsocket = \"" +
                                    folder_.path() + "/socket\"\n");
  }
  int run(const std::string& command, std::vector<std::string> words) {
    words.insert(words.begin(), command);
    words.insert(words.end(), {"--config", folder_.path() + "/perch.toml"});
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int code = run_perchctl(words);
    said_ = testing::internal::GetCapturedStdout();
    complained_ = testing::internal::GetCapturedStderr();
    return code;
  }
  /// The same as a user who owns nothing here.
  int run_as_nobody(const std::string& command, std::vector<std::string> words) {
    words.insert(words.begin(), command);
    words.insert(words.end(), {"--config", folder_.path() + "/perch.toml"});
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const pid_t child = ::fork();
    if (child == 0) {
      constexpr uid_t kNobody = 65534;
      const bool changed = ::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0 &&
                           ::setresuid(kNobody, kNobody, kNobody) == 0;
      const int code = changed ? run_perchctl(words) : 100;
      std::fflush(nullptr);
      ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    said_ = testing::internal::GetCapturedStdout();
    complained_ = testing::internal::GetCapturedStderr();
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  /// Runs `client` beside a perchd that gives `answer` to everything.
  void with_daemon(const std::string& answer, const std::function<void()>& client) {
    EventLoop loop;
    const auto socket = ControlSocket::listen(
        loop, folder_ / "socket", [&](const std::string&, const ControlSocket::Reply& reply) { reply(answer); });
    ASSERT_TRUE(socket);
    const Thread thread("client", [&] {
      client();
      loop.quit();
    });
    loop.run();
  }
  [[nodiscard]] bool said(const std::string& words) const { return said_.find(words) != std::string::npos; }
  [[nodiscard]] bool complained(const std::string& words) const { return complained_.find(words) != std::string::npos; }
  [[nodiscard]] Invitations invited() const { return read_viewer_folder(folder_.path() + "/viewers.d").viewers; }

  perch::test::TemporaryFolder folder_;
  std::string said_;
  std::string complained_;
};

constexpr char kPhoneWatches[] =
    R"({"ok":true,"viewers":[{"name":"phone","rights":["watch"],"created":"c","standing":"valid","sessions":1}],)"
    R"("problems":[]})";

TEST_F(PerchctlViewersTest, InvitesChangesAndRevokesWithoutADaemon) {
  EXPECT_EQ(run("invite", {"phone", "--expires", "30d"}), 0);
  EXPECT_NE(said_.find("viewer=phone&key="), std::string::npos);
  const std::string link = said_;
  EXPECT_TRUE(invited().at("phone").rights.listen) << "what is usual";
  EXPECT_TRUE(invited().at("phone").expires);
  EXPECT_EQ(run("link", {"phone"}), 0);
  EXPECT_EQ(said_, link);
  EXPECT_EQ(run("rights", {"phone", "watch,control", "--expires", "never"}), 0);
  EXPECT_EQ(said_, "phone may watch, control until revoked\n");
  EXPECT_TRUE(invited().at("phone").rights.control);
  EXPECT_FALSE(invited().at("phone").rights.listen);
  EXPECT_FALSE(invited().at("phone").expires);
  EXPECT_EQ(run("viewers", {}), 0);
  EXPECT_TRUE(said("watch,control"));
  EXPECT_TRUE(complained("this is what its files say")) << complained_;
  EXPECT_EQ(run("revoke", {"phone"}), 0);
  EXPECT_EQ(said_, "phone is revoked\n") << "how many sessions that ended nobody can tell";
  EXPECT_TRUE(complained("perchd does not run just now"));
  EXPECT_TRUE(invited().empty());
}

TEST_F(PerchctlViewersTest, SaysWhatIsNowTrueOfRunningSessions) {
  EXPECT_EQ(run("invite", {"phone"}), 0);
  with_daemon(kPhoneWatches, [this] {
    EXPECT_EQ(run("rights", {"phone", "watch"}), 0);
    EXPECT_EQ(said_, "phone may watch until revoked; 1 session begins anew\n");
    EXPECT_EQ(run("rights", {"phone", "watch"}), 0);
    EXPECT_EQ(said_, "phone may watch until revoked\n") << "nothing changed, so nothing ended";
    EXPECT_EQ(run("revoke", {"phone"}), 0);
    EXPECT_EQ(said_, "phone is revoked; 1 session ended\n");
    EXPECT_EQ(complained_, "");
  });
}

TEST_F(PerchctlViewersTest, SaysItForPrograms) {
  EXPECT_EQ(run("invite", {"phone"}), 0);
  const std::string created = to_text(invited().at("phone").created);
  with_daemon(kPhoneWatches, [&, this] {
    EXPECT_EQ(run("rights", {"phone", "watch,talk", "--json"}), 0);
    EXPECT_EQ(said_, R"({"ok":true,"name":"phone","rights":["watch","talk"],"created":")" + created +
                         "\",\"sessions_ended\":1}\n");
    EXPECT_EQ(run("revoke", {"phone", "--json"}), 0);
    EXPECT_EQ(said_, "{\"ok\":true,\"name\":\"phone\",\"revoked\":true,\"sessions_ended\":1}\n");
  });
}

TEST_F(PerchctlViewersTest, SessionsOfACameraThatIsNotSealedAreNoneOfItsBusiness) {
  configure("open");
  EXPECT_EQ(run("invite", {"phone"}), 0);
  with_daemon(kPhoneWatches, [this] { EXPECT_EQ(run("revoke", {"phone"}), 0); });
  EXPECT_EQ(said_, "phone is revoked\n");
  EXPECT_TRUE(complained("invitations count when it is \"sealed\"")) << complained_;
}

TEST_F(PerchctlViewersTest, RightsThatLetNobodyInAreRefusedInTheSameWords) {
  EXPECT_EQ(run("invite", {"phone"}), 0);
  EXPECT_EQ(run("invite", {"tablet", "--rights", "listen"}), 2);
  const std::string words = complained_;
  EXPECT_TRUE(complained("without the right to watch nobody gets in"));
  EXPECT_EQ(run("rights", {"phone", "listen"}), 2);
  EXPECT_EQ(complained_, words);
  EXPECT_TRUE(invited().at("phone").rights.watch) << "as before";
}

TEST_F(PerchctlViewersTest, BlanksBetweenRightsAreFine) {
  EXPECT_EQ(run("invite", {"phone", "--rights", "watch, talk"}), 0);
  EXPECT_TRUE(invited().at("phone").rights.talk);
  EXPECT_EQ(run("rights", {"phone", " watch ,control "}), 0);
  EXPECT_TRUE(invited().at("phone").rights.control);
  EXPECT_EQ(run("rights", {"phone", "watch,,talk"}), 2);
  EXPECT_EQ(run("rights", {"phone", " "}), 2);
}

TEST_F(PerchctlViewersTest, TheEndAloneIsChangedWithoutRights) {
  EXPECT_EQ(run("invite", {"phone", "--rights", "watch,talk"}), 0);
  EXPECT_EQ(run("rights", {"phone", "--expires", "30d"}), 0);
  const Invitations now = invited();
  EXPECT_TRUE(now.at("phone").rights.talk);
  ASSERT_TRUE(now.at("phone").expires);
  EXPECT_EQ(said_, "phone may watch, talk until " + to_text(*now.at("phone").expires) + '\n');
  EXPECT_EQ(run("rights", {"phone", "watch"}), 0);
  EXPECT_EQ(invited().at("phone").expires, now.at("phone").expires) << "nor the end with the rights";
  EXPECT_EQ(run("rights", {"phone"}), 2);
  EXPECT_TRUE(complained("usage: perchctl rights NAME [RIGHTS] [--expires TIME]")) << complained_;
}

TEST_F(PerchctlViewersTest, TheLinkOfAnExpiredInvitationComesWithTheWayOut) {
  const UnixTime past{std::chrono::sys_days(std::chrono::year(2026) / 2 / 1)};
  const Invitation over{"guest", {}, {.watch = true}, past - std::chrono::hours(1), past};
  ASSERT_TRUE(make_viewer_folder(folder_ / "viewers.d", folder_.path()));
  ASSERT_TRUE(save_invitation(folder_ / "viewers.d", over, false));
  EXPECT_EQ(run("link", {"guest"}), 0);
  EXPECT_TRUE(said("viewer=guest&key="));
  EXPECT_TRUE(complained("expired on 2026-02-01T00:00:00Z; perchctl rights guest --expires 30d renews it"))
      << complained_;
  EXPECT_EQ(run("rights", {"guest", "--expires", "30d"}), 0);
  EXPECT_FALSE(complained("expired on"));
  EXPECT_EQ(run("link", {"guest"}), 0);
  EXPECT_FALSE(complained("expired on"));
}

TEST_F(PerchctlViewersTest, AFolderThatCannotBeReadIsNoEmptyOne) {
  folder_.write("viewers.d", "a file");
  EXPECT_EQ(run("viewers", {}), 1);
  EXPECT_EQ(said_, "");
  EXPECT_TRUE(complained("cannot read \"" + (folder_ / "viewers.d") + '"')) << complained_;
  EXPECT_EQ(run("link", {"phone"}), 1);
  EXPECT_TRUE(complained("cannot read")) << complained_;
}

TEST_F(PerchctlViewersTest, WhoMayNotLookIsToldThatAloneWithTheWayOut) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can run as somebody else";
  EXPECT_EQ(run("invite", {"phone"}), 0);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod((folder_ / "perch.toml").c_str(), 0644), 0);
  EXPECT_EQ(run_as_nobody("viewers", {}), 1);
  EXPECT_EQ(said_, "");
  EXPECT_EQ(complained_, "perchctl: not allowed to read \"" + (folder_ / "viewers.d") +
                             "\": try with sudo, or as the user of perchd\n");
  EXPECT_EQ(run_as_nobody("viewers", {"--json"}), 1);
  EXPECT_EQ(said_, "");
  for (const char* command : {"link", "revoke"}) {
    EXPECT_EQ(run_as_nobody(command, {"phone"}), 1);
    EXPECT_TRUE(complained("try with sudo")) << complained_;
  }
  with_daemon(kPhoneWatches, [this] {
    EXPECT_EQ(run_as_nobody("viewers", {}), 1);
    EXPECT_EQ(said_, "");
    EXPECT_EQ(complained_, "perchctl: not allowed at " + (folder_ / "socket") +
                               ": try with sudo, or as a member of the group perch\n");
  });
  EXPECT_EQ(invited().size(), 1U);
}

TEST_F(PerchctlViewersTest, AddressesNoBrowserCouldOpenAreRefused) {
  for (const char* page : {"not-a-url", "camera.local:9001", "http://", "http:///x", "http://a b/", "http://h/#x",
                           "ftp://h/", "javascript:alert(1)"}) {
    EXPECT_EQ(run("invite", {"phone", "--page", page}), 2) << page;
    EXPECT_TRUE(complained("as http://camera.local:9001/")) << complained_;
  }
  for (const char* broker : {"mqtt://h", "h:9001", "ws://", "http://h/"}) {
    EXPECT_EQ(run("invite", {"phone", "--broker", broker}), 2) << broker;
    EXPECT_TRUE(complained("as ws://camera.local:9001/")) << complained_;
  }
  EXPECT_TRUE(invited().empty());
  EXPECT_EQ(run("invite", {"phone", "--page=https://h/", "--broker=wss://[2001:db8::1]/mqtt"}), 0);
  EXPECT_EQ(run("link", {"phone", "--broker", "mqtt://h"}), 2);
}

TEST_F(PerchctlViewersTest, AllMistakesOfTheConfigurationAreTold) {
  folder_.write("perch.toml", "[video]\nfps = \"many\"\n[access]\nmode = \"shut\"\n");
  EXPECT_EQ(run("invite", {"phone"}), 1);
  EXPECT_TRUE(complained("[video] fps")) << complained_;
  EXPECT_TRUE(complained("[access] mode")) << complained_;
  EXPECT_EQ(run("status", {}), 1);
  EXPECT_TRUE(complained("[access] mode")) << complained_;
}

TEST_F(PerchctlViewersTest, MistakesChangeNothing) {
  EXPECT_EQ(run("invite", {"phone"}), 0);
  EXPECT_EQ(run("invite", {"phone"}), 1) << "invited already";
  EXPECT_EQ(run("invite", {"a/../b"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--rights", "listen"}), 2) << "nobody can listen without watching";
  EXPECT_EQ(run("invite", {"tablet", "--rights", "everything"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--rights="}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--expires", "soon"}), 2);
  EXPECT_EQ(run("invite", {"tablet", "--page", "https://x/"}), 1) << "a page that cannot reach its broker";
  EXPECT_EQ(run("invite", {}), 2);
  EXPECT_EQ(run("revoke", {"tablet"}), 1);
  EXPECT_EQ(run("revoke", {"../perch"}), 2);
  EXPECT_EQ(run("rights", {"tablet", "watch"}), 1);
  EXPECT_EQ(run("rights", {"phone", "watch", "--expires", "soon"}), 2);
  EXPECT_EQ(invited().size(), 1U);
}

}  // namespace
}  // namespace perch::agent
