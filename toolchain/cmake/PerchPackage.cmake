# The Debian packages perch and perch-libcamera, made by CPack; toolchain/package makes them reproducible and checks them.
set(debian ${CMAKE_SOURCE_DIR}/toolchain/debian)
set(staged ${CMAKE_BINARY_DIR}/debian)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Perch maintainers <maintainers@perch.invalid>")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_DEBIAN_PACKAGE_VERSION ${PROJECT_VERSION}+deb${PERCH_DEBIAN})
# lintian and dpkg know a package's time from its changelog.
string(TIMESTAMP changelog_date "%a, %d %b %Y %H:%M:%S +0000" UTC)
foreach(package perch perch-libcamera)
  set(changelog_package ${package})
  configure_file(${debian}/changelog.in ${staged}/${package}/changelog @ONLY)
  configure_file(${debian}/copyright ${staged}/${package}/copyright COPYONLY)
  string(REPLACE perch-libcamera libcamera component ${package})
  install(CODE "execute_process(COMMAND gzip -9nkf ${staged}/${package}/changelog COMMAND_ERROR_IS_FATAL ANY)"
    COMPONENT ${component})
  install(FILES ${staged}/${package}/changelog.gz ${staged}/${package}/copyright
    DESTINATION share/doc/${package} COMPONENT ${component})
endforeach()

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL perch)
if(TARGET perch-libcamera)
  list(APPEND CPACK_COMPONENTS_ALL libcamera)
endif()
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_PERCH_PACKAGE_NAME perch)
# A description's first line is its summary.
set(CPACK_DEBIAN_PERCH_DESCRIPTION "camera daemon that invited people watch live in a browser
Captures from V4L2, libcamera and ALSA, encodes H.264 and Opus once however
many people watch, and sends them peer to peer over WebRTC. An ordinary MQTT
broker carries the few messages that bring camera and browser together.
While nobody watches, the camera is closed.")
set(CPACK_DEBIAN_PERCH_PACKAGE_DEPENDS "systemd | systemd-sysusers, init-system-helpers (>= 1.54)")
set(CPACK_DEBIAN_PERCH_PACKAGE_SUGGESTS "perch-libcamera, mosquitto, glib-networking")
set(CPACK_DEBIAN_PERCH_PACKAGE_CONTROL_EXTRA
  "${debian}/postinst;${debian}/prerm;${debian}/postrm;${debian}/conffiles")

set(CPACK_DEBIAN_LIBCAMERA_PACKAGE_NAME perch-libcamera)
set(CPACK_DEBIAN_LIBCAMERA_DESCRIPTION "Perch's way to cameras that only libcamera drives
The program that perchd starts for Raspberry Pi cameras on the CSI connector
and others without a plain V4L2 driver. A package of its own, so that an
upgrade of libcamera never stops the daemon.")
# Both speak a protocol that changes with them.
set(CPACK_DEBIAN_LIBCAMERA_PACKAGE_DEPENDS "perch (= ${CPACK_DEBIAN_PACKAGE_VERSION})")
set(CPACK_DEBIAN_LIBCAMERA_PACKAGE_RECOMMENDS libcamera-ipa)

# Read by cpack: what toolchain/package finds out after the build of another architecture's programs.
file(WRITE ${staged}/project.cmake "include(${staged}/cross.cmake OPTIONAL)\n")
set(CPACK_PROJECT_CONFIG_FILE ${staged}/project.cmake)

include(CPack)
