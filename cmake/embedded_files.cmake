# Files that are no C++ (pages, scripts, Python programs) go into the library as read-only bytes: the assembler includes them as
# they are. C++ sees each as two symbols, PREFIX_NAME and PREFIX_NAME_end; a zero byte follows, so that it is a C string as well.

# Writes the assembler source of files given as NAME=PATH and appends it to NPUTWIN_EMBEDDED.
function(nputwin_embed prefix)
  set(parts "")
  set(paths)
  foreach(file IN LISTS ARGN)
    string(REGEX MATCH "^([a-z]+)=(.+)$" matched ${file})
    string(APPEND parts "part ${CMAKE_MATCH_1}, \"${CMAKE_MATCH_2}\"\n")
    list(APPEND paths ${CMAKE_MATCH_2})
  endforeach()
  set(unit ${CMAKE_CURRENT_BINARY_DIR}/generated/${prefix}.S)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/embedded_files.S.in ${unit} @ONLY)
  set_source_files_properties(${unit} PROPERTIES OBJECT_DEPENDS "${paths}")
  set(NPUTWIN_EMBEDDED ${NPUTWIN_EMBEDDED} ${unit} PARENT_SCOPE)
endfunction()
