#include "bodies.h"

#include <boost/json.hpp>
#include <stdexcept>
#include <utility>

namespace pilothouse::bench {

namespace json = boost::json;

void Bodies::add(tape::Kind kind, std::uint32_t records, std::string_view payload) {
  if (!tape::append_chunk(body_, kind, session_, sequence_++, records, payload))
    throw std::runtime_error("a chunk is too large");
}

void Bodies::add_session(std::string_view scheduler_id) {
  add(tape::Kind::kSession, 1,
      json::serialize(json::array{json::object{{"scheduler_id", scheduler_id},
                                               {"name", scheduler_id},
                                               {"address", "tcp://127.0.0.1:1"},
                                               {"dashboard", nullptr},
                                               {"host", "bench"},
                                               {"user", "bench"},
                                               {"pid", 1},
                                               {"os", "bench"},
                                               {"python", "3"},
                                               {"dask", "0"},
                                               {"distributed", "0"},
                                               {"pilothouse", "0"},
                                               {"start_us", base::wall_now()},
                                               {"flush_interval_us", 1'000'000}}}));
}

void Bodies::add_computation(std::string_view id, base::Micros start, base::Micros stop,
                             std::uint64_t tasks) {
  add(tape::Kind::kComputations, 1,
      json::serialize(json::array{json::object{
          {"id", id},
          {"start_us", start},
          {"stop_us", stop},
          {"state", "done"},
          {"client", "Client-bench"},
          {"code",
           json::array{json::object{{"text", "x.sum().compute()"}, {"filename", "job.py"}, {"line", 7}}}},
          {"annotations", json::object{}},
          {"tags", json::array{}},
          {"tasks", json::object{{"total", tasks},
                                 {"waiting", 0},
                                 {"queued", 0},
                                 {"processing", 0},
                                 {"no_worker", 0},
                                 {"memory", tasks},
                                 {"erred", 0},
                                 {"blamed", 0},
                                 {"released", 0}}}}}));
}

Body Bodies::take() { return {std::exchange(body_, {}), sequence_ - 1}; }

}  // namespace pilothouse::bench
