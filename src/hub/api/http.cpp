#include "hub/api/http.h"

#include "hub/api/json_writer.h"

namespace pilothouse::hub {

Response error_response(unsigned status, std::string_view code, std::string_view message) {
  JsonWriter out;
  out.begin_object();
  out.key("error");
  out.begin_object();
  out.field("code", code);
  out.field("message", message);
  out.end_object();
  out.end_object();
  return {status, out.take(), {}};
}

}  // namespace pilothouse::hub
