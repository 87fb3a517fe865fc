# pilothouse_pages: the files of web/, built, compressed and compiled in. Only the program links it.
option(PILOTHOUSE_PAGES "Build the pages of web/ into the program; needs npm" ON)

if(PILOTHOUSE_PAGES)
  find_program(NODE node REQUIRED)
  find_program(NPM npm REQUIRED)
  find_program(FLOCK flock REQUIRED)
  set(PAGES_WEB ${PROJECT_SOURCE_DIR}/web)
  set(PAGES_BUILT ${PROJECT_BINARY_DIR}/pages)
  set(PAGES_SOURCE ${PROJECT_BINARY_DIR}/pages.cpp)
  file(
    GLOB_RECURSE PAGES_FILES CONFIGURE_DEPENDS
    ${PAGES_WEB}/src/* ${PAGES_WEB}/public/*)
  file(GLOB PAGES_SETTINGS CONFIGURE_DEPENDS ${PAGES_WEB}/*.*)
  list(FILTER PAGES_FILES EXCLUDE REGEX "\\.test\\.tsx?$")
  # Every build tree of this checkout uses the one web/node_modules: they take turns.
  add_custom_command(
    OUTPUT ${PAGES_SOURCE}
    COMMAND ${FLOCK} ${PAGES_WEB} ${NODE} ${PAGES_WEB}/embed.mjs ${PAGES_BUILT} ${PAGES_SOURCE}
    DEPENDS ${PAGES_FILES} ${PAGES_SETTINGS}
    COMMENT "Building the pages"
    VERBATIM)
else()
  set(PAGES_SOURCE ${PROJECT_SOURCE_DIR}/src/pages/no_pages.cpp)
endif()

add_library(pilothouse_pages STATIC ${PAGES_SOURCE})
target_link_libraries(pilothouse_pages PUBLIC pilothouse_flags)
