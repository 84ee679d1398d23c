# cmake --install: the tool with its man pages, completions and documents, the library, its header, and what
# find_package(nputwin) needs.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS nputwin_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS nputwin_delegate LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(NOT CMAKE_CROSSCOMPILING OR CMAKE_CROSSCOMPILING_EMULATOR) # the tool itself has written them
  install(DIRECTORY ${PROJECT_BINARY_DIR}/share/ DESTINATION ${CMAKE_INSTALL_DATAROOTDIR})
endif()
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(TARGETS nputwin_c EXPORT nputwinTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/nputwin DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT nputwinTargets NAMESPACE nputwin:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)
configure_package_config_file(cmake/nputwinConfig.cmake.in ${PROJECT_BINARY_DIR}/nputwinConfig.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/nputwinConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nputwinConfig.cmake ${PROJECT_BINARY_DIR}/nputwinConfigVersion.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/nputwin)
