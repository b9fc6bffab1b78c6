# 32-bit ARM, ARMv7 and later (Debian's armhf holds no ARMv6 code, not even in its C library).
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(perch_triple arm-linux-gnueabihf)
set(perch_emulator qemu-arm-static)
include(${CMAKE_CURRENT_LIST_DIR}/cross.cmake)
