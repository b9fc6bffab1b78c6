#include "tests/agent/failing_new.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

namespace {

std::atomic<bool> armed{false};
std::atomic<bool> has_fired{false};
std::atomic<std::size_t> failing{0};
std::atomic<std::size_t> count{0};
thread_local bool exempt_thread = false;

// Only one thread looks for secrets.
std::string_view looked_for;
std::size_t traces_found = 0;

void look_into(const void* memory) {
  if (looked_for.empty() || memory == nullptr) return;
  const std::size_t size = ::malloc_usable_size(const_cast<void*>(memory));
  if (::memmem(memory, size, looked_for.data(), looked_for.size()) != nullptr) ++traces_found;
}

bool fails() {
  if (!armed || exempt_thread) return false;
  const bool now = ++count == failing;
  if (now) has_fired = true;
  return now;
}

}  // namespace

void* operator new(std::size_t size) {
  void* memory = fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return fails() ? nullptr : std::malloc(size); }
void operator delete(void* memory) noexcept {
  look_into(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace perch {

void AllocationFailure::arm(std::size_t n) {
  count = 0;
  failing = n;
  has_fired = false;
  armed = true;
}
void AllocationFailure::disarm() { armed = false; }
bool AllocationFailure::fired() { return has_fired; }
std::size_t AllocationFailure::counted() { return count; }

void FreedMemory::watch_for(std::string_view secret) {
  looked_for = secret;
  traces_found = 0;
}
void FreedMemory::stop_watching() { looked_for = {}; }
std::size_t FreedMemory::traces() { return traces_found; }

Exempt::Exempt(bool exempt) : before_(exempt_thread) { exempt_thread = exempt; }
Exempt::~Exempt() { exempt_thread = before_; }

}  // namespace perch
