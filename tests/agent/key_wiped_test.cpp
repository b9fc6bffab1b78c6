// A viewer's key is in the invitation and in the file, and nowhere else in memory.
#include <gtest/gtest.h>

#include "agent/viewer_folder.hpp"
#include "hal/base/text.hpp"
#include "tests/agent/failing_new.hpp"
#include "tests/agent/temporary_folder.hpp"

namespace perch::agent {
namespace {

Invitation phone(const Bytes& key) {
  Invitation invitation{"phone", {}, {.watch = true}, UnixTime(std::chrono::hours(500'000)), std::nullopt};
  std::copy(key.begin(), key.end(), invitation.key.bytes().begin());
  return invitation;
}

class KeyWiped : public testing::Test {
 protected:
  ~KeyWiped() override { FreedMemory::stop_watching(); }

  static Bytes some_key() {
    Bytes key(signaling::SecretKey::kSize);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(7 * i + 1);
    return key;
  }

  const perch::test::TemporaryFolder dir_;
  const Bytes key_ = some_key();
  const std::string letters_ = base64url_encode(key_);
};

TEST_F(KeyWiped, NothingThatIsFreedWhileAnInvitationIsReadHoldsItsLetters) {
  ASSERT_TRUE(save_invitation(dir_.path(), phone(key_), false));
  FreedMemory::watch_for(letters_);
  const ViewerFolder folder = read_viewer_folder(dir_.path());
  FreedMemory::stop_watching();
  ASSERT_EQ(folder.viewers.size(), 1u);
  EXPECT_EQ(FreedMemory::traces(), 0u);
}

TEST_F(KeyWiped, NorItsBytes) {
  ASSERT_TRUE(save_invitation(dir_.path(), phone(key_), false));
  FreedMemory::watch_for(as_text(key_).substr(0, 16));
  { const ViewerFolder folder = read_viewer_folder(dir_.path()); }
  FreedMemory::stop_watching();
  EXPECT_EQ(FreedMemory::traces(), 0u);
}

TEST_F(KeyWiped, NothingThatIsFreedWhileAnInvitationIsWrittenHoldsItsLetters) {
  const Invitation invitation = phone(key_);
  FreedMemory::watch_for(letters_);
  ASSERT_TRUE(save_invitation(dir_.path(), invitation, false));
  FreedMemory::stop_watching();
  EXPECT_EQ(FreedMemory::traces(), 0u);
}

TEST_F(KeyWiped, TheLookingFindsWhatIsNotWiped) {
  FreedMemory::watch_for(letters_);
  { const std::string copy = letters_; }
  FreedMemory::stop_watching();
  EXPECT_EQ(FreedMemory::traces(), 1u);
}

}  // namespace
}  // namespace perch::agent
