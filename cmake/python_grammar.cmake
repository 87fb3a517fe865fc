# tree-sitter and Python's grammar for it: C from npm packages, by version and digest. Debian's tree-sitter is 0.20.7, which
# breaks its heap on nodes with 65,536 children: on as many lines of comments. `-DPILOTHOUSE_GRAMMAR=FILE` and
# `-DPILOTHOUSE_TREE_SITTER=FILE` name the packages' tarballs where npm cannot be reached.
set(PILOTHOUSE_GRAMMAR "" CACHE FILEPATH "tree-sitter-python-0.23.6.tgz; fetched with npm when empty")
set(PILOTHOUSE_TREE_SITTER "" CACHE FILEPATH "tree-sitter-0.25.1.tgz; fetched with npm when empty")

# unpack_npm(NAME VERSION SHA256 SETTING WANTED...): into ${NAME}_DIR, what the package has at these paths.
function(unpack_npm name version sha256 setting)
  set(directory ${PROJECT_BINARY_DIR}/npm/${name})
  set(${name}_DIR ${directory}/package PARENT_SCOPE)
  if(EXISTS ${directory}/${sha256})
    return()
  endif()
  file(REMOVE_RECURSE ${directory})
  file(MAKE_DIRECTORY ${directory})
  set(tarball ${${setting}})
  if(NOT tarball)
    find_program(NPM npm REQUIRED)
    execute_process(
      COMMAND ${NPM} pack --silent --pack-destination ${directory} ${name}@${version}
      WORKING_DIRECTORY ${directory}
      OUTPUT_QUIET
      RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "npm could not fetch ${name} ${version}. Get its tarball elsewhere and say where it is: "
                          "-D${setting}=FILE")
    endif()
    set(tarball ${directory}/${name}-${version}.tgz)
  endif()
  file(SHA256 ${tarball} digest)
  if(NOT digest STREQUAL sha256)
    message(FATAL_ERROR "${tarball} is not ${name} ${version}: its SHA-256 is ${digest}, not ${sha256}")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${tarball} DESTINATION ${directory} PATTERNS ${ARGN})
  file(TOUCH ${directory}/${sha256})
endfunction()

unpack_npm(tree-sitter-python 0.23.6 aab5b860d93dbf84b37fed532f7dacc0468ede5387d0c74911d68f964287662a
           PILOTHOUSE_GRAMMAR package/src)
unpack_npm(tree-sitter 0.25.1 07aeba8dd71630e7e72b2d4ca3bd2680c3471824100cc5ebff44e78a6ed0b6d3 PILOTHOUSE_TREE_SITTER
           package/vendor/tree-sitter/lib)

# Optimized in every kind of build: it is others' code, and ten times slower without.
set(TREE_SITTER_LIB ${tree-sitter_DIR}/vendor/tree-sitter/lib)
add_library(tree_sitter STATIC ${TREE_SITTER_LIB}/src/lib.c)
target_include_directories(tree_sitter PRIVATE ${TREE_SITTER_LIB}/src)
target_include_directories(tree_sitter SYSTEM PUBLIC ${TREE_SITTER_LIB}/include)
target_compile_definitions(tree_sitter PRIVATE _POSIX_C_SOURCE=200112L _DEFAULT_SOURCE)
target_compile_options(tree_sitter PRIVATE -O3 -w)

add_library(python_grammar STATIC ${tree-sitter-python_DIR}/src/parser.c ${tree-sitter-python_DIR}/src/scanner.c)
target_include_directories(python_grammar PRIVATE ${tree-sitter-python_DIR}/src)
target_compile_options(python_grammar PRIVATE -O3 -w)
target_link_libraries(python_grammar PUBLIC tree_sitter)
