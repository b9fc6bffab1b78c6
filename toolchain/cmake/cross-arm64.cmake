# 64-bit ARM: cmake -DCMAKE_TOOLCHAIN_FILE=toolchain/cmake/cross-arm64.cmake -DPERCH_SYSROOT=$(toolchain/sysroot arm64 bookworm)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(perch_triple aarch64-linux-gnu)
# The processor of a Raspberry Pi 3 and Zero 2.
set(perch_emulator qemu-aarch64-static;-cpu;cortex-a53)
include(${CMAKE_CURRENT_LIST_DIR}/cross.cmake)
