# The native files of the Python wheel: in its folder nputwin/_native, where nputwin/_library.py looks for them. A wheel holds no
# links, so the library stands there under its soname.
add_custom_target(nputwin_python)
function(nputwin_python_file target name)
  nputwin_installed(target ${target})
  add_dependencies(nputwin_python ${target})
  install(PROGRAMS $<TARGET_FILE:${target}> DESTINATION nputwin/_native RENAME ${name} COMPONENT python EXCLUDE_FROM_ALL)
endfunction()
nputwin_python_file(nputwin_c libnputwin.so.1)
nputwin_python_file(nputwin_delegate libnputwin_delegate.so)
nputwin_python_file(nputwin_cli nputwin)
nputwin_install_licences(nputwin/_native/licences COMPONENT python EXCLUDE_FROM_ALL)
