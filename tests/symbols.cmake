# The library exports names that begin with nhwc_ and keeps no state but what is listed here.
# Called with -D NM=<nm> -D LIBRARY=<the library>.
cmake_minimum_required(VERSION 3.22)
set(state last_error cpu_features) # the message of each thread; what the processor can, asked once

if(LIBRARY MATCHES "\\.so") # a shared library shows the public names alone
  execute_process(COMMAND ${NM} -D --defined-only ${LIBRARY} OUTPUT_VARIABLE exported COMMAND_ERROR_IS_FATAL ANY)
  set(allowed "^nhwc_[^_]")
else()
  execute_process(COMMAND ${NM} -g --defined-only ${LIBRARY} OUTPUT_VARIABLE exported COMMAND_ERROR_IS_FATAL ANY)
  set(allowed "^nhwc_")
endif()
string(REGEX MATCHALL "[0-9a-f]+ [A-Z] [^\n]+" exported "${exported}")
list(LENGTH exported count)
if(count LESS 16)
  message(FATAL_ERROR "${LIBRARY} exports ${count} names; ${NM} was misread")
endif()
foreach(line ${exported})
  string(REGEX REPLACE ".* " "" name ${line})
  if(NOT name MATCHES "${allowed}")
    message(SEND_ERROR "${LIBRARY} exports ${name}")
  endif()
endforeach()

if(NOT LIBRARY MATCHES "\\.so")
  execute_process(COMMAND ${NM} --format=sysv --defined-only ${LIBRARY} OUTPUT_VARIABLE all COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n]*\\|[^\n]*" all "${all}")
  set(found 0)
  foreach(line ${all})
    # name | address | class | type | size | line | section; .data.rel.ro is constant once it is loaded
    if(line MATCHES "^([^ |]+).*\\| *(\\.t?bss|\\.t?data|\\*COM\\*)[^|]*$" AND NOT line MATCHES "\\.data\\.rel\\.ro")
      string(REGEX REPLACE " *\\|.*" "" name "${line}")
      if(name IN_LIST state)
        math(EXPR found "${found} + 1")
      elseif(NOT name MATCHES "^\\.") # the section itself
        message(SEND_ERROR "${LIBRARY} holds writable data: ${line}")
      endif()
    endif()
  endforeach()
  list(LENGTH state expected)
  if(NOT found EQUAL expected)
    message(FATAL_ERROR "of ${state}, ${found} were found; ${NM} was misread")
  endif()
endif()
