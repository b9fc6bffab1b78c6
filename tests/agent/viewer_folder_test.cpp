// The folder on a real file system: permissions and odd files are its promises.
#include "agent/viewer_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/agent/temporary_folder.hpp"

namespace perch::agent {
namespace {

class ViewerFolderTest : public testing::Test {
 protected:
  static Invitation invitation(const std::string& viewer) {
    Invitation one{viewer, {}, {.watch = true}, wall_clock_now()};
    one.key.bytes()[0] = 1;
    return one;
  }
  [[nodiscard]] ViewerFolder read() const { return read_viewer_folder(folder_.path()); }
  [[nodiscard]] std::string problem() const {
    const ViewerFolder folder = read();
    return folder.problems.size() == 1 ? folder.problems.front() : std::to_string(folder.problems.size()) + " problems";
  }
  perch::test::TemporaryFolder folder_;
};

TEST_F(ViewerFolderTest, GivesBackWhatWasSaved) {
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("tablet"), false));
  EXPECT_EQ(read().viewers.size(), 2U);
  EXPECT_TRUE(read().problems.empty());
  struct stat info {};
  ASSERT_EQ(::stat((folder_.path() + "/phone.toml").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  ASSERT_TRUE(delete_invitation(folder_.path(), "phone"));
  EXPECT_EQ(read().viewers.count("phone"), 0U);
  EXPECT_EQ(delete_invitation(folder_.path(), "phone").error().code, Errc::kNotFound);
}

TEST_F(ViewerFolderTest, AnInvitationIsNotOverwrittenUnasked) {
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  const std::string before = folder_.read("phone.toml");
  EXPECT_EQ(save_invitation(folder_.path(), invitation("phone"), false).error().code, Errc::kBusy);
  EXPECT_EQ(folder_.read("phone.toml"), before);
  Invitation other = invitation("phone");
  other.rights.talk = true;
  EXPECT_TRUE(save_invitation(folder_.path(), other, true));
  EXPECT_TRUE(read().viewers.find("phone")->second.rights.talk);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) files += entry.exists() ? 1 : 0;
  EXPECT_EQ(files, 1U) << "nothing is left lying around";
}

TEST_F(ViewerFolderTest, WhatOthersCanReadIsLeftOutAndNamed) {
  folder_.write("phone.toml", write_invitation(invitation("phone")));
  for (const mode_t mode : {0640, 0604, 0660}) {
    ::chmod((folder_.path() + "/phone.toml").c_str(), mode);
    EXPECT_TRUE(read().viewers.empty());
    EXPECT_NE(problem().find("phone.toml\" can be read by others: chmod 600"), std::string::npos) << problem();
  }
}

TEST_F(ViewerFolderTest, AFolderThatOthersMayWriteToIsNotTrusted) {
  folder_.write("phone.toml", write_invitation(invitation("phone")));
  ::chmod(folder_.path().c_str(), 0770);
  EXPECT_TRUE(read().viewers.empty());
  EXPECT_NE(problem().find("chmod 700"), std::string::npos);
}

TEST_F(ViewerFolderTest, OddFilesAreLeftOutAndNamedWithoutHarmToTheRest) {
  folder_.write("phone.toml", write_invitation(invitation("phone")));
  folder_.write("a b.toml", write_invitation(invitation("x")));
  folder_.write("empty.toml", "");
  folder_.write("damaged.toml", write_invitation(invitation("damaged")).substr(0, 90));
  folder_.write("huge.toml", std::string(100'000, '#'));
  folder_.write("binary.toml", std::string("\0\xff\xfe", 3));
  folder_.write(".hidden.toml", "not looked at");
  folder_.write("phone.toml~", "not looked at");
  ASSERT_EQ(::symlink("/etc/passwd", (folder_.path() + "/link.toml").c_str()), 0);
  ASSERT_EQ(::mkfifo((folder_.path() + "/pipe.toml").c_str(), 0600), 0);
  ASSERT_EQ(::mkdir((folder_.path() + "/folder.toml").c_str(), 0700), 0);
  const ViewerFolder folder = read();
  EXPECT_EQ(folder.viewers.size(), 1U);
  EXPECT_EQ(folder.problems.size(), 8U);
  for (const char* name : {"a b", "empty", "damaged", "huge", "binary", "link", "pipe", "folder"}) {
    const auto names_it = [&](const std::string& words) {
      return words.find("/" + std::string(name) + ".toml\"") != std::string::npos;
    };
    EXPECT_TRUE(std::any_of(folder.problems.begin(), folder.problems.end(), names_it)) << name;
  }
}

TEST_F(ViewerFolderTest, NoFolderIsNobody) {
  const ViewerFolder folder = read_viewer_folder(folder_.path() + "/none");
  EXPECT_TRUE(folder.viewers.empty());
  EXPECT_TRUE(folder.problems.empty());
  EXPECT_EQ(read_viewer_folder("/dev/null").problems.size(), 1U);
}

TEST_F(ViewerFolderTest, IsMadeForItsOwnerAlone) {
  const std::string path = folder_.path() + "/viewers.d";
  ASSERT_TRUE(make_viewer_folder(path, folder_.path()));
  ASSERT_TRUE(make_viewer_folder(path, folder_.path())) << "one that is there stays";
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700U);
  EXPECT_FALSE(make_viewer_folder(folder_.path() + "/no/where", folder_.path()));
}

TEST_F(ViewerFolderTest, RootHandsFilesToTheUserOfTheDaemon) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  const std::string state = folder_.path() + "/state", path = folder_.path() + "/viewers.d";
  ASSERT_EQ(::mkdir(state.c_str(), 0700), 0);
  ASSERT_EQ(::chown(state.c_str(), 12345, 23456), 0);
  ASSERT_TRUE(make_viewer_folder(path, state));
  ASSERT_TRUE(save_invitation(path, invitation("phone"), false));
  struct stat info {};
  ASSERT_EQ(::stat((path + "/phone.toml").c_str(), &info), 0);
  EXPECT_EQ(info.st_uid, 12345U);
  EXPECT_EQ(info.st_gid, 23456U);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  const ViewerFolder seen = read_viewer_folder(path);
  EXPECT_TRUE(seen.viewers.contains("phone")) << "perchctl link, rights and revoke are root's words, too";
  EXPECT_TRUE(seen.problems.empty()) << seen.problems.front();
}

TEST_F(ViewerFolderTest, RootDoesNotTakeWhatAThirdOnePutThere) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  ASSERT_EQ(::chown(folder_.path().c_str(), 12345, 23456), 0);
  ASSERT_TRUE(save_invitation(folder_.path(), invitation("phone"), false));
  ASSERT_EQ(::chown((folder_.path() + "/phone.toml").c_str(), 54321, 23456), 0);
  EXPECT_TRUE(read().viewers.empty());
  EXPECT_NE(problem().find("belongs to somebody else"), std::string::npos) << problem();
}

}  // namespace
}  // namespace perch::agent
