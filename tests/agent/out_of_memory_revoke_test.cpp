// Memory runs out while an invitation is taken back: at every single allocation from the file that is gone to the
// session that ends. It ends a little later then; who is still invited stays, and nothing crashes.
#include <glib.h>
#include <gtest/gtest.h>

#include "agent/invited_viewers.hpp"
#include "signaling/sealing/sealed_access.hpp"
#include "signaling/session_table.hpp"
#include "tests/agent/failing_new.hpp"
#include "tests/agent/temporary_folder.hpp"
#include "tests/signaling/sealing/sealed_viewer.hpp"

namespace perch::agent::test {
namespace {

using namespace signaling;

/// Folder, ring and session table as the daemon has them, without its network.
class Door {
 public:
  explicit Door(const std::string& folder)
      : invited_(loop_, folder,
                 {[this](const std::string& viewer, Reason why) { table_.end_viewer(viewer, why); }, [] {}}) {}

  void enter(const SessionKey& key, const SecretKey& secret) {
    const std::string path = message_path("cam", "in", key, "offer"), epoch(table_.epochs().current);
    const std::string payload = signaling::test::sealed_for_camera(
        secret, key, path, epoch, write_message({0, epoch}, Offer{"v=0", {}}), random_);
    table_.on_message(now_, "p/" + path, as_bytes(payload));
  }
  [[nodiscard]] bool has(const SessionKey& key) const { return table_.has(key); }
  [[nodiscard]] bool knows(const std::string& viewer) const { return invited_.registry().key_of(viewer) != nullptr; }
  /// One turn of the loop, whose callbacks are not exempt from failures.
  void turn() {
    const Exempt not_us(false);
    g_main_context_iteration(loop_.native(), TRUE);
  }

 private:
  SeededRandom random_{4};
  const TimePoint now_ = monotonic_now();
  EventLoop loop_;
  InvitedViewers invited_;
  SessionTable table_{now_, "p", CameraState{.id = "cam", .name = "Camera", .version = "1"},
                      std::make_unique<SealedAccess>(invited_.registry(), random_), random_};
};

class OutOfMemoryRevoke : public testing::Test {
 protected:
  ~OutOfMemoryRevoke() override { AllocationFailure::disarm(); }

  void invite(const SessionKey& key, const SecretKey& secret) {
    ASSERT_TRUE(save_invitation(folder_.path(), {key.viewer, secret, {.watch = true}, wall_clock_now()}, true));
  }
  /// Gives how many allocations it took; those of what came after a failure included.
  std::size_t revoke_with_failure_at(std::size_t n) {
    invite(phone_, signaling::test::key_number(1));
    invite(tablet_, signaling::test::key_number(2));
    Door door(folder_.path());
    door.enter(phone_, signaling::test::key_number(1));
    door.enter(tablet_, signaling::test::key_number(2));
    EXPECT_TRUE(door.has(phone_) && door.has(tablet_));
    AllocationFailure::arm(n);
    EXPECT_TRUE(delete_invitation(folder_.path(), phone_.viewer));
    // ctest's timeout is the limit.
    while (door.has(phone_) || door.knows(phone_.viewer)) door.turn();
    fired_ += AllocationFailure::fired();
    const std::size_t all = AllocationFailure::counted();
    AllocationFailure::disarm();
    EXPECT_TRUE(door.has(tablet_) && door.knows(tablet_.viewer)) << "allocation " << n;
    return all;
  }

  const Exempt us_;
  const perch::test::TemporaryFolder folder_;
  const SessionKey phone_{"phone", "abcdefghijklmnopqrstuv"};
  const SessionKey tablet_{"tablet", "zzzzefghijklmnopqrstuv"};
  std::size_t fired_ = 0;
};

TEST_F(OutOfMemoryRevoke, EndsTheSessionALittleLater) {
  constexpr std::size_t kNever = ~std::size_t{0};
  const std::size_t all = revoke_with_failure_at(kNever);
  ASSERT_GT(all, 20u);
  // Each takes the time after which it is tried again: all of them with PERCH_EVERY_ALLOCATION=1, else some.
  const bool every = std::getenv("PERCH_EVERY_ALLOCATION") != nullptr;
  const std::size_t step = every ? 1 : all / 8;
  for (std::size_t n = 1 + SystemRandom().u32() % step; n <= all && !HasFailure(); n += step) revoke_with_failure_at(n);
  std::printf("%zu allocations while revoking, %zu failed\n", all, fired_);
  EXPECT_GT(fired_, 5u);
}

}  // namespace
}  // namespace perch::agent::test
