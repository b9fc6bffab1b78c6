# Builds for another architecture against the sysroot of toolchain/sysroot: included by cross-ARCH.cmake, which names the triple.
set(CMAKE_SYSTEM_NAME Linux)
# try_compile starts anew and would not know it.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES PERCH_SYSROOT)
if(NOT PERCH_SYSROOT)
  message(FATAL_ERROR "PERCH_SYSROOT is missing: the folder that toolchain/sysroot prints")
endif()
set(CMAKE_SYSROOT ${PERCH_SYSROOT})
set(CMAKE_LIBRARY_ARCHITECTURE ${perch_triple})

set(CMAKE_C_COMPILER ${perch_triple}-gcc)
set(CMAKE_CXX_COMPILER ${perch_triple}-g++)
# Unit tests and man pages run the programs; no help of the kernel is needed.
set(CMAKE_CROSSCOMPILING_EMULATOR ${perch_emulator};-L;${PERCH_SYSROOT})

set(CMAKE_FIND_ROOT_PATH ${PERCH_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
foreach(kind LIBRARY INCLUDE PACKAGE)
  set(CMAKE_FIND_ROOT_PATH_MODE_${kind} ONLY)
endforeach()
set(ENV{PKG_CONFIG_LIBDIR} ${PERCH_SYSROOT}/usr/lib/${perch_triple}/pkgconfig:${PERCH_SYSROOT}/usr/share/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${PERCH_SYSROOT})
