# cmake -DINPUT=openapi.json -DOUTPUT=openapi.cpp -P embed.cmake
# Writes a source file that holds the bytes of INPUT.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n"
                     bytes "${bytes}")
file(
  WRITE ${OUTPUT}
  "#include \"hub/api/openapi.h\"

namespace pilothouse::hub {
namespace {

constexpr unsigned char kBytes[] = {
${bytes}
};

}  // namespace

std::string_view openapi_document() { return {reinterpret_cast<const char*>(kBytes), sizeof kBytes}; }

}  // namespace pilothouse::hub
")
