# cmake -DOUTPUT=builtin.cpp "-DFILES=a.yaml;b.yaml" "-DSOURCES=a.cpp;b.h" -P embed.cmake
# Writes the rule files into a C++ source, byte by byte, sorted by name, and a digest of what applies them.
list(SORT FILES)
set(arrays "")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  get_filename_component(family ${file} NAME_WE)
  file(READ ${file} bytes HEX)
  # In lines of 32 bytes.
  string(REGEX REPLACE "(................................................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char k_${family}[] = {\n${bytes}};\n\n")
  string(APPEND table "    {\"${name}\", {k_${family}, sizeof(k_${family})}},\n")
endforeach()
list(SORT SOURCES)
set(digests "")
foreach(source IN LISTS SOURCES)
  file(SHA256 ${source} digest)
  string(APPEND digests ${digest})
endforeach()
string(SHA256 engine "${digests}")
file(
  WRITE ${OUTPUT}
  "// Made by embed.cmake.\n#include \"trust/audit/rules/builtin.h\"\n\nnamespace pilothouse::audit {\nnamespace {\n\n"
  "${arrays}constexpr RuleFile kFiles[] = {\n${table}};\n\n}  // namespace\n\n"
  "std::span<const RuleFile> builtin_rule_files() { return kFiles; }\n\n"
  "std::string_view engine_digest() { return \"${engine}\"; }\n\n}  // namespace pilothouse::audit\n")
