# Builds and runs the program of this folder against the library of BUILD, in three ways.
# Called with -D BUILD=, SOURCE=, WORK= (an empty folder of its own), COMPILER=, FLAGS=.
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()
set(cmake ${CMAKE_COMMAND} -S ${SOURCE}/tests/downstream -D CMAKE_C_COMPILER=${COMPILER} -D CMAKE_C_FLAGS=${FLAGS})
set(prefix "${WORK}/moved here") # a space, as users have them

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/installed)
file(RENAME ${WORK}/installed ${prefix})

run(${cmake} -B ${WORK}/package -D "CMAKE_PREFIX_PATH=${prefix}")
run(${CMAKE_COMMAND} --build ${WORK}/package)
run(${WORK}/package/downstream)

run(${cmake} -B ${WORK}/subdirectory -D NHWC_SOURCE=${SOURCE})
run(${CMAKE_COMMAND} --build ${WORK}/subdirectory)
run(${WORK}/subdirectory/downstream)

find_program(pkg_config pkg-config)
if(NOT pkg_config)
  message("pkg-config is not installed: not tried")
  return()
endif()
file(GLOB_RECURSE pc "${prefix}/nhwc.pc")
get_filename_component(pc_dir ${pc} DIRECTORY)
set(ENV{PKG_CONFIG_PATH} ${pc_dir})
execute_process(COMMAND ${pkg_config} --static --cflags --libs nhwc OUTPUT_VARIABLE flags
                OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags} ${FLAGS}")
get_filename_component(lib_dir ${pc_dir} DIRECTORY)
run(${COMPILER} ${SOURCE}/tests/downstream/main.c ${flags} -Wl,-rpath,${lib_dir} -o ${WORK}/by_pkg_config)
run(${WORK}/by_pkg_config)
