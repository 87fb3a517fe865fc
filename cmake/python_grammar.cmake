# Python's grammar for tree-sitter: generated C from the npm package, by version and digest. `-DPILOTHOUSE_GRAMMAR=FILE`
# names the package's tarball where npm cannot be reached.
set(PILOTHOUSE_GRAMMAR "" CACHE FILEPATH "tree-sitter-python-0.23.6.tgz; fetched with npm when empty")
set(GRAMMAR_VERSION 0.23.6)
set(GRAMMAR_SHA256 aab5b860d93dbf84b37fed532f7dacc0468ede5387d0c74911d68f964287662a)
set(GRAMMAR_DIR ${PROJECT_BINARY_DIR}/grammar)

if(NOT EXISTS ${GRAMMAR_DIR}/${GRAMMAR_SHA256})
  file(REMOVE_RECURSE ${GRAMMAR_DIR})
  file(MAKE_DIRECTORY ${GRAMMAR_DIR})
  set(tarball ${PILOTHOUSE_GRAMMAR})
  if(NOT tarball)
    find_program(NPM npm REQUIRED)
    execute_process(
      COMMAND ${NPM} pack --silent --pack-destination ${GRAMMAR_DIR} tree-sitter-python@${GRAMMAR_VERSION}
      WORKING_DIRECTORY ${GRAMMAR_DIR}
      OUTPUT_QUIET
      RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "npm could not fetch tree-sitter-python ${GRAMMAR_VERSION}. Get its tarball elsewhere and say where it is: "
                          "-DPILOTHOUSE_GRAMMAR=FILE")
    endif()
    set(tarball ${GRAMMAR_DIR}/tree-sitter-python-${GRAMMAR_VERSION}.tgz)
  endif()
  file(SHA256 ${tarball} digest)
  if(NOT digest STREQUAL GRAMMAR_SHA256)
    message(FATAL_ERROR "${tarball} is not tree-sitter-python ${GRAMMAR_VERSION}: its SHA-256 is ${digest}, not ${GRAMMAR_SHA256}")
  endif()
  file(ARCHIVE_EXTRACT INPUT ${tarball} DESTINATION ${GRAMMAR_DIR} PATTERNS package/src)
  file(TOUCH ${GRAMMAR_DIR}/${GRAMMAR_SHA256})
endif()

find_path(TREE_SITTER_INCLUDE_DIR tree_sitter/api.h REQUIRED)
find_library(TREE_SITTER_LIBRARY tree-sitter REQUIRED)

# Optimized in every kind of build: it is others' code, and ten times slower without.
add_library(python_grammar STATIC ${GRAMMAR_DIR}/package/src/parser.c ${GRAMMAR_DIR}/package/src/scanner.c)
target_include_directories(python_grammar PRIVATE ${GRAMMAR_DIR}/package/src)
target_include_directories(python_grammar SYSTEM PUBLIC ${TREE_SITTER_INCLUDE_DIR})
target_compile_options(python_grammar PRIVATE -O3 -w)
target_link_libraries(python_grammar PUBLIC ${TREE_SITTER_LIBRARY})
