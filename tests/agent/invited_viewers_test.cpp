// Folder, clock and loop together: changes are noticed while the daemon runs.
#include "agent/invited_viewers.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <filesystem>

#include "agent/viewer_commands.hpp"
#include "tests/agent/temporary_folder.hpp"

namespace perch::agent {
namespace {

using signaling::Reason;

class InvitedViewersTest : public testing::Test {
 protected:
  static Invitation invitation(const std::string& viewer) { return {viewer, {}, {.watch = true}, wall_clock_now()}; }
  std::unique_ptr<InvitedViewers> open(const std::string& folder) {
    return std::make_unique<InvitedViewers>(loop_, folder,
                                            InvitedViewers::Callbacks{[this](const std::string& viewer, Reason reason) {
                                                                        ended_ = viewer + ' ' + to_string(reason);
                                                                      },
                                                                      [this] { on_changed(); }});
  }
  /// Runs until `condition` holds after a change, then `act`, then on to the next; ctest's timeout is the limit.
  void when(
      std::function<bool()> condition, std::function<void()> act = [] {}) {
    steps_.emplace_back(std::move(condition), std::move(act));
  }
  void run() { loop_.run(); }
  void on_changed() {
    ++changes_;
    while (!steps_.empty() && steps_.front().first()) {
      const auto act = std::move(steps_.front().second);
      steps_.pop_front();
      act();
    }
    if (steps_.empty()) loop_.quit();
  }

  perch::test::TemporaryFolder folder_;
  EventLoop loop_;
  std::string ended_;
  int changes_ = 0;
  std::deque<std::pair<std::function<bool()>, std::function<void()>>> steps_;
};

TEST_F(InvitedViewersTest, ReadsTheFolderAtOnce) {
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  const auto invited = open(folder_.path());
  EXPECT_NE(invited->registry().key_of("phone"), nullptr);
  EXPECT_EQ(changes_, 0);
}

TEST_F(InvitedViewersTest, NoticesWhatChangesByHand) {
  const auto invited = open(folder_.path());
  const auto knows_phone = [&] { return invited->registry().key_of("phone") != nullptr; };
  when(knows_phone, [&] { std::filesystem::remove(folder_.path() + "/phone.toml"); });
  when([&] { return !knows_phone(); });
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  run();
  EXPECT_EQ(ended_, "phone Revoked");
}

TEST_F(InvitedViewersTest, FindsAFolderThatWasMadeLater) {
  const std::string path = folder_.path() + "/viewers.d";
  const auto invited = open(path);
  when([&] { return invited->registry().key_of("phone") != nullptr; },
       [&] { EXPECT_TRUE(save_invitation(path, invitation("tablet"), false)); });
  when([&] { return invited->registry().key_of("tablet") != nullptr; });
  ASSERT_TRUE(make_viewer_folder(path, folder_.path()));
  ASSERT_TRUE(save_invitation(path, invitation("phone"), false));
  invited->reload();
  run();
}

TEST_F(InvitedViewersTest, NoticesAFolderThatIsMadeByHand) {
  const std::string path = folder_ / "etc/perch/viewers.d";
  const auto invited = open(path);
  const auto knows_phone = [&] { return invited->registry().key_of("phone") != nullptr; };
  const auto make = [&] {
    std::filesystem::create_directories(path);
    EXPECT_TRUE(save_invitation(path, invitation("phone"), false));
  };
  when(knows_phone, [&] { std::filesystem::remove_all(folder_ / "etc"); });
  when([&] { return !knows_phone(); }, make);
  when(knows_phone, [&] { std::filesystem::rename(folder_ / "etc/perch", folder_ / "etc/old"); });
  when([&] { return !knows_phone(); });
  make();
  run();
  EXPECT_EQ(ended_, "phone Revoked");
}

TEST_F(InvitedViewersTest, NoticesWhatChangesInAFolderThatTookThePlaceOfAnother) {
  const std::string path = folder_ / "viewers.d";
  std::filesystem::create_directory(path);
  ASSERT_TRUE(save_invitation(path, invitation("phone"), false));
  const auto invited = open(path);
  const auto knows_phone = [&] { return invited->registry().key_of("phone") != nullptr; };
  when(knows_phone, [&] { std::filesystem::remove(path + "/phone.toml"); });
  when([&] { return !knows_phone(); });
  std::filesystem::rename(path, path + ".old");
  std::filesystem::copy(path + ".old", path, std::filesystem::copy_options::recursive);
  run();
  EXPECT_EQ(ended_, "phone Revoked");
}

TEST_F(InvitedViewersTest, NoticesALinkThatLeadsElsewhere) {
  const std::string path = folder_ / "viewers.d";
  std::filesystem::create_directory(path + ".1");
  std::filesystem::create_directory(path + ".2");
  std::filesystem::create_symlink("viewers.d.1", path);
  ASSERT_TRUE(save_invitation(path, invitation("phone"), false));
  const auto invited = open(path);
  const auto knows = [&](const char* name) { return invited->registry().key_of(name) != nullptr; };
  when([&] { return !knows("phone"); }, [&] { EXPECT_TRUE(save_invitation(path, invitation("tablet"), false)); });
  when([&] { return knows("tablet"); });
  std::filesystem::create_symlink("viewers.d.2", path + ".new");
  std::filesystem::rename(path + ".new", path);
  run();
}

TEST_F(InvitedViewersTest, EndsAnInvitationWhenItsTimeIsOver) {
  std::unique_ptr<InvitedViewers> invited;
  // On a slow machine it may be over before it was read: then a longer one.
  for (std::chrono::seconds lasting(1); !invited || !invited->registry().key_of("phone"); lasting *= 2) {
    Invitation soon = invitation("phone");
    soon.expires = wall_clock_now() + lasting;
    ASSERT_TRUE(save_invitation(folder_.path(), soon, true));
    invited = open(folder_.path());
  }
  when([&] { return !ended_.empty(); });
  run();
  EXPECT_EQ(ended_, "phone Expired");
}

TEST_F(InvitedViewersTest, AnswersPerchctlWithoutAnyKey) {
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  folder_.write("bad.toml", "?");
  const auto invited = open(folder_.path());
  ViewerCommands commands(*invited, [](const std::string&) { return std::size_t{2}; });
  std::string answer;
  const auto reply = [&](const std::string& line) { answer = line; };
  EXPECT_FALSE(commands.handle(R"({"command":"controls"})", reply));
  EXPECT_FALSE(commands.handle("not JSON", reply));
  when([] { return true; });
  ASSERT_TRUE(commands.handle(R"({"command":"reload_viewers"})", reply));
  EXPECT_NE(answer.find(R"("name":"phone","rights":["watch"])"), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"("sessions":2)"), std::string::npos);
  EXPECT_NE(answer.find("bad.toml"), std::string::npos);
  EXPECT_EQ(answer.find("AAAAAAAA"), std::string::npos) << "the key stays where it is";
}

}  // namespace
}  // namespace perch::agent
