# Warnings, sanitizers and hardening, applied to every target of ours through perch_options.
add_library(perch_options INTERFACE)
target_include_directories(perch_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(perch_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror
  -fno-strict-aliasing -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_compile_definitions(perch_options INTERFACE PERCH_VERSION="${PROJECT_VERSION}")
if(CMAKE_SIZEOF_VOID_P EQUAL 4)
  target_compile_definitions(perch_options INTERFACE _FILE_OFFSET_BITS=64) # files of more than 2 GiB
endif()

if(PERCH_SANITIZE)
  # Reports name functions and lines; more makes compiling a fifth slower. Optimising the sanitizers' checks takes half of
  # the time a unit test's source compiles, and what it does itself is over in no time: PERCH_UNOPTIMISED.
  target_compile_options(perch_options INTERFACE -g1 $<IF:$<BOOL:$<TARGET_PROPERTY:PERCH_UNOPTIMISED>>,-O0,-O1>)
endif()
if(PERCH_SANITIZE STREQUAL "address")
  target_compile_options(perch_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(perch_options INTERFACE -fsanitize=address,undefined)
elseif(PERCH_SANITIZE STREQUAL "thread")
  target_compile_options(perch_options INTERFACE -fsanitize=thread -fno-omit-frame-pointer)
  target_link_options(perch_options INTERFACE -fsanitize=thread)
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
  set(CMAKE_INTERPROCEDURAL_OPTIMIZATION ON)
  set(CMAKE_POSITION_INDEPENDENT_CODE ON)
  # tests/system/hardened_binary looks whether they arrived. Level 3 of fortify also guards what is sized while running.
  target_compile_options(perch_options INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong -fstack-clash-protection
    -fvisibility=hidden -fvisibility-inlines-hidden -ffunction-sections -fdata-sections)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    target_compile_options(perch_options INTERFACE -fcf-protection=full)
  elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64")
    target_compile_options(perch_options INTERFACE -mbranch-protection=standard)
  endif()
  # 32-bit ARM has neither of the two. With LTO the code is made when linking, which has to know as well.
  target_link_options(perch_options INTERFACE -pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
    -Wl,--gc-sections -Wl,--as-needed -fstack-protector-strong -fstack-clash-protection)
endif()

# perch_library(NAME SOURCES a.cpp ... LINK targets ...): a layer of the daemon, static.
function(perch_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC perch_options ${ARG_LINK} PRIVATE ${ARG_PRIVATE_LINK})
endfunction()
