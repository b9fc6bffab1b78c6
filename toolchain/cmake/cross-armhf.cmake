# 32-bit ARM, ARMv7 and later (Debian's armhf holds no ARMv6 code, not even in its C library). Debian's baseline: Thumb-2 and
# VFPv3-D16, no NEON taken for granted; libraries ask the processor themselves.
set(CMAKE_SYSTEM_PROCESSOR armv7l)
set(CMAKE_C_FLAGS_INIT "-march=armv7-a+fp -mfloat-abi=hard")
set(CMAKE_CXX_FLAGS_INIT "-march=armv7-a+fp -mfloat-abi=hard")
set(perch_triple arm-linux-gnueabihf)
# The processor of a Raspberry Pi 2.
set(perch_emulator qemu-arm-static;-cpu;cortex-a7)
include(${CMAKE_CURRENT_LIST_DIR}/cross.cmake)
