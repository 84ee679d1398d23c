# The parts of the HTML report that are no code of ours or no C++: the page's template, style and script, and the plot library,
# which comes from PyPI at build time. embedded_files.cmake takes them into the library.
option(NPUTWIN_REPORT_PLOTS "Fetch the plot library (PyPI) for the HTML report; without it pages have tables only" ON)
find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter)
set(NPUTWIN_PAGE_DIR ${CMAKE_CURRENT_SOURCE_DIR}/src/report/page)
set(NPUTWIN_PLOT_LIBRARY ${CMAKE_CURRENT_BINARY_DIR}/plots CACHE PATH "Where the plot library is installed; builds may share it")
set(NPUTWIN_VEGA ${CMAKE_CURRENT_BINARY_DIR}/generated/vega.js)
if(NPUTWIN_REPORT_PLOTS)
  set(tools ${CMAKE_CURRENT_SOURCE_DIR}/tools)
  set(NPUTWIN_PLOT_PYTHON ${NPUTWIN_PLOT_LIBRARY}/bin/python) # draws them too
  add_custom_command(
    OUTPUT ${NPUTWIN_VEGA} BYPRODUCTS ${NPUTWIN_VEGA}.licence
    COMMAND ${Python3_EXECUTABLE} ${tools}/plot_library.py ${tools}/plot_requirements.txt ${NPUTWIN_PLOT_LIBRARY} ${NPUTWIN_VEGA}
    DEPENDS ${tools}/plot_library.py ${tools}/plot_requirements.txt
    COMMENT "Fetching the plot library")
else()
  file(WRITE ${NPUTWIN_VEGA} "")
  set(NPUTWIN_PLOT_PYTHON "")
endif()
nputwin_embed(nputwin_page html=${NPUTWIN_PAGE_DIR}/report.html css=${NPUTWIN_PAGE_DIR}/report.css js=${NPUTWIN_PAGE_DIR}/report.js vega=${NPUTWIN_VEGA})
