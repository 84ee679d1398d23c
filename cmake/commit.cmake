# cmake -DSOURCE=TREE -DRESULT=FILE -P commit.cmake: writes kCommit, the commit that the tree is of, where that has changed. An
# archive of the sources is of none, also where it lies inside another project's repository.
set(commit "unknown commit")
execute_process(COMMAND git -C ${SOURCE} rev-parse --show-toplevel OUTPUT_VARIABLE top ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
file(REAL_PATH ${SOURCE} source)
if(top STREQUAL source)
  execute_process(COMMAND git -C ${SOURCE} describe --always --abbrev=7 --exclude=* --dirty=\ with\ changes
                  OUTPUT_VARIABLE described ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(described)
    set(commit "commit ${described}")
  endif()
endif()
set(text "constexpr const char* kCommit = \"${commit}\";\n")
if(EXISTS ${RESULT})
  file(READ ${RESULT} before)
endif()
if(NOT text STREQUAL before)
  file(WRITE ${RESULT} "${text}")
endif()
